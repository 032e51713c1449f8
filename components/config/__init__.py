"""The configuration of a stack: its files and the catalog, checked as a whole and merged."""

from components.config.stack import Stack, stack_names

__all__ = ["Stack", "stack_names"]
