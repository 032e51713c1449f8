"""Which fields of which kinds cannot change without a new object."""

from collections.abc import Sequence
from typing import Final, cast

from flotilla.sandbox.kubernetes.kinds import group_of
from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, kind
from flotilla.sandbox.plugin.property_path import Path

IDENTITY: Final = ("metadata.name", "metadata.namespace")

_VOLUME_SOURCES: Final = (
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume",
    "flocker", "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs",
    "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip

_POD_FIELDS: Final = (
    "affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks",
    "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName",
    "nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates",
    "restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount",
    "serviceAccountName", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds",
    "volumes",
)  # fmt: skip

_CONTAINER_FIELDS: Final = (
    "args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports",
    "readinessProbe", "resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath",
    "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
)  # fmt: skip

_FIELDS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("", "ConfigMap"): ("binaryData", "data"),
    ("", "PersistentVolume"): tuple(f"spec.{source}" for source in _VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "Pod"): (
        *(f"spec.{name}" for name in _POD_FIELDS),
        *(
            f"spec.{list_name}[*].{name}"
            for list_name in ("containers", "initContainers")
            for name in _CONTAINER_FIELDS
        ),
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("data", "stringData", "type"),
    ("", "Service"): ("spec.clusterIP",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}


def replacing_fields(obj: Manifest, *, mutable_config_maps: bool, mutable_secrets: bool) -> tuple[str, ...]:
    """The fields that replace an object: `metadata.name`, `spec.selector`, `spec.containers[*].image`."""
    return (
        *IDENTITY,
        *_of_kind(obj, mutable_config_maps=mutable_config_maps, mutable_secrets=mutable_secrets),
    )


def _of_kind(obj: Manifest, *, mutable_config_maps: bool, mutable_secrets: bool) -> tuple[str, ...]:
    immutable = obj.get("immutable") is True
    key = (group_of(api_version(obj)), kind(obj))
    if key == ("", "ConfigMap") and mutable_config_maps and not immutable:
        return ()
    if key == ("", "Secret") and mutable_secrets and not immutable:
        return ("type",)
    if key == ("policy", "PodDisruptionBudget") and api_version(obj) == "policy/v1beta1":
        return ("spec",)
    return _FIELDS.get(key, ())


def replaces(path: Path, value: object, fields: Sequence[str]) -> bool:
    """Whether a change at `path` replaces: it lies in one of the fields, or the new value holds one."""
    return any(_meets(path, value, _steps(field)) for field in fields)


def _steps(field: str) -> list[str]:
    return field.replace("[*]", ".*").split(".")


def _meets(path: Path, value: object, steps: list[str]) -> bool:
    for index, step in enumerate(steps):
        if index < len(path):
            here = path[index]
            if not (here == step or (step == "*" and isinstance(here, int))):
                return False
        else:
            return _holds(value, steps[index:])
    return True


def _holds(value: object, steps: list[str]) -> bool:
    if not steps:
        return True
    if steps[0] == "*":
        return isinstance(value, list) and any(
            _holds(item, steps[1:]) for item in cast("list[object]", value)
        )
    if isinstance(value, dict):
        inner = cast("Manifest", value)
        return steps[0] in inner and _holds(inner[steps[0]], steps[1:])
    return False
