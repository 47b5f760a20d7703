"""The port TestRunners."""
