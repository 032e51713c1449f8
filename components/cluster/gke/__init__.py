"""Clusters on Google Cloud."""
