"""The forms a report is told in."""

from collections.abc import Callable, Mapping

from flotilla.rehearsal.as_data import as_json
from flotilla.rehearsal.as_markdown import markdown
from flotilla.rehearsal.as_text import text
from flotilla.rehearsal.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {"text": text, "markdown": markdown, "json": as_json}
"""Each form by the word for `--format`."""
