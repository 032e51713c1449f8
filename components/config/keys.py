"""Our keys in the configuration of a stack."""

ENVIRONMENT = "flotilla:environment"
CLUSTERS = "flotilla:clusters"
SERVICES = "flotilla:services"
SECRETS = "flotilla:secrets"
PROJECT = "flotilla:project"
"""Stands in `Pulumi.yaml`, as all stacks share it."""

DISABLED_PROVIDERS = "pulumi:disable-default-providers"
"""Pulumi's own: packages whose resources need a provider that is named."""

PROVIDER_KEYS = (
    "aws:region",
    "azure-native:location",
    "azure-native:subscriptionId",
    "gcp:project",
    "gcp:region",
)
"""Settings of the clouds' providers that clusters take their defaults from."""

KEYS = (ENVIRONMENT, CLUSTERS, SERVICES, SECRETS, PROJECT)


def path_of(key: str) -> tuple[str, str]:
    """Where a key stands in a stack file and in `Pulumi.yaml`."""
    return ("config", key)
