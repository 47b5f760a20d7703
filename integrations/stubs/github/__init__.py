"""A stand-in for github.com's REST API on the real git repositories beside it."""
