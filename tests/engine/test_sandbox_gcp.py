"""Clusters on the sandbox's Google Cloud, under the real engine: from up to destroy, and what is refused."""

import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from cloud_stacks import CloudStack

from flotilla.engine import Engine
from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.control_planes import endpoint

pytestmark = pytest.mark.engine

CLUSTER = """
import json, pulumi
from components import Environment, GkeCluster, Service, Tier
wanted = json.load(open("wanted.json"))
cluster = GkeCluster("main", {
    "project": "acme-dev", "region": "europe-west1", "name": "shop",
    "kubernetes_version": wanted.get("version", "1.35"),
    "deletion_protection": wanted.get("protection", False),
    "node_pools": {"default": {"min_size": 2, "max_size": 6}, "batch": {"min_size": 0, "spot": True}},
})
there = pulumi.ResourceOptions(providers=[cluster.provider])
environment = Environment("shop", {"tier": Tier.STAGING}, there)
identity = cluster.grant("cart", "shop", "cart", {"gcp": {"roles": ["roles/storage.objectViewer"]}})
Service("cart", {
    "owner": "carts", "image": "docker.io/library/nginx", "release": "v1", "ports": {"http": 8080},
    "namespace": environment.namespace, "identity": identity,
}, pulumi.ResourceOptions(parent=environment))
pulumi.export("kubeconfig", cluster.kubeconfig)
"""
NAME = "acme-dev/europe-west1/shop"

NETWORKS = """
import json, pulumi, pulumi_gcp as gcp
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=gcp.Provider("cloud", project="acme-dev", region="europe-west1"))
apis = [
    gcp.projects.Service(api, service=f"{api}.googleapis.com", disable_on_destroy=False, opts=there)
    for api in wanted.get("apis", [])
]
enabled = pulumi.ResourceOptions(provider=there.provider, depends_on=apis)
network = gcp.compute.Network("main", name="shop", auto_create_subnetworks=False, opts=enabled)
first = gcp.compute.Subnetwork("first", network=network.id, ip_cidr_range="10.0.0.0/20", opts=there)
if "second" in wanted:
    late = pulumi.ResourceOptions(provider=there.provider, depends_on=[first])
    gcp.compute.Subnetwork("second", network=network.id, ip_cidr_range=wanted["second"], opts=late)
if wanted.get("again"):
    late = pulumi.ResourceOptions(provider=there.provider, depends_on=[network])
    gcp.compute.Network("again", name="shop", auto_create_subnetworks=False, opts=late)
"""


@pytest.fixture
def stack(engine: Engine, tmp_path: Path) -> Generator[CloudStack]:
    """A stack with a cluster, whose control plane does not outlive the test."""
    made = CloudStack.init(engine, tmp_path, CLUSTER)
    try:
        yield made
    finally:
        control_planes.delete(tmp_path, "gcp", NAME)


def kubectl(stack: CloudStack, *arguments: str) -> str:
    """Run kubectl with the cluster's own kubeconfig: by its plugin, with the workspace's trust."""
    kubeconfig = stack.workspace / "kubeconfig"
    kubeconfig.write_text(stack.outputs()["kubeconfig"])
    command = ["kubectl", f"--kubeconfig={kubeconfig}", *arguments]
    done = subprocess.run(command, env=stack.environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_cluster_comes_is_upgraded_in_place_and_goes_when_nothing_holds_it(stack: CloudStack) -> None:
    stack.up()
    assert stack.operations("up") == {}
    nodes = kubectl(stack, "get", "nodes", "-o", "jsonpath={.items[*].metadata.labels}").split("}{")
    pools = [node for labels in nodes for node in labels.split(",") if "gke-nodepool" in node]
    assert len(pools) == len([each for each in pools if "default" in each]) + 1
    granted = stack.held()["main-cart-storage.objectViewer"].outputs["member"]
    assert str(granted).endswith("/acme-dev.svc.id.goog/subject/ns/shop/sa/cart")

    assert stack.operations("up", version="1.36", protection=True) == {"main": ["update"]}
    assert str(stack.held()["main"].outputs["masterVersion"]).startswith("1.36.")
    assert "protected" in stack.pulumi("destroy", "--yes", "--skip-preview", fails=True)

    stack.up(version="1.36")
    service = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"left","namespace":"default"},'
    manifest = stack.workspace / "left.json"
    manifest.write_text(service + '"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}')
    kubectl(stack, "apply", "-f", str(manifest))
    kubectl(stack, "wait", "--for=jsonpath={.status.loadBalancer.ingress}", "svc/left", "--timeout=30s")
    refused = stack.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert "is already being used by 'projects/acme-dev/global/firewalls/k8s2-" in refused
    assert endpoint(stack.workspace, "gcp", NAME) is None


def test_mistakes_that_only_google_cloud_finds_come_in_its_words(engine: Engine, tmp_path: Path) -> None:
    stack = CloudStack.init(engine, tmp_path, NETWORKS)
    disabled = stack.up(apis=["container"], fails=True)
    assert "googleapi: Error 403: Compute Engine API has not been used in project" in disabled
    stack.up(apis=["container", "compute"])
    taken = stack.up(apis=["container", "compute"], again=True, fails=True)
    assert "The resource 'projects/acme-dev/global/networks/shop' already exists, alreadyExists" in taken
    overlapping = stack.up(apis=["container", "compute"], second="10.0.8.0/24", fails=True)
    assert "Invalid IPCidrRange: 10.0.8.0/24 conflicts with existing subnetwork 'first-" in overlapping
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}
