"""What can be said of the nodes that pods run on, and of how many may be missing at once."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.clusters import TaintEffect
from components.types.strictly import strictly


class Architecture(StrEnum):
    """Processors of a node."""

    AMD64 = "amd64"
    """Intel and AMD."""
    ARM64 = "arm64"
    """ARM."""


class NodeOperator(StrEnum):
    """How a node's label is compared."""

    IN = "In"
    """It has one of the values."""
    NOT_IN = "NotIn"
    """It has none of the values, or is not there."""
    EXISTS = "Exists"
    """It is there."""
    DOES_NOT_EXIST = "DoesNotExist"
    """It is not there."""
    GT = "Gt"
    """It is a number greater than the one value."""
    LT = "Lt"
    """It is a number less than the one value."""


class Spread(StrEnum):
    """How hard the scheduler tries to spread pods."""

    NONE = "None"
    """Not more than the cluster does anyway."""
    PREFERRED = "Preferred"
    """Evenly where possible."""
    REQUIRED = "Required"
    """Evenly, or a pod waits."""


@strictly
class SpreadOver(TypedDict):
    """How pods spread, so that not all are lost at once."""

    zones: NotRequired[Spread]
    """Over zones. Default: by tier, `Preferred` in production."""
    nodes: NotRequired[Spread]
    """Over nodes. Default: by tier, `Preferred` in production."""


@strictly
class DisruptionBudget(TypedDict):
    """How many pods a drained node or an upgrade of the cluster may take at once: exactly one of the two."""

    min_available: NotRequired[str]
    """Fewest pods that have to stay ready, as a number or percentage in quotes."""
    max_unavailable: NotRequired[str]
    """Most pods that may be missing, as a number or percentage in quotes."""


@strictly
class Toleration(TypedDict):
    """A taint of nodes that pods do not mind."""

    key: str
    """Key of the taint."""
    value: NotRequired[str]
    """Value of the taint. Default: any."""
    effect: NotRequired[TaintEffect]
    """Effect of the taint. Default: any."""
    seconds: NotRequired[int]
    """With `effect: NoExecute`: seconds that a pod stays on such a node. Default: for good."""


@strictly
class NodeRequirement(TypedDict):
    """A label that nodes have to have."""

    key: str
    """Key of the label."""
    operator: NotRequired[NodeOperator]
    """How it is compared. Default: `In`."""
    values: NotRequired[list[str]]
    """Values to compare with. Default: none."""


@strictly
class NodePreference(NodeRequirement):
    """A label that nodes should have."""

    weight: NotRequired[int]
    """How much it counts beside other preferences, 1 to 100. Default: 1."""


@strictly
class Scheduling(TypedDict):
    """Which nodes pods run on."""

    node_pool: NotRequired[str]
    """Node pool of the cluster, by its name. Default: any."""
    architecture: NotRequired[Architecture]
    """Processors. Default: any."""
    spot: NotRequired[bool]
    """Whether pods run on spot nodes, which the cloud may take away at short notice. Default: false, which
    does not keep them from there where such nodes have no taint."""
    node_selector: NotRequired[dict[str, str]]
    """Labels that nodes have to have. Default: none."""
    required_nodes: NotRequired[list[NodeRequirement]]
    """Labels that nodes have to have, by comparison; all of them. Default: none."""
    preferred_nodes: NotRequired[list[NodePreference]]
    """Labels that nodes should have. Default: none."""
    tolerations: NotRequired[list[Toleration]]
    """Taints that pods do not mind. Default: none."""
    near: NotRequired[list[str]]
    """Services whose nodes pods should share. Default: none."""
    apart_from: NotRequired[list[str]]
    """Services whose nodes pods may not share. Default: none."""
