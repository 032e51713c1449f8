"""The gRPC service that the engine talks to: one method for each of its requests, the work is elsewhere."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Final, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from flotilla.sandbox.clouds.checking import Failure, failures
from flotilla.sandbox.clouds.differing import Change
from flotilla.sandbox.clouds.naming import with_name
from flotilla.sandbox.clouds.operations import Operations
from flotilla.sandbox.clouds.package import canonical, invoke_of, load
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.clouds.store import Store
from flotilla.sandbox.plugin import replies
from flotilla.sandbox.plugin.engine_log import EngineLog
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties, decode, encode, plain
from flotilla.sandbox.plugin.secrecy import without_secrets

_ELSEWHERE: Final = (
    "The sandbox's {package} provider cannot do {what}. Leave it out of what is rehearsed, or try it with "
    "an account of the cloud."
)


class CloudProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers for the package of a cloud; one process of it serves one configured provider."""

    def __init__(self, package: str, directory: Path, engine_address: str) -> None:
        self._package = load(package)
        self._cancelled = threading.Event()
        self._warned: set[str] = set()
        self._account = Account(
            self._package, directory, Store(directory, package), EngineLog(engine_address)
        )

    @property
    def _operations(self) -> Operations:
        return Operations(self._account, self._cancelled)

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """What this provider understands."""
        if request.engine_address:
            self._account = replace(self._account, log=EngineLog(request.engine_address))
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Talk to another engine."""
        self._account = replace(self._account, log=EngineLog(request.address))
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the real provider that this one stands for."""
        return plugin_pb2.PluginInfo(version=self._version())

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """A schema that names no resources: programs use the SDK as it is installed."""
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": self._package.name, "version": self._version()})
        )

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Take the provider's inputs as they are: credentials are never asked for."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """A changed setting updates the provider; what it means for a resource, the resource's Diff says."""
        old, new = plain(decode(request.old_inputs or request.olds)), plain(decode(request.news))
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return provider_pb2.DiffResponse(changes=_some(bool(changed)), diffs=changed)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Learn region, project or subscription."""
        settings = {name: _parsed(value) for name, value in plain(decode(request.args)).items()}
        self._account = replace(self._account, settings=settings)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Name a resource and see whether its inputs are what the type takes."""
        with self._told(context):
            token = _token(request.urn, request.type)
            operation, kind = self._operations.start("reading", request.urn, token, decode(request.news))
            self._warn_once(operation.token, known=operation.facts.known or kind is not None, urn=request.urn)
            inputs = with_name(
                self._package, operation.facts, request, decode(request.olds), decode(request.news)
            )
            found = [*failures(operation.facts, inputs, self._package.wording)]
            if kind:
                operation.inputs = {
                    name: value for name, value in plain(inputs).items() if not name.startswith("__")
                }
                found += kind.check(operation)
            name = request.urn.rpartition("::")[2]
            reasons = [
                self._failure(name, Failure(failure.path, without_secrets(failure.reason, inputs)))
                for failure in found
            ]
            return provider_pb2.CheckResponse(inputs=encode(inputs), failures=reasons)

    def _failure(self, name: str, failure: Failure) -> provider_pb2.CheckFailure:
        where = f". Examine values at '{name}.{failure.path}'." if self._package.examine else ""
        prop = failure.path.partition(".")[0].partition("[")[0]
        return provider_pb2.CheckFailure(property=prop, reason=failure.reason + where)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """What an update would change."""
        with self._told(context):
            plan = self._operations.plan(
                _token(request.urn, request.type),
                decode(request.old_inputs),
                decode(request.news),
                decode(request.olds),
            )
            changes = {change.name: change for change in plan.changes}
            return provider_pb2.DiffResponse(
                changes=_some(bool(changes)),
                diffs=sorted({str(change.path[0]) for change in plan.changes}),
                replaces=sorted({str(change.path[0]) for change in plan.changes if change.replace}),
                deleteBeforeReplace=plan.delete_first,
                detailedDiff={path: _property_diff(change) for path, change in changes.items()},
                hasDetailedDiff=True,
            )

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make a resource."""
        token, inputs = _token(request.urn, request.type), decode(request.properties)
        with self._told(context, inputs):
            if request.preview:
                state = self._operations.preview_create(token, inputs)
                return provider_pb2.CreateResponse(properties=encode(state))
            identity, state = self._operations.create(request.urn, token, inputs)
            return provider_pb2.CreateResponse(id=identity, properties=encode(state))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """What is there now; nothing where it is gone."""
        with self._told(context):
            found = self._operations.read(
                request.urn,
                _token(request.urn, request.type),
                request.id,
                decode(request.properties),
                decode(request.inputs),
            )
            if found is None:
                return provider_pb2.ReadResponse()
            outputs, inputs = found
            return provider_pb2.ReadResponse(id=request.id, properties=encode(outputs), inputs=encode(inputs))

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change a resource in place."""
        token = _token(request.urn, request.type)
        old, old_inputs, inputs = (
            decode(request.olds), decode(request.old_inputs), decode(request.news),
        )  # fmt: skip
        with self._told(context, inputs, old_inputs):
            if request.preview:
                state = self._operations.preview_update(token, old, old_inputs, inputs)
            else:
                state = self._operations.update(request.urn, token, request.id, old, old_inputs, inputs)
            return provider_pb2.UpdateResponse(properties=encode(state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""
        state, inputs = decode(request.properties), decode(request.old_inputs)
        with self._told(context, state, inputs):
            token = _token(request.urn, request.type)
            self._operations.delete(request.urn, token, request.id, state, inputs)
            return empty_pb2.Empty()

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a function, as far as the sandbox knows it."""
        with self._told(context):
            invoke = invoke_of(self._package, canonical(request.tok))
            if invoke is None:
                raise OperationError(self._elsewhere(f"the function {request.tok}"))
            result = encode(invoke(self._account, plain(decode(request.args))))
            answer = provider_pb2.InvokeResponse()
            cast("struct_pb2.Struct", getattr(answer, "return")).CopyFrom(result)
            return answer

    def Call(
        self, request: provider_pb2.CallRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CallResponse:
        """Refused: there are no methods here."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, self._elsewhere(f"the method {request.tok}"))
        raise AssertionError  # abort has raised

    def Construct(
        self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConstructResponse:
        """Refused: there are no components here."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, self._elsewhere(f"components such as {request.type}"))
        raise AssertionError  # abort has raised

    def Parameterize(
        self, request: provider_pb2.ParameterizeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        """Refused: other API versions than the SDK's default need the real provider."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, self._elsewhere("packages for one API version"))
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

    @contextmanager
    def _told(self, context: grpc.ServicerContext, *given: Properties) -> Generator[None]:
        """Turn what goes wrong into the engine's failures, without what is secret in what was given."""
        with replies.told_to_engine(context, f"the sandbox's {self._package.name} provider"):
            try:
                yield
            except OperationError as error:
                text = str(error)
                for inputs in given:
                    text = without_secrets(text, inputs)
                raise OperationError(text) from error

    def _elsewhere(self, what: str) -> str:
        return _ELSEWHERE.format(package=self._package.name, what=what)

    def _version(self) -> str:
        return metadata.version(self._package.distribution)

    def _warn_once(self, token: str, *, known: bool, urn: str) -> None:
        if known or token in self._warned:
            return
        self._warned.add(token)
        self._account.log.note_warning(
            urn,
            f"The sandbox does not know {token}: it takes any inputs, and every change is an update. "
            "What the cloud would refuse, compute or replace cannot be rehearsed for this type.",
        )


def _token(urn: str, given: str) -> str:
    """The type of a resource: as the engine gives it, or the last one of its URN."""
    return given or urn.split("::")[2].rpartition("$")[2]


def _some(changed: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:  # noqa: FBT001
    return provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE


def _property_diff(change: Change) -> provider_pb2.PropertyDiff:
    return provider_pb2.PropertyDiff(kind=replies.PROPERTY_DIFFS[change.kind, change.replace], inputDiff=True)


def _parsed(value: object) -> object:
    """A setting: whatever is no text comes as JSON in a text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return cast("object", json.loads(value))
        except ValueError:
            return value
    return value
