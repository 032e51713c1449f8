"""AWS, as the package `aws` plays it: a module for each service."""
