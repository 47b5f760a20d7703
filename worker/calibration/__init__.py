"""The judge, judged: changes that are known to be good or bad, put before it."""
