"""Everything that can exist in an environment: components for Pulumi programs.

Names are imported when they are first used, so that a program loads the SDKs of its own clouds only.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.cluster.aks.aks import AksCluster
    from components.cluster.base import Cluster
    from components.cluster.eks.eks import EksCluster
    from components.cluster.existing import ExistingCluster
    from components.cluster.gke.gke import GkeCluster
    from components.cluster.shared import SharedCluster
    from components.config.engine import load_stack, secret_values
    from components.config.stack import Stack
    from components.environment import Environment
    from components.errors import ConfigurationError, Problem
    from components.naming import on_cluster
    from components.program import deploy_service, exported
    from components.service.service import Service, ServiceArgs
    from components.types import (
        AksClusterSpec,
        EksClusterSpec,
        EnvironmentSpec,
        ExistingClusterSpec,
        GkeClusterSpec,
        PodSecurity,
        ServiceSpec,
        ServiceType,
        SharedClusterSpec,
        Tier,
    )

_MODULES = {
    "AksCluster": "components.cluster.aks.aks",
    "AksClusterSpec": "components.types",
    "Cluster": "components.cluster.base",
    "ConfigurationError": "components.errors",
    "EksCluster": "components.cluster.eks.eks",
    "EksClusterSpec": "components.types",
    "Environment": "components.environment",
    "EnvironmentSpec": "components.types",
    "ExistingCluster": "components.cluster.existing",
    "ExistingClusterSpec": "components.types",
    "GkeCluster": "components.cluster.gke.gke",
    "GkeClusterSpec": "components.types",
    "PodSecurity": "components.types",
    "Problem": "components.errors",
    "Service": "components.service.service",
    "ServiceArgs": "components.service.service",
    "ServiceSpec": "components.types",
    "ServiceType": "components.types",
    "SharedCluster": "components.cluster.shared",
    "SharedClusterSpec": "components.types",
    "Stack": "components.config.stack",
    "Tier": "components.types",
    "deploy_service": "components.program",
    "exported": "components.program",
    "load_stack": "components.config.engine",
    "on_cluster": "components.naming",
    "secret_values": "components.config.engine",
}

__all__ = [
    "AksCluster",
    "AksClusterSpec",
    "Cluster",
    "ConfigurationError",
    "EksCluster",
    "EksClusterSpec",
    "Environment",
    "EnvironmentSpec",
    "ExistingCluster",
    "ExistingClusterSpec",
    "GkeCluster",
    "GkeClusterSpec",
    "PodSecurity",
    "Problem",
    "Service",
    "ServiceArgs",
    "ServiceSpec",
    "ServiceType",
    "SharedCluster",
    "SharedClusterSpec",
    "Stack",
    "Tier",
    "deploy_service",
    "exported",
    "load_stack",
    "on_cluster",
    "secret_values",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
