"""Limits how often a client may call."""
