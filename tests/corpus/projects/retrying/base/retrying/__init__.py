"""Tries again what failed, with patience."""
