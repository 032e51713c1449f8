"""What environments get by their tier: one table, for a platform team to change."""

from dataclasses import dataclass

from components.types import Tier


@dataclass(frozen=True, slots=True)
class TierDefaults:
    """Defaults of a tier; an environment may say otherwise."""

    rollout_timeout_seconds: int
    """Seconds a rollout may take before it counts as failed."""


TIERS = {
    Tier.PRODUCTION: TierDefaults(rollout_timeout_seconds=600),
    Tier.STAGING: TierDefaults(rollout_timeout_seconds=600),
    Tier.DEVELOPMENT: TierDefaults(rollout_timeout_seconds=300),
    Tier.REVIEW: TierDefaults(rollout_timeout_seconds=300),
}
