"""The component `Service`: everything that one service is in one environment on one cluster."""

from typing import Any, NotRequired

import pulumi

from components.base import KubernetesComponent
from components.errors import Problem
from components.kubernetes_object import KubernetesObject
from components.service.configuration import config_map, secret
from components.service.deployment import deployment
from components.service.discovery import service_ports
from components.service.kubernetes_service import kubernetes_service
from components.service.rules import service_problems
from components.service.service_account import service_account
from components.types import ServiceSpec, ServiceType
from components.wiring import LoadBalancer, ServiceIdentity


class ServiceArgs(ServiceSpec):
    """A service, and what it is wired to."""

    namespace: pulumi.Input[str]
    """Namespace, which has to be there."""
    secret_values: NotRequired[pulumi.Input[dict[str, str]]]
    """Values of `secrets`, by environment variable. Default: none, for a service without secrets."""
    identity: NotRequired[ServiceIdentity]
    """How its pods act in the cluster's cloud: what `Cluster.grant` answers. Default: they do not."""
    load_balancer: NotRequired[LoadBalancer]
    """What a load balancer needs on the cluster, heeded where `service_type` is `LoadBalancer`: the cluster's
    `load_balancer`, or its `entrance` for the reserved addresses. Default: nothing."""


class Service(KubernetesComponent):
    """A service in an environment.

    Creates a Deployment, a service account, a Kubernetes Service if it has ports, a ConfigMap if it has
    files, and a Secret if it has secrets. A change of configuration rolls the pods, one at a time. Pods start
    after what `identity` stands for is granted. It does not create the namespace or the grant, nor wait for
    the services it uses.

    Args:
        name: Pulumi name, and the name of the Kubernetes objects unless `args` has one.
        args: What the service is (`ServiceArgs`).
        opts: Options with the cluster's provider, or a parent that has it.

    Raises:
        ValueError: the arguments contradict each other; the text names each problem and its cure.

    Example:
        Service(
            "cartservice",
            {
                "owner": "carts",
                "image": "ghcr.io/acme/cartservice",
                "release": "v1.4.2",
                "ports": {"grpc": 7070},
                "probes": {"readiness": {"grpc": 7070}},
                "namespace": environment.namespace,
            },
            pulumi.ResourceOptions(parent=environment),
        )
    """

    name: pulumi.Output[str]
    """Name of the Kubernetes objects."""
    release: pulumi.Output[str]
    """The release that runs."""
    address: pulumi.Output[str]
    """Where it is reached: the load balancer's address and port, or `NAME.NAMESPACE:PORT` inside the cluster;
    empty without ports."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        service = args.get("name", name)
        _check(name, service, args)
        super().__init__(name, opts)

        identity = args.get("identity")
        account = self.kubernetes_object(
            "account", service_account(service, args, identity), args["namespace"]
        )
        files = self._files(service, args)
        secrets = self._secrets(service, args)
        pods = deployment(
            service, args, files and files.object_name, secrets and secrets.object_name, identity
        )
        self.kubernetes_object("", pods, args["namespace"], depends_on=[account])
        entrance = self._entrance(service, args)

        self.name = pulumi.Output.from_input(service)
        self.release = pulumi.Output.from_input(args["release"])
        self.address = _address(service, args, entrance)
        self.register_outputs({"name": self.name, "release": self.release, "address": self.address})

    def _files(self, service: str, args: ServiceArgs) -> KubernetesObject | None:
        if not args.get("files"):
            return None
        return self.kubernetes_object("files", config_map(service, args), args["namespace"])

    def _secrets(self, service: str, args: ServiceArgs) -> KubernetesObject | None:
        if not args.get("secrets"):
            return None
        return self.kubernetes_object(
            "secrets", secret(service, args, args.get("secret_values")), args["namespace"]
        )

    def _entrance(self, service: str, args: ServiceArgs) -> KubernetesObject | None:
        if not args.get("ports"):
            return None
        manifest = kubernetes_service(service, args, args.get("load_balancer"))
        # Reserved addresses serve one load balancer, also while one cluster takes the place of another.
        first = True if args.get("static_address") else None
        return self.kubernetes_object("service", manifest, args["namespace"], delete_before_replace=first)


def _check(name: str, service: str, args: ServiceArgs) -> None:
    problems = service_problems(service, args)
    if args.get("secrets") and "secret_values" not in args:
        problems.append(Problem(("secretValues",), "is missing", "Give a value for each of secrets."))
    if problems:
        raise ValueError("\n".join(f"Service {name}: {problem}" for problem in problems))


def _address(name: str, args: ServiceArgs, entrance: KubernetesObject | None) -> pulumi.Output[str]:
    if entrance is None:
        return pulumi.Output.from_input("")
    port = next(iter(service_ports(args).values()))
    if args.get("service_type") == ServiceType.LOAD_BALANCER:
        return entrance.status.apply(lambda status: f"{_balancer(status)}:{port}")
    return pulumi.Output.concat(name, ".", args["namespace"], f":{port}")


def _balancer(status: dict[str, Any] | None) -> str:
    """The load balancer's host name or IP address, from the status of a Kubernetes Service."""
    ingress: list[dict[str, str]] = (status or {}).get("loadBalancer", {}).get("ingress") or [{}]
    return ingress[0].get("hostname") or ingress[0].get("ip", "")
