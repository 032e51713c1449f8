"""EC2: networks, gateways, routes, security groups."""

from typing import Final

from flotilla.sandbox.clouds.aws import firewalls, gateways, networks, routes

KINDS: Final = (*networks.KINDS, *gateways.KINDS, *routes.KINDS, *firewalls.KINDS)
"""What is special of EC2's types."""
