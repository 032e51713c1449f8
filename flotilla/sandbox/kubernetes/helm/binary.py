"""Running the `helm` binary, with nothing secret in its arguments."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from flotilla.sandbox.kubernetes.helm.error import HelmError

MISSING = (
    "Helm is missing: releases are installed by the helm binary (3.14 or later), and there is none. "
    "Install it on PATH (https://helm.sh/docs/intro/install), or name it: HELM_BIN=/path/to/helm"
)
UPDATE_FAILED = "Unable to get an update"
"""What helm says of a repository that does not answer, and calls it success."""
LOOK_EVERY = 0.2
"""Seconds between two looks whether someone has cancelled."""


def find_helm() -> str | None:
    """The helm binary: that in HELM_BIN, else the one on PATH."""
    return shutil.which(os.environ.get("HELM_BIN") or "helm")


class Helm:
    """Runs helm against one cluster.

    The kubeconfig and all other files with secrets are written to a directory that only this user can enter,
    for the time of one command; values go through stdin.
    """

    def __init__(self, kubeconfig: str, context: str | None, cancelled: threading.Event) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._cancelled = cancelled

    def run(
        self,
        arguments: Sequence[str],
        *,
        namespace: str,
        stdin: str = "",
        files: Mapping[str, str] | None = None,
        before: Sequence[Sequence[str]] = (),
    ) -> str:
        """What the command prints.

        `files` are written by their names; an argument `{name}` becomes the path of that file, `{directory}`
        that of the directory they are in. The commands in `before` run first, with the same files.

        Raises:
            HelmError: there is no helm, the command failed (with what it says), or someone cancelled.
        """
        binary = find_helm()
        if binary is None:
            raise HelmError(MISSING)
        with tempfile.TemporaryDirectory(prefix="helm-") as private:
            paths = _write(Path(private), {"kubeconfig": self._kubeconfig, **(files or {})})
            target = ["--kubeconfig", str(paths["kubeconfig"]), "--namespace", namespace]
            if self._context:
                target += ["--kube-context", self._context]
            paths["directory"] = Path(private)
            for first in before:
                printed = self._command([binary, *_filled(first, paths)], "")
                if UPDATE_FAILED in printed:
                    raise HelmError(printed[printed.index(UPDATE_FAILED) :].partition("\nUpdate")[0])
            return self._command([binary, *_filled(arguments, paths), *target], stdin)

    def _command(self, command: Sequence[str], stdin: str) -> str:
        environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
        with subprocess.Popen(
            command,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            rest: str | None = stdin
            while True:
                try:
                    printed, said = process.communicate(rest, timeout=LOOK_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    rest = None  # it is sent once
                    if self._cancelled.is_set():
                        process.terminate()
        if process.returncode:
            raise HelmError(_without_noise(said) or f"helm ended with exit code {process.returncode}")
        return printed


def _write(directory: Path, files: Mapping[str, str]) -> dict[str, Path]:
    paths = {name: directory / name for name in files}
    for name, contents in files.items():
        paths[name].touch(mode=0o600)
        paths[name].write_text(contents, encoding="utf-8")
    return paths


def _filled(arguments: Sequence[str], paths: Mapping[str, Path]) -> list[str]:
    by_mark = {f"{{{name}}}": str(path) for name, path in paths.items()}
    return [by_mark.get(argument, argument) for argument in arguments]


def _without_noise(said: str) -> str:
    """What helm says, without its warnings of file modes and deprecations."""
    lines = [
        line for line in said.splitlines() if line.strip() and not line.startswith(("WARNING:", "Flag "))
    ]
    return "\n".join(lines).removeprefix("Error: ")
