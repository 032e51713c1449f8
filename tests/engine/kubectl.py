"""kubectl against a control plane, for the engine tests."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl against a control plane, in a namespace."""

    program: Path
    kubeconfig: Path
    namespace: str = "default"

    def __call__(self, *words: str, manifest: Mapping[str, object] | None = None) -> str:
        """What it prints; with `manifest` on its standard input, for `apply -f -`."""
        kept = f"--cache-dir={self.kubeconfig.parent / 'kubectl'}"
        done = subprocess.run(
            [self.program, f"--kubeconfig={self.kubeconfig}", kept, f"--namespace={self.namespace}", *words],
            input=json.dumps(manifest) if manifest else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def get(self, *words: str) -> Json:
        """An object or a list, as JSON."""
        return json.loads(self("get", *words, "--output=json"))

    def items(self, *words: str) -> list[Json]:
        """The items of a list."""
        return self.get(*words)["items"]

    def running(self) -> list[Json]:
        """The pods that nobody is deleting."""
        return [pod for pod in self.items("pods") if "deletionTimestamp" not in pod["metadata"]]

    def apply(self, *manifests: Mapping[str, object]) -> None:
        """Apply objects."""
        for manifest in manifests:
            self("apply", "--filename=-", manifest=manifest)

    def wait(self, what: str, condition: str, timeout: int = 90) -> None:
        """Wait until a condition of `kubectl wait --for` holds."""
        self("wait", what, f"--for={condition}", f"--timeout={timeout}s")


def eventually(holds: Callable[[], object], patience: float = 60.0) -> None:
    """Wait until something holds that kubectl cannot wait for."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"did not come to hold within {patience} s"
        time.sleep(0.1)


def deployment(name: str, image: str, replicas: int = 3, **pod: object) -> Json:
    """A Deployment whose pods have one container, `main`, or what `pod` says."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "main", "image": image}], **pod},
            },
        },
    }
