"""Waiting: when an object is ready, why it is not, and until it is gone.

One module for each kind or family holds a pure `observe`, from objects to their `Progress`, and its `RULE`;
`waiting` and `deletion` ask again and again.
"""

from flotilla.sandbox.kubernetes.awaiting.deletion import wait_until_gone
from flotilla.sandbox.kubernetes.awaiting.progress import Outcome
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.rules import propagation_policy
from flotilla.sandbox.kubernetes.awaiting.wait_for import misread
from flotilla.sandbox.kubernetes.awaiting.waiting import look, not_initialised, wait_until_ready

__all__ = [
    "Outcome",
    "Reader",
    "look",
    "misread",
    "not_initialised",
    "propagation_policy",
    "wait_until_gone",
    "wait_until_ready",
]
