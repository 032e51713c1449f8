"""The environment variables of a container."""

from collections.abc import Collection, Mapping

from components.service.manifest import Manifest
from components.service.references import in_order_of_use
from components.service.sources import Sources, secret_key
from components.types import ServiceSpec

POD_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.podIP",
)
"""What a pod can be told of itself."""


def environment_variables(
    own: Mapping[str, str], spec: ServiceSpec, sources: Sources, secrets: Collection[str]
) -> list[Manifest]:
    """Variables in an order in which a container's own can refer to all others.

    Args:
        own: The container's own, which come last and win.
        spec: The service, with the addresses of those it uses and its pods' fields.
        sources: Where secrets are.
        secrets: The secrets that the container gets as variables.
    """
    addresses: list[Manifest] = [
        {"name": name, "value": value} for name, value in sorted(spec.get("addresses", {}).items())
    ]
    fields: list[Manifest] = [
        {"name": name, "valueFrom": {"fieldRef": {"fieldPath": field}}}
        for name, field in sorted(spec.get("pod_fields", {}).items())
    ]
    hidden: list[Manifest] = [
        {"name": name, "valueFrom": {"secretKeyRef": secret_key(name, spec, sources)}}
        for name in sorted(secrets)
    ]
    given = [*addresses, *fields, *hidden]
    return [
        *(variable for variable in given if variable["name"] not in own),
        *({"name": name, "value": value} for name, value in in_order_of_use(own)),
    ]
