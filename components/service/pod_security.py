"""Which Pod Security Standard a service's relaxations need."""

from components.errors import Path
from components.types import PodSecurity, Security

LEVELS = (PodSecurity.RESTRICTED, PodSecurity.BASELINE, PodSecurity.PRIVILEGED)
"""From the strictest to none."""

_RESTRICTED_CAPABILITIES = {"NET_BIND_SERVICE"}
_BASELINE_CAPABILITIES = {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
}
"""Capabilities that a standard lets containers add (Kubernetes, "Pod Security Standards")."""


def needed_pod_security(security: Security) -> dict[Path, PodSecurity]:
    """The relaxations that need more than the restricted standard, by their path, with what each needs."""
    needed: dict[Path, PodSecurity] = {}
    if security.get("run_as_user") == 0:
        needed["security", "runAsUser"] = PodSecurity.BASELINE
    if security.get("allow_privilege_escalation"):
        needed["security", "allowPrivilegeEscalation"] = PodSecurity.BASELINE
    for index, capability in enumerate(security.get("capabilities", [])):
        if capability not in _RESTRICTED_CAPABILITIES:
            baseline = capability in _BASELINE_CAPABILITIES
            needed["security", "capabilities", index] = (
                PodSecurity.BASELINE if baseline else PodSecurity.PRIVILEGED
            )
    return needed
