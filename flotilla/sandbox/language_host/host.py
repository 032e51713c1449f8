"""The gRPC service that the engine talks to: starts programs and plugins, knows what they need."""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import IO

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from flotilla.sandbox.language_host.interpreter import (
    RUN_PROGRAM,
    NoInterpreterError,
    environment,
    find_python,
)
from flotilla.sandbox.language_host.run_program import SHOWN


def python_of(info: language_pb2.ProgramInfo) -> str:
    """The interpreter that the project or plugin described by `info` runs with."""
    options: Mapping[str, object] = json_format.MessageToDict(info.options)
    return find_python(info.root_directory, options)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers for the runtime `python`; one process of it serves one `pulumi` command."""

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._children: set[subprocess.Popen[bytes]] = set()

    def Handshake(  # noqa: D102
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(  # noqa: D102
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None ahead of time: the engine loads a provider with the first resource of it.

        So a stack needs the providers of its own clouds only, whatever SDKs are installed.
        """
        return language_pb2.GetRequiredPackagesResponse()

    def About(
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """What `pulumi about` says of the runtime."""
        python = self._python(request.info, context)
        version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True)
        return language_pb2.AboutResponse(
            executable=python, version=version.stdout.removeprefix("Python ").strip()
        )

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """What is installed where the program runs, for `pulumi about`."""
        python = self._python(request.info, context)
        listed = subprocess.run(
            [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
            capture_output=True,
            check=True,
        )
        found: list[dict[str, str]] = json.loads(listed.stdout)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=package["name"], version=package["version"])
                for package in found
            ]
        )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """`pulumi install`: the project's requirements, if it has any, into the environment it runs with."""
        if not Path(request.directory, "requirements.txt").exists():
            return
        python = self._python(request.info, context)
        command = [python, "-m", "pip", "install", "-r", "requirements.txt"]
        for source, chunk in self._stream(command, request.directory, environment(python, {}), context):
            yield (
                language_pb2.InstallDependenciesResponse(stdout=chunk)
                if source == "stdout"
                else language_pb2.InstallDependenciesResponse(stderr=chunk)
            )

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end; what it prints goes where the engine reads ours."""
        try:
            python = find_python(request.info.root_directory, json_format.MessageToDict(request.info.options))
        except NoInterpreterError as error:
            return language_pb2.RunResponse(error=str(error))
        order = {
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "program": _program(request),
            "pwd": request.pwd or request.info.program_directory,
            "arguments": list(request.args),
            "parallel": request.parallel,
            "dry_run": request.dryRun,
        }
        configuration = {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        with subprocess.Popen(
            [python, "-u", str(RUN_PROGRAM), json.dumps(order)],
            env=environment(python, configuration),
            stdin=subprocess.DEVNULL,
        ) as child:
            self._children.add(child)
            context.add_callback(child.terminate)
            code = child.wait()
            self._children.discard(child)
        if code == SHOWN:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"the program ended with exit code {code}")
        return language_pb2.RunResponse()

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a plugin written in Python (a component provider, a policy pack) and stream what it prints."""
        python = self._python(request.info, context)
        extra = dict(variable.split("=", 1) for variable in request.env)
        command = [python, "-u", request.info.program_directory, *request.args]
        streamed = self._stream(command, request.pwd, environment(python, extra), context)
        while True:
            try:
                source, chunk = next(streamed)
            except StopIteration as end:
                yield language_pb2.RunPluginResponse(exitcode=int(str(end.value)))
                return
            yield (
                language_pb2.RunPluginResponse(stdout=chunk)
                if source == "stdout"
                else language_pb2.RunPluginResponse(stderr=chunk)
            )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End what runs: the engine asks so after Ctrl-C."""
        self.end()
        return empty_pb2.Empty()

    def end(self) -> None:
        """End all children."""
        for child in list(self._children):
            child.terminate()

    def _python(self, info: language_pb2.ProgramInfo, context: grpc.ServicerContext) -> str:
        try:
            return python_of(info)
        except NoInterpreterError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            raise  # abort has raised already

    def _stream(
        self, command: Sequence[str], cwd: str, env: Mapping[str, str], context: grpc.ServicerContext
    ) -> Iterator[tuple[str, bytes]]:
        """Start a process and yield what it writes, as it comes; the generator's value is its exit code."""
        chunks: queue.Queue[tuple[str, bytes]] = queue.Queue()

        def pump(name: str, stream: IO[bytes]) -> None:
            while chunk := os.read(stream.fileno(), 65536):
                chunks.put((name, chunk))
            chunks.put((name, b""))

        with subprocess.Popen(
            command,
            cwd=cwd or None,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child:
            self._children.add(child)
            context.add_callback(child.terminate)
            for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)):
                threading.Thread(target=pump, args=(name, stream), daemon=True).start()
            open_streams = 2
            while open_streams:
                name, chunk = chunks.get()
                if chunk:
                    yield name, chunk
                else:
                    open_streams -= 1
            code = child.wait()
            self._children.discard(child)
        return code


def _program(request: language_pb2.RunRequest) -> str:
    """The directory or file to run: the project's, or what `main` in `Pulumi.yaml` names."""
    entry = request.info.entry_point
    directory = request.info.program_directory
    return directory if entry in ("", ".") else f"{directory}/{entry}"
