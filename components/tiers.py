"""What environments get by their tier: one table, for a platform team to change."""

from dataclasses import dataclass

from components.types import Tier


@dataclass(frozen=True, slots=True)
class TierDefaults:
    """Defaults of a tier; an environment may say otherwise."""

    rollout_timeout_seconds: int
    """Seconds a rollout may take before it counts as failed."""
    deletion_protection: bool
    """Whether clusters, networks and addresses are kept from being deleted or replaced."""


TIERS = {
    Tier.PRODUCTION: TierDefaults(rollout_timeout_seconds=600, deletion_protection=True),
    Tier.STAGING: TierDefaults(rollout_timeout_seconds=600, deletion_protection=False),
    Tier.DEVELOPMENT: TierDefaults(rollout_timeout_seconds=300, deletion_protection=False),
    Tier.REVIEW: TierDefaults(rollout_timeout_seconds=300, deletion_protection=False),
}
