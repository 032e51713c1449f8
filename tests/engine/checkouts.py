"""Copies of this checkout for tests that change files or bring a sandbox of their own up."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_checkout(directory: Path) -> Path:
    """Copy what git knows, with uncommitted changes; `.venv` leads to the environment of this run."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, directory / name)
    (directory / ".venv").symlink_to(Path(sys.prefix))
    return directory


def project_environment(workspace: Path) -> dict[str, str]:
    """The environment of a Pulumi project on a file backend in `workspace`, with nothing of the user's in it.

    Programs are found in `workspace/bin`, then beside this run's Python, then on PATH.
    """
    (workspace / "state").mkdir(exist_ok=True)
    foreign = ("PULUMI_", "KUBECONFIG", "AWS_", "GOOGLE_", "ARM_", "AZURE_")
    path = [str(workspace / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        "PATH": os.pathsep.join(path),
        "PULUMI_HOME": str(workspace / "home"),
        "PULUMI_BACKEND_URL": (workspace / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
