"""The settings of a shell in which plain `pulumi` and `kubectl` work on the sandbox."""

import shlex

from flotilla.errors import FlotillaError
from flotilla.sandbox.workspace import Sandbox


def settings(sandbox: Sandbox, shell: str) -> str:
    """Lines for `eval` in a POSIX shell, or for `source` in fish.

    Raises:
        FlotillaError: the sandbox has not been made.
    """
    if not (sandbox.programs / "pulumi").exists():
        raise FlotillaError("There is no sandbox yet.", "Make it: flotilla up")
    variables = sandbox.variables()
    gone = [name for name in sandbox.foreign() if name not in variables]
    if shell == "fish":
        lines = [f"set -gx {name} {shlex.quote(value)};" for name, value in variables.items()]
        lines += [f"set -e {name};" for name in gone]
        lines.append(f"fish_add_path --global --move --prepend {shlex.quote(str(sandbox.programs))};")
    else:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        lines += [f"unset {name}" for name in gone]
        lines.append(f'export PATH={shlex.quote(str(sandbox.programs))}:"$PATH"')
    return "\n".join(lines) + "\n"
