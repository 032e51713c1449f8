"""kubectl on one cluster and namespace, with errors that a person can mend."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from flotilla.errors import FlotillaError
from flotilla.sandbox.kubernetes.manifest import Manifest, mappings

PATIENCE = 20
"""Seconds that a request may take."""


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl."""

    program: Path
    kubeconfig: Path
    namespace: str
    cluster: str
    """What messages call the cluster."""
    cure: str = ""
    """What to do where it does not answer."""
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    """The environment it runs in; None for that of this process."""

    def __call__(self, *words: str) -> str:
        """What it prints.

        Raises:
            FlotillaError: it failed.
        """
        done = subprocess.run(
            [str(self.program), "--kubeconfig", str(self.kubeconfig),
             "--cache-dir", str(self.kubeconfig.parent / "cache"),
             "--namespace", self.namespace, f"--request-timeout={PATIENCE}s", *words],
            env=self.environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            reason = "".join(
                done.stderr.strip().splitlines()[-1:]
            )  # its own attempts stand in the lines before
            raise FlotillaError(f"{self.cluster} does not answer `kubectl {words[0]}`: {reason}", self.cure)
        return done.stdout

    def items(self, *words: str) -> list[Manifest]:
        """The objects of a list."""
        return list(mappings(cast("Manifest", json.loads(self("get", *words, "--output=json"))), "items"))
