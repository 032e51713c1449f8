"""A service that holds data, with the real engine on a real control plane."""

from pathlib import Path

import pytest
from bare_services import BareServices
from kubectl import Json, Kubectl

from flotilla.engine import Engine

pytestmark = pytest.mark.engine


def volume(size: str, storage_class: str) -> Json:
    """A volume with a claim."""
    return {"mount_path": "/data", "claim": {"size": size, "storage_class": storage_class}}


def uids(kubectl: Kubectl, kind: str) -> dict[str, str]:
    """The objects of a kind in the namespace, each with what tells it from a later one of its name."""
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in kubectl.items(kind)}


def test_each_pod_keeps_its_disk_while_disks_grow_pods_come_and_releases_follow_one_another(
    engine: Engine, kubectl: Kubectl, tmp_path: Path
) -> None:
    storage_class = f"growing-{kubectl.namespace}"
    kubectl.apply(
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": storage_class},
            "provisioner": "sandbox.flotilla.dev/volume",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        }
    )
    stack = BareServices.of(engine, tmp_path, kubectl)
    store: Json = {
        "release": "v1",
        "replicas": 2,
        "ports": {"redis": 6379},
        "rollout": {"timeout_seconds": 10},
        "volumes": {"data": volume("1Gi", storage_class)},
        "deletion_protection": True,
    }
    stack.up(store=store)
    claims, pods = uids(kubectl, "pvc"), uids(kubectl, "pods")
    assert [*claims] == ["data-store-0", "data-store-1"]
    assert [*pods] == ["store-0", "store-1"]
    for pod in kubectl.items("pods"):
        used = [each["persistentVolumeClaim"]["claimName"] for each in pod["spec"]["volumes"]]
        assert used == [f"data-{pod['metadata']['name']}"]
    assert kubectl.get("service", "store-pods")["spec"]["clusterIP"] == "None"

    store = {**store, "volumes": {"data": volume("2Gi", storage_class)}}
    stack.pulumi("preview")
    grown = [("update", "store-claim-data-0"), ("update", "store-claim-data-1")]
    assert sorted(stack.steps(store=store)) == grown
    assert uids(kubectl, "pods") == pods
    assert uids(kubectl, "pvc") == claims
    sizes = {each["spec"]["resources"]["requests"]["storage"] for each in kubectl.items("pvc")}
    assert sizes == {"2Gi"}

    store = {**store, "replicas": 3}
    assert stack.steps(store=store) == [("create", "store-claim-data-2"), ("update", "store")]
    assert pods.items() <= uids(kubectl, "pods").items()
    assert claims.items() <= uids(kubectl, "pvc").items()

    # A bad release stops at its first pod, and the next good one heals that.
    bad = stack.up(fails=True, store={**store, "release": "v2-missing"})
    assert "ErrImagePull" in bad
    stack.up(store={**store, "release": "v3"})
    images = {pod["spec"]["containers"][0]["image"] for pod in kubectl.items("pods")}
    assert images == {"ghcr.io/acme/shop:v3"}

    # Another volume needs another StatefulSet; the claims that are there stay.
    claims = uids(kubectl, "pvc")
    log: Json = {**volume("1Gi", storage_class), "mount_path": "/log"}
    more: Json = {**store, "volumes": {**store["volumes"], "log": log}}
    stack.up(store=more)
    assert claims.items() <= uids(kubectl, "pvc").items()
    assert len(uids(kubectl, "pvc")) == 6

    for wanted in ({}, {"store": {**more, "replicas": 2}}):
        assert "protected" in stack.up(fails=True, **wanted)
        assert claims.items() <= uids(kubectl, "pvc").items()
    stack.up(store={**more, "deletion_protection": False})
    stack.up()
    assert not kubectl.items("statefulsets,pods,pvc,services")
    kubectl("delete", "storageclass", storage_class)
