"""What can be said of secrets that the stack does not keep itself."""

from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class ExistingSecret(TypedDict):
    """A value in a Secret that is there, in the service's namespace."""

    name: str
    """Name of the Secret."""
    key: NotRequired[str]
    """Key in it. Default: the environment variable's name."""


@strictly
class ExternalSecret(TypedDict):
    """A value in a store outside the cluster, which the External Secrets operator brings in.

    The cluster has to have the operator and the store.
    """

    store: str
    """Name of the ClusterSecretStore."""
    key: str
    """Name of the secret in the store: `shop/payments`."""
    property: NotRequired[str]
    """Which value of the secret, where it holds several. Default: the whole."""
    refresh_seconds: NotRequired[int]
    """Seconds between two looks; a service's shortest counts. A new value reaches new pods only.
    Default: 3600."""
