"""The engine: the real programs that the sandbox runs on, found or got.

Pulumi's CLI, kubectl, the Kubernetes control plane's binaries, etcd, kwok and kwokctl. `locate` says what is
here, `ensure` gets what is missing. Supported are Linux and macOS on amd64 and arm64.

    engine = ensure()
    subprocess.run([engine.binaries["kubectl"], "version"])
"""

from flotilla.engine.ensure import ensure
from flotilla.engine.locate import Engine, Missing, locate
from flotilla.engine.pins import REQUIRED, TOOLS

__all__ = ["REQUIRED", "TOOLS", "Engine", "Missing", "ensure", "locate"]
