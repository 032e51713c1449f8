"""What can be said of services, environments and clusters, declared once.

Each type is at once what the type checker knows, what a YAML file is checked against (keys in camelCase), the
JSON Schema that editors read, and what the components take as arguments from Python and the other Pulumi
languages. That is why there are no unions and no `Literal`: Pulumi's component host rejects them.
"""

from components.types.aks import AksClusterSpec
from components.types.clusters import (
    EndpointAccess,
    ExistingClusterSpec,
    LoadBalancerSettings,
    ManagedCluster,
    NodePool,
    SharedClusterSpec,
    Taint,
    TaintEffect,
)
from components.types.eks import EksClusterSpec
from components.types.environment import EnvironmentSpec, PodSecurity, ProjectSpec, Tier
from components.types.gke import (
    GkeClusterSpec,
    GkeEndpoint,
    GkeMaintenanceWindow,
    GkeNetwork,
    GkeNodePool,
    GkeReleaseChannel,
)
from components.types.permissions import (
    AwsPermissions,
    AwsStatement,
    AzurePermissions,
    AzureRole,
    GoogleCloudPermissions,
    Permissions,
)
from components.types.service import (
    CatalogService,
    Container,
    Deployed,
    EmptyDir,
    EnvironmentService,
    HttpGet,
    InitContainer,
    Overridable,
    Probe,
    Probes,
    Resources,
    Security,
    ServiceSpec,
    ServiceType,
    Volume,
)

__all__ = [
    "AksClusterSpec",
    "AwsPermissions",
    "AwsStatement",
    "AzurePermissions",
    "AzureRole",
    "CatalogService",
    "Container",
    "Deployed",
    "EksClusterSpec",
    "EmptyDir",
    "EndpointAccess",
    "EnvironmentService",
    "EnvironmentSpec",
    "ExistingClusterSpec",
    "GkeClusterSpec",
    "GkeEndpoint",
    "GkeMaintenanceWindow",
    "GkeNetwork",
    "GkeNodePool",
    "GkeReleaseChannel",
    "GoogleCloudPermissions",
    "HttpGet",
    "InitContainer",
    "LoadBalancerSettings",
    "ManagedCluster",
    "NodePool",
    "Overridable",
    "Permissions",
    "PodSecurity",
    "Probe",
    "Probes",
    "ProjectSpec",
    "Resources",
    "Security",
    "ServiceSpec",
    "ServiceType",
    "SharedClusterSpec",
    "Taint",
    "TaintEffect",
    "Tier",
    "Volume",
]
