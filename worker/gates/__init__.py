"""Deterministic checks on a round; the first is the execution command: see domain.verdict."""
