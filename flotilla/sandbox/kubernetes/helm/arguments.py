"""The inputs of a release as arguments of helm's commands."""

from flotilla.sandbox.kubernetes.helm.chart import ChartSource
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, number, text

DEFAULT_TIMEOUT = 300
"""Seconds helm waits where the inputs don't say (pulumi-kubernetes, provider/helm_release.go)."""
VALUES_FROM_STDIN = ("--values", "-")

BOTH = {
    "atomic": "--atomic",
    "dependencyUpdate": "--dependency-update",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "forceUpdate": "--force",
    "renderSubchartNotes": "--render-subchart-notes",
    "skipCrds": "--skip-crds",
    "takeOwnership": "--take-ownership",
}
INSTALL = BOTH | {
    "createNamespace": "--create-namespace",
    "disableWebhooks": "--no-hooks",
    "replace": "--replace",
}
UPGRADE = BOTH | {
    "cleanupOnFail": "--cleanup-on-fail",
    "disableCRDHooks": "--no-hooks",
    "recreatePods": "--recreate-pods",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
}
TEMPLATE = {"dependencyUpdate": "--dependency-update", "disableWebhooks": "--no-hooks"}


def install(inputs: Manifest, source: ChartSource, timeout: float | None) -> list[str]:
    """`helm install …`; the values come on stdin."""
    return [*_command("install", inputs, source), *_flags(inputs, INSTALL), *_waiting(inputs, timeout)]


def upgrade(inputs: Manifest, source: ChartSource, timeout: float | None) -> list[str]:
    """`helm upgrade …`; the values come on stdin."""
    history = ["--history-max", str(number(inputs, "maxHistory"))]
    return [
        *_command("upgrade", inputs, source),
        *_flags(inputs, UPGRADE),
        *history,
        *_waiting(inputs, timeout),
    ]


def template(inputs: Manifest, source: ChartSource, kube_version: str) -> list[str]:
    """`helm template …`, without asking any cluster; the values come on stdin."""
    crds = [] if dig(inputs, "skipCrds") is True else ["--include-crds"]
    version = ["--kube-version", kube_version] if kube_version else []
    return [*_command("template", inputs, source), *_flags(inputs, TEMPLATE), *crds, *version]


def uninstall(release: Manifest, timeout: float | None) -> list[str]:
    """`helm uninstall …`; a release that is gone is fine."""
    waits = dig(release, "atomic") is True or dig(release, "skipAwait") is not True
    waiting = ["--wait", *_timeout(release, timeout)] if waits else []
    return ["uninstall", text(release, "name"), "--ignore-not-found", *waiting]


def _command(verb: str, inputs: Manifest, source: ChartSource) -> list[str]:
    command = [verb, text(inputs, "name"), source.reference, *source.arguments, *VALUES_FROM_STDIN]
    if verb != "template" and text(inputs, "description"):
        command += ["--description", text(inputs, "description")]
    if text(inputs, "postrender"):
        command += ["--post-renderer", text(inputs, "postrender")]
    return command


def _flags(inputs: Manifest, known: dict[str, str]) -> list[str]:
    return [flag for key, flag in known.items() if dig(inputs, key) is True]


def _waiting(inputs: Manifest, timeout: float | None) -> list[str]:
    if dig(inputs, "skipAwait") is True:
        return []
    jobs = ["--wait-for-jobs"] if dig(inputs, "waitForJobs") is True else []
    return ["--wait", *jobs, *_timeout(inputs, timeout)]


def _timeout(inputs: Manifest, timeout: float | None) -> list[str]:
    seconds = timeout or number(inputs, "timeout") or DEFAULT_TIMEOUT
    return ["--timeout", f"{seconds:.0f}s"]
