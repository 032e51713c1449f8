"""What a service may do in Google Cloud, on a cluster of this stack or on one that another stack owns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import pulumi
import pulumi_gcp as gcp

from components.cluster.gke.identity import principal, role_slug
from components.types import Permissions
from components.wiring import ServiceIdentity


@dataclass(frozen=True, slots=True)
class Bindings:
    """Where roles are bound."""

    prefix: str
    """Pulumi name of the component they belong to, the beginning of theirs."""
    project: pulumi.Input[str]
    """The project's id."""
    number: Callable[[], pulumi.Output[str]]
    """Asks for the project's number."""
    options: pulumi.ResourceOptions
    """Parent, provider, and what has to be there before."""


def grantor(project: str) -> Mapping[str, pulumi.Input[str]]:
    """What has to be known of a cluster to grant something to services there; nothing of it is secret."""
    return {"cloud": "gcp", "project": project}


def granting(
    component: pulumi.Resource, name: str, known: Mapping[str, pulumi.Input[str]]
) -> Callable[[str, str, str, Permissions], ServiceIdentity | None]:
    """`Cluster.grant` for a cluster of another stack; roles are bound in the cluster's project.

    Args:
        component: The component that stands for the cluster; it gets a provider as its child.
        name: Pulumi name of the component.
        known: What `grantor` says of the cluster.
    """
    project = known["project"]
    provider = gcp.Provider(name, project=project, opts=pulumi.ResourceOptions(parent=component))
    options = pulumi.ResourceOptions(parent=component, provider=provider)
    asked = pulumi.InvokeOutputOptions(parent=component, provider=provider)
    return partial(granted, Bindings(name, project, partial(project_number, project, asked), options))


def project_number(project: pulumi.Input[str], options: pulumi.InvokeOutputOptions) -> pulumi.Output[str]:
    """The number of a project, which names of principals have in place of its id."""
    found = gcp.organizations.get_project_output(project_id=project, opts=options)
    return found.apply(lambda answer: answer.number)


def granted(
    bindings: Bindings, service: str, namespace: str, account: str, permissions: Permissions
) -> ServiceIdentity | None:
    """Bind each role that a service's permissions name to its service account; None without any.

    Args:
        bindings: Where they are bound.
        service: Name of the service, for the names of the bindings.
        namespace: Its namespace.
        account: Its service account.
        permissions: What it may do; `gcp` counts.

    Returns:
        Values that wait until the bindings are there.
    """
    roles = permissions.get("gcp", {}).get("roles", [])
    if not roles:
        return None
    member = pulumi.Output.all(bindings.number(), bindings.project).apply(
        lambda found: principal(str(found[0]), str(found[1]), namespace, account)
    )
    members = [
        gcp.projects.IAMMember(
            f"{bindings.prefix}-{service}-{role_slug(role)}",
            project=bindings.project,
            role=role,
            member=member,
            opts=bindings.options,
        )
        for role in dict.fromkeys(roles)
    ]
    # By way of their URNs, which every preview knows, so that previews of the service are complete.
    urns = pulumi.Output.all(*(each.urn for each in members))
    return {"service_account_annotations": urns.apply(lambda _: cast("dict[str, pulumi.Input[str]]", {}))}
