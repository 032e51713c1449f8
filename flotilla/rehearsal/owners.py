"""Made-up states of the stacks that own shared clusters: what such a stack exports, and nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path

from flotilla.rehearsal.workspace import Rehearsal

_OUR_ORGANIZATION = "organization"
"""What the engine calls the only organization of a state in files."""

_PRIMARY = "main"
"""The cluster of the owner's stack that is meant if none is named."""


def renamed(stack: str) -> str:
    """A stack's whole name in a state in files."""
    return "/".join([_OUR_ORGANIZATION, *stack.split("/")[-2:]])


def place_owners(
    rehearsal: Rehearsal, shared: Mapping[str, Mapping[str, object]], kubeconfigs: Mapping[str, Path]
) -> None:
    """Write a state for each stack that owns a shared cluster, with the outputs by which it is found.

    Args:
        rehearsal: Among whose states.
        shared: The shared clusters as the stack's file describes them, by name.
        kubeconfigs: The kubeconfigs of the control planes that stand in for them, by name.
    """
    owners: dict[str, dict[str, Mapping[str, object]]] = {}
    for name, spec in shared.items():
        cluster = str(spec.get("cluster") or _PRIMARY)
        contents = kubeconfigs[name].read_text(encoding="utf-8")
        found = owners.setdefault(str(spec.get("stack")), {"clusters": {}, "kubeconfigs": {}})
        found["clusters"] = {**found["clusters"], cluster: exported(str(spec.get("identifier")))}
        found["kubeconfigs"] = {**found["kubeconfigs"], cluster: contents}
    for whole_name, outputs in owners.items():
        project, stack = renamed(whole_name).split("/")[1:]
        file = rehearsal.state_of(project, stack)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(state(project, stack, outputs), indent=1), encoding="utf-8")


def exported(identifier: str) -> dict[str, object]:
    """What the owner's stack exports of a cluster."""
    return {
        "identifier": identifier,
        "context": "",
        "ingressAddresses": [],
        "loadBalancer": {},
        "entrance": {},
        "storageClass": "",
        "registry": "",
        "grantor": grantor(identifier),
    }


def grantor(identifier: str) -> dict[str, str]:
    """What has to be known to grant something on a cluster, as its identifier tells it.

    Identifiers of clusters of a cloud are `CLOUD:ACCOUNT:REGION:NAME`; of others nothing is known.
    """
    cloud, account, region, name = (*identifier.split(":", 3), "", "", "", "")[:4]
    of_cloud = {
        "aws": {"account": account, "region": region, "name": name},
        "gcp": {"project": account},
        "azure": {
            "subscription": account,
            "location": region,
            "resourceGroup": name,
            "name": name,
            "issuer": f"https://oidc.example.com/{name}/",
        },
    }
    return {"cloud": cloud, **of_cloud[cloud]} if cloud in of_cloud else {}


def state(project: str, stack: str, outputs: Mapping[str, object]) -> dict[str, object]:
    """The state of a stack that has nothing but outputs, as the engine writes it."""
    kind = "pulumi:pulumi:Stack"
    urn = f"urn:pulumi:{stack}::{project}::{kind}::{project}-{stack}"
    root = {"urn": urn, "custom": False, "type": kind, "outputs": outputs}
    return {
        "version": 3,
        "checkpoint": {
            "stack": f"{_OUR_ORGANIZATION}/{project}/{stack}",
            "latest": {"manifest": {"time": "2026-01-01T00:00:00Z"}, "resources": [root]},
        },
    }
