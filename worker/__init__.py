"""Turns tickets into reviewed pull requests: everything that decides."""
