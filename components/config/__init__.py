"""The configuration of a stack: its files and the catalog, checked as a whole and merged."""

from components.config.sources import stack_names
from components.config.stack import Stack

__all__ = ["Stack", "stack_names"]
