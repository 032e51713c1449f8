"""What is known of kinds without asking a server: tokens, scopes, APIs that are gone."""

from dataclasses import dataclass
from typing import Final

from flotilla.sandbox.kubernetes.manifest import Manifest, kind
from flotilla.sandbox.plugin.errors import OperationError

HELM_RELEASE: Final = "kubernetes:helm.sh/v3:Release"

BUILT_IN_GROUPS: Final = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)
"""The groups whose kinds are normalised: those of the Go client's own scheme."""

_MORE_OF_KUBERNETES: Final = frozenset({"apiextensions.k8s.io", "apiregistration.k8s.io"})

CLUSTER_WIDE: Final = frozenset(
    {
        ("", "ComponentStatus"),
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("authentication.k8s.io", "SelfSubjectReview"),
        ("authentication.k8s.io", "TokenReview"),
        ("authorization.k8s.io", "SelfSubjectAccessReview"),
        ("authorization.k8s.io", "SelfSubjectRulesReview"),
        ("authorization.k8s.io", "SubjectAccessReview"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("internal.apiserver.k8s.io", "StorageVersion"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("policy", "PodSecurityPolicy"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "DeviceTaintRule"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("storage.k8s.io", "VolumeAttributesClass"),
        ("storagemigration.k8s.io", "StorageVersionMigration"),
    }
)


@dataclass(frozen=True)
class Removed:
    """An API that Kubernetes has dropped."""

    since: tuple[int, int]
    instead: str


# https://kubernetes.io/docs/reference/using-api/deprecation-guide/; an empty kind stands for all.
REMOVED: Final[dict[tuple[str, str], Removed]] = {
    ("apps/v1beta1", ""): Removed((1, 16), "apps/v1"),
    ("apps/v1beta2", ""): Removed((1, 16), "apps/v1"),
    ("extensions/v1beta1", "DaemonSet"): Removed((1, 16), "apps/v1"),
    ("extensions/v1beta1", "Deployment"): Removed((1, 16), "apps/v1"),
    ("extensions/v1beta1", "ReplicaSet"): Removed((1, 16), "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy"): Removed((1, 16), "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy"): Removed((1, 16), "policy/v1beta1"),
    ("extensions/v1beta1", "Ingress"): Removed((1, 22), "networking.k8s.io/v1"),
    ("admissionregistration.k8s.io/v1beta1", ""): Removed((1, 22), "admissionregistration.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", ""): Removed((1, 22), "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", ""): Removed((1, 22), "apiregistration.k8s.io/v1"),
    ("authentication.k8s.io/v1beta1", "TokenReview"): Removed((1, 22), "authentication.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", ""): Removed((1, 22), "authorization.k8s.io/v1"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest"): Removed((1, 22), "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease"): Removed((1, 22), "coordination.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress"): Removed((1, 22), "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass"): Removed((1, 22), "networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", ""): Removed((1, 22), "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", ""): Removed((1, 22), "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): Removed((1, 22), "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver"): Removed((1, 22), "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSINode"): Removed((1, 22), "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "StorageClass"): Removed((1, 22), "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "VolumeAttachment"): Removed((1, 22), "storage.k8s.io/v1"),
    ("batch/v1beta1", "CronJob"): Removed((1, 25), "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): Removed((1, 25), "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "Event"): Removed((1, 25), "events.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): Removed((1, 25), "autoscaling/v2"),
    ("policy/v1beta1", "PodDisruptionBudget"): Removed((1, 25), "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy"): Removed((1, 25), ""),
    ("node.k8s.io/v1beta1", "RuntimeClass"): Removed((1, 25), "node.k8s.io/v1"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): Removed((1, 26), "autoscaling/v2"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", ""): Removed((1, 26), "flowcontrol.apiserver.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity"): Removed((1, 27), "storage.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", ""): Removed((1, 29), "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", ""): Removed((1, 32), "flowcontrol.apiserver.k8s.io/v1"),
}


@dataclass(frozen=True)
class Resource:
    """What a URN says of a resource."""

    urn: str
    token: str
    """`kubernetes:apps/v1:Deployment`."""
    logical_name: str

    @property
    def type_name(self) -> str:
        """The last part of the token: `Deployment`, `ConfigMapPatch`, `ConfigMapList`."""
        return self.token.rpartition(":")[2]

    @property
    def api_version(self) -> str:
        """`apps/v1`; `v1` for the core group.

        Raises:
            OperationError: the token names no group and version.
        """
        module = self.token.split(":")[1]
        group, _, version = module.partition("/")
        if not version:
            raise OperationError(
                f"{self.token} names no Kubernetes API: its middle part has no group and version."
            )
        return version if group == "core" else module

    @property
    def is_helm_release(self) -> bool:
        """Whether it is a Helm release and no Kubernetes object."""
        return self.token == HELM_RELEASE

    @property
    def is_list(self) -> bool:
        """Whether it is a list of a built-in kind, which cannot be created."""
        return (
            self.type_name.endswith("List")
            and group_of(self.api_version) in BUILT_IN_GROUPS | _MORE_OF_KUBERNETES
        )

    def is_patch(self, inputs: Manifest) -> bool:
        """Whether it changes fields of an object of others: `…Patch` of a kind without that ending."""
        return self.type_name.endswith("Patch") and not kind(inputs).endswith("Patch")


def parse_urn(urn: str) -> Resource:
    """The parts of `urn:pulumi:STACK::PROJECT::PARENT$TOKEN::NAME`; the name may hold colons."""
    _, _, types, name = urn.split("::", 3)
    return Resource(urn=urn, token=types.rpartition("$")[2], logical_name=name)


def group_of(api_version: str) -> str:
    """The group of `apps/v1`; empty for `v1`."""
    return api_version.rpartition("/")[0]


def known_scope(api_version: str, kind_name: str) -> bool | None:
    """Whether a kind lives in namespaces; None for kinds that are not built in."""
    group = group_of(api_version)
    if group in BUILT_IN_GROUPS | _MORE_OF_KUBERNETES:
        return (group, kind_name) not in CLUSTER_WIDE
    return None


def is_definition(obj: Manifest) -> bool:
    """Whether an object defines a custom kind."""
    return kind(obj) == "CustomResourceDefinition" and str(obj.get("apiVersion")).startswith(
        "apiextensions.k8s.io/"
    )


def removal(api_version: str, kind_name: str, version: tuple[int, int]) -> str | None:
    """What to say of an API that a server of this version has dropped; None where it has not."""
    removed = REMOVED.get((api_version, kind_name)) or REMOVED.get((api_version, ""))
    if removed is None or version < removed.since:
        return None
    since = ".".join(map(str, removed.since))
    instead = f' Use "{removed.instead}/{kind_name}" instead.' if removed.instead else ""
    return f'apiVersion "{api_version}/{kind_name}" was removed in Kubernetes {since}.{instead}'
