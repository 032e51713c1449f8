"""Credential plugins that kubeconfigs name under `users[].user.exec`.

The rules are those of client-go (plugin/pkg/client/auth/exec and tools/clientcmd/validation.go), since that
is what the real provider and kubectl use; the Python library's own way drops the plugin's errors.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from flotilla.sandbox.kubernetes.kubeconfig import Kubeconfig, named
from flotilla.sandbox.kubernetes.manifest import Manifest, items, mapping, mappings, text

GROUP: Final = "client.authentication.k8s.io"
V1: Final = f"{GROUP}/v1"
V1BETA1: Final = f"{GROUP}/v1beta1"
EXTENSION: Final = f"{GROUP}/exec"
"""The extension of a cluster's entry that is for its plugin."""
MODES: Final = ("Never", "IfAvailable", "Always")
_TOKENS: Final = frozenset({"token", "tokenFile"})
_OF_CLUSTER: Final = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
)


class ExecError(Exception):
    """A plugin is set up wrongly, is not there, or gives no credential."""


@dataclass(frozen=True)
class Credential:
    """What a plugin gave."""

    token: str = ""
    certificate: str = ""
    """In PEM, as the key is; both or none."""
    key: str = ""
    expires: datetime | None = None
    """None: it is good as long as the process lives."""


class ExecPlugin:
    """Asks a plugin for a credential, and again when that has expired. Not for several threads at once."""

    def __init__(
        self, kubeconfig: Kubeconfig, user: str, settings: Manifest, environ: Mapping[str, str] = os.environ
    ) -> None:
        self._user = user
        self._settings = settings
        self._kubeconfig = kubeconfig
        self._environ = environ
        self._kept: Credential | None = None

    @classmethod
    def of(cls, kubeconfig: Kubeconfig) -> "ExecPlugin | None":
        """The plugin of a kubeconfig's current user; None if it has none, or a token that goes before it."""
        context = named(kubeconfig.config, "contexts", text(kubeconfig.config, "current-context"))
        user = text(context, "context", "user")
        entry = mapping(named(kubeconfig.config, "users", user), "user")
        settings = mapping(entry, "exec")
        return cls(kubeconfig, user, settings) if settings and not entry.keys() & _TOKENS else None

    def credential(self) -> Credential:
        """The credential: the one given before, or another one if that has expired.

        Raises:
            ExecError: there is none.
        """
        if self._kept is None or (self._kept.expires and datetime.now(UTC) > self._kept.expires):
            self._kept = self._ask()
        return self._kept

    def forget(self) -> None:
        """Ask again next time: the server did not take the credential."""
        self._kept = None

    def _ask(self) -> Credential:
        self._check()
        words = [self._command(), *map(str, items(self._settings, "args"))]
        variables = {text(one, "name"): text(one, "value") for one in mappings(self._settings, "env")}
        asked = {
            "kind": "ExecCredential",
            "apiVersion": text(self._settings, "apiVersion"),
            "spec": self._spec(),
        }
        environment = {**self._environ, **variables, "KUBERNETES_EXEC_INFO": json.dumps(asked)}
        try:
            done = subprocess.run(
                words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise ExecError(f"exec: {words[0]}: {error.strerror}{self._hint()}") from error
        if done.returncode != 0:
            raise ExecError(
                f"exec: executable {words[0]} failed with exit code {done.returncode}: {done.stderr.strip()}"
            )
        return self._read(done.stdout)

    def _check(self) -> None:
        version, mode = text(self._settings, "apiVersion"), text(self._settings, "interactiveMode")
        for name in ("command", "apiVersion"):
            if not text(self._settings, name):
                raise ExecError(
                    f"{name} must be specified for {self._user} to use exec authentication plugin"
                )
        if version not in {V1, V1BETA1}:
            raise ExecError(f"exec plugin: invalid apiVersion {json.dumps(version)}; write {V1BETA1} or {V1}")
        if not mode and version == V1:
            raise ExecError(
                f"interactiveMode must be specified for {self._user} to use exec authentication plugin: "
                f"one of {', '.join(MODES)}"
            )
        if mode and mode not in MODES:
            raise ExecError(f"invalid interactiveMode for {self._user}: {json.dumps(mode)}")
        if mode == "Always":
            raise ExecError("exec plugin cannot support interactive mode: standard input is not a terminal")

    def _command(self) -> str:
        """The program: on PATH, or, where its name has a directory, from the kubeconfig's directory on."""
        name = text(self._settings, "command")
        if os.sep in name:
            return str(Path(self._kubeconfig.base, name))
        found = shutil.which(name, path=self._environ.get("PATH", os.defpath))
        if found is None:
            raise ExecError(f"exec: executable {name} not found{self._hint()}")
        return found

    def _hint(self) -> str:
        hint = text(self._settings, "installHint")
        return f": {hint}" if hint else ". It is a credential plugin that the kubeconfig names: install it."

    def _spec(self) -> Manifest:
        spec: Manifest = {"interactive": False}
        if self._settings.get("provideClusterInfo") is True:
            spec["cluster"] = self._cluster()
        return spec

    def _cluster(self) -> Manifest:
        """The cluster's entry, as plugins read it: with the certificate inside, its extension as `config`."""
        config = self._kubeconfig.config
        context = named(config, "contexts", text(config, "current-context"))
        entry = mapping(named(config, "clusters", text(context, "context", "cluster")), "cluster")
        given = {key: entry[key] for key in _OF_CLUSTER if key in entry}
        file = text(entry, "certificate-authority")
        if file and "certificate-authority-data" not in given:
            pem = Path(self._kubeconfig.base, file).read_bytes()
            given["certificate-authority-data"] = base64.b64encode(pem).decode()
        extension = named({"of": entry.get("extensions") or []}, "of", EXTENSION)
        return {**given, "config": extension["extension"]} if extension else given

    def _read(self, output: str) -> Credential:
        version = text(self._settings, "apiVersion")
        try:
            answer: object = json.loads(output)
        except ValueError as error:
            raise ExecError(f"exec: the plugin printed no ExecCredential: {error}") from error
        given = cast("Manifest", answer) if isinstance(answer, dict) else {}
        if text(given, "kind") != "ExecCredential":
            raise ExecError(
                f"exec: the plugin printed kind {text(given, 'kind')!r} in place of ExecCredential"
            )
        if text(given, "apiVersion") != version:
            raise ExecError(
                f"exec plugin is configured to use API version {version}, plugin returned version "
                f"{text(given, 'apiVersion')}"
            )
        status = mapping(given, "status")
        if not status:
            raise ExecError("exec plugin didn't return a status field")
        token, certificate = text(status, "token"), text(status, "clientCertificateData")
        key = text(status, "clientKeyData")
        if not (token or certificate or key):
            raise ExecError("exec plugin didn't return a token or cert/key pair")
        if bool(certificate) != bool(key):
            raise ExecError("exec plugin returned only certificate or key, not both")
        return Credential(token, certificate, key, _moment(text(status, "expirationTimestamp")))


def _moment(timestamp: str) -> datetime | None:
    if not timestamp:
        return None
    try:
        return datetime.fromisoformat(timestamp).astimezone(UTC)
    except ValueError as error:
        raise ExecError(f"exec: expirationTimestamp {timestamp!r} is no time") from error
