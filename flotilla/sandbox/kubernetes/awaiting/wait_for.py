"""The annotation `pulumi.com/waitFor`: what the user wants to wait for, in place of the kind's own rule.

`condition=Type`, `condition=Type=Status`, `jsonpath={.path}`, `jsonpath={.path}=value`, or a JSON
array of these.
"""

import json
import re
from collections.abc import Callable
from typing import cast

from flotilla.sandbox.kubernetes.awaiting.conditions import complaint, condition
from flotilla.sandbox.kubernetes.awaiting.jsonpath import JsonPathError, parse
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import warnings_about
from flotilla.sandbox.kubernetes.manifest import WAIT_FOR, Manifest, annotations, number, text

Wish = Callable[[Manifest], str]
"""From an object to what it still lacks; an empty text when it has it."""


class WaitForError(ValueError):
    """A wish that cannot be read."""


def wishes(value: str) -> list[Wish]:
    """What the text of the annotation wishes for.

    Raises:
        WaitForError: it cannot be read; the message says why.
    """
    texts = _texts(value)
    if not texts:
        raise WaitForError(f"{WAIT_FOR} is an empty list: at least one condition has to be given")
    return [_wish(found) for found in texts]


def misread(obj: Manifest) -> str:
    """Why the wish in an object's annotations cannot be read; empty where it can, or where there is none."""
    value = annotations(obj).get(WAIT_FOR)
    try:
        if value:
            wishes(value)
    except WaitForError as error:
        return str(error)
    return ""


def rule(value: str) -> Rule:
    """The rule that the text of the annotation makes; one that cannot be read fails at once and says why."""
    try:
        wanted = wishes(value)
    except WaitForError as error:
        failed = Progress(ready=False, causes=(str(error),), failed=True)
        return Rule(look=lambda _reader, _live, _moment: failed)

    def look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
        del reader, moment
        return observe(live, wanted)

    return Rule(look=look, explain=warnings_about)


def observe(obj: Manifest, wanted: list[Wish]) -> Progress:
    """How far an object is: ready when it lacks nothing of what is wanted."""
    lacking = [lack for wish in wanted if (lack := wish(obj))]
    if not lacking:
        return READY
    step = f"[{len(wanted) - len(lacking) + 1}/{len(wanted)}] waiting: {lacking[0]}"
    return Progress(ready=False, waits_for=step, causes=tuple(lacking))


def _texts(value: str) -> list[str]:
    try:
        found: object = json.loads(value)
    except json.JSONDecodeError:
        return [value]
    entries = cast("list[object]", found) if isinstance(found, list) else None
    if entries is None or not all(isinstance(entry, str) for entry in entries):
        return [value]
    return cast("list[str]", entries)


def _wish(said: str) -> Wish:
    if said.startswith("condition="):
        return _for_condition(*said.removeprefix("condition=").partition("=")[::2])
    if said.startswith("jsonpath="):
        return _for_path(said.removeprefix("jsonpath="))
    raise WaitForError(f'{WAIT_FOR}: expected a "jsonpath=" or "condition=" prefix, got {said!r}')


def _for_condition(wanted: str, status: str) -> Wish:
    expected = status or "True"

    def lack(obj: Manifest) -> str:
        found = condition(obj, wanted)
        generation = number(obj, "metadata", "generation")
        seen = number(
            found,
            "observedGeneration",
            default=number(obj, "status", "observedGeneration", default=generation),
        )
        if seen >= generation and text(found, "status").lower() == expected.lower():
            return ""
        now = text(found, "status") or "not there"
        why = complaint(found)
        return f"condition {wanted} is {now}, wanted {expected}" + (f": {why}" if why else "")

    return lack


def _for_path(said: str) -> Wish:
    shape = re.fullmatch(
        r"\{(?P<path>(?:[^{}'\"]|'[^']*'|\"[^\"]*\")*)\}(?:=(?P<value>[^={][^=]*))?", said.strip()
    )
    if not shape:
        raise WaitForError(
            f"{WAIT_FOR}: expected jsonpath={{.path}} or jsonpath={{.path}}=value, got {said!r}"
        )
    path, expected = shape["path"].strip(), cast("str | None", shape["value"])
    try:
        select = parse(path)
    except JsonPathError as error:
        raise WaitForError(f"{WAIT_FOR}: {error}") from error

    def lack(obj: Manifest) -> str:
        found = select(obj)
        if not found:
            return f"{{{path}}} is not there"
        if expected is None:
            return ""
        value = found[0]
        if isinstance(value, dict | list):
            return f"{{{path}}} is no single value that could be {expected!r}"
        now = _plain(value)
        return "" if now == expected else f"{{{path}}} is {now!r}, wanted {expected!r}"

    return lack


def _plain(value: object) -> str:
    """A value as the annotation writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)
