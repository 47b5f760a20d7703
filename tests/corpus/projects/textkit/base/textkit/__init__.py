"""Text for terminals of a fixed width."""
