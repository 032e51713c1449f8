"""Where the kubeconfig of a stack's cluster lies."""

from pathlib import Path

from components.config import Stack
from components.errors import listing, nearest
from flotilla.errors import Exit, FlotillaError
from flotilla.sandbox.workspace import Sandbox


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
    kubeconfig = stack.clusters[name].spec["kubeconfig"]
    if "\n" in kubeconfig or kubeconfig.lstrip().startswith("{"):
        return _written(project, stack_name, name, kubeconfig)
    path = (project / Path(kubeconfig).expanduser()).absolute()
    if not path.exists():
        raise FlotillaError(
            f"{path}, the kubeconfig of cluster {name}, does not exist.",
            "Bring the sandbox up: flotilla up" if ".flotilla" in path.parts else "Put it there.",
        )
    return path


def _written(project: Path, stack_name: str, cluster: str, contents: str) -> Path:
    directory = Sandbox.of(project).directory / "kubeconfigs"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{stack_name}-{cluster}"
    path.touch(mode=0o600)
    path.write_text(contents, encoding="utf-8")
    return path
