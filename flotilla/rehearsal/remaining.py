"""What is left after everything was destroyed: in the state, and on the clusters that were there before."""

import json
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import cast

from flotilla.controlplane import find
from flotilla.errors import FlotillaError
from flotilla.rehearsal.workspace import Rehearsal
from flotilla.sandbox.clouds import store as clouds
from flotilla.sandbox.events import resource_name
from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, name, text

_KUBERNETES_OWN = {"default", "kube-node-lease", "kube-public", "kube-system"}
"""Namespaces that every cluster has."""


def remaining(rehearsal: Rehearsal, retained: Collection[str]) -> list[str]:
    """Everything that is left, in words; nothing is what a destroy must leave, but for what is retained.

    Args:
        rehearsal: Where to look.
        retained: URNs of what the program wants to outlive the stack.
    """
    return [*_in_state(rehearsal), *_in_clouds(rehearsal, retained), *_on_clusters(rehearsal)]


def _in_state(rehearsal: Rehearsal) -> Iterator[str]:
    for resource in mappings(rehearsal.state(), "checkpoint", "latest", "resources"):
        yield f"{resource_name(text(resource, 'urn'))} is left in the state"


def _in_clouds(rehearsal: Rehearsal, retained: Collection[str]) -> Iterator[str]:
    for resource in clouds.remaining(rehearsal.directory):
        if resource.urn not in retained:
            yield f"{resource_name(resource.urn)} ({resource.id}) is left in the cloud"


def _on_clusters(rehearsal: Rehearsal) -> Iterator[str]:
    for plane in find(rehearsal.clusters):
        kubeconfig = rehearsal.clusters / plane / "kubeconfig"
        for found in _objects(rehearsal.programs / "kubectl", kubeconfig):
            kind, where = text(found, "kind"), text(found, "metadata", "namespace")
            if _matters(found):
                yield f"{kind} {f'{where}/' if where else ''}{name(found)} is left on the cluster {plane}"


def _matters(found: Manifest) -> bool:
    kind = text(found, "kind")
    if kind == "Service":
        return text(found, "spec", "type") == "LoadBalancer"
    if kind == "Namespace":
        return name(found) not in _KUBERNETES_OWN
    return True


def _objects(kubectl: Path, kubeconfig: Path) -> list[Manifest]:
    kinds = "services,persistentvolumeclaims,persistentvolumes,namespaces"
    done = subprocess.run(
        [str(kubectl), "--kubeconfig", str(kubeconfig), "--request-timeout=20s",
         "get", kinds, "--all-namespaces", "--output", "json"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise FlotillaError(f"The control plane of {kubeconfig} does not answer: {done.stderr.strip()}")
    return list(mappings(cast("Manifest", json.loads(done.stdout)), "items"))
