"""The sandbox Kubernetes provider under the real engine, on a real control plane."""

import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkouts import project_environment
from kubectl import Json, Kubectl, deployment, eventually

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine
from flotilla.sandbox.programs import place_programs

pytestmark = pytest.mark.engine

PROGRAM = """
import json, os, pulumi

class Generic(pulumi.CustomResource):
    def __init__(self, spec, provider, made):
        options = dict(spec.get("options", {}))
        options["depends_on"] = [made[name] for name in options.get("depends_on", [])]
        super().__init__(spec["type"], spec["name"], resolve(spec["inputs"]),
                         pulumi.ResourceOptions(provider=provider, **options))

def resolve(value):
    if isinstance(value, dict):
        if set(value) == {"$secret"}:
            return pulumi.Output.secret(value["$secret"])
        return {key: resolve(inner) for key, inner in value.items()}
    return [resolve(item) for item in value] if isinstance(value, list) else value

program, made = json.load(open("program.json")), {}
provider = pulumi.ProviderResource("kubernetes", "cluster", program["provider"])
for spec in program["resources"]:
    made[spec["name"]] = Generic(spec, provider, made)
"""


def resource(name: str, obj: Json, **options: object) -> Json:
    """What the program registers for an object."""
    version = obj["apiVersion"]
    module = version if "/" in version else f"core/{version}"
    return {"name": name, "type": f"kubernetes:{module}:{obj['kind']}", "inputs": obj, "options": options}


@dataclass(frozen=True)
class Stack:
    """A stack whose program is a list of Kubernetes objects, in a namespace of its own."""

    directory: Path
    environment: dict[str, str]
    kubeconfig: str
    namespace: str

    def write(self, *resources: Json, **provider: object) -> None:
        """Let the program be these resources."""
        inputs = {"kubeconfig": self.kubeconfig, "namespace": self.namespace, **provider}
        program = {"provider": inputs, "resources": resources}
        (self.directory / "program.json").write_text(json.dumps(program), encoding="utf-8")

    def pulumi(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", *arguments, "--stack", "dev"],
            cwd=self.directory,
            env={**self.environment, **more},
            text=True,
            capture_output=True,
            check=False,
        )

    def up(self, *resources: Json, **provider: object) -> subprocess.CompletedProcess[str]:
        self.write(*resources, **provider)
        return self.pulumi("up", "--yes", "--skip-preview")

    def plan(self, *resources: Json, **provider: object) -> dict[str, list[str]]:
        """What a preview would do, in its order: logical name to the engine's operations."""
        self.write(*resources, **provider)
        log = self.directory / "events.json"
        done = self.pulumi("preview", "--event-log", str(log), PULUMI_DEBUG_COMMANDS="true")
        assert done.returncode == 0, done.stdout + done.stderr
        plan: dict[str, list[str]] = {}
        for line in log.read_text(encoding="utf-8").splitlines():
            event: Json = json.loads(line)
            if "resourcePreEvent" in event:
                step = event["resourcePreEvent"]["metadata"]
                plan.setdefault(step["urn"].rpartition("::")[2], []).append(step["op"])
        return plan

    def state(self) -> dict[str, Json]:
        """The resources of the state by logical name."""
        exported = self.pulumi("stack", "export")
        found: list[Json] = json.loads(exported.stdout)["deployment"].get("resources", [])
        return {entry["urn"].rpartition("::")[2]: entry for entry in found}

    def state_text(self) -> str:
        return self.pulumi("stack", "export").stdout


@pytest.fixture
def stack(engine: Engine, control_plane: ControlPlane, kubectl: Kubectl, tmp_path: Path) -> Stack:
    place_programs(tmp_path / "bin", Engine(engine.binaries, None, None, engine.routes))
    (tmp_path / "project").mkdir()
    environment = project_environment(tmp_path)
    contents = control_plane.kubeconfig.read_text(encoding="utf-8")
    made = Stack(tmp_path / "project", environment, contents, kubectl.namespace)
    (made.directory / "Pulumi.yaml").write_text("name: test\nruntime: python\n", encoding="utf-8")
    (made.directory / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        ["pulumi", "--non-interactive", "stack", "init", "dev"],
        cwd=made.directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return made


def config_map(name: str | None = None, **data: str) -> Json:
    metadata = {"name": name} if name else {}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def managers(obj: Json) -> set[str]:
    return {f"{entry['operation']} {entry['manager'][:17]}" for entry in obj["metadata"]["managedFields"]}


def annotated(obj: Json, **annotations: str) -> Json:
    notes = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return {**obj, "metadata": {**obj["metadata"], "annotations": notes}}


def unfit(name: str) -> Json:
    """A Deployment that finds no node, and is not waited for for long."""
    obj = deployment(name, "shop:1", 1, nodeSelector={"no/such": "node"})
    return annotated(obj, timeoutSeconds="3")


def test_a_deployment_is_made_waited_for_changed_in_place_and_taken_away(
    stack: Stack, kubectl: Kubectl
) -> None:
    first = stack.up(resource("web", deployment("web", "shop:1", 2)))
    assert first.returncode == 0, first.stdout
    assert stack.state()["web"]["outputs"]["status"]["readyReplicas"] == 2
    assert stack.plan(resource("web", deployment("web", "shop:1", 2)))["web"] == ["same"]

    changed = stack.up(resource("web", deployment("web", "shop:2", 2)))
    assert changed.returncode == 0, changed.stdout
    live = kubectl.get("deployment", "web", "--show-managed-fields")
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "shop:2"
    assert "Apply pulumi-kubernetes" in managers(live)
    assert "Update pulumi-kubernetes" not in managers(live)

    assert stack.pulumi("destroy", "--yes", "--skip-preview").returncode == 0
    assert kubectl.items("deployments") == []


def test_what_has_a_given_name_is_deleted_before_its_replacement_and_what_was_named_by_us_after(
    stack: Stack,
) -> None:
    before = (resource("named", config_map("settings", k="1")), resource("auto", config_map(k="1")))
    after = (resource("named", config_map("settings", k="2")), resource("auto", config_map(k="2")))
    assert stack.up(*before).returncode == 0
    plan = stack.plan(*after)
    assert plan["named"] == ["delete-replaced", "replace", "create-replacement"]
    assert plan["auto"] == ["create-replacement", "replace", "delete-replaced"]
    old = stack.state()["auto"]["id"]
    assert stack.up(*after).returncode == 0
    assert stack.state()["auto"]["id"] != old


def test_what_does_not_become_ready_is_kept_with_its_reasons_and_healed_by_the_next_update(
    stack: Stack, kubectl: Kubectl
) -> None:
    dependent = resource("after", config_map("after", k="1"), depends_on=["web"])
    failed = stack.up(resource("web", unfit("web")), dependent)
    assert failed.returncode != 0
    assert "failed to fully initialize or become live" in failed.stdout
    assert "timed out waiting" in "\n".join(stack.state()["web"]["initErrors"])
    assert "after" not in stack.state()

    healed = stack.up(resource("web", deployment("web", "shop:1", 1)), dependent)
    assert healed.returncode == 0, healed.stdout
    assert not stack.state()["web"].get("initErrors")
    assert kubectl.get("configmap", "after")["data"] == {"k": "1"}


def test_no_secret_is_in_the_state_as_plain_text(stack: Stack, kubectl: Kubectl) -> None:
    secret: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "creds"},
        "stringData": {"k": "marker-in-string-data"},
    }
    settings = config_map("settings", open="seen", hidden="")
    settings["data"]["hidden"] = {"$secret": "marker-in-config-map"}
    done = stack.up(resource("creds", secret), resource("settings", settings))
    assert done.returncode == 0, done.stdout
    text = stack.state_text()
    assert "seen" in text
    for marker in ("marker-in", "bWFya2VyLWlu"):
        assert marker not in text
        assert marker not in done.stdout
    assert kubectl.get("configmap", "settings")["data"]["hidden"] == "marker-in-config-map"


def test_a_refresh_sees_drift_and_the_next_update_repairs_it(stack: Stack, kubectl: Kubectl) -> None:
    web = deployment("web", "shop:1", 1)
    assert stack.up(resource("web", web)).returncode == 0
    kubectl("set", "image", "deployment/web", "main=shop:hacked")
    assert stack.plan(resource("web", web))["web"] == ["same"]
    assert stack.pulumi("refresh", "--yes", "--skip-preview").returncode == 0
    assert stack.plan(resource("web", web))["web"] == ["update"]
    assert stack.up(resource("web", web)).returncode == 0
    live = kubectl.get("deployment", "web")
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "shop:1"


def test_a_field_of_another_manager_is_a_conflict_until_it_is_taken_by_force(
    stack: Stack, kubectl: Kubectl
) -> None:
    assert stack.up(resource("web", deployment("web", "shop:1", 1))).returncode == 0
    theirs = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 2},
    }
    kubectl(
        *("apply", "--server-side", "--field-manager=other", "--force-conflicts", "--filename=-"),
        manifest=theirs,
    )
    refused = stack.up(resource("web", deployment("web", "shop:1", 3)))
    assert refused.returncode != 0
    assert "apply conflict" in refused.stdout
    taken = stack.up(resource("web", annotated(deployment("web", "shop:1", 3), patchForce="true")))
    assert taken.returncode == 0, taken.stdout
    assert kubectl.get("deployment", "web")["spec"]["replicas"] == 3


def test_an_invalid_object_fails_the_preview_and_one_that_exists_the_update(
    stack: Stack, kubectl: Kubectl
) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 99999}]},
    }
    stack.write(resource("web", service))
    refused = stack.pulumi("preview")
    assert refused.returncode != 0
    assert "Invalid value" in refused.stdout

    kubectl.apply(config_map("theirs", k="1"))
    theirs = resource("theirs", config_map("theirs", k="2"))
    assert stack.plan(theirs)["theirs"] == ["create"]
    existing = stack.up(theirs)
    assert existing.returncode != 0
    assert "already exists" in existing.stdout
    assert kubectl.get("configmap", "theirs")["data"] == {"k": "1"}


def test_an_object_is_imported_as_it_is(stack: Stack, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "theirs", "--from-literal=k=1")
    identity = f"{kubectl.namespace}/theirs"
    assert stack.up(resource("theirs", config_map("theirs", k="1"), import_=identity)).returncode == 0
    assert stack.state()["theirs"]["id"] == identity
    assert stack.plan(resource("theirs", config_map("theirs", k="1")))["theirs"] == ["same"]


def test_a_definition_and_an_object_of_it_come_in_one_program(stack: Stack, kubectl: Kubectl) -> None:
    group = f"{kubectl.namespace}.example.com"
    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    }
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
            ],
        },
    }
    widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    resources = (resource("definition", definition), resource("one", widget, depends_on=["definition"]))
    assert stack.plan(*resources)["one"] == ["create"]
    done = stack.up(*resources)
    assert done.returncode == 0, done.stdout
    assert kubectl.get(f"widgets.{group}", "one")["spec"] == {"size": 1}
    assert stack.pulumi("destroy", "--yes", "--skip-preview").returncode == 0


def test_an_unreachable_cluster_is_named_and_resources_leave_the_state_only_when_asked_to(
    stack: Stack,
) -> None:
    settings = resource("settings", config_map("settings", k="1"))
    assert stack.up(settings, clusterIdentifier="one").returncode == 0
    config: Json = yaml.safe_load(stack.kubeconfig)
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    stack.write(settings, clusterIdentifier="one", kubeconfig=json.dumps(config))
    assert stack.pulumi("up", "--yes", "--skip-preview").returncode == 0  # nothing to do there

    refused = stack.pulumi("refresh", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "PULUMI_K8S_DELETE_UNREACHABLE" in refused.stdout
    assert "settings" in stack.state()
    dropped = stack.pulumi("refresh", "--yes", "--skip-preview", PULUMI_K8S_DELETE_UNREACHABLE="true")
    assert dropped.returncode == 0, dropped.stdout
    assert "settings" not in stack.state()


def test_the_provider_ends_with_an_engine_that_is_killed(stack: Stack, kubectl: Kubectl) -> None:
    stack.write(resource("web", deployment("web", "shop:1", 1, nodeSelector={"no/such": "node"})))
    with subprocess.Popen(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--stack", "dev"],
        cwd=stack.directory,
        env=stack.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as engine:
        eventually(lambda: kubectl.items("deployments"))
        providers = _providers_of(stack)
        assert providers
        engine.send_signal(signal.SIGKILL)
    eventually(lambda: not _providers_of(stack))


def _providers_of(stack: Stack) -> list[int]:
    """The provider's processes that run for this stack: they have its environment."""
    marker = f"PULUMI_HOME={stack.environment['PULUMI_HOME']}".encode()
    found: list[int] = []
    for process in Path("/proc").iterdir():
        try:
            if b"flotilla.sandbox.kubernetes" in (process / "cmdline").read_bytes() and marker in (
                process / "environ"
            ).read_bytes().split(b"\0"):
                found.append(int(process.name))
        except (OSError, ValueError):
            continue
    return found
