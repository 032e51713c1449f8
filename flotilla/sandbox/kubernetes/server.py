"""The gRPC service that the engine talks to: one method for each of its requests, the work is elsewhere."""

import json
import os
import threading
from importlib import metadata
from typing import Final, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from flotilla.sandbox.kubernetes import releases
from flotilla.sandbox.kubernetes.checking import check
from flotilla.sandbox.kubernetes.creating import create
from flotilla.sandbox.kubernetes.deleting import delete
from flotilla.sandbox.kubernetes.differing import diff
from flotilla.sandbox.kubernetes.kinds import parse_urn
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.naming import Autonaming
from flotilla.sandbox.kubernetes.options import read_options
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.provider_config import check_config, diff_config
from flotilla.sandbox.kubernetes.reading import read
from flotilla.sandbox.kubernetes.replies import plan_reply, told_to_engine
from flotilla.sandbox.kubernetes.session import Session, connect
from flotilla.sandbox.kubernetes.updating import update
from flotilla.sandbox.plugin.engine_log import EngineLog
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import decode, encode

_ELSEWHERE: Final = (
    "the sandbox Kubernetes provider cannot do {what}. Write the objects as resources of their own, "
    "or install the real provider: pulumi plugin install resource kubernetes."
)


class KubernetesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers for the package `kubernetes`; one process of it serves one configured provider."""

    def __init__(self, engine_address: str) -> None:
        self._log = EngineLog(engine_address)
        self._cancelled = threading.Event()
        self._session = Session(log=self._log, unreachable="the provider is not configured")

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """What this provider understands."""
        if request.engine_address:
            self._log = EngineLog(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Talk to another engine."""
        self._log = EngineLog(request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the real provider that this one stands for."""
        return plugin_pb2.PluginInfo(version=_version())

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """A schema that names no resources: programs use the SDK as it is installed."""
        schema = {"name": "kubernetes", "version": _version()}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Validate the provider's inputs."""
        failures = check_config(
            plain(decode(request.news)),
            default_provider="::default" in request.urn,
            project_config=_project_config(),
        )
        reasons = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures]
        return provider_pb2.CheckResponse(inputs=request.news, failures=reasons)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Whether a change of the provider's inputs replaces everything."""
        with told_to_engine(context):
            found = diff_config(plain(decode(request.olds)), plain(decode(request.news)))
            changes = (
                provider_pb2.DiffResponse.DIFF_SOME if found.changed else provider_pb2.DiffResponse.DIFF_NONE
            )
            return provider_pb2.DiffResponse(changes=changes, diffs=found.changed, replaces=found.replaces)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Connect to the cluster."""
        with told_to_engine(context):
            self._session = connect(read_options(request.variables), self._log, self._cancelled)
            return provider_pb2.ConfigureResponse(
                acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
            )

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Normalise, name and place the inputs of a resource."""
        resource = parse_urn(request.urn)
        old, new = decode(request.olds), decode(request.news)
        with told_to_engine(context):
            if resource.is_helm_release:
                return releases.check(self._session, request)
            inputs = check(
                self._session, resource, old, new, seed=request.randomSeed, autonaming=_autonaming(request)
            )
            return provider_pb2.CheckResponse(inputs=encode(inputs))

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """What an update would change."""
        resource = parse_urn(request.urn)
        with told_to_engine(context):
            if resource.is_helm_release:
                return releases.diff(self._session, request)
            ignored = list(request.ignoreChanges)
            return plan_reply(
                diff(self._session, resource, decode(request.olds), decode(request.news), ignored)
            )

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make an object and wait until it is ready."""
        resource = parse_urn(request.urn)
        with told_to_engine(context):
            if resource.is_helm_release:
                return releases.create(self._session, request)
            identity, state = create(
                self._session,
                resource,
                decode(request.properties),
                preview=request.preview,
                timeout=request.timeout or None,
            )
            return provider_pb2.CreateResponse(id=identity, properties=encode(state))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """What is there now."""
        resource = parse_urn(request.urn)
        with told_to_engine(context):
            if resource.is_helm_release:
                return releases.read(self._session, request)
            found = read(
                self._session, resource, request.id, decode(request.properties), decode(request.inputs)
            )
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id, properties=encode(found.state), inputs=encode(found.inputs)
            )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change an object in place and wait until it is ready."""
        resource = parse_urn(request.urn)
        with told_to_engine(context):
            if resource.is_helm_release:
                return releases.update(self._session, request)
            state = update(
                self._session,
                resource,
                decode(request.olds),
                decode(request.news),
                preview=request.preview,
                timeout=request.timeout or None,
                ignored=list(request.ignoreChanges),
            )
            return provider_pb2.UpdateResponse(properties=encode(state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Take an object away and wait until it is gone."""
        resource = parse_urn(request.urn)
        with told_to_engine(context):
            if resource.is_helm_release:
                releases.delete(self._session, request)
            else:
                state, timeout = decode(request.properties), request.timeout or None
                delete(self._session, resource, request.id, state, timeout=timeout)
            return empty_pb2.Empty()

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Refused: the functions read YAML, Kustomize directories and charts inside the real provider."""
        with told_to_engine(context):
            raise OperationError(_ELSEWHERE.format(what=f"the function {request.tok}"))

    def Call(
        self, request: provider_pb2.CallRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CallResponse:
        """Refused: there are no components here."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, _ELSEWHERE.format(what=f"the method {request.tok}"))
        raise AssertionError  # abort has raised

    def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        """Refused: components such as `yaml/v2:ConfigFile` and `helm.sh/v4:Chart` need the real provider."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED, _ELSEWHERE.format(what=f"components such as {request.type}")
        )
        raise AssertionError  # abort has raised

    def Parameterize(
        self, request: provider_pb2.ParameterizeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        """Refused: SDKs for definitions of one's own are made by the real provider."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED, _ELSEWHERE.format(what="packages for custom definitions")
        )
        raise AssertionError  # abort has raised

    def GetMapping(
        self, request: provider_pb2.GetMappingRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingResponse:
        """None: nothing is converted from other tools."""
        return provider_pb2.GetMappingResponse()

    def GetMappings(
        self, request: provider_pb2.GetMappingsRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingsResponse:
        """None: nothing is converted from other tools."""
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End all waiting."""
        self._cancelled.set()
        return empty_pb2.Empty()


def _version() -> str:
    return metadata.version("pulumi-kubernetes")


def _project_config() -> Manifest:
    """The `kubernetes:` settings of the stack, which the engine hands to the default provider's process."""
    found: object = json.loads(os.environ.get("PULUMI_CONFIG") or "{}")
    return cast("Manifest", found) if isinstance(found, dict) else {}


def _autonaming(request: provider_pb2.CheckRequest) -> Autonaming | None:
    if not request.HasField("autonaming"):
        return None
    options = provider_pb2.CheckRequest.AutonamingOptions
    chosen = request.autonaming
    match chosen.mode:
        case options.DISABLE:
            return Autonaming("disable")
        case options.ENFORCE:
            return Autonaming("enforce", chosen.proposed_name)
        case _:
            return Autonaming("propose", chosen.proposed_name)
