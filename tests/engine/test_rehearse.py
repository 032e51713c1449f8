"""Rehearsals from end to end: `flotilla rehearse`, as a user runs it.

Each rehearsal of this file serves several tests: of `dc`, two at once and one that is kept.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from checkouts import copy_checkout
from kubectl import eventually
from processes import command_lines, kill_tree

from flotilla.engine import Engine
from flotilla.home import flotilla_home
from flotilla.rehearsal.stack_file import MADE_UP

pytestmark = pytest.mark.engine

MARKER = "marker7c1d90e2"
SERVICES = ["adservice", "cartservice", "emailservice", "redis-cart"]
STACK = """\
config:
  pulumi:disable-default-providers: [aws, azure-native, gcp, kubernetes]
  flotilla:environment: {tier: staging}
  flotilla:clusters:
    main: {type: existing, kubeconfig: ~/.kube/nowhere, context: admin, identifier: dc1}
  flotilla:services:
    adservice: {release: v0.10.5}
    cartservice: {release: v0.10.5}
    emailservice: {release: v0.10.5, serviceType: LoadBalancer}
    redis-cart: {release: alpine}
"""
REVIEW = f"""\
config:
  pulumi:disable-default-providers: [aws, azure-native, gcp, kubernetes]
  flotilla:environment: {{tier: review}}
  flotilla:clusters:
    main: {{type: shared, stack: acme/platform/dc, identifier: dc2}}
  flotilla:services:
    adservice: {{release: v0.10.5}}
  flotilla:secrets:
    adservice:
      API_KEY: {{secure: v1:{MARKER}}}
"""
SECRETS = f"""\
  aws:secretKey: {{secure: v1:{MARKER}}}
  flotilla:secrets:
    adservice:
      API_KEY: {{secure: v1:{MARKER}}}
encryptionsalt: v1:{MARKER}
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of this checkout, in git, with rehearsals of its own."""

    directory: Path
    home: Path

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        environment = {
            **os.environ, "FLOTILLA_HOME": str(self.home), "AWS_PROFILE": MARKER, "SHOP_PASSWORD": MARKER,
            "KUBECONFIG": MARKER,
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "flotilla", *arguments], cwd=self.directory, env=environment, text=True,
            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def flotilla(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return finished(self.start(*arguments))

    def git(self, *arguments: str) -> None:
        command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
        subprocess.run(command, cwd=self.directory, check=True, capture_output=True)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def rehearsals(self) -> list[Path]:
        return [path for path in (self.home / "rehearsals").glob("*") if path.is_dir()]


def finished(started: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    stdout, stderr = started.communicate()
    return subprocess.CompletedProcess(started.args, started.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def checkout(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    home = tmp_path_factory.mktemp("home")
    for shared in ("engine", "kubernetes-schemas"):
        (home / shared).symlink_to(flotilla_home() / shared)
    made = Checkout(copy_checkout(tmp_path_factory.mktemp("checkouts") / "flotilla"), home)
    stack = made.directory / "Pulumi.dc.yaml"
    stack.write_text(STACK, encoding="utf-8")
    made.git("init", "--quiet")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "before")
    made.edit("services/adservice.yaml", "owner: ", "secrets: [API_KEY]\nowner: ")
    stack.write_text(STACK + SECRETS, encoding="utf-8")
    (made.directory / "Pulumi.review.yaml").write_text(REVIEW, encoding="utf-8")
    try:
        yield made
    finally:
        made.flotilla("down", "--rehearsal", "review")
        made.flotilla("down")


@pytest.fixture(scope="module")
def both(checkout: Checkout) -> "list[subprocess.CompletedProcess[str]]":
    """Two rehearsals of the same stack and checkout, at the same time."""
    started = [checkout.start("rehearse", "dc", "--format", form) for form in ("json", "markdown")]
    return [finished(one) for one in started]


@pytest.fixture(scope="module")
def report(both: "list[subprocess.CompletedProcess[str]]") -> dict[str, Any]:
    assert both[0].returncode == 0, both[0].stdout + both[0].stderr
    return json.loads(both[0].stdout)


def test_a_stack_as_it_stands_is_rehearsed_with_a_good_end(report: dict[str, Any]) -> None:
    assert report["verdict"] == "good"
    assert [step["step"] for step in report["steps"]] == ["prepare", "up", "second up", "destroy"]


def test_every_service_is_ready_on_its_cluster(report: dict[str, Any]) -> None:
    assert {service["service"]: service["ready"] for service in report["services"]} == dict.fromkeys(
        SERVICES, True
    )
    (cluster,) = report["clusters"]
    assert cluster["type"] == "existing"
    assert cluster["kubernetesVersion"].startswith("v1.")


def test_a_second_up_changes_nothing_and_destroy_deletes_all_that_was_created(report: dict[str, Any]) -> None:
    _, up, again, destroy = report["steps"]
    assert again["changes"] == []
    created = {(change["type"], change["name"]) for change in up["changes"]}
    assert {(change["type"], change["name"]) for change in destroy["changes"]} == created
    assert "nothing left after destroy" in report["shown"]


def test_two_rehearsals_of_the_same_stack_do_not_meet(
    both: "list[subprocess.CompletedProcess[str]]", checkout: Checkout
) -> None:
    assert [one.returncode for one in both] == [0, 0], both[1].stderr
    assert both[1].stdout.startswith("### ✅ Rehearsal of `dc`: good")
    assert checkout.rehearsals() == []
    assert command_lines(checkout.home / "rehearsals") == []


def test_the_real_stack_and_its_secrets_are_neither_read_nor_changed(
    both: "list[subprocess.CompletedProcess[str]]", report: dict[str, Any], checkout: Checkout
) -> None:
    assert "2 encrypted values were replaced by made-up ones, unread." in report["notes"]
    assert not any(MARKER in one.stdout + one.stderr for one in both)
    assert (checkout.directory / "Pulumi.dc.yaml").read_text(encoding="utf-8").endswith(SECRETS)
    assert not (checkout.directory / ".flotilla").exists()


@pytest.fixture(scope="module")
def kept(checkout: Checkout) -> dict[str, Any]:
    """A rehearsal that stays up, on a shared cluster; its program notes the environment that it runs in."""
    note = "import json, os\nPath('environment.json').write_text(json.dumps(dict(os.environ)))\n"
    program = checkout.directory / "__main__.py"
    good = program.read_text(encoding="utf-8")
    program.write_text(good + note, encoding="utf-8")
    try:
        done = checkout.flotilla("rehearse", "review", "--keep", "--format", "json")
    finally:
        program.write_text(good, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_kept_rehearsal_of_a_shared_cluster_is_reached_by_its_kubeconfig_and_has_made_up_secrets(
    kept: dict[str, Any],
) -> None:
    (cluster,) = kept["clusters"]
    kubectl = [f"{kept['kept']}/bin/kubectl", "--kubeconfig", cluster["kubeconfig"], "--namespace", "review"]
    command = [*kubectl, "get", "secrets", "--output", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    (secret,) = (item for item in json.loads(listed.stdout)["items"] if "API_KEY" in item.get("data", {}))
    assert base64.b64decode(secret["data"]["API_KEY"]).decode() == MADE_UP


def test_the_program_finds_no_credentials_of_the_user(kept: dict[str, Any]) -> None:
    seen = json.loads(Path(kept["kept"], "project", "environment.json").read_text(encoding="utf-8"))
    assert MARKER not in json.dumps(seen)
    assert seen["HOME"] == f"{kept['kept']}/home"


def test_plain_pulumi_works_on_a_kept_rehearsal(kept: dict[str, Any], checkout: Checkout) -> None:
    script = (
        f'eval "$({sys.executable} -m flotilla env --rehearsal review)" && cd "{kept["kept"]}/project" && '
        "pulumi preview -s review --non-interactive --expect-no-changes"
    )
    done = subprocess.run(
        ["sh", "-c", script], cwd=checkout.directory, capture_output=True, text=True, check=False,
        env={**os.environ, "FLOTILLA_HOME": str(checkout.home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_killed_rehearsal_is_cleared_away_and_a_kept_one_stays_until_it_is_ended(
    kept: dict[str, Any], checkout: Checkout
) -> None:
    killed = checkout.start("rehearse", "dc")

    def is_under_way() -> bool:
        states = [path for one in checkout.rehearsals() for path in one.glob("state/.pulumi/stacks/*/*.json")]
        return any(
            "Namespace" in path.read_text(encoding="utf-8")
            for path in states
            if kept["kept"] not in str(path)
        )

    eventually(is_under_way, 60)
    kill_tree(killed.pid)
    killed.communicate()
    assert len(checkout.rehearsals()) == 2
    done = checkout.flotilla("down")
    assert "was killed; what it left is removed" in done.stderr
    assert checkout.rehearsals() == [Path(kept["kept"])]
    assert checkout.flotilla("down", "--rehearsal", "review").returncode == 0
    assert checkout.rehearsals() == []
    eventually(lambda: not command_lines(checkout.home / "rehearsals"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cd"], "there is no such stack. There are: dc,"),
        (["dc", "--from", "nowhere"], "nowhere is no commit, branch or tag"),
        (["dc", "--allow", "main"], "--allow goes with --from"),
    ],
)
def test_wrong_usage_ends_with_2_and_starts_nothing(
    checkout: Checkout, arguments: list[str], said: str
) -> None:
    done = checkout.flotilla("rehearse", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "▸" not in done.stderr


@pytest.fixture(scope="module")
def changed(checkout: Checkout) -> Generator[Checkout]:
    """A working tree that moves the stack to another namespace and runs another release of a service."""
    stack = checkout.directory / "Pulumi.dc.yaml"
    good = stack.read_text(encoding="utf-8")
    checkout.edit("Pulumi.dc.yaml", "{tier: staging}", "{tier: staging, namespace: shop}")
    checkout.edit("Pulumi.dc.yaml", "cartservice: {release: v0.10.5}", "cartservice: {release: v0.10.6}")
    try:
        yield checkout
    finally:
        stack.write_text(good, encoding="utf-8")


def test_a_change_that_would_lose_something_is_refused_with_3_naming_it_and_how_to_allow_it(
    changed: Checkout,
) -> None:
    done = changed.flotilla("rehearse", "dc", "--from", "HEAD")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Rehearsal of dc from HEAD" in done.stdout
    assert (
        "Namespace dc-namespace would be replaced: lost is the namespace, with everything in it."
        in done.stdout
    )
    assert "metadata.name dc → shop" in done.stdout
    assert "Service emailservice" in done.stdout
    assert "flotilla rehearse dc --from HEAD --allow main" in done.stdout
    assert changed.rehearsals() == []


def test_a_change_that_is_allowed_by_name_is_done_and_told(changed: Checkout) -> None:
    done = changed.flotilla("rehearse", "dc", "--from", "HEAD", "--allow", "dc", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert [step["step"] for step in report["steps"]] == [
        "prepare", "up as HEAD has it", "preview", "up as the working tree has it", "second up", "destroy",
    ]  # fmt: skip
    assert {"Namespace", "Deployment"} <= {
        one["type"].rpartition(":")[2] for one in report["difference"] if one["operation"] == "replaced"
    }
    assert {one["resource"] for one in report["risks"]} == {
        "Namespace dc-namespace",
        "Service emailservice-service",
    }
    assert {service["namespace"] for service in report["services"]} == {"shop"}


def test_wrong_files_end_with_2_every_mistake_at_its_place(checkout: Checkout) -> None:
    checkout.edit("Pulumi.dc.yaml", "tier: staging", "tier: stagging")
    checkout.edit("services/cartservice.yaml", "owner: ", "ownr: ")
    try:
        done = checkout.flotilla("rehearse", "dc")
    finally:
        checkout.edit("Pulumi.dc.yaml", "tier: stagging", "tier: staging")
        checkout.edit("services/cartservice.yaml", "ownr: ", "owner: ")
    assert done.returncode == 2
    assert "Pulumi.dc.yaml:3:" in done.stderr
    assert "services/cartservice.yaml:" in done.stderr
    assert done.stdout == ""
