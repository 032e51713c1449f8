"""Which clouds' SDKs the program loads for a stack, and what that costs: each stack in a process of its own.

python -m tests.stacks.sdks     prints the table of docs/clouds/README.md
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLOUDS = {"eks": "pulumi_aws", "gke": "pulumi_gcp", "aks": "pulumi_azure_native"}
"""The SDK of each type of cluster."""

_PROGRAM = """
import importlib, json, resource, runpy, sys, time
from pathlib import Path
import yaml
from tests.deployments import deploy
root, stack, *also = sys.argv[1:]
config = yaml.safe_load(Path(root, f"Pulumi.{stack}.yaml").read_text())["config"]
shared = yaml.safe_load(Path(root, "Pulumi.yaml").read_text())["config"]
config |= {key: described["value"] for key, described in shared.items()}
for cluster in config["flotilla:clusters"].values():
    if cluster["type"] == "existing":
        cluster["kubeconfig"] = "\\ncurrent-context: it\\ncontexts: [{name: it}]\\n"
began = time.process_time()
for module in also:
    getattr(importlib.import_module(module), "anything", None)
deploy(lambda: runpy.run_path(str(Path(root, "__main__.py"))), stack=stack, config=config)
print(json.dumps({
    "seconds": time.process_time() - began,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "modules": sorted(name for name in sys.modules if name.startswith("pulumi_")),
}))
"""


@dataclass(frozen=True)
class Run:
    """What a run of the program took."""

    seconds: float
    """Processor time."""
    megabytes: float
    """Peak memory."""
    modules: list[str]
    """Modules of SDKs that were loaded."""

    @property
    def services(self) -> set[str]:
        """The parts of SDKs that were loaded with their resources, such as `pulumi_gcp.compute`."""
        parts = [name.split(".") for name in self.modules]
        return {".".join(part[:2]) for part in parts if len(part) > 2 and not part[1].startswith("_")}


def run(stack: str, also: Iterable[str] = ()) -> Run:
    """Run the program for a stack under mocks, after loading further parts of SDKs."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM, str(ROOT), stack, *sorted(also)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return Run(found["seconds"], found["megabytes"], found["modules"])


def sdks(services: Iterable[str]) -> set[str]:
    """The clouds' SDKs that parts belong to."""
    return {service.partition(".")[0] for service in services} & set(CLOUDS.values())


def main() -> None:
    """Print a row for each stack: what it loads, and the cost with its own SDK and with all."""
    own = {stack: run(stack) for stack in ("prod", "staging", "uat", "sandbox")}
    every = {service for each in own.values() for service in each.services}
    rows = ["| stack | SDK | seconds | MB | time with all SDKs | memory with all SDKs |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for stack, each in own.items():
        everything = run(stack, every)
        named = ", ".join(f"`{sdk}`" for sdk in sorted(sdks(each.services))) or "none"
        row = f"| `{stack}` | {named} | {each.seconds:.1f} | {each.megabytes:.0f} "
        slower, larger = everything.seconds / each.seconds, everything.megabytes / each.megabytes
        rows.append(f"{row}| {slower:.1f} times | {larger:.1f} times |")
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
