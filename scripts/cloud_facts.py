"""Compare the sandbox clouds with facts that were recorded of the real providers.

    python scripts/cloud_facts.py DIRECTORY [TYPE…]     DIRECTORY holds aws.json, gcp.json, azure-native.json

Asks the providers themselves, by the methods that the engine calls, for every fact that is marked as sure:
what a change does, which values are refused and taken, what must exist, what may not be there twice, and
what cannot be deleted. Prints for each cloud how many agree, and each exception with its reason. Exit code 1
where one disagrees that `cloud_exceptions.py` does not name.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from cloud_exceptions import reason_for
from cloud_questions import Answer, Questions, read_facts

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.control_planes import Endpoint, Leftovers

CLOUDS = ("aws", "gcp", "azure-native")


@contextmanager
def without_control_planes() -> Generator[None]:
    """Let clusters have no control planes, of which there are no facts."""
    answers = {"create": Endpoint("https://127.0.0.1:6443", ""), "delete": Leftovers()}
    with ExitStack() as patches:
        for name in ("create", "delete", "admit", "revoke", "add_pool", "remove_pool"):
            stand_in = mock.Mock(return_value=answers.get(name))
            patches.enter_context(mock.patch.object(control_planes, name, stand_in))
        yield


def answers(directory: Path, cloud: str, workspace: Path, chosen: set[str]) -> Iterator[Answer]:
    """What the provider of a cloud says to each sure fact."""
    facts = read_facts(directory / f"{cloud}.json")
    for number, (token, fact) in enumerate(facts.items()):
        if not chosen or token in chosen:
            yield from Questions(cloud, workspace / cloud / str(number), token, fact, facts).all()


def report(cloud: str, found: list[Answer]) -> int:
    """Print how many answers of a cloud agree, and each that does not; how many of these have no reason."""
    kinds = Counter(answer.kind for answer in found if answer.agrees)
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{cloud}: {kinds.total()} of {len(found)} sure facts agree ({listed})")
    by_reason: dict[str, list[Answer]] = {}
    for answer in found:
        if not answer.agrees:
            by_reason.setdefault(reason_for(answer), []).append(answer)
    unexplained = by_reason.pop("", [])
    for reason, known in by_reason.items():
        print(f"  {len(known)} differ: {reason}")
        for answer in known:
            print(f"    {answer.token} {answer.subject}: {answer.kind}: {answer.said}")
    for answer in unexplained:
        print(f"  DISAGREES {answer.token} {answer.subject}: {answer.kind}: {answer.said}")
    return len(unexplained)


def main() -> int:
    """Go through the facts of all clouds."""
    directory, chosen = Path(sys.argv[1]), set(sys.argv[2:])
    with without_control_planes(), tempfile.TemporaryDirectory(prefix="flotilla-facts-") as temporary:
        workspace = Path(temporary)
        disagree = sum(report(cloud, [*answers(directory, cloud, workspace, chosen)]) for cloud in CLOUDS)
    print(f"{disagree} disagree without a known reason")
    return 1 if disagree else 0


if __name__ == "__main__":
    sys.exit(main())
