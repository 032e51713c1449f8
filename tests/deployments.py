"""Runs a Pulumi program under mocks and keeps what it registers, with parents, providers and protection."""

import asyncio
import contextvars
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import config as runtime_config
from pulumi.runtime.mocks import MockCallArgs, MockMonitor
from pulumi.runtime.settings import SETTINGS, get_root_resource, set_root_resource
from pulumi.runtime.stack import Stack, run_pulumi_func

from tests import azure

ENTRANCE_ADDRESS = "192.0.2.7"
"""What every load balancer gets under mocks (an address for documentation, RFC 5737)."""
HOST_NAME = "tests/host-name"
"""Annotation of a Kubernetes Service whose load balancer has this host name in place of the address."""


@dataclass(frozen=True)
class Registration:
    """A resource as the program registers it."""

    type: str
    name: str
    inputs: dict[str, Any]
    secrets: frozenset[str]
    """Names of the inputs that are or hold secrets."""
    parent: str
    """Type and name of the parent, such as `flotilla:index:Service frontend`; empty for the stack."""
    provider: str
    """Reference of the explicit provider: URN and id."""
    providers: dict[str, str]
    """References of the providers that a component passes on, by package."""
    protect: bool
    version: str
    depends_on: frozenset[str] = frozenset()
    """Type and name of all that it waits for."""
    ignore_changes: tuple[str, ...] = ()
    delete_before_replace: bool = False

    @property
    def label(self) -> str:
        """Type and name."""
        return f"{self.type} {self.name}"


@dataclass
class Deployment:
    """What a program has registered, and its exports."""

    registrations: list[Registration] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Type and name of everything, sorted."""
        return sorted(registration.label for registration in self.registrations)

    def of_type(self, type_: str) -> dict[str, Registration]:
        """The resources of a type by name."""
        return {each.name: each for each in self.registrations if each.type == type_}

    def get(self, label: str) -> Registration:
        """The one resource with this type and name."""
        (found,) = [each for each in self.registrations if each.label == label]
        return found


OUTPUTS: Mapping[str, Mapping[str, Any]] = {
    "aws:ec2/eip:Eip": {"allocationId": "eipalloc-0a1b2c3d", "publicIp": "192.0.2.10"},
    "aws:eks/cluster:Cluster": {
        "endpoint": "https://0123.gr7.eu-west-1.eks.amazonaws.com",
        "certificateAuthority": {"data": "Y2E="},
    },
    "aws:iam/role:Role": {"name": "role-0badcafe", "arn": "arn:aws:iam::111122223333:role/role-0badcafe"},
    "gcp:compute/address:Address": {"address": "192.0.2.8"},
    "gcp:serviceaccount/account:Account": {
        "email": "nodes@acme-dev.iam.gserviceaccount.com",
        "member": "serviceAccount:nodes@acme-dev.iam.gserviceaccount.com",
    },
    "gcp:container/cluster:Cluster": {
        "endpoint": "192.0.2.9",
        "masterAuth": {"clusterCaCertificate": "Y2E="},
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-0.europe-west1.gke.goog"}},
    },
}
"""What a cloud computes, by type: under mocks it is laid over the inputs."""
CALLS: Mapping[str, Mapping[str, Any]] = {
    "gcp:artifactregistry/getRepository:getRepository": {"name": "base"},
    "gcp:compute/getNetwork:getNetwork": {"id": "projects/acme-dev/global/networks/shared"},
    "gcp:compute/getSubnetwork:getSubnetwork": {
        "id": "projects/acme-dev/regions/europe-west1/subnetworks/shared-eu"
    },
    "gcp:dns/getManagedZone:getManagedZone": {"name": "shop-example-com"},
    "gcp:organizations/getProject:getProject": {"number": "123456789012"},
}
"""What a cloud answers to a call, by token."""


class _Cluster(Mocks):
    """Answers as clusters, clouds and other stacks would: with names for the nameless, and addresses.

    Args:
        stacks: The outputs of other stacks, by their names.
    """

    def __init__(self, stacks: Mapping[str, Mapping[str, Any]]) -> None:
        self._stacks = stacks

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token in azure.CALLS:
            return azure.CALLS[args.token](cast("dict[str, Any]", args.args)), []
        if args.token not in CALLS:
            raise NotImplementedError(f"no program of ours calls {args.token}")
        return {**CALLS[args.token]}, []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = cast("dict[str, Any]", args.inputs)
        if args.typ == "pulumi:pulumi:StackReference":
            outputs = self._stacks[str(args.resource_id)]
            return str(args.resource_id), {**inputs, "outputs": outputs, "secretOutputNames": ["kubeconfigs"]}
        state = _laid_over(inputs, OUTPUTS.get(args.typ, {}))
        if args.typ in azure.OUTPUTS:
            state |= azure.OUTPUTS[args.typ](args)
        metadata = inputs.get("metadata")
        if metadata is not None and "name" not in metadata:
            state["metadata"] = {**metadata, "name": f"{args.name}-0badcafe"}
        if inputs.get("spec", {}).get("type") == "LoadBalancer":
            host = inputs["metadata"]["annotations"].get(HOST_NAME)
            entry = {"hostname": host} if host else {"ip": ENTRANCE_ADDRESS}
            state["status"] = {"loadBalancer": {"ingress": [entry]}}
        return str(state.pop("id", f"{args.name}-id")), state


def _laid_over(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
    state = {**inputs}
    for key, value in outputs.items():
        inner = isinstance(value, Mapping) and isinstance(state.get(key), Mapping)
        state[key] = _laid_over(state[key], cast("Mapping[str, Any]", value)) if inner else value
    return state


_SECRET_KEY, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How a secret is marked on the wire (the SDK's `_special_sig_key` and `_special_secret_sig`)."""


class _Recorder(MockMonitor):
    def __init__(self, stacks: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(_Cluster(stacks))
        self.registrations: list[Registration] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 (gRPC's name, without types)
        if request.type != "pulumi:pulumi:Stack":
            inputs = MessageToDict(request.object)
            self.registrations.append(
                Registration(
                    type=request.type,
                    name=request.name,
                    inputs=_plain(inputs),
                    secrets=frozenset(key for key, value in inputs.items() if _holds_secret(value)),
                    parent=_label(request.parent),
                    provider=request.provider,
                    providers=dict(request.providers),
                    protect=request.protect,
                    version=request.version,
                    depends_on=frozenset(map(_label, request.dependencies)),
                    ignore_changes=tuple(request.ignoreChanges),
                    delete_before_replace=request.deleteBeforeReplace,
                )
            )
        return super().RegisterResource(request)  # pyright: ignore[reportUnknownMemberType] (gRPC has no types)


def deploy(
    program: Callable[[], object],
    *,
    project: str = "flotilla",
    stack: str = "test",
    config: Mapping[str, object] | None = None,
    secret_keys: tuple[str, ...] = (),
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
) -> Deployment:
    """Run a program under mocks.

    Args:
        program: The program.
        project: Name of the Pulumi project.
        stack: Name of the stack.
        config: Configuration as the engine gives it: values that are not text are handed over as JSON.
        secret_keys: Keys of the configuration that are secret.
        stacks: Outputs of other stacks, by their names; `kubeconfigs` is secret.

    Returns:
        What it registered and exported.
    """
    texts = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in (config or {}).items()
    }
    recorder = _Recorder(stacks or {})
    return contextvars.copy_context().run(
        lambda: asyncio.run(_run(recorder, program, (project, stack), texts, secret_keys))
    )


async def _run(
    recorder: _Recorder,
    program: Callable[[], object],
    names: tuple[str, str],
    config: dict[str, str],
    secret_keys: tuple[str, ...],
) -> Deployment:
    # The first error of a program is raised; of the others Python tells when it collects them as garbage,
    # with a traceback, which in the middle of parsing a module breaks the parser (CPython issue 106905).
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    # What a program that failed before has left would belong to an event loop that is closed.
    SETTINGS.outputs.clear()  # pyright: ignore (made by a decorator without types)
    set_root_resource(cast("Stack", None))
    set_mocks(recorder.mocks, project=names[0], stack=names[1], preview=False, monitor=recorder)
    runtime_config.set_all_config(config, list(secret_keys))
    root = cast("Stack", get_root_resource())

    def run() -> None:
        program()

    await run_pulumi_func(run)
    exports = cast("dict[str, Any]", await pulumi.Output.from_input(root.outputs).future())
    return Deployment(recorder.registrations, exports)


def _label(urn: str) -> str:
    if not urn or "pulumi:pulumi:Stack::" in urn:
        return ""
    *_, type_, name = urn.split("::")
    return f"{type_.split('$')[-1]} {name}"


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and cast("dict[str, object]", value).get(_SECRET_KEY) == _SECRET


def _holds_secret(value: object) -> bool:
    if isinstance(value, dict):
        inner = cast("dict[str, object]", value)
        return _is_secret(inner) or any(map(_holds_secret, inner.values()))
    return isinstance(value, list) and any(map(_holds_secret, cast("list[object]", value)))


def _plain(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """A value with secrets taken out of their wrapping and whole numbers as such."""
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value)
        return (
            _plain(inner["value"])
            if _is_secret(inner)
            else {key: _plain(each) for key, each in inner.items()}
        )
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value
