"""A language host for Pulumi programs in Python, for where the official one cannot be had."""
