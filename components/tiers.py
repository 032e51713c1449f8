"""What environments get by their tier: one table, for a platform team to change."""

from dataclasses import dataclass

from components.types import Spread, Tier


@dataclass(frozen=True, slots=True)
class TierDefaults:
    """Defaults of a tier; an environment may say otherwise."""

    rollout_timeout_seconds: int
    """Seconds a rollout may take before it counts as failed."""
    deletion_protection: bool
    """Whether clusters, networks, addresses and disks are kept from being deleted or replaced."""
    spread: Spread
    """How hard the scheduler tries to spread the pods of a service over zones and nodes."""
    disruption_budget: str
    """Most pods of a service that a drained node may take at once, where it has two or more; empty for
    any."""


TIERS = {
    Tier.PRODUCTION: TierDefaults(
        rollout_timeout_seconds=600,
        deletion_protection=True,
        spread=Spread.PREFERRED,
        disruption_budget="1",
    ),
    Tier.STAGING: TierDefaults(
        rollout_timeout_seconds=600,
        deletion_protection=False,
        spread=Spread.NONE,
        disruption_budget="1",
    ),
    Tier.DEVELOPMENT: TierDefaults(
        rollout_timeout_seconds=300,
        deletion_protection=False,
        spread=Spread.NONE,
        disruption_budget="",
    ),
    Tier.REVIEW: TierDefaults(
        rollout_timeout_seconds=300,
        deletion_protection=False,
        spread=Spread.NONE,
        disruption_budget="",
    ),
}
