"""The component `Environment`: the place on one cluster where an environment's services run."""

import pulumi

from components.base import KubernetesComponent
from components.naming import is_dns_label
from components.types import EnvironmentSpec, PodSecurity


class Environment(KubernetesComponent):
    """An environment on one cluster.

    Creates the namespace, with the Pod Security Standard it enforces. Cluster and services are not its own;
    deleting the namespace deletes whatever is in it.

    Args:
        name: Pulumi name, and the name of the namespace unless `args` has one.
        args: What the environment is (`EnvironmentSpec`).
        opts: Options with the cluster's provider.

    Raises:
        ValueError: no provider is given, or the namespace's name is not possible.

    Example:
        Environment("staging", {"tier": Tier.STAGING}, pulumi.ResourceOptions(providers=[cluster.provider]))
    """

    namespace: pulumi.Output[str]
    """The namespace; what uses this value waits until it is there."""

    def __init__(self, name: str, args: EnvironmentSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        namespace_name = args.get("namespace", name)
        if not is_dns_label(namespace_name):
            raise ValueError(
                f'Environment {name}: "{namespace_name}" cannot name a namespace. Use a-z, 0-9 and -.'
            )
        super().__init__(name, opts)

        namespace = self.kubernetes_object("namespace", _namespace(namespace_name, args))

        # By way of the URN, which every preview knows, so that previews of the objects in it are complete.
        self.namespace = namespace.urn.apply(lambda _: namespace_name)
        self.register_outputs({"namespace": self.namespace})


def _namespace(name: str, args: EnvironmentSpec) -> dict[str, object]:
    labels = {
        **args.get("labels", {}),
        "app.kubernetes.io/managed-by": "flotilla",
        "flotilla/tier": str(args["tier"]),
        "pod-security.kubernetes.io/enforce": str(args.get("pod_security", PodSecurity.RESTRICTED)),
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
