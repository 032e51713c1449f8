"""What is special of a type, beyond its table: how its id is made, what it shows, what it refuses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flotilla.sandbox.clouds.checking import Failure
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

Invoke = Callable[[Account, Properties], Properties]
"""A function of a package: its arguments, plain, to its result."""


def no_outputs(_request: Request) -> Properties:
    """Nothing besides inputs and defaults."""
    return {}


def no_failures(_request: Request) -> Iterator[Failure]:
    """Nothing to say."""
    return iter(())


def nothing(_request: Request) -> None:
    """Nothing to do."""


@dataclass(frozen=True)
class Kind:
    """A resource type. All functions may be left out.

    Those that refuse call `request.refuse(…)`. They run while the store is locked, so that what they find is
    still so when the resource is written; they must be quick. Those that take time (`made`, `changed`,
    `removing`) run without the lock.
    """

    token: str
    identity: Callable[[Request], str] | None = None
    """The id of a new resource; None where the table's template says it. One that the store has already is
    refused with the error `duplicate`."""
    computed: Callable[[Request], Properties] = no_outputs
    """What the cloud finds once, when the resource is made, and keeps: ids, addresses, times."""
    derived: Callable[[Request], Properties] = no_outputs
    """What follows from inputs and outputs, also after a change: all tags, a status."""
    check: Callable[[Request], Iterator[Failure]] = no_failures
    """What the provider finds wrong with the inputs before it asks the cloud. Inputs may be unknown."""
    creating: Callable[[Request], None] = nothing
    """Refuses what the cloud would: overlaps, missing references that no table can tell."""
    updating: Callable[[Request], None] = nothing
    deleting: Callable[[Request], None] = nothing
    made: Callable[[Request], Properties] = no_outputs
    """After it is in the store: starts what takes time. Its result goes to the outputs. If it fails, the
    resource goes again."""
    changed: Callable[[Request], Properties] = no_outputs
    removing: Callable[[Request], None] = nothing
    """Before it goes from the store: ends what `made` started."""
    repeatable: bool = False
    """Whether making it twice is no mistake: both are one and the same, as the bindings of a policy are."""
