"""Sandbox clouds: AWS, Google Cloud and Azure as far as a rehearsal needs them, on this computer."""
