"""What resources of all services have: tags, and the time they were made."""

from datetime import UTC, datetime
from typing import cast

from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties


def all_tags(request: Request) -> Properties:
    """The tags of a resource with those that the provider gives to all."""
    shared = value_at(request.account.settings, "defaultTags.tags")
    return {
        "tagsAll": {**cast("Properties", shared or {}), **cast("Properties", request.value("tags") or {})}
    }


def now() -> str:
    """The time as AWS writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
