"""Names of those who act on Google Cloud: nodes, and the pods of services."""

import hashlib

LONGEST_ACCOUNT = 30
"""Longest id of a service account. Source: the provider's check of `google_service_account`."""


def node_account_id(cluster: str) -> str:
    """The id of the service account of a cluster's nodes: readable, and another one for each cluster.

    Example:
        node_account_id("shop-staging") == "shop-staging-nodes"
    """
    plain = f"{cluster}-nodes"
    if len(plain) <= LONGEST_ACCOUNT:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()[:8]
    return f"{plain[: LONGEST_ACCOUNT - 9].rstrip('-')}-{digest}"


def workload_pool(project: str) -> str:
    """The workload identity pool of a project's clusters."""
    return f"{project}.svc.id.goog"


def principal(number: str, project: str, namespace: str, account: str) -> str:
    """A Kubernetes service account as a member of IAM bindings, without a Google one in between.

    The same for all clusters of the project: Google Cloud tells pods apart by namespace and account only.

    Args:
        number: The project's number.
        project: The project's id.
        namespace: Kubernetes namespace.
        account: Kubernetes service account.
    """
    pool = f"projects/{number}/locations/global/workloadIdentityPools/{workload_pool(project)}"
    return f"principal://iam.googleapis.com/{pool}/subject/ns/{namespace}/sa/{account}"


def role_slug(role: str) -> str:
    """A role as part of a Pulumi name.

    Example:
        role_slug("roles/storage.objectViewer") == "storage.objectViewer"
    """
    return role.removeprefix("roles/").replace("/", "-")
