"""A cloud's provider without engine and process: for tests, and for checks of what it knows.

aws = Asked("aws", workspace, region="eu-west-1")
vpc = aws.create("aws:ec2/vpc:Vpc", "main", {"cidrBlock": "10.0.0.0/16"})
aws.diff(vpc, {"cidrBlock": "10.1.0.0/16"}).replaces
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, cast

import grpc
from pulumi.runtime.proto import provider_pb2

from flotilla.sandbox.clouds.provider import CloudProvider
from flotilla.sandbox.plugin.protocol import Properties, decode, encode


class RefusedError(Exception):
    """The provider answered with a failure."""


class _Context:
    def abort(self, _code: grpc.StatusCode, details: str) -> NoReturn:
        raise RefusedError(details)

    def set_trailing_metadata(self, _metadata: object) -> None:
        """Partial failures carry their state there; who asks here reads the text alone."""


@dataclass(frozen=True)
class Made:
    """A resource in the state of a stack."""

    token: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties


class Asked:
    """A configured provider, asked by the methods that the engine calls."""

    def __init__(self, package: str, workspace: Path, **settings: object) -> None:
        self.provider = CloudProvider(package, workspace, "")
        self._context = cast("grpc.ServicerContext", _Context())
        self.configure(**settings)

    def configure(self, **settings: object) -> None:
        """Give the provider another configuration."""
        request = provider_pb2.ConfigureRequest(args=encode(settings))
        self.provider.Configure(request, self._context)

    def check(
        self, token: str, name: str, inputs: Mapping[str, object], old: Properties | None = None
    ) -> tuple[Properties, list[tuple[str, str]]]:
        """The inputs as the provider completes them, and what is wrong with them: property and reason."""
        request = provider_pb2.CheckRequest(
            urn=_urn(token, name), type=token, news=encode(inputs), olds=encode(old or {}), randomSeed=b"seed"
        )
        answer = self.provider.Check(request, self._context)
        return decode(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]

    def create(self, token: str, name: str, inputs: Mapping[str, object], *, preview: bool = False) -> Made:
        """Make a resource, after Check, whose failures are left to the caller.

        Raises:
            RefusedError: the cloud refused.
        """
        checked, _ = self.check(token, name, inputs)
        request = provider_pb2.CreateRequest(
            urn=_urn(token, name), type=token, name=name, properties=encode(checked), preview=preview
        )
        answer = self.provider.Create(request, self._context)
        return Made(token, name, answer.id, checked, decode(answer.properties))

    def diff(self, made: Made, inputs: Mapping[str, object]) -> provider_pb2.DiffResponse:
        """What other inputs would change."""
        checked, _ = self.check(made.token, made.name, inputs, made.inputs)
        request = provider_pb2.DiffRequest(
            id=made.id,
            urn=_urn(made.token, made.name),
            type=made.token,
            olds=encode(made.outputs),
            old_inputs=encode(made.inputs),
            news=encode(checked),
        )
        return self.provider.Diff(request, self._context)

    def update(self, made: Made, inputs: Mapping[str, object], *, preview: bool = False) -> Made:
        """Change a resource in place.

        Raises:
            RefusedError: the cloud refused.
        """
        checked, _ = self.check(made.token, made.name, inputs, made.inputs)
        request = provider_pb2.UpdateRequest(
            id=made.id,
            urn=_urn(made.token, made.name),
            type=made.token,
            olds=encode(made.outputs),
            old_inputs=encode(made.inputs),
            news=encode(checked),
            preview=preview,
        )
        answer = self.provider.Update(request, self._context)
        return Made(made.token, made.name, made.id, checked, decode(answer.properties))

    def read(self, made: Made) -> Made | None:
        """What is there now; None for what is gone."""
        request = provider_pb2.ReadRequest(
            id=made.id,
            urn=_urn(made.token, made.name),
            type=made.token,
            properties=encode(made.outputs),
            inputs=encode(made.inputs),
        )
        answer = self.provider.Read(request, self._context)
        if not answer.id:
            return None
        return Made(made.token, made.name, answer.id, decode(answer.inputs), decode(answer.properties))

    def delete(self, made: Made) -> None:
        """Delete a resource.

        Raises:
            RefusedError: the cloud refused.
        """
        request = provider_pb2.DeleteRequest(
            id=made.id,
            urn=_urn(made.token, made.name),
            type=made.token,
            properties=encode(made.outputs),
            old_inputs=encode(made.inputs),
        )
        self.provider.Delete(request, self._context)

    def invoke(self, token: str, arguments: Mapping[str, object]) -> Properties:
        """Call a function.

        Raises:
            RefusedError: the sandbox does not know it, or it failed.
        """
        request = provider_pb2.InvokeRequest(tok=token, args=encode(arguments))
        answer = self.provider.Invoke(request, self._context)
        return decode(getattr(answer, "return"))


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::test::{token}::{name}"
