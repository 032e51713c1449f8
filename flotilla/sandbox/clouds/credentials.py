"""The credential plugins of kubeconfigs of EKS, GKE and AKS: `aws`, `gke-gcloud-auth-plugin`, `kubelogin`.

Run as `python -m flotilla.sandbox.clouds.credentials NAME WORKSPACE ARGUMENTS…`. They print an ExecCredential
with a token that the workspace's control planes check, and refuse wrong arguments as the real ones do. What
they accept was read in the sources of aws-cli (customizations/eks/get_token.py), cloud-provider-gcp
(cmd/gke-gcloud-auth-plugin) and kubelogin (pkg/internal/token/options.go). Only the standard library is used,
and little of it: every `kubectl` starts one of them.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from flotilla.sandbox.clouds.tokens import token

GROUP = "client.authentication.k8s.io"
V1, V1BETA1 = f"{GROUP}/v1", f"{GROUP}/v1beta1"

AKS_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application of every AKS cluster in Entra, as Microsoft publishes it."""

LOGINS = (
    "devicecode",
    "interactive",
    "spn",
    "ropc",
    "msi",
    "azurecli",
    "azd",
    "workloadidentity",
    "azurepipelines",
)
"""The login methods of kubelogin."""

ASKING = ("devicecode", "interactive")
"""Those of them that ask a person."""

Environment = Mapping[str, str]


class RefusedError(Exception):
    """A plugin does not give a credential."""

    def __init__(self, reason: str, exit_code: int = 1) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Call:
    """How a plugin was called."""

    workspace: Path
    arguments: Sequence[str]
    environment: Environment


def credential(name: str, call: Call) -> str:
    """What the plugin of that name prints: an ExecCredential in JSON.

    Raises:
        RefusedError: it gives none.
    """
    return json.dumps(PLUGINS[name](call), indent=2)


def aws(call: Call) -> dict[str, object]:
    """`aws eks get-token`."""
    if list(call.arguments[:2]) != ["eks", "get-token"]:
        words = " ".join(["aws", *call.arguments[:2]])
        raise RefusedError(
            f"{words}: this is the sandbox's aws, which plays only "
            "`aws eks get-token --cluster-name NAME --region REGION`. "
            "For anything else use the real one, in a shell without the sandbox's programs.",
            252,
        )
    known = (
        "--cluster-name",
        "--cluster-id",
        "--region",
        "--role-arn",
        "--session-name",
        "--output",
        "--profile",
    )
    options = _options(call.arguments[2:], known, lambda word: RefusedError(f"Unknown options: {word}", 252))
    cluster = options.get("--cluster-name") or options.get("--cluster-id")
    role = options.get("--role-arn")
    if not cluster:
        raise RefusedError("Either parameter --cluster-name or --cluster-id must be specified.", 255)
    if not (
        options.get("--region")
        or call.environment.get("AWS_REGION")
        or call.environment.get("AWS_DEFAULT_REGION")
    ):
        raise RefusedError(
            'You must specify a region. You can also configure your region by running "aws configure".', 253
        )
    if role is not None and not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", role):
        raise RefusedError(
            f"An error occurred (ValidationError) when calling the AssumeRole operation: {role} is invalid",
            254,
        )
    if options.get("--output", "json") != "json":
        raise RefusedError(f"The sandbox's aws prints JSON only, not {options['--output']}.", 252)
    asked = _asked_version(call.environment)
    version = asked if asked in {V1, V1BETA1} else V1BETA1
    return _credential(version, token(call.workspace, "aws", cluster), timedelta(minutes=14), {})


def gke_gcloud_auth_plugin(call: Call) -> dict[str, object]:
    """`gke-gcloud-auth-plugin`: it answers in v1beta1, whatever it is asked for."""
    flags = ("use_application_default_credentials", "use_edge_cloud", "use_iam_token")
    named = ("impersonate_service_account", "location", "cluster", "project")
    for argument in call.arguments:
        flag = argument.lstrip("-").partition("=")[0]
        if not argument.startswith("-") or flag not in {*flags, *named}:
            raise RefusedError(f"unknown flag: {argument}")
    return _credential(V1BETA1, token(call.workspace, "gcp"), timedelta(hours=1), {"interactive": False})


def kubelogin(call: Call) -> dict[str, object]:
    """`kubelogin get-token`."""
    if list(call.arguments[:1]) != ["get-token"]:
        words = " ".join(["kubelogin", *call.arguments[:1]])
        raise RefusedError(
            f"{words}: this is the sandbox's kubelogin, which plays only `kubelogin get-token`."
        )
    options = _options(
        _long(call.arguments[1:]),
        KUBELOGIN_OPTIONS,
        lambda word: RefusedError(f"Error: unknown flag: {word}"),
    )
    login = call.environment.get("AAD_LOGIN_METHOD") or options.get("--login", "devicecode")
    if login not in LOGINS:
        raise RefusedError(
            f"Error: '{login}' is not a supported login method. "
            f"Supported method is one of {', '.join(LOGINS)}"
        )
    if login in ASKING:
        raise RefusedError(
            f"Error: the login method {login} asks a person to sign in, which nobody can do here; "
            "in a pipeline it would hang. Name another by --login: azurecli, workloadidentity, spn or msi."
        )
    _check_application(options, login, call.environment)
    asked = _asked_version(call.environment) or V1BETA1
    if asked not in {V1, V1BETA1}:
        raise RefusedError(f"Error: api version: {asked} is not supported")
    return _credential(
        asked, token(call.workspace, "azure-native"), timedelta(hours=1), {"interactive": False}
    )


KUBELOGIN_OPTIONS = (
    "--authority-host",
    "--client-certificate",
    "--client-id",
    "--client-secret",
    "--environment",
    "--federated-token-file",
    "--identity-resource-id",
    "--login",
    "--server-id",
    "--tenant-id",
    "--timeout",
    "--token-cache-dir",
)

PLUGINS: Mapping[str, Callable[[Call], dict[str, object]]] = {
    "aws": aws,
    "gke-gcloud-auth-plugin": gke_gcloud_auth_plugin,
    "kubelogin": kubelogin,
}


def _check_application(options: Mapping[str, str], login: str, environment: Environment) -> None:
    server = options.get("--server-id", "")
    if not server:
        raise RefusedError("Error: server-id is required")
    if server != AKS_SERVER:
        raise RefusedError(
            f"Error: failed to get token: AADSTS500011: The resource principal named {server} was not found "
            f"in the tenant. The application of AKS is {AKS_SERVER}."
        )
    has_client = (
        options.get("--client-id")
        or environment.get("AAD_SERVICE_PRINCIPAL_CLIENT_ID")
        or environment.get("AZURE_CLIENT_ID")
    )
    has_tenant = options.get("--tenant-id") or environment.get("AZURE_TENANT_ID")
    if login == "spn" and not has_client:
        raise RefusedError("Error: client-id cannot be empty")
    if login == "spn" and not has_tenant:
        raise RefusedError("Error: tenant-id cannot be empty")


def _long(arguments: Sequence[str]) -> list[str]:
    short = {"-l": "--login", "-t": "--tenant-id", "-e": "--environment"}
    return [short.get(argument, argument) for argument in arguments]


def _options(
    arguments: Sequence[str], known: Sequence[str], unknown: Callable[[str], RefusedError]
) -> dict[str, str]:
    """The values of `--option value` and `--option=value`."""
    options: dict[str, str] = {}
    rest = iter(arguments)
    for word in rest:
        name, has_value, value = word.partition("=")
        if name not in known:
            raise unknown(word)
        options[name] = value if has_value else next(rest, "")
    return options


def _asked_version(environment: Environment) -> str:
    """The version of ExecCredential that the client asks for; empty if it asks for none."""
    try:
        asked: object = json.loads(environment.get("KUBERNETES_EXEC_INFO") or "{}")
    except ValueError as error:
        raise RefusedError(f"KUBERNETES_EXEC_INFO is not JSON: {error}") from error
    return str(cast("dict[str, object]", asked).get("apiVersion", "")) if isinstance(asked, dict) else ""


def _credential(version: str, bearer: str, lifetime: timedelta, spec: dict[str, object]) -> dict[str, object]:
    expiry = (datetime.now(UTC) + lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "kind": "ExecCredential",
        "apiVersion": version,
        "spec": spec,
        "status": {"expirationTimestamp": expiry, "token": bearer},
    }


def main(arguments: Sequence[str], environment: Environment) -> int:
    """Play the plugin that the arguments name; the exit code."""
    name, workspace, *rest = arguments
    try:
        print(credential(name, Call(Path(workspace), rest, environment)))
    except RefusedError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"The sandbox {workspace} has no credentials: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
