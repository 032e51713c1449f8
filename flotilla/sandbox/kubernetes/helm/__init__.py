"""Helm releases, through the helm binary."""

from flotilla.sandbox.kubernetes.helm.error import HelmError
from flotilla.sandbox.kubernetes.helm.release import HelmRelease

__all__ = ["HelmError", "HelmRelease"]
