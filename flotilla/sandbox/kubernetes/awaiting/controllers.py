"""When a controller has filled in what small kinds lack: replicas, quota, a token."""

from collections.abc import Callable

from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import warnings_about
from flotilla.sandbox.kubernetes.manifest import Manifest, mapping, number, text

QUOTA_LIMIT = 60.0
"""Seconds for which a quota is waited for at most (pulumi-kubernetes, await/awaiters.go, as the next)."""
TOKEN_LIMIT = 5.0
"""Seconds for which the token of a service account is waited for at most."""


def observe_replicas(controller: Manifest) -> Progress:
    """How far a ReplicationController is: as many replicas available as wanted."""
    wanted = number(controller, "spec", "replicas", default=1)
    available = number(controller, "status", "availableReplicas")
    return _until(available == wanted, f"{available} of {wanted} replicas are available")


def observe_quota(quota: Manifest) -> Progress:
    """How far a ResourceQuota is: the limits in its status are those of its spec."""
    return _until(
        mapping(quota, "spec", "hard") == mapping(quota, "status", "hard"), "the quota is not in force yet"
    )


def observe_token(secret: Manifest) -> Progress:
    """How far a Secret is: that of a service account's token has to have data, others are ready at once."""
    expected = text(secret, "type") == "kubernetes.io/service-account-token"
    return _until(
        not expected or bool(mapping(secret, "data")), "the token of the service account is not made yet"
    )


def _until(done: bool, what: str) -> Progress:  # noqa: FBT001 (the question is asked at the call)
    return (
        READY
        if done
        else Progress(ready=False, waits_for=f"[1/1] {what}", causes=(what[:1].upper() + what[1:],))
    )


def _by_status(observe: Callable[[Manifest], Progress], at_most: float) -> Rule:
    def look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
        del reader, moment
        return observe(live)

    return Rule(look=look, explain=warnings_about, at_most=at_most)


REPLICATION_CONTROLLER = _by_status(observe_replicas, 600.0)
QUOTA = _by_status(observe_quota, QUOTA_LIMIT)
TOKEN = _by_status(observe_token, TOKEN_LIMIT)
