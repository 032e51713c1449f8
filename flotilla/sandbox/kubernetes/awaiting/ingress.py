"""When an Ingress routes."""

from collections.abc import Iterable, Sequence

from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import warnings_about
from flotilla.sandbox.kubernetes.awaiting.service import SERVICE_NAME, SETTLING, versions
from flotilla.sandbox.kubernetes.manifest import Manifest, items, labels, mappings, name, namespace, text

NEVER_SEEN = 60.0
"""Seconds after which endpoints count as settled if there are none (pulumi-kubernetes, await/ingress.go)."""

NO_TARGET = "Ingress has at least one rule with an unavailable target endpoint"
NO_ADDRESS = "Ingress .status.loadBalancer field was not updated with an address"


def observe(
    ingress: Manifest, services: Sequence[Manifest], slices: Sequence[Manifest], *, settled: bool
) -> Progress:
    """How far an Ingress is, seen with the Kubernetes Services and EndpointSlices of its namespace.

    It has to have an address, and the services of its rules endpoints. A service without endpoints is let
    pass once endpoints have `settled`: nothing says that it will ever have some.
    """
    addressed = bool(items(ingress, "status", "loadBalancer", "ingress"))
    missing = () if settled else tuple(missing_targets(ingress, services, slices))
    if addressed and not missing:
        return READY
    causes: list[str] = []
    if missing:
        causes.append(f"{NO_TARGET}: {', '.join(missing)}")
    if not addressed:
        causes.append(f"{NO_ADDRESS}. Is there an Ingress controller for class {_class_of(ingress)!r}?")
    step = (
        f"[1/2] waiting for endpoints of {', '.join(missing)}" if missing else "[2/2] waiting for an address"
    )
    return Progress(ready=False, waits_for=step, causes=tuple(causes))


def missing_targets(ingress: Manifest, services: Iterable[Manifest], slices: Iterable[Manifest]) -> list[str]:
    """The services of the Ingress's rules that have no endpoints and are not names outside the cluster."""
    outside = {name(service) for service in services if text(service, "spec", "type") == "ExternalName"}
    known = outside | {labels(piece).get(SERVICE_NAME, "") for piece in slices}
    targets = (
        text(path, "backend", "service", "name")
        for rule in mappings(ingress, "spec", "rules")
        for path in mappings(rule, "http", "paths")
    )
    return sorted({target for target in targets if target and target not in known})


def _class_of(ingress: Manifest) -> str:
    return text(ingress, "spec", "ingressClassName") or "(default)"


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    slices = reader.list("discovery.k8s.io/v1", "EndpointSlice", namespace(live))
    quiet = moment.quiet_for(versions(slices))
    settled = moment.single or quiet >= (SETTLING if slices else NEVER_SEEN)
    return observe(live, reader.list("v1", "Service", namespace(live)), slices, settled=settled)


RULE = Rule(look=_look, explain=warnings_about, in_refresh=True)
