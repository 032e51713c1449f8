"""CloudWatch: log groups."""

from typing import Final

from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"


def _outputs(_request: Request) -> Properties:
    return {
        "deletionProtectionEnabled": False,
        "logGroupClass": "STANDARD",
        "namePrefix": "",
        "retentionInDays": 0,
        "skipDestroy": False,
    }


KINDS: Final = (Kind(LOG_GROUP, computed=_outputs, derived=all_tags),)
"""What is special of CloudWatch's types."""
