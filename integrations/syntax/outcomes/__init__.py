"""Closed sets of outcomes: which members there are, and which of them nothing produces."""
