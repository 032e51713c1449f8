"""The forms of Azure's ids."""

import re

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""An id of a subscription, a principal or a role."""
SUBNET_ID = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.Network"
    r"/virtualNetworks/([^/]+)/subnets/([^/]+)",
    re.IGNORECASE,
)
REGISTRY_ID = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/Microsoft\.ContainerRegistry"
    r"/registries/([a-zA-Z0-9]+)",
    re.IGNORECASE,
)
