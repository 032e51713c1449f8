"""The program and its configuration: mistakes end it before anything is registered; secrets stay secret."""

import runpy
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
import yaml

from tests.deployments import Deployment, deploy
from tests.projects import CART, PROJECT, STACK, write_project

PROGRAM = Path(__file__).parents[2] / "__main__.py"
KUBECONFIG = "current-context: it\ncontexts: [{name: it}]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(PROGRAM, write_project(tmp_path))
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config_of(stack: str = STACK) -> dict[str, Any]:
    """What the engine gives the program for a stack file and the project of `tests/projects.py`."""
    shared = yaml.safe_load(PROJECT)["config"]
    return {key: described["value"] for key, described in shared.items()} | yaml.safe_load(stack)["config"]


def run(project: Path, config: Mapping[str, object], secret_keys: tuple[str, ...] = ()) -> Deployment:
    return deploy(lambda: runpy.run_path(str(project / PROGRAM.name)), config=config, secret_keys=secret_keys)


def refusal(project: Path, config: Mapping[str, object], secret_keys: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(pulumi.RunError) as caught:
        run(project, config, secret_keys)
    return str(caught.value).splitlines()


def test_a_mistake_is_told_by_a_run_error_which_pulumi_prints_without_a_traceback(project: Path) -> None:
    stack = STACK.replace("release: v1", "release: 1.10")
    (project / "Pulumi.test.yaml").write_text(stack)
    assert refusal(project, config_of(stack)) == [
        "the configuration of stack test is wrong:",
        (
            "Pulumi.test.yaml:6:12  config.flotilla:services.cart.release: expected text, "
            'found the number 1.1. Write it in quotes: "1.10".'
        ),
    ]


def test_the_program_takes_what_the_engine_gives_not_what_the_file_says(project: Path) -> None:
    config = config_of(STACK.replace("release: v1", "release: v9"))
    assert run(project, config).exports["services"]["cart"]["release"] == "v9"


def test_a_mistake_from_elsewhere_than_the_file_has_the_nearest_place(project: Path) -> None:
    config = config_of()
    cast("dict[str, Any]", config["flotilla:services"])["cart"]["replica"] = 2
    (found,) = refusal(project, config)[1:]
    assert found.startswith(
        'Pulumi.test.yaml:6:5  config.flotilla:services.cart.replica: unknown key; did you mean "replicas"?'
    )


def test_a_wrong_project_is_placed_in_its_file(project: Path) -> None:
    config = config_of()
    config["flotilla:project"] = {
        **cast("dict[str, str]", config["flotilla:project"]),
        "registry": "https://x",
    }
    (found,) = refusal(project, config)[1:]
    assert found.startswith("Pulumi.yaml:5:50  config.flotilla:project.value.registry: ")


def test_a_missing_kubeconfig_is_told_without_a_traceback(project: Path) -> None:
    (project / "kubeconfig").unlink()
    (found,) = refusal(project, config_of())
    assert found.startswith("cluster main: kubeconfig kubeconfig cannot be read: No such file or directory.")


SECRETS = "flotilla:secrets"


def test_a_secret_reaches_the_pods_and_stands_nowhere_but_in_its_secret(project: Path) -> None:
    (project / "services" / "cart.yaml").write_text(CART + "secrets: [TOKEN]\n")
    config = config_of() | {SECRETS: {"cart": {"TOKEN": "marker-of-a-secret"}}}
    deployment = run(project, config, (SECRETS,))
    holders = [each for each in deployment.registrations if "marker-of-a-secret" in repr(each)]
    assert [each.label for each in holders] == ["kubernetes:core/v1:Secret cart-secrets"]
    assert holders[0].inputs["stringData"] == {"TOKEN": "marker-of-a-secret"}
    assert holders[0].secrets == {"stringData"}
    assert "marker-of-a-secret" not in repr(deployment.exports)


def test_plain_secrets_are_refused_without_being_repeated(project: Path) -> None:
    (project / "services" / "cart.yaml").write_text(CART + "secrets: [TOKEN]\n")
    found = refusal(project, config_of() | {SECRETS: {"cart": {"TOKEN": "marker-of-a-secret"}}})
    assert "config.flotilla:secrets.cart.TOKEN: is plain text." in found[1]
    assert "marker-of-a-secret" not in "\n".join(found)


def test_an_encrypted_key_other_than_the_secrets_is_refused(project: Path) -> None:
    found = refusal(project, config_of(), ("flotilla:services",))
    assert "config.flotilla:services: an encrypted value where none belongs." in found[1]


def test_a_second_cluster_leaves_the_names_of_the_first_alone(project: Path) -> None:
    before = run(project, config_of())
    config = config_of()
    clusters = cast("dict[str, dict[str, str]]", config["flotilla:clusters"])
    clusters["dr"] = {**clusters["main"], "identifier": "dc2"}
    after = run(project, config)
    assert set(before.labels) < set(after.labels)
    added = after.get("kubernetes:apps/v1:Deployment cart-dr")
    assert added.inputs["metadata"]["name"] == "cart"
    assert "pulumi:providers:kubernetes::dr" in added.provider
    assert after.exports["services"]["cart-dr"]["cluster"] == "dr"
    assert set(after.exports["clusters"]) == {"main", "dr"}
