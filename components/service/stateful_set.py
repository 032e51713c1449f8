"""The StatefulSet of a service that holds data, and the claims of its pods.

The claims are resources beside the StatefulSet (docs/adr/0010): a bigger one grows in place, and each is
there before the pod that wants it and after it.
"""

from typing import cast

import pulumi

from components.service.manifest import Manifest, metadata, selector, serving
from components.service.ports import protocol_of, service_ports
from components.service.replicas import replicas_of
from components.service.rollout_settings import settling, timeout_of
from components.service.volumes import claim_name, claims_of, governing_name
from components.types import AccessMode, Claim, ServiceSpec

TEMPLATE_SIZE = "1Gi"
"""The size in the StatefulSet's own templates: nobody makes a claim by them, and they can never change."""


def stateful_set(name: str, spec: ServiceSpec, template: Manifest, storage_class: object = None) -> Manifest:
    """A StatefulSet that replaces its pods one at a time, each in place.

    Pods start and stop side by side (`Parallel`): in order, a pod that never becomes ready holds up the very
    release that would heal it. Updates go from pod to pod all the same.

    Args:
        name: The service.
        spec: What it is.
        template: What each pod is.
        storage_class: The cluster's storage class; None or "" for its default one.
    """
    timeout = timeout_of(spec)
    described: Manifest = {
        **settling(spec),
        "replicas": replicas_of(spec),
        "selector": {"matchLabels": selector(name)},
        "serviceName": governing_name(name),
        "podManagementPolicy": "Parallel",
        "updateStrategy": {"type": "RollingUpdate"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "template": template,
        "volumeClaimTemplates": [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": volume},
                "spec": _claim(claim, TEMPLATE_SIZE, storage_class),
            }
            for volume, claim in claims_of(spec).items()
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata(name, spec, timeoutSeconds=str(timeout)),
        "spec": described,
    }


def claims(name: str, spec: ServiceSpec, storage_class: object = None) -> dict[str, Manifest]:
    """The PersistentVolumeClaims of its pods, by the end of their Pulumi names: `VOLUME-ORDINAL`.

    Args:
        name: The service.
        spec: What it is.
        storage_class: The cluster's storage class; None or "" for its default one.
    """
    return {
        f"{volume}-{ordinal}": {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            # The pods tell whether theirs are bound; to look needs a right to read storage classes.
            "metadata": {**metadata(name, spec, skipAwait="true"), "name": claim_name(name, volume, ordinal)},
            "spec": _claim(claim, claim["size"], storage_class),
        }
        for volume, claim in claims_of(spec).items()
        for ordinal in range(replicas_of(spec))
    }


def governing_service(name: str, spec: ServiceSpec) -> Manifest:
    """The headless Kubernetes Service that gives each pod a name, also before it is ready."""
    described: Manifest = {
        "type": "ClusterIP",
        "clusterIP": "None",
        "selector": serving(name),
        "publishNotReadyAddresses": True,
    }
    if ports := sorted(service_ports(spec)):
        described["ports"] = [
            {
                "name": port,
                "port": int(spec.get("ports", {})[port]),
                "targetPort": port,
                "protocol": str(protocol_of(port)),
            }
            for port in ports
        ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**metadata(name, spec, skipAwait="true"), "name": governing_name(name)},
        "spec": described,
    }


def _claim(claim: Claim, size: str, storage_class: object) -> pulumi.Input[Manifest]:
    """The spec of a claim; without a storage class where the cluster's default one is meant."""
    described: Manifest = {
        "accessModes": [str(claim.get("access_mode", AccessMode.READ_WRITE_ONCE))],
        "resources": {"requests": {"storage": size}},
    }
    chosen = claim.get("storage_class", storage_class)
    if isinstance(chosen, pulumi.Output):
        known = cast("pulumi.Output[str | None]", chosen)
        return known.apply(lambda name: {**described, **_of_class(name)})
    return {**described, **_of_class(chosen)}


def _of_class(name: object) -> Manifest:
    return {"storageClassName": name} if name else {}
