"""`python -m flotilla.sandbox.kubernetes ENGINE_ADDRESS`: serves until the engine ends."""

import sys

from flotilla.sandbox.kubernetes.process import serve

if __name__ == "__main__":
    serve(sys.argv[1] if len(sys.argv) > 1 else "")
