"""Rooms and who has them when."""
