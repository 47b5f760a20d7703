"""Small changes to source text: one mechanism, one table for each language."""
