"""Tests as they are written: which there are, and what their assertions look at."""
