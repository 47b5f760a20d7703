"""Reads the access log of the web shop."""
