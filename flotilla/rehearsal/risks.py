"""What a change would lose: told from the steps of a preview, before anything is done.

A resource is at risk if it would be replaced or deleted and either holds something that is gone then (a table
says what) or is protected in the program. Nothing here knows of rehearsals: any preview will do.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from components.document import is_map
from flotilla.rehearsal.changes import Operation, PropertyChange, properties
from flotilla.sandbox.events import Metadata, logical_name, resource_name, type_of

_CLUSTER = "the cluster, with everything that runs on it"
_MACHINES = "its machines; what runs on them moves, or stops where there is no room"
_NETWORK = "the network, with everything that is in it"
_SUBNET = "the subnet, with every address in it"
_ADDRESS = "a public address that cannot be had again; what points to it (DNS, allow lists) goes astray"
_ZONE = "the DNS zone, with its records and its name servers"
_REGISTRY = "the registry, with every image in it"
_KEY = "the key; what is encrypted with it cannot be read again"
_BUCKET = "the storage, with everything in it"
_DATABASE = "the database, with its data"
_SECRET = "the stored secret, with all its versions"  # noqa: S105 (no secret, but words for one)

LOSSES: Mapping[str, str] = {
    "aws:eks/cluster:Cluster": _CLUSTER,
    "gcp:container/cluster:Cluster": _CLUSTER,
    "azure-native:containerservice:ManagedCluster": _CLUSTER,
    "azure-native:resources:ResourceGroup": "the resource group, with everything in it",
    "aws:ec2/vpc:Vpc": _NETWORK,
    "gcp:compute/network:Network": _NETWORK,
    "azure-native:network:VirtualNetwork": _NETWORK,
    "aws:rds/cluster:Cluster": _DATABASE,
    "aws:rds/instance:Instance": _DATABASE,
    "aws:dynamodb/table:Table": _DATABASE,
    "aws:elasticache/replicationGroup:ReplicationGroup": _DATABASE,
    "gcp:sql/databaseInstance:DatabaseInstance": _DATABASE,
    "gcp:spanner/instance:Instance": _DATABASE,
    "gcp:redis/instance:Instance": _DATABASE,
    "azure-native:sql:Server": _DATABASE,
    "azure-native:sql:Database": _DATABASE,
    "azure-native:dbforpostgresql:Server": _DATABASE,
    "azure-native:documentdb:DatabaseAccount": _DATABASE,
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:efs/fileSystem:FileSystem": _BUCKET,
    "aws:ebs/volume:Volume": _BUCKET,
    "gcp:storage/bucket:Bucket": _BUCKET,
    "gcp:filestore/instance:Instance": _BUCKET,
    "gcp:compute/disk:Disk": _BUCKET,
    "azure-native:storage:StorageAccount": _BUCKET,
    "azure-native:compute:Disk": _BUCKET,
    "kubernetes:Namespace": "the namespace, with everything in it",
    "kubernetes:PersistentVolume": "the volume, with its data",
    "kubernetes:PersistentVolumeClaim": "the volume behind it, with its data",
    "kubernetes:StatefulSet": "its pods all at once, and the tie to their volumes",
    "kubernetes:CustomResourceDefinition": "every object of that kind, on the whole cluster",
    "aws:kms/key:Key": _KEY,
    "gcp:kms/keyRing:KeyRing": _KEY,
    "gcp:kms/cryptoKey:CryptoKey": _KEY,
    "azure-native:keyvault:Vault": _KEY,
    "azure-native:keyvault:Key": _KEY,
    "aws:secretsmanager/secret:Secret": _SECRET,
    "gcp:secretmanager/secret:Secret": _SECRET,
    "aws:ecr/repository:Repository": _REGISTRY,
    "gcp:artifactregistry/repository:Repository": _REGISTRY,
    "azure-native:containerregistry:Registry": _REGISTRY,
    "aws:route53/zone:Zone": _ZONE,
    "gcp:dns/managedZone:ManagedZone": _ZONE,
    "azure-native:dns:Zone": _ZONE,
    "azure-native:network:Zone": _ZONE,
    "aws:ec2/eip:Eip": _ADDRESS,
    "gcp:compute/address:Address": _ADDRESS,
    "gcp:compute/globalAddress:GlobalAddress": _ADDRESS,
    "azure-native:network:PublicIPAddress": _ADDRESS,
    "azure-native:network:PublicIPPrefix": _ADDRESS,
    "aws:ec2/subnet:Subnet": _SUBNET,
    "gcp:compute/subnetwork:Subnetwork": _SUBNET,
    "azure-native:network:Subnet": _SUBNET,
    "aws:eks/nodeGroup:NodeGroup": _MACHINES,
    "gcp:container/nodePool:NodePool": _MACHINES,
    "azure-native:containerservice:AgentPool": _MACHINES,
}
"""What is lost with a resource, by its type, the worst first; Kubernetes' types without group and version."""

_LOAD_BALANCER = "its address from outside"
_PROTECTED = "it is protected, so somebody counts on it"


@dataclass(frozen=True)
class Risk:
    """Something that a change would lose."""

    urn: str
    operation: Operation
    """`replaced` or `deleted`."""
    loss: str
    """What is lost, in words."""
    because: tuple[PropertyChange, ...] = ()
    """The properties that make the replacement necessary; none of a deletion."""
    protected: bool = False
    """Whether the program protects it, so that the engine refuses too."""
    above: tuple[str, ...] = ()
    """URNs of what it is a part of, the nearest first."""

    @property
    def resource(self) -> str:
        """What people call it: `Cluster main`."""
        return resource_name(self.urn)

    @property
    def reason(self) -> str:
        """Why it would be lost, for people."""
        if self.operation is Operation.DELETED:
            return "the stack has it no more"
        return "; ".join(map(str, self.because)) or "its provider cannot change it in place"

    @property
    def names(self) -> tuple[str, ...]:
        """Each name that allows it: its own, with and without its type, and those of what it is a part of."""
        return tuple(
            name for urn in (self.urn, *self.above) for name in (logical_name(urn), resource_name(urn))
        )

    def is_allowed(self, allowed: Iterable[str]) -> bool:
        """Whether it is named, or something that it is a part of."""
        return not set(self.names).isdisjoint(allowed)


def risks(steps: Sequence[Metadata], protected: Collection[str] = ()) -> list[Risk]:
    """What the steps of a preview would lose, the worst first.

    Args:
        steps: The steps, those of what stays as it is included.
        protected: URNs of what is protected though the steps do not say so. The engine's preview may stop
            at the first protected thing, so one that is to tell everything is made without protection.
    """
    parents = _parents(steps)
    found = [risk for step in steps if (risk := _risk(step, parents, protected))]
    order = {loss: place for place, loss in enumerate(dict.fromkeys(LOSSES.values()))}
    return sorted(found, key=lambda risk: (order.get(risk.loss, len(order)), risk.urn))


def is_cluster(kind: str) -> bool:
    """Whether a type is a cloud's cluster."""
    return loss_of(kind, None) == _CLUSTER


def loss_of(kind: str, inputs: object) -> str:
    """What is lost with a resource of a type, in words; empty if nothing that matters."""
    package, _, rest = kind.partition(":")
    name = rest.rsplit(":", 1)[-1]
    if package == "kubernetes":
        spec = inputs.get("spec") if is_map(inputs) else None
        if name == "Service" and is_map(spec) and spec.get("type") == "LoadBalancer":
            return _LOAD_BALANCER
        return LOSSES.get(f"kubernetes:{name}", "")
    # A type of Azure may have the version of its interface in it: containerservice/v20250901.
    return LOSSES.get(re.sub(r"/v\d{8}[a-z]*:", ":", kind), "")


def _risk(step: Metadata, parents: Mapping[str, tuple[str, ...]], protected: Collection[str]) -> Risk | None:
    old = step.get("old") or {}
    replaced = step["op"] == "create-replacement"
    if not replaced and step["op"] != "delete":
        return None
    if old.get("retainOnDelete"):
        return None  # it stays where it is; only the stack forgets it
    is_protected = bool(old.get("protect")) or step["urn"] in protected
    loss = loss_of(type_of(step["urn"]), old.get("inputs")) or (_PROTECTED if is_protected else "")
    if not loss:
        return None
    operation = Operation.REPLACED if replaced else Operation.DELETED
    return Risk(step["urn"], operation, loss, properties(step), is_protected, _above(step["urn"], parents))


def _parents(steps: Iterable[Metadata]) -> dict[str, tuple[str, ...]]:
    """What each resource is a part of: its parent; of an object of a cluster also the cluster's provider."""
    parents: dict[str, tuple[str, ...]] = {}
    for step in steps:
        state = step.get("old") or step.get("new") or {}
        on_cluster = step["type"].startswith("kubernetes:")
        provider = state.get("provider", "").rpartition("::")[0] if on_cluster else ""
        parents[step["urn"]] = tuple(urn for urn in (state.get("parent", ""), provider) if urn)
    return parents


def _above(urn: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found: list[str] = []
    ahead = list(parents.get(urn, ()))
    while ahead:
        one = ahead.pop(0)
        if one not in found and type_of(one) != "pulumi:pulumi:Stack":
            found.append(one)
            ahead += parents.get(one, ())
    return tuple(found)
