"""Deterministic checks of a round's commit, one file each; a red gate outranks the judge.

Each takes what it needs and yields ``Finding``s.
"""
