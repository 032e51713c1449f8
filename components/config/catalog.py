"""The catalog: one file for each service, `services/NAME.yaml`."""

from dataclasses import replace
from pathlib import Path

from components.checking import Checker, Elsewhere, keys_of
from components.document import Document, read_document
from components.errors import Problem
from components.naming import dns_label, is_dns_label
from components.types import CatalogService, Deployed

CATALOG = "services"
"""The directory of the catalog, in the project's."""

_CHECKER = Checker(
    CatalogService,
    Elsewhere(
        keys_of(Deployed),
        "each environment says this for itself",
        "Move it to flotilla:services in the stack file, beside release.",
    ),
)


def read_catalog(project: Path) -> tuple[dict[str, Document], dict[str, CatalogService], list[Problem]]:
    """Read and check every file of the catalog.

    Args:
        project: The directory with `Pulumi.yaml`.

    Returns:
        The documents by service, the services as far as they can be understood, and all problems.
    """
    documents: dict[str, Document] = {}
    services: dict[str, CatalogService] = {}
    problems: list[Problem] = []
    for file in sorted((project / CATALOG).glob("[!.]*.y*ml")):
        shown = f"{CATALOG}/{file.name}"
        problems += _file_name_problems(file, shown)
        document, unreadable = _read(file, shown)
        documents[file.stem] = document
        problems += unreadable
        if document.data is not None:
            service, wrong = _CHECKER.check(document, document.data)
            problems += wrong
            if service:
                services[file.stem] = service
    return documents, services, problems


def _file_name_problems(file: Path, shown: str) -> list[Problem]:
    if file.suffix != ".yaml":
        cure = f"Rename it: {dns_label(file.stem) or 'NAME'}.yaml."
        return [Problem((), "the file ends in .yml", cure, file=shown, line=1, column=1)]
    if not is_dns_label(file.stem):
        meant = dns_label(file.stem)
        cure = "The file's name is the service's: a-z, 0-9 and -, from a letter, at most 63."
        return [
            Problem(
                (),
                f'"{file.stem}" cannot name a service',
                cure,
                f"{meant}.yaml" if meant else "",
                shown,
                1,
                1,
            )
        ]
    return []


def _read(file: Path, shown: str) -> tuple[Document, list[Problem]]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        problem = Problem((), f"cannot be read: {error.strerror}", "Make it a file you may read.", file=shown)
        return Document(shown, None), [problem]
    except UnicodeDecodeError as error:
        problem = Problem((), f"cannot be read: {error}", "Save it as UTF-8 text.", file=shown)
        return Document(shown, None), [problem]
    document, problems = read_document(shown, text)
    if document.data is None and not problems:
        problems = [
            Problem(
                (),
                "is empty",
                "Begin with the team that answers for it: owner: TEAM",
                file=shown,
                line=1,
                column=1,
            )
        ]
    return document, [replace(problem, file=shown) for problem in problems]
