"""That no resource of a stack can fall to a provider with whatever credentials are around."""

from collections.abc import Iterable, Iterator, Mapping

from components.config.clouds import CLOUDS
from components.config.keys import DISABLED_PROVIDERS, path_of
from components.config.sources import Sources
from components.document import is_list, is_map
from components.errors import Problem

ALL = ("aws", "azure-native", "gcp", "kubernetes")
"""The packages whose default providers would take their credentials from the surroundings."""


def default_provider_problems(sources: Sources, cluster_types: Iterable[str]) -> Iterator[Problem]:
    """Packages of a stack whose default providers are not disabled.

    Pulumi gives a resource without a provider of its own the package's default one, and that takes the
    credentials of whoever runs `pulumi up`. Components name their providers; this keeps everything else from
    landing in a cluster or an account that was not meant.

    Args:
        sources: The stack's documents. What a stack says replaces what `Pulumi.yaml` says for all stacks.
        cluster_types: The types of its clusters.
    """
    path = path_of(DISABLED_PROVIDERS)
    said = _config(sources.stack.data).get(DISABLED_PROVIDERS)
    if said is None:
        shared = _config(sources.project.data).get(DISABLED_PROVIDERS)
        said = shared.get("value") if is_map(shared) else shared
    needed = sorted({"kubernetes", *(CLOUDS[kind].provider for kind in cluster_types if kind in CLOUDS)})
    whole = f"{{ value: [{', '.join(ALL)}] }}"
    document = sources.stack if sources.stack.depth(path) == len(path) else sources.project
    if said is None:
        cure = f"Add it to config of Pulumi.yaml, for all stacks: {DISABLED_PROVIDERS}: {whole}."
        yield sources.project.located(Problem(path, "is missing", cure))
    elif not is_list(said):
        yield document.located(Problem(path, "expected a list", f"Write [{', '.join(needed)}]."))
    elif "*" not in said and (missing := [package for package in needed if package not in said]):
        cure = f"Add {', '.join(missing)}, or remove the key here and say it in Pulumi.yaml: {whole}."
        what = (
            f"leaves out {', '.join(missing)}, so that a resource without a provider would be made "
            "with whatever credentials are around"
        )
        yield document.located(Problem(path, what, cure))


def _config(data: object) -> Mapping[str, object]:
    config = data.get("config") if is_map(data) else None
    return config if is_map(config) else {}
