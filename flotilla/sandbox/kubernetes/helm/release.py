"""Helm releases as resources: `kubernetes:helm.sh/v3:Release`."""

import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from typing import Protocol, cast

from flotilla.sandbox.kubernetes import awaiting
from flotilla.sandbox.kubernetes.errors import ApiError, UnreachableError
from flotilla.sandbox.kubernetes.helm import arguments
from flotilla.sandbox.kubernetes.helm.binary import MISSING, Helm, find_helm
from flotilla.sandbox.kubernetes.helm.chart import chart_source
from flotilla.sandbox.kubernetes.helm.error import HelmError
from flotilla.sandbox.kubernetes.helm.manifests import checksum, objects, resource_names
from flotilla.sandbox.kubernetes.helm.values import ValuesError, merged_values
from flotilla.sandbox.kubernetes.manifest import (
    Manifest,
    api_version,
    dig,
    kind,
    mapping,
    name,
    namespace,
    number,
    text,
)
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.plugin.protocol import Properties, Secret, has_unknown

REPLACES = ("name", "namespace")
"""A release cannot be renamed or moved; everything else is an upgrade."""
RANDOM_DIGITS = 8
CURES = {
    "cannot re-use a name": "A release of that name is there already: import it, or choose another name",
    "another operation": "A helm that was killed has left it so: `helm rollback` or `helm uninstall` it",
}
"""What to do about errors of helm, by what they contain."""
SHORTEST_SECRET = 4
"""Shorter secrets are left standing in messages: hiding `1` or `yes` would make them unreadable."""


class Answering(awaiting.Reader, Protocol):
    """A cluster that tells its version too."""

    def version(self) -> tuple[int, int]:
        """(1, 36)."""
        ...


class HelmRelease:
    """Checks, installs, upgrades, reads and uninstalls releases of one cluster with the helm binary.

    Args:
        kubeconfig: its contents.
        context: the context in it; None for the current one.
        namespace: where releases go whose inputs don't say.
        cluster: the same cluster, to find out why objects of a release are not ready; None: not found out.
        cancelled: ends the helm that is running.

    Inputs may hold `Secret` and, in `check` and `diff`, unknowns; what comes back is plain.
    """

    def __init__(
        self,
        kubeconfig: str,
        context: str | None,
        namespace: str,
        *,
        cluster: Answering | None = None,
        cancelled: threading.Event | None = None,
    ) -> None:
        self._helm = Helm(kubeconfig, context, cancelled or threading.Event())
        self._namespace = namespace or "default"
        self._cluster = cluster

    def check(
        self, logical_name: str, old: Properties, new: Properties, seed: bytes
    ) -> tuple[Properties, list[tuple[str, str]]]:
        """The whole inputs, and what is wrong with them as pairs of property and reason.

        Name, namespace and timeout are filled in; value files become part of `values`; the templates are
        rendered for their checksum, so that a changed chart is a difference. Nothing is rendered while
        anything is unknown.
        """
        inputs = plain(new)
        inputs["name"] = inputs.get("name") or text(plain(old), "name") or _random_name(logical_name, seed)
        inputs["namespace"] = inputs.get("namespace") or self._namespace
        if dig(inputs, "skipAwait") is not True:
            inputs.setdefault("timeout", arguments.DEFAULT_TIMEOUT)
        if find_helm() is None:
            return inputs, [("chart", MISSING)]
        if has_unknown(inputs):
            return inputs, []
        try:
            values = merged_values(inputs)
        except ValuesError as error:
            return inputs, [("valueYamlFiles", str(error))]
        inputs.pop("valueYamlFiles", None)
        if values:
            inputs["values"] = values
        try:
            rendered = self._render(inputs)
        except HelmError as error:
            reason = f"{_hidden(str(error), new)}; check the chart name and repository configuration"
            return inputs, [("chart", reason)]
        return {**inputs, "checksum": checksum(rendered), "resourceNames": resource_names(rendered)}, []

    def diff(self, old_inputs: Properties, new: Properties) -> tuple[list[str], list[str]]:
        """The inputs that differ, and those of them that make a new release necessary."""
        before, after = plain(old_inputs), plain(new)
        changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        return changed, [key for key in changed if key in REPLACES]

    def create(self, inputs: Properties, *, preview: bool, timeout: float | None) -> tuple[str, Properties]:
        """Install a release and wait for it; its id `namespace/name` and outputs. A preview installs nothing.

        Raises:
            HelmError: it was not installed, or (with outputs) did not get ready.
        """
        release = plain(inputs)
        if not preview:
            release = self._apply("install", release, inputs, timeout)
        return f"{text(release, 'namespace')}/{text(release, 'name')}", release

    def update(self, inputs: Properties, *, preview: bool, timeout: float | None) -> Properties:
        """Upgrade a release and wait for it; its outputs. A preview upgrades nothing.

        Raises:
            HelmError: it was not upgraded, or (with outputs) did not get ready.
        """
        release = plain(inputs)
        return release if preview else self._apply("upgrade", release, inputs, timeout)

    def read(self, identity: str, inputs: Properties | None) -> tuple[Properties, Properties] | None:
        """Inputs and outputs of a release as it is now; None if there is none. Without inputs it is imported.

        Raises:
            HelmError: helm cannot tell.
        """
        space, _, called = identity.rpartition("/")
        release: Manifest = (
            {"name": called, "namespace": space or self._namespace} if inputs is None else plain(inputs)
        )
        found = self._metadata(release)
        if found is None:
            return None
        if inputs is None:
            release |= {
                "chart": text(found, "chart"),
                "version": text(found, "version"),
                "values": self._values(release),
            }
        return release, self._outputs(release, found)

    def delete(self, outputs: Properties, *, timeout: float | None) -> None:
        """Uninstall a release and wait until its objects are gone; one that is gone is fine.

        Raises:
            HelmError: it could not be uninstalled.
        """
        release = plain(outputs)
        self._helm.run(arguments.uninstall(release, timeout), namespace=text(release, "namespace"))

    def _apply(self, verb: str, release: Manifest, marked: Properties, timeout: float | None) -> Properties:
        source = chart_source(release)
        command = (arguments.install if verb == "install" else arguments.upgrade)(release, source, timeout)
        before = self._metadata(release)
        try:
            self._helm.run(
                command,
                namespace=text(release, "namespace"),
                stdin=json.dumps(mapping(release, "values")),
                files=source.files,
                before=source.before,
            )
        except HelmError as error:
            raise self._failure(verb, release, before, _hidden(str(error), marked)) from error
        found = self._metadata(release)
        if found is None:
            raise HelmError(f"Helm {verb} of {_called(release)} ended well, but there is no such release")
        return self._outputs(release, found)

    def _failure(self, verb: str, release: Manifest, before: Manifest | None, reason: str) -> HelmError:
        """The error of a command that failed: with outputs if it has left a new revision behind."""
        found = self._metadata(release)
        if found is None or (before is not None and number(found, "revision") == number(before, "revision")):
            cure = next((f". {cure}" for error, cure in CURES.items() if error in reason), "")
            return HelmError(f"Helm {verb} of release {_called(release)} failed: {reason}{cure}")
        done = "was created, but failed" if verb == "install" else "failed"
        message = f"Helm release {_called(release)} {done} to become ready: {reason}"
        return HelmError(message, self._outputs(release, found), self._causes(release))

    def _causes(self, release: Manifest) -> list[str]:
        """Why objects of the release are not ready."""
        if self._cluster is None:
            return []
        causes: list[str] = []
        for obj in objects(self._manifest(release)):
            space = namespace(obj) or text(release, "namespace")
            try:
                live = self._cluster.get(api_version(obj), kind(obj), name(obj), space)
                found = awaiting.look(self._cluster, live, obj) if live else ["it is not there"]
            except (ApiError, UnreachableError) as error:
                found = [f"nothing can be found out: {error}"]
            causes += [f"{kind(obj)} {name(obj)}: {cause}" for cause in found]
        return causes

    def _render(self, inputs: Manifest) -> str:
        source = chart_source(inputs)
        values = json.dumps(mapping(inputs, "values"))
        where = text(inputs, "namespace")
        if dig(inputs, "lint") is True:
            lint = ["lint", source.reference, *arguments.VALUES_FROM_STDIN]
            self._helm.run(lint, namespace=where, stdin=values)
        command = arguments.template(inputs, source, self._kube_version())
        return self._helm.run(
            command, namespace=where, stdin=values, files=source.files, before=source.before
        )

    def _kube_version(self) -> str:
        """The cluster's version for charts that ask for it; empty where the cluster cannot tell."""
        if self._cluster is None:
            return ""
        try:
            return ".".join(map(str, self._cluster.version()))
        except (ApiError, UnreachableError):
            return ""

    def _metadata(self, release: Manifest) -> Manifest | None:
        try:
            printed = self._get("metadata", release, "--output", "json")
        except HelmError as error:
            if "not found" in str(error):
                return None
            raise
        return cast("Manifest", json.loads(printed))

    def _values(self, release: Manifest) -> Manifest:
        return mapping(json.loads(self._get("values", release, "--output", "json")))

    def _manifest(self, release: Manifest) -> str:
        return self._get("manifest", release)

    def _get(self, what: str, release: Manifest, *more: str) -> str:
        return self._helm.run(
            ["get", what, text(release, "name"), *more], namespace=text(release, "namespace")
        )

    def _outputs(self, release: Manifest, found: Manifest) -> Properties:
        status = {
            key: found.get(key)
            for key in ("appVersion", "chart", "name", "namespace", "revision", "status", "version")
        }
        return {
            **release,
            "version": text(found, "version"),
            "resourceNames": resource_names(self._manifest(release)),
            "status": status,
        }


def _called(release: Manifest) -> str:
    return f"{text(release, 'namespace')}/{text(release, 'name')}"


def _random_name(logical_name: str, seed: bytes) -> str:
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(RANDOM_DIGITS)
    return f"{logical_name}-{digits[:RANDOM_DIGITS]}"


def _hidden(message: str, properties: Properties) -> str:
    """A message without the secrets among the inputs."""
    for secret in sorted(_secret_texts(properties, inside=False), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            message = message.replace(secret, "[secret]")
    return message


def _secret_texts(value: object, *, inside: bool) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _secret_texts(value.value, inside=True)
    elif isinstance(value, Mapping):
        for inner in cast("Mapping[str, object]", value).values():
            yield from _secret_texts(inner, inside=inside)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _secret_texts(inner, inside=inside)
    elif inside and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
