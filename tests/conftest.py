"""For every test run: no deadlines, and a last line that tells how many tests were skipped, even none."""

import pytest
from hypothesis import settings

# Property-based tests have no deadline: a busy machine is no mistake of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts in one line, the skipped ones included."""
    counts = {
        outcome: len(terminalreporter.getreports(outcome))
        for outcome in ("passed", "failed", "error", "skipped")
    }
    failed = counts["failed"] + counts["error"]
    terminalreporter.write_line(f"{counts['passed']} passed, {failed} failed, {counts['skipped']} skipped")
