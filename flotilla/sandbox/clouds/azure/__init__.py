"""Azure, as the package `azure-native` plays it: a module for each service."""
