"""Where the kubeconfig of a stack's cluster lies."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from components.config import Stack
from components.errors import listing, nearest
from flotilla.errors import Exit, FlotillaError
from flotilla.sandbox.workspace import Sandbox

COMMANDS = {
    "eks": "aws eks update-kubeconfig --name {name} --region {region}",
    "gke": "gcloud container clusters get-credentials {name} --location {region} --project {project}",
    "aks": "az aks get-credentials --name {name} --subscription {subscription_id} --resource-group NAME",
}
"""How the clouds' own tools write a kubeconfig, by the type of the cluster."""


def kubeconfig_path(project: Path, stack_name: str, cluster: str | None) -> Path:
    """The kubeconfig file of a cluster; kubeconfigs that a stack holds as text are written to a file first.

    Raises:
        ConfigurationError: the stack is wrong.
        FlotillaError: there is no such cluster, several to choose from, or no kubeconfig yet.
    """
    stack = Stack.read(project, stack_name)
    clusters = list(stack.clusters)
    name = cluster or (clusters[0] if len(clusters) == 1 else None)
    if name is None:
        raise FlotillaError(
            f"The stack {stack_name} has several clusters: {listing(clusters)}.",
            f"Name one: flotilla kubeconfig {stack_name} {clusters[0]}",
            Exit.USAGE,
        )
    if name not in stack.clusters:
        meant = nearest(name, clusters)
        raise FlotillaError(
            f"The stack {stack_name} has no cluster {name!r}"
            + (f"; did you mean {meant!r}?" if meant else f": it has {listing(clusters)}."),
            f"Its clusters stand under flotilla:clusters in Pulumi.{stack_name}.yaml.",
            Exit.USAGE,
        )
    kubeconfig = _kubeconfig_of(stack, name)
    if "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
        return _written(project, stack_name, name, kubeconfig)
    path = (project / Path(kubeconfig).expanduser()).absolute()
    if not path.exists():
        raise FlotillaError(
            f"{path}, the kubeconfig of cluster {name}, does not exist.",
            "Bring the sandbox up: flotilla up" if ".flotilla" in path.parts else "Put it there.",
        )
    return path


def _kubeconfig_of(stack: Stack, name: str) -> str:
    cluster = stack.clusters[name]
    said = cast("Mapping[str, object]", cluster.spec)
    if "kubeconfig" in said:
        return str(said["kubeconfig"])
    filled = {key: str(value) for key, value in said.items()}
    raise FlotillaError(
        f"The kubeconfig of cluster {name} is in no file: the cluster is one of {cluster.type}.",
        f"Get one: {COMMANDS[cluster.type].format_map(filled)}"
        if cluster.type in COMMANDS
        else "Get one as the stack does that owns the cluster.",
        Exit.USAGE,
    )


def _written(project: Path, stack_name: str, cluster: str, contents: str) -> Path:
    directory = Sandbox.of(project).directory / "kubeconfigs"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{stack_name}-{cluster}"
    path.touch(mode=0o600)
    path.write_text(contents, encoding="utf-8")
    return path
