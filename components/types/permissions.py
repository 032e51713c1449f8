"""What a service may do in a cloud, in that cloud's own words."""

from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class AwsStatement(TypedDict):
    """A statement of an IAM policy that allows something."""

    actions: list[str]
    """Actions: `s3:GetObject`."""
    resources: list[str]
    """ARNs of what they may be done to, with `*` where any part will do."""


@strictly
class AwsPermissions(TypedDict):
    """Permissions on AWS."""

    policy_arns: NotRequired[list[str]]
    """ARNs of managed policies. Default: none."""
    statements: NotRequired[list[AwsStatement]]
    """Statements of a policy of the service's own. Default: none."""


@strictly
class GoogleCloudPermissions(TypedDict):
    """Permissions on Google Cloud."""

    roles: list[str]
    """Roles on the cluster's project: `roles/storage.objectViewer`."""


@strictly
class AzureRole(TypedDict):
    """A role on Azure, and where it holds."""

    role: str
    """Id of the role definition, a GUID: `2a2b9908-6ea1-4ae2-8e65-a410df84e7d1` reads blobs."""
    scope: str
    """Id of the resource, resource group or subscription it holds for, from `/subscriptions/`."""


@strictly
class AzurePermissions(TypedDict):
    """Permissions on Azure."""

    roles: list[AzureRole]
    """Roles, and where they hold."""


@strictly
class Permissions(TypedDict):
    """What the pods of a service may do, by cloud; on a cluster of a cloud the entry of that cloud counts."""

    aws: NotRequired[AwsPermissions]
    """On AWS. Default: nothing."""
    gcp: NotRequired[GoogleCloudPermissions]
    """On Google Cloud. Default: nothing."""
    azure: NotRequired[AzurePermissions]
    """On Azure. Default: nothing."""
