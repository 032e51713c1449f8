"""Clusters on Azure."""
