"""Which Python runs a program or plugin, and with what command line."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

RUN_PROGRAM = Path(__file__).with_name("run_program.py")


class NoInterpreterError(Exception):
    """The Python that the project asks for is not there."""


def find_python(root: str, options: Mapping[str, object]) -> str:
    """The interpreter for a project at `root` with the runtime options of its `Pulumi.yaml`.

    It is the one of the option `virtualenv` (relative to the project), else `PULUMI_PYTHON_CMD`, else the
    first `python3` or `python` on PATH: the order of the official host.

    Raises:
        NoInterpreterError: the virtual environment is named and not there.
    """
    named = options.get("virtualenv")
    if isinstance(named, str) and named:
        virtualenv = Path(root, named)
        python = virtualenv / "bin" / "python"
        if not python.exists():
            raise NoInterpreterError(
                f"the virtual environment {virtualenv}, which Pulumi.yaml names, does not exist. "
                f"Make it: python3 -m venv {virtualenv} && {python} -m pip install -r {root}/requirements.txt"
            )
        return str(python)
    chosen = os.environ.get("PULUMI_PYTHON_CMD")
    found = (shutil.which(name) for name in ([chosen] if chosen else ["python3", "python"]))
    return next((python for python in found if python), sys.executable)


def environment(python: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The variables of a child: ours, `extra`, and the interpreter's directory first on PATH.

    Programs that the child starts by name (`python`, `aws`) come from the same environment then, as they
    would in a shell where it is activated.
    """
    directory = str(Path(python).parent)
    path = os.pathsep.join([directory, os.environ.get("PATH", "")])
    in_virtualenv = (Path(directory).parent / "pyvenv.cfg").exists()
    activated = {"VIRTUAL_ENV": str(Path(directory).parent)} if in_virtualenv else {}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    return {**inherited, "PATH": path, **activated, **extra}
