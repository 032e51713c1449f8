"""When a Kubernetes Service can be reached."""

import os
from collections.abc import Iterable, Sequence

from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_pods, warnings_about
from flotilla.sandbox.kubernetes.manifest import (
    Manifest,
    dig,
    items,
    mapping,
    mappings,
    name,
    namespace,
    text,
)

SETTLING = float(os.environ.get("FLOTILLA_ENDPOINTS_SETTLE_SECONDS") or 10)
"""Seconds without a change after which endpoints count as settled (pulumi-kubernetes, await/service.go).

A rehearsal waits less: endpoints of played pods do not come and go.
"""
SERVICE_NAME = "kubernetes.io/service-name"

NO_PODS = "Service does not target any Pods"
NO_ADDRESS = "Service was not allocated an IP address"


def observe(service: Manifest, slices: Sequence[Manifest], *, settled: bool) -> Progress:
    """How far a Kubernetes Service is, seen with its EndpointSlices.

    A load balancer has to have an address. Where pods are selected, the endpoints have to be `settled`, and
    none of them may be unready; no endpoint at all is fine.
    """
    addressed = text(service, "spec", "type") != "LoadBalancer" or bool(
        items(service, "status", "loadBalancer", "ingress")
    )
    selects = selects_pods(service)
    unready = [endpoint for endpoint in endpoints(slices) if not _is_ready(endpoint)]
    reachable = not selects or (bool(slices) and settled and not unready)
    if addressed and reachable:
        return READY
    serving = sum(_is_ready(endpoint) for endpoint in endpoints(slices))
    causes: list[str] = []
    if selects and (unready or not serving):
        why = f"{len(unready)} selected pods are not ready" if unready else "its selector fits no pod"
        causes.append(f"{NO_PODS} that are ready: {why}" if serving else f"{NO_PODS}: {why}")
    if not addressed:
        causes.append(
            f"{NO_ADDRESS}: status.loadBalancer is empty. Does this cluster provide load balancers?"
        )
    step = "[1/2] waiting for its endpoints to settle" if not reachable else "[2/2] waiting for an address"
    return Progress(
        ready=False,
        waits_for=f"{step} ({serving} ready)",
        causes=tuple(causes) or ("Its endpoints still change",),
    )


def selects_pods(service: Manifest) -> bool:
    """Whether its endpoints are the pods it selects, and traffic goes through an address of its own."""
    headless = text(service, "spec", "clusterIP") == "None"
    external = text(service, "spec", "type") == "ExternalName"
    return bool(mapping(service, "spec", "selector")) and not headless and not external


def endpoints(slices: Iterable[Manifest]) -> list[Manifest]:
    """The endpoints of slices, without those of pods that are going."""
    found = (endpoint for piece in slices for endpoint in mappings(piece, "endpoints"))
    return [endpoint for endpoint in found if dig(endpoint, "conditions", "terminating") is not True]


def _is_ready(endpoint: Manifest) -> bool:
    return dig(endpoint, "conditions", "ready") is not False


def versions(slices: Iterable[Manifest]) -> list[tuple[str, str]]:
    """What changes whenever one of the slices does."""
    return sorted(
        (text(piece, "metadata", "uid"), text(piece, "metadata", "resourceVersion")) for piece in slices
    )


def _slices(reader: Reader, live: Manifest) -> list[Manifest]:
    selector = f"{SERVICE_NAME}={name(live)}"
    return reader.list("discovery.k8s.io/v1", "EndpointSlice", namespace(live), label_selector=selector)


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    slices = _slices(reader, live) if selects_pods(live) else []
    quiet = moment.quiet_for(versions(slices))
    return observe(live, slices, settled=quiet >= SETTLING or moment.over or moment.single)


def _explain(reader: Reader, live: Manifest) -> list[str]:
    unready = [endpoint for endpoint in endpoints(_slices(reader, live)) if not _is_ready(endpoint)]
    names = [
        text(endpoint, "targetRef", "name")
        for endpoint in unready
        if text(endpoint, "targetRef", "kind") == "Pod"
    ]
    pods = [reader.get("v1", "Pod", pod, namespace(live)) for pod in names]
    return explain_pods(reader, [pod for pod in pods if pod is not None]) + warnings_about(reader, live)


RULE = Rule(look=_look, explain=_explain, in_refresh=True)
