"""Source code, read without running it."""

from integrations.syntax.reader import TreeSitterSyntax

__all__ = ["TreeSitterSyntax"]
