"""How one release follows another, with the real engine on a real control plane."""

import json
from pathlib import Path
from typing import Any

import pytest
from bare_services import BareServices
from kubectl import Json, Kubectl

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine

pytestmark = pytest.mark.engine

SHOP: Json = {"release": "v1", "ports": {"http": 8080}, "rollout": {"timeout_seconds": 8}}


def rolled_out(strategy: str, **more: object) -> Json:
    """The shop with a strategy."""
    return {**SHOP, "rollout": {"timeout_seconds": 8, "strategy": strategy}, **more}


def pods(kubectl: Kubectl, service: str) -> dict[str, str]:
    """The ready pods that get a service's requests, each with its image."""
    selector: Json = kubectl.get("service", service)["spec"]["selector"]
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    return {
        pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"].rpartition(":")[2]
        for pod in kubectl.items("pods", f"--selector={labels}")
        if _is_ready(pod)
    }


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions: list[Json] = pod["status"].get("conditions", [])
    leaving = "deletionTimestamp" in pod["metadata"]
    return not leaving and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def test_with_blue_green_requests_go_to_a_release_that_is_ready_and_stay_where_they_are_until_then(
    engine: Engine, kubectl: Kubectl, tmp_path: Path
) -> None:
    stack = BareServices.of(engine, tmp_path, kubectl)
    budget, scaling = {"max_unavailable": "1"}, {"min_replicas": 2, "max_replicas": 4}
    shop = rolled_out(
        "BlueGreen",
        disruption_budget=budget,
        autoscaling=scaling,
        resources={"requests": {"cpu": "100m"}},
    )
    stack.up(shop=shop)
    first = pods(kubectl, "shop")
    assert [*first.values()] == ["v1", "v1"]

    bad = stack.up(fails=True, shop={**shop, "release": "v2-missing"})
    assert "timed out waiting to be Ready" in bad
    assert "ErrImagePull" in bad
    assert pods(kubectl, "shop") == first

    # Back to the release before, whose Deployment still stands.
    stack.up(shop=shop)
    back = pods(kubectl, "shop")
    assert [*back.values()] == ["v1", "v1"]
    assert len(kubectl.items("deployments")) == 1

    # Forward, over another bad one.
    stack.up(fails=True, shop={**shop, "release": "v3-crash"})
    assert pods(kubectl, "shop") == back
    done = stack.steps(shop={**shop, "release": "v4"})
    switched = done.index(("update", "shop-service"))
    assert done.index(("create-replacement", "shop")) < switched < done.index(("delete-replaced", "shop"))
    assert [*pods(kubectl, "shop").values()] == ["v4", "v4"]

    (deployment,) = kubectl.items("deployments")
    scaled: Json = kubectl.get("hpa", "shop")["spec"]["scaleTargetRef"]
    assert scaled["name"] == deployment["metadata"]["name"]
    for kind, path in (("pdb", "selector"), ("networkpolicy", "podSelector")):
        labels: Json = kubectl.get(kind, "shop")["spec"][path]["matchLabels"]
        assert labels.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()

    stack.up(shop={**SHOP, "release": "v5"})
    assert [*pods(kubectl, "shop").values()] == ["v5"]
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert not kubectl.items("deployments,services,hpa")


def test_other_strategies_follow_one_another_without_residue(
    engine: Engine, kubectl: Kubectl, tmp_path: Path
) -> None:
    stack = BareServices.of(engine, tmp_path, kubectl)
    tried = {**SHOP, "replicas": 2}
    stack.up(shop=tried)
    steady = pods(kubectl, "shop")

    # A canary comes and goes beside the pods of the release, which do not notice.
    canary = {"release": "v2", "replicas": 1}
    assert stack.steps(shop={**tried, "canary": canary}) == [("create", "shop-canary")]
    both = pods(kubectl, "shop")
    assert sorted(both.values()) == ["v1", "v1", "v2"]
    assert steady.items() <= both.items()
    assert stack.steps(shop=tried) == [("delete", "shop-canary")]
    assert pods(kubectl, "shop") == steady

    # A rolling update that fails leaves the pods that serve.
    stack.up(fails=True, shop={**tried, "release": "v3-missing"})
    assert pods(kubectl, "shop") == steady
    stack.up(shop={**tried, "release": "v4"})
    assert [*pods(kubectl, "shop").values()] == ["v4", "v4"]

    # Recreate makes the Deployment anew, once, and nothing beside it.
    scaled = {"autoscaling": {"max_replicas": 2}, "resources": {"requests": {"cpu": "100m"}}}
    once: Json = rolled_out("Recreate", release="v4", **scaled)
    stack.up(shop={**SHOP, "release": "v4", **scaled})
    anew = [("delete-replaced", "shop"), ("replace", "shop"), ("create-replacement", "shop")]
    assert stack.steps(shop=once) == anew
    assert kubectl.get("deployment", "shop")["spec"]["strategy"] == {"type": "Recreate"}
    assert stack.steps(shop={**once, "release": "v5"}) == [("update", "shop")]
    assert stack.steps(shop={**SHOP, "release": "v5", **scaled}) == [("update", "shop")]
    stack.pulumi("destroy", "--yes", "--skip-preview")


def test_argo_rollouts_owns_the_selector_that_it_switches(
    engine: Engine, control_plane: ControlPlane, kubectl: Kubectl, tmp_path: Path
) -> None:
    control_plane.provide(["Rollout"])
    stack = BareServices.of(engine, tmp_path, kubectl)
    # The garbage collector learns of a new kind only with its next look around, every 30 s.
    rollout: Json = {"timeout_seconds": 120, "strategy": "BlueGreen", "argo": {}}
    shop: Json = {**SHOP, "rollout": rollout}
    stack.up(shop=shop)
    switched = {"spec": {"selector": {"rollouts-pod-template-hash": "abc"}}}
    kubectl(
        "patch", "service", "shop", "--field-manager=rollouts-controller", f"--patch={json.dumps(switched)}"
    )
    selector = kubectl.get("service", "shop")["spec"]["selector"]

    changed = {**shop, "ports": {"http": 8080, "admin": 9090}, "labels": {"cost-centre": "4711"}}
    stack.up(shop=changed)
    service = kubectl.get("service", "shop")
    assert service["spec"]["selector"] == selector
    assert [port["name"] for port in service["spec"]["ports"]] == ["admin", "http"]
    stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up(shop=changed)
    assert kubectl.get("service", "shop")["spec"]["selector"] == selector
    stack.pulumi("destroy", "--yes", "--skip-preview")
