"""The control planes behind the EKS, GKE and AKS clusters of a workspace's sandbox clouds.

Each is a real one on this computer, in `WORKSPACE/clusters`. The caller of the cloud (whoever runs `pulumi`)
is the user `rehearsal` there, who may do nothing until `admit`: a program that forgets the access entry or
the role assignment meets Forbidden, as in the cloud.

Example:
    create(workspace, "aws", "main", region="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), nodes=2,
           instance_type="m7i.large", load_balancer_domain="elb.eu-west-1.amazonaws.com")
    admit(workspace, "aws", "main")
"""

import base64
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from flotilla.controlplane import Binaries, ControlPlane, Identity, Pool, Settings, StorageClass
from flotilla.controlplane.api import Api, Json
from flotilla.engine import Missing, locate
from flotilla.errors import FlotillaError
from flotilla.progress import silent
from flotilla.sandbox.clouds import records, trust
from flotilla.sandbox.clouds.records import ClusterRecord
from flotilla.sandbox.clouds.tokens import USER, token

BINDING = "flotilla-rehearsal-admin"
"""The ClusterRoleBinding by which the caller may do everything."""

BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"

STORAGE_CLASSES: Mapping[str, tuple[StorageClass, ...]] = {
    "aws": (),
    "gcp": (
        StorageClass("standard-rwo", "pd.csi.storage.gke.io", default=True),
        StorageClass("premium-rwo", "pd.csi.storage.gke.io"),
        StorageClass("standard", "kubernetes.io/gce-pd", binding="Immediate"),
    ),
    "azure-native": (
        StorageClass("default", "disk.csi.azure.com", default=True),
        StorageClass("managed-csi", "disk.csi.azure.com"),
        StorageClass("managed-csi-premium", "disk.csi.azure.com"),
        StorageClass("azurefile-csi", "file.csi.azure.com", binding="Immediate"),
        StorageClass("azurefile-csi-premium", "file.csi.azure.com", binding="Immediate"),
    ),
}
"""What a new cluster of each cloud has; on AWS it is the program's part to make one."""

PATIENCE = 5.0
"""Most seconds until an authorizer heeds a binding that it has been told of; milliseconds as a rule."""

POOL_LABELS: Mapping[str, tuple[str, ...]] = {
    "aws": ("eks.amazonaws.com/nodegroup",),
    "gcp": ("cloud.google.com/gke-nodepool",),
    "azure-native": ("kubernetes.azure.com/agentpool", "agentpool"),
}
"""The labels by which a cloud's nodes say of which pool they are."""


@dataclass(frozen=True)
class Endpoint:
    """Where a cluster's API server is."""

    server: str
    """`https://127.0.0.1:PORT`."""
    certificate_authority: str
    """The certificate that vouches for it: PEM, in base64."""


@dataclass(frozen=True)
class Leftovers:
    """What Kubernetes had asked of the cloud and nobody gave back before the cluster went.

    Each is named as `namespace/name`: of the Kubernetes Service, or of the PersistentVolumeClaim.
    """

    load_balancers: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


def create(
    workspace: Path,
    cloud: str,
    name: str,
    *,
    region: str,
    zones: Sequence[str],
    nodes: int,
    instance_type: str,
    load_balancer_domain: str = "",
    storage_classes: Sequence[StorageClass] | None = None,
) -> Endpoint:
    """Start the control plane of a cluster, and return when it serves; safe to repeat, and many at once.

    `cloud` is `aws`, `gcp` or `azure-native`. `name` tells the cluster from all others of the cloud; where
    one name may stand twice (in two regions, projects or resource groups), it is a path that ends with the
    name, as in `shop-staging/europe-west1/main`. `storage_classes` are those of a new cluster, by default
    the cloud's own.

    Raises:
        FlotillaError: the engine is not there, or the control plane does not come up.
    """
    classes = STORAGE_CLASSES[cloud] if storage_classes is None else tuple(storage_classes)
    record = ClusterRecord(
        cloud, name, region, tuple(zones) or ("0",), nodes, instance_type, load_balancer_domain, classes
    )
    records.save(workspace, record)
    return _start(workspace, record)


def endpoint(workspace: Path, cloud: str, name: str) -> Endpoint | None:
    """Where a cluster's API server is, also of one that was stopped; None if there is none."""
    record = records.load(workspace, cloud, name)
    plane = _plane(workspace, record) if record else None
    return _endpoint(plane) if plane and plane.server else None


def is_there(workspace: Path, cloud: str, name: str) -> bool:
    """Whether a cluster was created, and not deleted since."""
    return endpoint(workspace, cloud, name) is not None


def start_all(workspace: Path) -> None:
    """Start again whatever of the workspace's clusters does not run, after a reboot say.

    Raises:
        FlotillaError: one does not come up.
    """
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_start, workspace), records.all_of(workspace)))


def kubernetes_version(workspace: Path, cloud: str, name: str) -> str:
    """The version of Kubernetes that really runs, as `v1.36.3`, whatever the cluster asked the cloud for."""
    version = _there(workspace, cloud, name).api().get("/version")
    return str(version["gitVersion"])


def admit(workspace: Path, cloud: str, name: str) -> None:
    """Let the caller do everything in the cluster, from the moment this returns; safe to repeat.

    Raises:
        FlotillaError: there is no such cluster, or it does not answer.
    """
    binding: Json = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": BINDING},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": USER}],
    }
    api = _there(workspace, cloud, name).api()
    api.create(BINDINGS, binding)
    _heeded(api, allowed=True)


def revoke(workspace: Path, cloud: str, name: str) -> None:
    """Take from the caller what `admit` gave; fine if it gave nothing, or if there is no such cluster.

    Rights that a program gave it besides stay.

    Raises:
        FlotillaError: the cluster does not answer.
    """
    if is_there(workspace, cloud, name):
        api = _there(workspace, cloud, name).api()
        if api.delete(f"{BINDINGS}/{BINDING}"):
            _heeded(api, allowed=False)


def add_pool(
    workspace: Path,
    cloud: str,
    name: str,
    pool: str,
    *,
    count: int,
    zones: Sequence[str],
    instance_type: str,
    labels: Mapping[str, str] | None = None,
    taints: Sequence[Mapping[str, str]] = (),
) -> list[str]:
    """Let a node pool of a cluster have `count` nodes, be it new or changed, and return their names.

    Its nodes have `labels`, and those by which the cloud says of which pool they are. `taints` are in
    Kubernetes' words: `key`, `value`, `effect` (as in `NoSchedule`).

    Raises:
        FlotillaError: there is no such cluster, it does not answer, or it would have more than 250 nodes.
    """
    all_labels = {**dict.fromkeys(POOL_LABELS[cloud], pool), **(labels or {})}
    wanted = Pool(pool, count, tuple(zones) or ("0",), instance_type, all_labels, tuple(taints))
    return _there(workspace, cloud, name).set_pool(wanted)


def remove_pool(workspace: Path, cloud: str, name: str, pool: str) -> None:
    """Drain a node pool's nodes and take them out of a cluster; fine if there are none, or no such cluster.

    Within 30 s, that is: what a disruption budget holds longer goes with its node.

    Raises:
        FlotillaError: the cluster does not answer.
    """
    if is_there(workspace, cloud, name):
        _there(workspace, cloud, name).remove_pool(pool)


def load_balancers(workspace: Path, cloud: str, name: str) -> dict[str, str]:
    """The addresses that Kubernetes Services of a cluster hold, each with `namespace/name` of its holder.

    Raises:
        FlotillaError: there is no such cluster, or it does not answer.
    """
    held: dict[str, str] = {}
    for item in _there(workspace, cloud, name).api().items("/api/v1/services"):
        entries = cast("list[Json]", _part(item, "status", "loadBalancer").get("ingress") or [])
        for entry in entries if _has_address(item) else []:
            held[str(entry.get("ip") or entry.get("hostname"))] = _full_name(_part(item, "metadata"))
    return held


def delete(workspace: Path, cloud: str, name: str) -> Leftovers:
    """Delete a cluster with all that is on it, and tell what it leaves in the cloud; fine if there is none.

    One that was stopped is started first, since it would not be known otherwise what it leaves.

    Raises:
        FlotillaError: it does not come up, or does not end.
    """
    record = records.load(workspace, cloud, name)
    if record is None:
        return Leftovers()
    plane = _plane(workspace, record)
    leftovers = Leftovers()
    with silent():
        if plane.server:
            plane.start()
            leftovers = _leftovers(plane)
        plane.delete()
    records.remove(workspace, record)
    trust.update(workspace)
    return leftovers


def _heeded(api: Api, *, allowed: bool) -> None:
    """Wait until the authorizer, which learns of bindings by a watch, answers accordingly."""
    deadline = time.monotonic() + PATIENCE
    while api.may(USER, verb="*", resource="*") is not allowed and time.monotonic() < deadline:
        time.sleep(0.01)


def _start(workspace: Path, record: ClusterRecord) -> Endpoint:
    plane = _plane(workspace, record)
    with silent():
        plane.start()
    trust.update(workspace)
    return _endpoint(plane)


def _there(workspace: Path, cloud: str, name: str) -> ControlPlane:
    record = records.load(workspace, cloud, name)
    if record is None:
        raise FlotillaError(
            f"The sandbox cloud {cloud} has no cluster {name}.",
            "Bring the stack that creates it up again.",
        )
    return _plane(workspace, record)


def _plane(workspace: Path, record: ClusterRecord) -> ControlPlane:
    engine = locate()
    if isinstance(engine, Missing):
        raise FlotillaError(f"A cluster needs the engine, which is missing: {engine}.", "Get it: make up")
    settings = Settings(
        nodes=record.nodes,
        region=record.region,
        zones=record.zones,
        instance_type=record.instance_type,
        load_balancer_domain=record.load_balancer_domain,
        storage_classes=record.storage_classes,
        tokens={token(workspace, record.cloud, record.own_name): Identity(USER)},
    )
    binaries = Binaries.from_mapping(engine.binaries)
    return ControlPlane(workspace / "clusters", record.plane, binaries, settings)


def _endpoint(plane: ControlPlane) -> Endpoint:
    return Endpoint(plane.server, base64.b64encode(plane.certificate_authority.read_bytes()).decode())


def _leftovers(plane: ControlPlane) -> Leftovers:
    api = plane.api()
    balancers = [item for item in api.items("/api/v1/services") if _has_address(item)]
    volumes = [item for item in api.items("/api/v1/persistentvolumes") if _is_bound(item)]
    return Leftovers(
        tuple(sorted(_full_name(_part(item, "metadata")) for item in balancers)),
        tuple(sorted(_full_name(_part(item, "spec", "claimRef")) for item in volumes)),
    )


def _has_address(service: Json) -> bool:
    is_balancer = _part(service, "spec").get("type") == "LoadBalancer"
    return is_balancer and bool(_part(service, "status", "loadBalancer").get("ingress"))


def _is_bound(volume: Json) -> bool:
    return _part(volume, "status").get("phase") == "Bound"


def _full_name(reference: Json) -> str:
    return f"{reference['namespace']}/{reference['name']}"


def _part(item: Json, *path: str) -> Json:
    for key in path:
        item = cast("Json", item.get(key) or {})
    return item
