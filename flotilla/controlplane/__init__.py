"""Real Kubernetes control planes on this computer, with nodes and pods played by kwok.

etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the real programs; nothing listens beyond
the loopback interface, and nothing is downloaded. Several live side by side, each in a directory of its own.

Example:
    plane = ControlPlane(sandbox / "clusters", "main", Binaries.from_mapping(engine.binaries))
    plane.start()
    subprocess.run(["kubectl", f"--kubeconfig={plane.kubeconfig}", "get", "nodes"], check=True)
"""

from flotilla.controlplane.cluster import ControlPlane, State, Status
from flotilla.controlplane.layout import find
from flotilla.controlplane.nodes import Node
from flotilla.controlplane.pools import Pool
from flotilla.controlplane.settings import Binaries, Identity, Settings, StorageClass

__all__ = [
    "Binaries",
    "ControlPlane",
    "Identity",
    "Node",
    "Pool",
    "Settings",
    "State",
    "Status",
    "StorageClass",
    "find",
]
