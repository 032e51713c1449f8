"""What can be wrong with clusters that a stack does not create: existing and shared ones."""

from collections.abc import Iterator

from components.errors import Problem, listing, nearest
from components.networks import is_address
from components.types import ExistingClusterSpec, LoadBalancerSettings, SharedClusterSpec

_POLICIES = ("Cluster", "Local")
_STACK_PARTS = 3


def existing_cluster_problems(spec: ExistingClusterSpec) -> Iterator[Problem]:
    """What is impossible in an existing cluster; paths are relative to it."""
    if not spec.get("identifier"):
        cure = (
            "Give the cluster a name that stays while it does, such as dc1; another one replaces all there."
        )
        yield Problem(("identifier",), "is missing", cure)
    if not spec.get("kubeconfig"):
        yield Problem(("kubeconfig",), "is missing", "Give the path of a kubeconfig, or its contents.")
    yield from _load_balancer_problems(spec.get("load_balancer", {}))
    if "://" in spec.get("registry", ""):
        yield Problem(("registry",), "is more than host and path", "Leave out what stands before the host.")


def shared_cluster_problems(spec: SharedClusterSpec) -> Iterator[Problem]:
    """What is impossible in a shared cluster; paths are relative to it."""
    if not spec.get("identifier"):
        cure = (
            "Write the one that its owner's stack exports: "
            f"pulumi stack output clusters --stack {spec.get('stack', 'STACK')}"
        )
        yield Problem(("identifier",), "is missing", cure)
    parts = spec.get("stack", "").split("/")
    if len(parts) != _STACK_PARTS or not all(parts):
        cure = (
            "Write ORGANIZATION/PROJECT/STACK; for state in a bucket or in files the organization is "
            "called organization."
        )
        yield Problem(("stack",), f'"{spec.get("stack", "")}" is not the whole name of a stack', cure)


def _load_balancer_problems(settings: LoadBalancerSettings) -> Iterator[Problem]:
    address, policy = settings.get("address"), settings.get("external_traffic_policy")
    if address is not None and not is_address(address):
        cure = "Write an IP address that the load balancer may take."
        yield Problem(("loadBalancer", "address"), f'"{address}" is not an IP address', cure)
    if policy is not None and policy not in _POLICIES:
        path = ("loadBalancer", "externalTrafficPolicy")
        yield Problem(
            path,
            f'"{policy}" is not possible',
            f"Possible: {listing(_POLICIES)}.",
            nearest(policy, _POLICIES),
        )
