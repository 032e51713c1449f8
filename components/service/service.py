"""The component `Service`: everything that one service is in one environment on one cluster."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from typing_extensions import Unpack

from components.base import KubernetesComponent
from components.errors import Problem
from components.helm_release import HelmRelease
from components.kubernetes_object import KubernetesObject, ObjectOptions
from components.service.addresses import address
from components.service.argo_rollout import argo_rollout
from components.service.autoscaling import autoscaler, vertical_autoscaler
from components.service.chart import chart_release
from components.service.configuration import config_map, for_jobs, jobs_object, secret
from components.service.deployment import deployment
from components.service.disruption_budget import disruption_budget
from components.service.external_secret import external_secret, filled_secret
from components.service.ingress import ingress
from components.service.jobs import cron_jobs, release_jobs
from components.service.kubernetes_service import kubernetes_service
from components.service.manifest import Manifest
from components.service.monitoring import pod_monitor
from components.service.network_policy import network_policy
from components.service.pod import pod_template
from components.service.replicas import is_autoscaled
from components.service.rollout_settings import canary_of, instance_of, strategy_of, switches_itself
from components.service.rules.service import service_problems
from components.service.service_account import service_account
from components.service.sources import Sources
from components.service.stateful_set import claims, governing_service, stateful_set
from components.service.volumes import is_stateful
from components.types import JobTrigger, RolloutStrategy, ServiceSpec
from components.wiring import LoadBalancer, Nodes, ServiceIdentity


class _Place(TypedDict):
    """What pods need to know of where they run."""

    identity: ServiceIdentity | None
    nodes: Nodes | None


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
    nodes: NotRequired[Nodes]
    """How the cluster's nodes are told apart, for `scheduling`: the cluster's `nodes`. Default: not known."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of claims that name none: the cluster's `storage_class`. Default: the cluster's default
    one."""


class Service(KubernetesComponent):
    """A service in an environment.

    Creates a Deployment, or a StatefulSet if it has claims, or what comes with its chart; a service account;
    and what the arguments ask for: a Kubernetes Service, a ConfigMap, a Secret, autoscalers, a disruption
    budget, a NetworkPolicy, an Ingress, claims, Jobs and CronJobs. A change of configuration rolls the pods,
    one at a time. Pods start after what `identity` stands for is granted, and after the jobs before a release
    are done. It does not create the namespace or the grant, nor wait for the services it uses.

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
    """Where it is reached: its host name if it has an Ingress, else the load balancer's address and port,
    else `NAME.NAMESPACE:PORT` inside the cluster; empty without ports."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        service = args.get("name", name)
        _check(name, service, args)
        super().__init__(name, opts)
        self._service, self._args = service, args
        self._for_jobs: list[pulumi.Resource] | None = None

        entrance: KubernetesObject | None = None
        if "chart" in args:
            self._chart_release()
        else:
            account = self._object("account", service_account(service, args, args.get("identity")))
            sources, external = self._configuration()
            before = self._release_jobs(JobTrigger.BEFORE_RELEASE, [account, *external])
            workload = self._workload(sources, [account, *external, *before])
            entrance = self._network(workload)
            self._scaling(workload)
            self._release_jobs(JobTrigger.AFTER_RELEASE, [workload, *([entrance] if entrance else [])])
            self._cron_jobs(sources, [account, *external])

        self.name = pulumi.Output.from_input(service)
        self.release = pulumi.Output.from_input(args["release"])
        self.address = address(service, args, args["namespace"], entrance)
        self.register_outputs({"name": self.name, "release": self.release, "address": self.address})

    def _configuration(self) -> tuple[Sources, list[pulumi.Resource]]:
        """The objects with files and secrets, and what has to be there before anybody reads them."""
        service, args = self._service, self._args
        files = self._object("files", config_map(service, args)) if args.get("files") else None
        secrets = None
        if args.get("secrets"):
            secrets = self._object("secrets", secret(service, args, args.get("secret_values")))
        external = self._some("external-secrets", external_secret(service, args))
        filled = filled_secret(service) if external else None
        sources = Sources(files and files.object_name, secrets and secrets.object_name, filled)
        return sources, [*external]

    def _release_jobs(self, when: JobTrigger, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        service, args = self._service, self._args
        fixed = Sources(
            jobs_object(service) if args.get("files") else None, jobs_object(service), filled_secret(service)
        )
        jobs = release_jobs(service, args, when, fixed, **self._place())
        if not jobs:
            return []
        told = [*after, *self._configuration_of_jobs()]
        return [self._object(role, job, told, ignore_changes=["spec"]) for role, job in jobs.items()]

    def _configuration_of_jobs(self) -> list[pulumi.Resource]:
        """Files and secrets once more, for the jobs of a release: made with the first of them."""
        if self._for_jobs is None:
            service, args = self._service, self._args
            self._for_jobs = []
            if args.get("files"):
                described = for_jobs(service, args, config_map(service, args))
                self._for_jobs.append(self._object("jobs-files", described))
            if args.get("secrets"):
                described = for_jobs(service, args, secret(service, args, args.get("secret_values")))
                self._for_jobs.append(self._object("jobs-secrets", described))
        return self._for_jobs

    def _workload(self, sources: Sources, after: Sequence[pulumi.Resource]) -> KubernetesObject:
        service, args = self._service, self._args
        place = self._place()
        ignored = ["spec.replicas"] if is_autoscaled(args) else []
        if is_stateful(args):
            return self._stateful_set(pod_template(service, args, sources, **place), after)
        instance = instance_of(service, args)
        template = pod_template(service, args, sources, **place, instance=instance)
        if "argo" in args.get("rollout", {}):
            return self._object("", argo_rollout(service, args, template), after, ignore_changes=ignored)
        if canary := canary_of(service, args):
            trial, tried = canary
            pods = pod_template(service, tried, sources, **place, instance=trial)
            self._object("canary", deployment(service, tried, pods, trial), after)
        # The API server refuses Recreate where bounds of a rolling update are left; and all pods go anyway.
        anew = strategy_of(args) == RolloutStrategy.RECREATE
        return self._object(
            "",
            deployment(service, args, template, instance),
            after,
            delete_before_replace=anew or None,
            ignore_changes=ignored,
            replace_on_changes=["spec.strategy"] if anew else [],
        )

    def _stateful_set(self, template: Manifest, after: Sequence[pulumi.Resource]) -> KubernetesObject:
        service, args = self._service, self._args
        storage_class, protected = args.get("storage_class"), args.get("deletion_protection")
        disks = [
            self._object(f"claim-{claim}", described, protect=protected)
            for claim, described in claims(service, args, storage_class).items()
        ]
        names = self._object("pods", governing_service(service, args))
        pods = stateful_set(service, args, template, storage_class)
        return self._object("", pods, [*after, *disks, names])

    def _network(self, workload: KubernetesObject) -> KubernetesObject | None:
        service, args = self._service, self._args
        self._some("network-policy", network_policy(service, args))
        if not args.get("ports"):
            return None
        manifest = kubernetes_service(service, args, args.get("load_balancer"))
        # Reserved addresses serve one load balancer, also while one cluster takes the place of another.
        first = True if args.get("static_address") else None
        # With blue-green, requests go to the new pods only once they are ready.
        after = [workload] if instance_of(service, args) != service else []
        ignored = ["spec.selector"] if switches_itself(args) else []
        entrance = self._object(
            "service", manifest, after, delete_before_replace=first, ignore_changes=ignored
        )
        self._some("ingress", ingress(service, args), [entrance])
        return entrance

    def _scaling(self, workload: KubernetesObject) -> None:
        service, args = self._service, self._args
        target: Manifest = workload.reference
        self._some("autoscaler", autoscaler(service, args, target), [workload])
        self._some("vertical-autoscaler", vertical_autoscaler(service, args, target), [workload])
        self._some("disruption-budget", disruption_budget(service, args))
        self._some("pod-monitor", pod_monitor(service, args))

    def _cron_jobs(self, sources: Sources, after: Sequence[pulumi.Resource]) -> None:
        service, args = self._service, self._args
        jobs = cron_jobs(service, args, sources, **self._place())
        for role, job in jobs.items():
            self._object(role, job, after)

    def _place(self) -> _Place:
        return {"identity": self._args.get("identity"), "nodes": self._args.get("nodes")}

    def _some(
        self, role: str, manifest: Manifest | None, after: Sequence[pulumi.Resource] = ()
    ) -> list[pulumi.Resource]:
        return [self._object(role, manifest, after)] if manifest is not None else []

    def _chart_release(self) -> None:
        service, args = self._service, self._args
        inputs = chart_release(service, args, args["namespace"], args.get("secret_values"))
        HelmRelease(self._name, inputs, parent=self, provider=self._kubernetes)

    def _object(
        self,
        role: str,
        manifest: Mapping[str, object],
        after: Sequence[pulumi.Resource] = (),
        **options: Unpack[ObjectOptions],
    ) -> KubernetesObject:
        return self.kubernetes_object(role, manifest, self._args["namespace"], after, **options)


def _check(name: str, service: str, args: ServiceArgs) -> None:
    problems = service_problems(service, args)
    if args.get("secrets") and "secret_values" not in args:
        problems.append(Problem(("secretValues",), "is missing", "Give a value for each of secrets."))
    if problems:
        raise ValueError("\n".join(f"Service {name}: {problem}" for problem in problems))
