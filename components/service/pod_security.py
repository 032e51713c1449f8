"""Which Pod Security Standard a service's relaxations need."""

from components.errors import Path
from components.types import PodSecurity, Security, ServiceSpec

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


def needed_by_service(spec: ServiceSpec) -> dict[Path, PodSecurity]:
    """The relaxations of all containers of a service that need more than the restricted standard.

    Returns:
        What each needs, by its path.
    """
    needed = needed_pod_security(spec.get("security", {}), ("security",))
    for kind, containers in (
        ("sidecars", spec.get("sidecars", {})),
        ("containers", spec.get("containers", {})),
    ):
        for name, container in containers.items():
            needed |= needed_pod_security(container.get("security", {}), (kind, name, "security"))
    return needed


def needed_pod_security(security: Security, path: Path) -> dict[Path, PodSecurity]:
    """The relaxations that need more than the restricted standard, by their path, with what each needs."""
    needed: dict[Path, PodSecurity] = {}
    if security.get("run_as_user") == 0:
        needed[*path, "runAsUser"] = PodSecurity.BASELINE
    if security.get("allow_privilege_escalation"):
        needed[*path, "allowPrivilegeEscalation"] = PodSecurity.BASELINE
    for index, capability in enumerate(security.get("capabilities", [])):
        if capability not in _RESTRICTED_CAPABILITIES:
            baseline = capability in _BASELINE_CAPABILITIES
            needed[*path, "capabilities", index] = (
                PodSecurity.BASELINE if baseline else PodSecurity.PRIVILEGED
            )
    return needed
