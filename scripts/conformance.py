"""Play recorded cases of the real Kubernetes provider with the one that the sandbox uses.

    python scripts/conformance.py DIRECTORY [CASE…]     DIRECTORY holds run.py and cases/

Starts a control plane of its own and removes it again. Cases are dealt out to a few runners side by side:
they mostly wait. Exit code 1 where a case differs that `KNOWN` does not name.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from flotilla.controlplane import Binaries, ControlPlane, Settings
from flotilla.engine import ensure
from flotilla.sandbox.programs import place_programs

RUNNERS = 3
"""How many cases are played at a time. More would make two cores the measure of the recorded durations."""

KNOWN: dict[str, str] = {}
"""Cases that differ, each with the reason."""


def play(directory: Path, kubeconfig: Path, programs: Path, cases: list[Path]) -> dict[str, str]:
    """Play cases one after the other; return what was said of each that differs."""
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    differing: dict[str, str] = {}
    for case in cases:
        done = subprocess.run(
            [sys.executable, str(directory / "run.py"), "--kubeconfig", str(kubeconfig),
             "--python", sys.executable, str(case)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(done.stdout.splitlines()[0] if done.stdout else f"{case.stem}  not played", flush=True)
        if done.returncode:
            differing[case.stem] = re.sub(r"\n\d+ cases, .*", "", done.stdout + done.stderr)
    return differing


def main() -> int:
    """Play all cases, or the named ones."""
    directory = Path(sys.argv[1]).resolve()
    chosen = set(sys.argv[2:])
    cases = [
        case for case in sorted((directory / "cases").glob("*.json")) if not chosen or case.stem in chosen
    ]
    # The case that waits longest goes first, so that no runner is left alone with it in the end.
    cases.sort(key=lambda case: case.stem != "unknown-api-version")
    engine = ensure()
    with tempfile.TemporaryDirectory(prefix="flotilla-conformance-") as temporary:
        programs = Path(temporary) / "bin"
        place_programs(programs, engine)
        plane = ControlPlane(
            Path(temporary) / "clusters",
            "cases",
            Binaries.from_mapping(engine.binaries),
            Settings(load_balancers=False),
        )
        plane.start()
        try:
            play_share = partial(play, directory, plane.kubeconfig, programs)
            with ThreadPoolExecutor(RUNNERS) as runners:
                parts = list(runners.map(play_share, [cases[at::RUNNERS] for at in range(RUNNERS)]))
        finally:
            plane.delete()
    differing = {name: said for part in parts for name, said in part.items()}
    for name, said in sorted(differing.items()):
        print(f"{name} differs" + (f", as is known: {KNOWN[name]}" if name in KNOWN else f":\n{said}"))
    unknown = differing.keys() - KNOWN.keys()
    print(f"{len(cases)} recorded cases: {len(cases) - len(differing)} ok, {len(differing)} differ, "
          f"{len(differing) - len(unknown)} of them with a known reason")  # fmt: skip
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
