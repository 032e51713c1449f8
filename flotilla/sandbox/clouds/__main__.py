"""`python -m flotilla.sandbox.clouds PACKAGE DIRECTORY [ENGINE_ADDRESS]`: serves until the engine ends.

PACKAGE is `aws`, `gcp` or `azure-native`, DIRECTORY the workspace whose clouds it plays.
"""

import sys
from pathlib import Path

from flotilla.sandbox.clouds.provider import CloudProvider
from flotilla.sandbox.plugin.process import serve

if __name__ == "__main__":
    package, directory, *rest = sys.argv[1:]
    address = rest[0] if rest else ""
    serve(CloudProvider(package, Path(directory), address), address)
