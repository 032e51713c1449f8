"""`python -m flotilla.sandbox.kubernetes ENGINE_ADDRESS`: serves until the engine ends."""

import sys

from flotilla.sandbox.kubernetes.server import KubernetesProvider
from flotilla.sandbox.plugin.process import serve

if __name__ == "__main__":
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    serve(KubernetesProvider(address), address)
