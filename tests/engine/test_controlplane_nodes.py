"""Nodes come, vanish and return."""

import pytest
from kubectl import Kubectl, deployment, eventually

from flotilla.controlplane import ControlPlane

pytestmark = pytest.mark.engine


def ready(plane: ControlPlane) -> set[str]:
    return {node.name for node in plane.status().nodes if node.ready}


def test_when_a_node_vanishes_its_pods_come_back_elsewhere_until_it_returns(
    control_plane: ControlPlane, kubectl: Kubectl
) -> None:
    kubectl.apply(deployment("web", "nginx:1.27", 6))
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    victim = str(kubectl.items("pods")[0]["spec"]["nodeName"])
    control_plane.remove_node(victim)
    try:
        eventually(lambda: victim not in ready(control_plane))
        eventually(lambda: kubectl.get("deployment", "web")["status"].get("readyReplicas") != 6)
        kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        serving = kubectl.running()
        assert len(serving) == 6
        assert victim not in {pod["spec"]["nodeName"] for pod in serving}
        control_plane.stop()
        control_plane.start()
        kubectl("scale", "deployment/web", "--replicas=8")
        kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        assert victim not in ready(control_plane)
    finally:
        control_plane.restore_node(victim)
    eventually(lambda: victim in ready(control_plane))
    eventually(lambda: len(kubectl.items("pods")) == 8)


def test_an_added_node_runs_pods(control_plane: ControlPlane, kubectl: Kubectl) -> None:
    (name,) = control_plane.add_nodes()
    try:
        kubectl.apply(deployment("web", "nginx:1.27", 1, nodeSelector={"kubernetes.io/hostname": name}))
        kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        (pod,) = kubectl.items("pods")
        assert pod["spec"]["nodeName"] == name
    finally:
        control_plane.delete_node(name)
