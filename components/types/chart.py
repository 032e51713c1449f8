"""What can be said of a service that comes as a Helm chart."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class Chart(TypedDict):
    """A Helm chart in place of containers; the service's `release` is the chart's version.

    It is waited for, and an upgrade that does not become ready is rolled back.
    """

    name: str
    """Name in `repository`; `oci://HOST/PATH`; or the path of a local chart: `./charts/x`."""
    repository: NotRequired[str]
    """Address of the repository, from `https://`. Default: none, for a local chart or one from a registry."""
    values: NotRequired[dict[str, Any]]
    """Values, in the chart's words; nothing secret. Default: the chart's own."""
    secret_values: NotRequired[dict[str, str]]
    """Values that are secret, by their path in the values (`auth.password`), each with the name of one of the
    service's `secrets`. Default: none."""
