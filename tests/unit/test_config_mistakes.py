"""What users get wrong in catalog and stack files: each is found, placed, explained, and has a cure."""

from pathlib import Path

import pytest

from components import ConfigurationError, Stack
from components.errors import dotted
from tests.projects import CART, PROJECT, STACK, WEB, mistakes, mistakes_in, write_project

SCALED = "autoscaling: {minReplicas: 2, maxReplicas: 3, podMetrics: {requests: '1'}}"


def test_a_project_without_mistakes_is_a_stack(tmp_path: Path) -> None:
    stack = Stack.read(write_project(tmp_path), "test")
    assert stack.name == "test"
    assert stack.environment.get("namespace") == "test"
    assert {name: spec["release"] for name, spec in stack.services.items()} == {"cart": "v1", "web": "v2"}
    assert stack.clusters["main"].type == "existing"


def test_ten_mistakes_in_catalog_and_stack_are_ten_problems_with_file_line_path_cause_and_cure(
    tmp_path: Path,
) -> None:
    stack = """\
config:
  flotilla:environment: {tier: producton}
  flotilla:clusters:
    main: {type: existing, kubeconfig: kubeconfig}
  flotilla:services:
    cart: {release: 1.10}
    web: {release: v2, replica: 2}
    wbe: {release: v1}
  flotilla:secrets:
    cart: {TOKEN: hunter2}
"""
    cart = """\
owner: carts
ports: {grpc: 7070}
secrets: [TOKEN]
probes: {readiness: {grpc: 7071}}
"""
    web = """\
ports: {http: 8080}
uses: [cart]
env: {CART: $(CART_ADRR)}
resources: {requests: {cpu: 100mm}}
"""
    project = write_project(tmp_path, stack=stack, cart=cart, web=web)
    expected = {
        ("Pulumi.test.yaml", 2, "config.flotilla:environment.tier", '"producton" is not possible'),
        ("Pulumi.test.yaml", 4, "config.flotilla:clusters.main.identifier", "is missing"),
        (
            "Pulumi.test.yaml",
            6,
            "config.flotilla:services.cart.release",
            "expected text, found the number 1.1",
        ),
        ("Pulumi.test.yaml", 7, "config.flotilla:services.web.replica", "unknown key"),
        ("Pulumi.test.yaml", 8, "config.flotilla:services.wbe", "not in the catalog"),
        ("Pulumi.test.yaml", 10, "config.flotilla:secrets.cart.TOKEN", "is plain text"),
        ("services/cart.yaml", 4, "probes.readiness.grpc", "port 7071 is not declared"),
        ("services/web.yaml", 1, "owner", "is missing"),
        ("services/web.yaml", 3, "env.CART", "$(CART_ADRR) is defined by nothing"),
        ("services/web.yaml", 4, "resources.requests.cpu", '"100mm" is not a quantity'),
    }
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    problems = caught.value.problems

    assert {
        (problem.file, problem.line, dotted(problem.path), problem.what) for problem in problems
    } == expected
    assert len(problems) == 10
    assert all(problem.cure.endswith((".", "'", '"')) for problem in problems)
    assert [(problem.file, problem.line) for problem in problems] == sorted(
        (problem.file, problem.line) for problem in problems
    )


@pytest.mark.parametrize(("line", "problem"), mistakes_in("catalog file"))
def test_a_mistake_in_a_catalog_file_is_one_problem(tmp_path: Path, line: str, problem: str) -> None:
    found = mistakes(write_project(tmp_path, cart=f"{CART}{line}\n", web=WEB.replace("uses: [cart]\n", "")))
    secrets = [each for each in found if "has no value for its secret" in each]
    assert [each.removeprefix("services/")[: len(problem)] for each in found if each not in secrets] == [
        problem
    ]


@pytest.mark.parametrize(("ports", "problem"), mistakes_in("ports"))
def test_ports_that_cannot_be_are_problems(tmp_path: Path, ports: str, problem: str) -> None:
    assert mistakes(write_project(tmp_path, cart=f"owner: carts\nports: {ports}\n")) == [problem]


@pytest.mark.parametrize(("right", "wrong", "problem"), mistakes_in("stack file"))
def test_a_mistake_in_a_stack_file_is_a_problem(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    assert right in STACK
    found = mistakes(write_project(tmp_path, stack=STACK.replace(right, wrong, 1)))
    assert any(each.startswith(f"Pulumi.test.yaml:{problem}") for each in found), found


@pytest.mark.parametrize(("right", "wrong", "problem"), mistakes_in("project"))
def test_a_mistake_in_the_project_is_a_problem(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    (found,) = mistakes(write_project(tmp_path, project=PROJECT.replace(right, wrong, 1)))
    assert found.startswith(problem)


@pytest.mark.parametrize(("file", "problem"), mistakes_in("catalog file name"))
def test_a_catalog_file_has_the_name_of_a_service(tmp_path: Path, file: str, problem: str) -> None:
    project = write_project(tmp_path)
    (project / "services" / file).write_text("owner: x\n")
    (found,) = mistakes(project)
    assert found.startswith(problem)


def test_an_empty_catalog_file_says_how_to_begin(tmp_path: Path) -> None:
    project = write_project(tmp_path, pay="# to come\n")
    assert mistakes(project) == [
        "services/pay.yaml:1:1  the file: is empty. Begin with the team that answers for it: owner: TEAM"
    ]


def test_a_service_outside_of_the_environment_has_to_be_right_too(tmp_path: Path) -> None:
    project = write_project(tmp_path, pay="owner: pay\nports: {grpc: 0}\n")
    assert mistakes(project) == [
        "services/pay.yaml:2:9  ports.grpc: 0 is not a port. Choose one of 1 to 65535."
    ]


@pytest.mark.parametrize(
    "described",
    [
        "chart: {name: ./charts/pay}",
        "disruptionBudget: {minAvailable: '1'}",
        f"disruptionBudget: {{minAvailable: '1'}}\n{SCALED}",
    ],
)
def test_a_service_outside_of_the_environment_is_wrong_in_nothing_that_environments_say(
    tmp_path: Path, described: str
) -> None:
    project = write_project(tmp_path, pay=f"owner: pay\n{described}\n")
    assert "pay" in Stack.read(project, "test").catalog


def test_a_stack_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"Pulumi.prod.yaml  the file: there is no such stack. There are: test."
    ):
        Stack.read(write_project(tmp_path), "prod")


def test_a_misspelt_service_makes_no_echo_where_it_is_used(tmp_path: Path) -> None:
    web = WEB.replace("[cart]", "[crat]") + "env: {CART: $(CART_ADDR)}\n"
    (found,) = mistakes(write_project(tmp_path, web=web))
    assert 'crat is not in the catalog; did you mean "cart"?' in found


def test_a_file_that_cannot_be_read_makes_no_echo_where_it_is_used(tmp_path: Path) -> None:
    project = write_project(tmp_path, cart="owner: [", web=WEB + "env: {CART: $(CART_ADDR)}\n")
    (found,) = mistakes(project)
    assert found.startswith("services/cart.yaml:2:1  the file: not YAML")


def test_services_of_two_clusters_that_would_share_a_name_are_a_problem(tmp_path: Path) -> None:
    stack = STACK.replace(
        "flotilla:services:", "  dr: {type: existing, kubeconfig: k, identifier: x}\n  flotilla:services:"
    )
    project = write_project(tmp_path, stack=stack + "    cart-dr: {release: v1}\n", **{"cart-dr": CART})
    (found,) = mistakes(project)
    assert "cart-dr on main would both be cart-dr" in found or "cart on dr" in found


def test_two_used_services_that_share_a_variable_are_a_problem(tmp_path: Path) -> None:
    stack = STACK + "    cart-admin: {release: v1}\n"
    cart = "owner: carts\nports: {grpc: 1, admin: 2}\n"
    project = write_project(
        tmp_path,
        stack=stack,
        cart=cart,
        web=WEB.replace("[cart]", "[cart, cart-admin]"),
        **{"cart-admin": CART},
    )
    assert mistakes(project) == [
        (
            "services/web.yaml:3:14  uses[1]: cart and cart-admin would both be found by CART_ADMIN_ADDR. "
            "Rename one of their ports or services."
        )
    ]


def test_a_used_service_without_ports_is_a_problem(tmp_path: Path) -> None:
    assert mistakes(write_project(tmp_path, cart="owner: carts\n")) == [
        (
            "services/web.yaml:3:8  uses[0]: cart has no ports to be reached at. "
            "Declare ports in services/cart.yaml, or remove it from uses."
        )
    ]


def test_a_stack_whose_name_cannot_name_a_namespace_has_to_choose_one(tmp_path: Path) -> None:
    project = write_project(tmp_path)
    (project / "Pulumi.my.stack.yaml").write_text(STACK)
    with pytest.raises(ConfigurationError, match=r"""namespace: "my.stack" cannot name a namespace"""):
        Stack.read(project, "my.stack")
    (project / "Pulumi.my.stack.yaml").write_text(
        STACK.replace("development", "development, namespace: shop")
    )
    assert Stack.read(project, "my.stack").environment.get("namespace") == "shop"


@pytest.mark.parametrize("file", ["Pulumi.yaml", "Pulumi.test.yaml"])
def test_an_empty_file_is_one_problem(tmp_path: Path, file: str) -> None:
    project = write_project(tmp_path)
    (project / file).write_text("")
    assert mistakes(project) == [f"{file}:1:1  the file: is empty. Begin with config: in it."]


def test_a_stack_file_that_cannot_be_read_hides_no_mistake_of_the_catalog(tmp_path: Path) -> None:
    project = write_project(tmp_path, stack="config: [", cart="owner: 1\nports: {grpc: 7070}\n")
    first, second = mistakes(project)
    assert first.startswith("Pulumi.test.yaml:2:1  the file: not YAML")
    assert (
        second == 'services/cart.yaml:1:1  owner: expected text, found the number 1. Write it in quotes: "1".'
    )
