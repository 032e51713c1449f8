"""The provider's options: from its inputs, from the environment, or by default."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flotilla.sandbox.plugin.errors import OperationError

PREFIX = "kubernetes:config:"


@dataclass(frozen=True)
class Options:
    """What the provider was configured with."""

    kubeconfig: str = ""
    """Contents or path; empty for what `KUBECONFIG` names or `~/.kube/config`."""
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    """Where objects go that name no namespace; empty for the context's."""
    server_side_apply: bool = True
    mutable_config_maps: bool = False
    mutable_secrets: bool = False
    force: bool | None = None
    """Whether applies take fields from other managers; None where nobody has said."""
    upsert: bool = False
    """Whether creating takes over an object that is there."""
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    suppress_deprecation_warnings: bool = False
    suppress_hook_warnings: bool = False
    request_timeout: float | None = None
    """Seconds for one request; None for no limit."""


def read_options(variables: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> Options:
    """The options of a Configure request: `kubernetes:config:NAME` to text or JSON.

    An option in `variables` wins over its `PULUMI_K8S_…` variable.

    Raises:
        OperationError: a value cannot be read.
    """

    def text(name: str) -> str:
        return variables.get(PREFIX + name, "")

    def flag(name: str, variable: str, *, default: bool = False) -> bool:
        value = variables.get(PREFIX + name, environ.get(variable))
        return default if value is None else value == "true"

    return Options(
        kubeconfig=text("kubeconfig"),
        context=text("context"),
        cluster=text("cluster"),
        namespace=text("namespace"),
        server_side_apply=flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True),
        mutable_config_maps=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        mutable_secrets=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        force=_force(variables, environ),
        upsert=flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_update_unreachable=flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        suppress_deprecation_warnings=flag(
            "suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"
        ),
        suppress_hook_warnings=flag("suppressHelmHookWarnings", "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS"),
        request_timeout=_request_timeout(variables, environ),
    )


def _force(variables: Mapping[str, str], environ: Mapping[str, str]) -> bool | None:
    value = variables.get(PREFIX + "enablePatchForce", environ.get("PULUMI_K8S_ENABLE_PATCH_FORCE"))
    return None if value is None else value == "true"


def _request_timeout(variables: Mapping[str, str], environ: Mapping[str, str]) -> float | None:
    """`kubeClientSettings.timeout`; its `burst` and `qps` set bounds that this provider never needs."""
    settings = variables.get(PREFIX + "kubeClientSettings", "")
    value: object = environ.get("PULUMI_K8S_CLIENT_TIMEOUT")
    try:
        parsed: object = json.loads(settings) if settings else {}
        if isinstance(parsed, dict):
            value = cast("dict[str, object]", parsed).get("timeout", value)
        return float(str(value)) if value is not None else None
    except ValueError as error:
        raise OperationError(f"kubeClientSettings cannot be read: {error}") from error
