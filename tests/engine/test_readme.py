"""Every command of the README, run in its order in a copy of this checkout, as a reader would paste them."""

import re
import shlex
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkouts import ROOT, copy_checkout

from flotilla.engine import Engine
from flotilla.home import sandbox_dir

pytestmark = pytest.mark.engine

FAILS = "# fails"
AUTHOR = ("-c", "user.name=reader", "-c", "user.email=reader@example.com")


@dataclass(frozen=True)
class Block:
    """A block of commands."""

    line: int
    commands: tuple[str, ...]


def blocks() -> list[Block]:
    """The blocks marked `sh`; a block of a document within (`<<'YAML'`) is one command with its line."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.finditer(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(text[: m.start()].count("\n") + 1, tuple(commands(m[1]))) for m in found]


def commands(block: str) -> Generator[str]:
    """The commands of a block: its lines, those of a document within joined to their command."""
    lines = iter(block.splitlines())
    for line in lines:
        if end := re.search(r"<<'(\w+)'", line):
            document = [line]
            while document[-1] != end[1]:
                document.append(next(lines))
            yield "\n".join(document)
        else:
            yield line


@pytest.fixture(scope="module")
def reader(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A copy of the checkout whose `make up` and `make down` use this run's virtual environment."""
    directory = copy_checkout(tmp_path_factory.mktemp("reader") / "flotilla")
    makefile = directory / "Makefile"
    # What would make .venv anew is left out: it is this very environment already.
    makefile.write_text(
        re.sub(r"\n\t@\$\(PYTHON\) scripts/install\.py.*", "\n\t@true", makefile.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    for words in (["init", "--quiet"], ["add", "--all"], [*AUTHOR, "commit", "--quiet", "--message=Begin"]):
        subprocess.run(["git", *words], cwd=directory, check=True)
    try:
        yield directory
    finally:
        subprocess.run([sys.executable, "-m", "flotilla", "down"], cwd=directory, check=False)


def script() -> str:
    """All commands in order; each is followed by a check of its exit code."""
    lines = ['check() { [ "$1" "$2" 0 ] || { echo "README.md:$3: exit code $1 from: $4" >&2; exit 1; }; }']
    for block in blocks():
        for command in block.commands:
            if command == "make test":
                continue  # this is it
            wanted = "-ne" if command.endswith(FAILS) else "-eq"
            first = command.splitlines()[0]
            lines += [command, f"check $? {wanted} {block.line} {shlex.quote(first)}"]
    return "\n".join(lines)


def test_every_command_of_the_readme_does_what_it_says(reader: Path) -> None:
    done = subprocess.run(["sh", "-c", script()], cwd=reader, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'did you mean "resources"' in done.stderr
    assert "exit code 1" in done.stderr
    assert re.search(r"^hello +1\.29-alpine +greeters +1/1 ", done.stdout, re.MULTILINE)
    assert not sandbox_dir(reader).exists()
    assert "a-made-up-value" not in done.stdout + done.stderr
