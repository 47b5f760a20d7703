"""Accounts of our members."""
