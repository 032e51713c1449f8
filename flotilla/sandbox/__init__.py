"""The sandbox of a checkout: its workspace, the language host and the providers it plays."""
