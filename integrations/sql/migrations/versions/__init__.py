"""One file per migration, in order; released ones are never edited."""
