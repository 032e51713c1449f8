"""Kubeconfigs: where they come from, and whether they hold what is asked for."""

from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, cast

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict


class _Named(TypedDict):
    name: str


_Kubeconfig = with_config(ConfigDict(extra="ignore"))(
    TypedDict(
        "_Kubeconfig",
        {"contexts": list[_Named], "current-context": NotRequired[str]},
    )
)


def is_path(kubeconfig: str) -> bool:
    """Whether a kubeconfig is given by its path; contents have more than one line, or are JSON."""
    return "\n" not in kubeconfig and not kubeconfig.lstrip().startswith("{")


def kubeconfig_contents(kubeconfig: str, context: str = "", directory: str = "") -> str:
    """The contents of a kubeconfig that is given by its path or as its contents.

    Args:
        kubeconfig: A path or contents.
        context: The context that has to be in it; empty for its current one.
        directory: Where a relative path begins; empty for the working directory.

    Raises:
        ValueError: the file cannot be read, is no kubeconfig, or lacks the context; the text says the cure.
    """
    what = f"kubeconfig {kubeconfig}" if is_path(kubeconfig) else "the given kubeconfig"
    contents = _read(kubeconfig, directory) if is_path(kubeconfig) else kubeconfig
    try:
        parsed = TypeAdapter(_Kubeconfig).validate_python(yaml.safe_load(contents))
    except (yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{what} is not a kubeconfig. `kubectl config view --raw` shows one.") from error
    names = [entry["name"] for entry in parsed["contexts"]]
    wanted = context or parsed.get("current-context", "")
    if wanted not in names:
        missing = f"has no context {wanted}" if wanted else "has no current context"
        raise ValueError(
            f"{what} {missing}. Name one of its contexts: {', '.join(names) or 'there are none'}."
        )
    return contents


def with_current_context(contents: str, context: str) -> str:
    """A kubeconfig with another current context; as it is where `context` is empty."""
    if not context:
        return contents
    kubeconfig = cast("dict[str, object]", yaml.safe_load(contents))
    return yaml.safe_dump({**kubeconfig, "current-context": context}, sort_keys=False)


def exec_kubeconfig(
    name: str, cluster: Mapping[str, object], plugin: Mapping[str, object]
) -> dict[str, object]:
    """A kubeconfig that holds no credential: a program is asked for one when it is needed.

    Args:
        name: What cluster, user and context are called.
        cluster: Where the cluster is: `server`, `certificate-authority-data`.
        plugin: The program, its arguments, and how to get it, in Kubernetes' own words.
    """
    credential = {"apiVersion": "client.authentication.k8s.io/v1beta1", **plugin}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"exec": credential}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }


def _read(path: str, directory: str) -> str:
    try:
        return Path(directory, Path(path).expanduser()).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(
            f"kubeconfig {path} cannot be read: {error.strerror}. Put the cluster's kubeconfig there; "
            "the sandbox's is made by `make up`."
        ) from error
