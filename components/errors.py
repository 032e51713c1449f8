"""What is wrong with a configuration: problems with place and cure, and the error that carries them all."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands inside a document: `("probes", "liveness", "grpc")`; list items by their index."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a user.

    Example:
        Problem(("resources", "request"), "unknown key", cure="Rename it.", meant="requests")
    """

    path: Path
    """The value at fault, inside its document."""
    what: str
    """What is wrong, without a full stop."""
    cure: str
    """What to do about it: whole sentences."""
    meant: str = ""
    """The nearest known word, where there is one."""
    file: str = ""
    """The file, relative to the project; empty until it is known."""
    line: int = 0
    """The line, from 1; 0 where the value comes from no file."""
    column: int = 0
    """The column, from 1; 0 where the value comes from no file."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        question = f'; did you mean "{self.meant}"?' if self.meant else "."
        return f"{place}  {dotted(self.path)}: {self.what}{question} {self.cure}".lstrip()


class ConfigurationError(Exception):
    """Everything that is wrong with a catalog and a stack, at once, in the order of files and lines.

    Its text is the whole list, one problem on each line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(
            set(problems), key=lambda p: (p.file, p.line, p.column, dotted(p.path), p.what)
        )
        super().__init__("\n".join(map(str, self.problems)))


def dotted(path: Path) -> str:
    """A path as people write it: `initContainers.wait.args[0]`; a key with a dot in it stands in brackets."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif "." in step or not step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text or "the file"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` was probably meant to be; empty where none is near.

    Example:
        nearest("request", ["requests", "limits"]) == "requests"
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.55)
    return by_folded[found[0]] if found else ""


def listing(words: Iterable[str]) -> str:
    """Words for a sentence: `"cpu", "memory"`."""
    return ", ".join(f'"{word}"' for word in words)
