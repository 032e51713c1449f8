"""Clusters: one small interface, and what is behind it."""
