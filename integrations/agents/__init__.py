"""Coding agents: any command line, and a small agent of our own."""
