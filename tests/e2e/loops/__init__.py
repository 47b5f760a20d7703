"""Whole runs in real containers, with an agent whose every round is written down."""
