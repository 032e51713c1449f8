"""Google Cloud, as the package `gcp` plays it: a module for each service."""
