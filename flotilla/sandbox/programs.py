"""The programs of the sandbox: a directory that goes first on PATH."""

import os
import shlex
import sys
from pathlib import Path

from flotilla.engine import Engine
from flotilla.errors import FlotillaError


def place_programs(directory: Path, engine: Engine) -> None:
    """Put the engine's programs into `directory`, ours where real ones cannot be had; safe to repeat."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, binary in engine.binaries.items():
        place_link(directory / name, binary)
    host, provider = directory / "pulumi-language-python", directory / "pulumi-resource-kubernetes"
    _place(host, engine.language_host, "flotilla.sandbox.language_host")
    _place(provider, engine.kubernetes_provider, "flotilla.sandbox.kubernetes")


def place_credentials(directory: Path, workspace: Path) -> None:
    """Put the credential plugins that kubeconfigs of clouds name into `directory`; safe to repeat.

    They give tokens of the sandbox in `workspace`, never the real ones of the user.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("aws", "gke-gcloud-auth-plugin", "kubelogin"):
        # Without site-packages they start in a third of the time, and every kubectl starts one.
        module = f"-S -P -m flotilla.sandbox.clouds.credentials {name} {shlex.quote(str(workspace))}"
        place_script(directory / name, module)


def place_clouds(directory: Path, workspace: Path) -> None:
    """Put the providers that play AWS, Google Cloud and Azure into `directory`; safe to repeat.

    The real ones are never used here: they would need accounts.

    Args:
        directory: The directory that goes first on PATH.
        workspace: Under whose `clouds/` they keep what they hold.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for package in ("aws", "gcp", "azure-native"):
        module = f"-m flotilla.sandbox.clouds {package} {shlex.quote(str(workspace))}"
        place_script(directory / f"pulumi-resource-{package}", module)


def place_link(link: Path, target: Path) -> None:
    """Make `link` point to `target`, in place of whatever link was there.

    Raises:
        FlotillaError: something that is no link stands in its place.
    """
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    elif link.exists():
        raise FlotillaError(
            f"{link} is in the way: a link to {target} belongs there.",
            f"Move it elsewhere: mv {shlex.quote(str(link))} {shlex.quote(str(link))}.mine",
        )
    link.symlink_to(target)


def _place(path: Path, real: Path | None, module: str) -> None:
    """Put the real program there, or one that runs our module with our interpreter."""
    if real:
        place_link(path, real)
    else:
        place_script(path, f"-m {module}")


def place_script(path: Path, arguments: str) -> None:
    """Put a program there that runs our interpreter with our modules; safe to repeat.

    `arguments` are the interpreter's, quoted for a shell; those of the program follow.
    """
    root = Path(__file__).parents[2]
    text = (
        "#!/bin/sh\n"
        f'PYTHONPATH={shlex.quote(str(root))}"${{PYTHONPATH:+:$PYTHONPATH}}" '
        f'exec {shlex.quote(sys.executable)} {arguments} "$@"\n'
    )
    if path.is_symlink():
        path.unlink()
    script = os.fsencode(text)  # paths as the system has them, be they no UTF-8
    if not path.exists() or path.read_bytes() != script:
        path.write_bytes(script)
        path.chmod(0o755)
