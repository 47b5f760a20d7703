"""Places that hide what goes wrong, or were made for one example."""
