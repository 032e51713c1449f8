"""Which rule an object is waited for by, and for how long."""

import os

from flotilla.sandbox.kubernetes.awaiting import (
    controllers,
    daemonset,
    deployment,
    generic,
    ingress,
    job,
    pod,
    service,
    statefulset,
    volumes,
    wait_for,
)
from flotilla.sandbox.kubernetes.awaiting.progress import TEN_MINUTES, Rule
from flotilla.sandbox.kubernetes.manifest import (
    DELETION_PROPAGATION,
    SKIP_AWAIT,
    TIMEOUT_SECONDS,
    WAIT_FOR,
    Manifest,
    annotations,
    group,
    is_true,
    kind,
)

RULES: dict[tuple[str, str], Rule] = {
    ("apps", "DaemonSet"): daemonset.RULE,
    ("apps", "Deployment"): deployment.RULE,
    ("apps", "StatefulSet"): statefulset.RULE,
    ("batch", "Job"): job.RULE,
    ("networking.k8s.io", "Ingress"): ingress.RULE,
    ("", "PersistentVolume"): volumes.VOLUME,
    ("", "PersistentVolumeClaim"): volumes.CLAIM,
    ("", "Pod"): pod.RULE,
    ("", "ReplicationController"): controllers.REPLICATION_CONTROLLER,
    ("", "ResourceQuota"): controllers.QUOTA,
    ("", "Secret"): controllers.TOKEN,
    ("", "Service"): service.RULE,
}
"""The kinds that are waited for, by API group and kind."""

GOES_AT_ONCE = {
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("batch", "Job"),
    ("", "Namespace"),
    ("", "Pod"),
    ("", "ReplicationController"),
}
"""The kinds of which skipAwait skips the wait for deletion too (pulumi-kubernetes, metadata/overrides.go)."""


def rule_for(obj: Manifest, inputs: Manifest) -> Rule | None:
    """The rule for an object after it was made or changed; None if nothing is waited for."""
    if is_true(inputs, SKIP_AWAIT):
        return None
    wanted = annotations(obj).get(WAIT_FOR) or annotations(inputs).get(WAIT_FOR)
    if wanted:
        return wait_for.rule(wanted)
    known = RULES.get((group(obj), kind(obj)))
    if known is None and os.environ.get("PULUMI_K8S_AWAIT_ALL") == "true":
        return generic.RULE
    return known


def rule_in_refresh(obj: Manifest, inputs: Manifest) -> Rule | None:
    """The rule by which a refresh looks at an object, None if it does not; waitFor plays no part in it."""
    known = RULES.get((group(obj), kind(obj)))
    return known if known and known.in_refresh and not is_true(inputs, SKIP_AWAIT) else None


def is_gone_at_once(obj: Manifest, inputs: Manifest) -> bool:
    """Whether the deletion of an object is not waited for."""
    return is_true(inputs, SKIP_AWAIT) and (group(obj), kind(obj)) in GOES_AT_ONCE


def patience(inputs: Manifest, timeout_seconds: float | None) -> float:
    """Seconds the user grants: customTimeouts, else `pulumi.com/timeoutSeconds`, else ten minutes."""
    if timeout_seconds:
        return timeout_seconds
    said = annotations(inputs).get(TIMEOUT_SECONDS, "")
    return float(said) if said.isdecimal() else TEN_MINUTES


def propagation_policy(inputs: Manifest) -> str:
    """How a deletion treats what the object owns: `Foreground` unless the annotation says otherwise."""
    said = annotations(inputs).get(DELETION_PROPAGATION, "").lower()
    return {"orphan": "Orphan", "background": "Background"}.get(said, "Foreground")
