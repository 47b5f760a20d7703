"""Deterministic checks on a round. The first is the execution command itself: see domain.verdict."""
