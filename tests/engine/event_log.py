"""The event log of the engine, as tests read it."""

import json
from pathlib import Path


def operations_in(log: Path, verb: str) -> dict[str, list[str]]:
    """What `up`, `preview` or `refresh` did with each resource that did not stay the same, by its name."""
    done: dict[str, list[str]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        step = event.get("resOutputsEvent" if verb == "refresh" else "resourcePreEvent")
        if step and step["metadata"]["op"] not in ("same", "refresh"):
            name = step["metadata"]["urn"].rpartition("::")[2]
            done.setdefault(name, []).append(step["metadata"]["op"])
    return done
