"""How one release follows another: what becomes of it in manifests, and what cannot be."""

from typing import Any, cast

import pytest

from components.errors import dotted
from components.service.argo_rollout import HEALTHY, argo_rollout
from components.service.deployment import deployment
from components.service.manifest import INSTANCE_LABEL, Manifest
from components.service.object_names import object_names
from components.service.rollout_settings import canary_of, instance_of, selected_pods
from components.service.rules.service import service_problems
from components.types import JobTrigger, Rollout, RolloutStrategy, ServiceSpec

SHOP: ServiceSpec = {"owner": "shop", "release": "v1", "image": "ghcr.io/acme/shop", "ports": {"http": 80}}
DATA: ServiceSpec = {**SHOP, "volumes": {"data": {"mount_path": "/data", "claim": {"size": "1Gi"}}}}
TEMPLATE: Manifest = {"spec": {}}
BLUE_GREEN: Rollout = {"strategy": RolloutStrategy.BLUE_GREEN}
RECREATE: Rollout = {"strategy": RolloutStrategy.RECREATE}


def inner(manifest: object, *keys: str) -> Any:  # noqa: ANN401 (parts of manifests have any type)
    for key in keys:
        manifest = cast("Manifest", manifest)[key]
    return manifest


def problems(spec: ServiceSpec) -> list[str]:
    return [
        f"{dotted(problem.path)}: {problem.what}. {problem.cure}"
        for problem in service_problems("shop", spec)
    ]


def test_a_rolling_update_has_the_bounds_and_times_that_are_given() -> None:
    rollout: Rollout = {
        "max_surge": "25%",
        "max_unavailable": "2",
        "min_ready_seconds": 5,
        "timeout_seconds": 90,
    }
    described = deployment("shop", {**SHOP, "rollout": rollout}, TEMPLATE)
    bounds = {"maxSurge": "25%", "maxUnavailable": 2}
    assert inner(described, "spec", "strategy") == {"type": "RollingUpdate", "rollingUpdate": bounds}
    assert inner(described, "spec", "minReadySeconds") == 5
    assert inner(described, "spec", "progressDeadlineSeconds") == 90
    assert inner(described, "metadata", "annotations", "pulumi.com/timeoutSeconds") == "90"


def test_recreate_names_no_bounds() -> None:
    described = deployment("shop", {**SHOP, "rollout": RECREATE}, TEMPLATE)
    assert inner(described, "spec", "strategy") == {"type": "Recreate"}


def test_with_blue_green_each_release_has_an_instance_and_no_name_and_gets_requests_by_that_instance() -> (
    None
):
    first: ServiceSpec = {**SHOP, "rollout": BLUE_GREEN}
    second: ServiceSpec = {**first, "release": "v2"}
    moved: ServiceSpec = {**first, "digest": "sha256:" + "0" * 64}
    instances = {instance_of("shop", spec) for spec in (first, second, moved)}
    assert len(instances) == 3
    for spec in (first, second, moved):
        instance = instance_of("shop", spec)
        assert selected_pods("shop", spec)[INSTANCE_LABEL] == instance
        described = deployment("shop", spec, TEMPLATE, instance)
        assert "name" not in inner(described, "metadata")
        assert inner(described, "spec", "selector", "matchLabels", INSTANCE_LABEL) == instance


def test_without_blue_green_requests_go_to_the_canary_too() -> None:
    spec: ServiceSpec = {**SHOP, "canary": {"release": "v2"}}
    assert INSTANCE_LABEL not in selected_pods("shop", spec)


def test_a_canary_is_the_service_with_another_release_and_a_number_of_its_own() -> None:
    spec: ServiceSpec = {
        **SHOP,
        "digest": "sha256:" + "0" * 64,
        "autoscaling": {"max_replicas": 9},
        "canary": {"release": "v2", "replicas": 2},
    }
    found = canary_of("shop", spec)
    assert found is not None
    name, tried = found
    assert name == "shop-canary"
    assert (tried["release"], tried.get("replicas"), tried.get("digest")) == ("v2", 2, None)
    assert "autoscaling" not in tried


def test_argo_rollouts_takes_steps_and_is_waited_for_unless_somebody_has_to_promote() -> None:
    rollout: Rollout = {"argo": {"steps": [{"weight": 20, "pause_seconds": 60}]}}
    described = argo_rollout("shop", {**SHOP, "rollout": rollout}, TEMPLATE)
    assert inner(described, "spec", "strategy", "canary", "steps") == [
        {"setWeight": 20},
        {"pause": {"duration": 60}},
    ]
    assert inner(described, "metadata", "annotations", "pulumi.com/waitFor") == HEALTHY
    endless: Rollout = {"argo": {"steps": [{"weight": 20}]}}
    described = argo_rollout("shop", {**SHOP, "rollout": endless}, TEMPLATE)
    assert inner(described, "spec", "strategy", "canary", "steps")[1] == {"pause": {}}
    assert "pulumi.com/waitFor" not in inner(described, "metadata", "annotations")


def test_argo_rollouts_switches_the_kubernetes_service_of_the_service() -> None:
    rollout: Rollout = {"strategy": RolloutStrategy.BLUE_GREEN, "argo": {}}
    spec: ServiceSpec = {**SHOP, "rollout": rollout}
    described = argo_rollout("shop", spec, TEMPLATE)
    assert inner(described, "spec", "strategy") == {"blueGreen": {"activeService": "shop"}}
    assert instance_of("shop", spec) == "shop"


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"rollout": {"max_surge": "0"}}, "rollout.maxSurge: no pod may come before one goes"),
        (
            {"rollout": {"max_surge": "0%", "max_unavailable": "0"}},
            "rollout.maxSurge: no pod may come before",
        ),
        ({"rollout": {"max_surge": "some"}}, 'rollout.maxSurge: "some" is neither a number nor'),
        ({"rollout": {"max_unavailable": "-1"}}, 'rollout.maxUnavailable: "-1" is neither'),
        ({"rollout": {"max_unavailable": "101%"}}, "rollout.maxUnavailable: 101% is more than all"),
        (
            {"rollout": {**BLUE_GREEN, "max_surge": "2"}},
            "rollout.maxSurge: BlueGreen replaces all pods at once",
        ),
        ({"rollout": {**RECREATE, "max_unavailable": "2"}}, "rollout.maxUnavailable: Recreate replaces all"),
        ({"rollout": {"min_ready_seconds": -1}}, "rollout.minReadySeconds: -1 is negative"),
        (
            {"rollout": {"min_ready_seconds": 600}},
            "rollout.minReadySeconds: 600 is not below the 600 seconds",
        ),
        ({"rollout": {"timeout_seconds": 0}}, "rollout.timeoutSeconds: 0 is too little"),
        ({"rollout": {**RECREATE, "argo": {}}}, "rollout.strategy: Argo Rollouts cannot do Recreate"),
        (
            {"rollout": {**BLUE_GREEN, "argo": {}}, "ports": {}, "probes": {}},
            "rollout.strategy: Argo Rollouts switches a Kubernetes Service",
        ),
        (
            {"rollout": {**BLUE_GREEN, "argo": {"steps": [{"weight": 5, "pause_seconds": 1}]}}},
            "rollout.argo.steps: BlueGreen switches all requests at once",
        ),
        (
            {"rollout": {"argo": {}}, "canary": {"release": "v2"}},
            "canary: Argo Rollouts makes its own canary",
        ),
        ({"rollout": {"argo": {"steps": [{"weight": 0}]}}}, "rollout.argo.steps[0].weight: 0 is too little"),
        (
            {"rollout": {"argo": {"steps": [{"weight": 101}]}}},
            "rollout.argo.steps[0].weight: 101 is too much",
        ),
        (
            {"rollout": {"argo": {"steps": [{"weight": 50}, {"weight": 20}]}}},
            "rollout.argo.steps[1].weight: 20 does not follow 50",
        ),
        (
            {"rollout": {"argo": {"steps": [{"weight": 50, "pause_seconds": 900}]}}},
            "rollout.argo.steps: the steps pause 900 seconds, and a rollout may take 600",
        ),
        (
            {"rollout": {"argo": {"steps": [{"weight": 50, "pause_seconds": 0}]}}},
            "rollout.argo.steps[0].pauseSeconds: 0 is too little",
        ),
        (
            {"rollout": BLUE_GREEN, "canary": {"release": "v2"}},
            "canary: BlueGreen leads requests to one release",
        ),
        (
            {"rollout": RECREATE, "canary": {"release": "v2"}},
            "canary: Recreate is for what must never run twice",
        ),
        ({"canary": {"release": "v1"}}, "canary.release: v1 is what the service runs already"),
        ({"canary": {"release": "v2", "replicas": 0}}, "canary.replicas: 0 is too little"),
        ({"canary": {"release": "v 2"}}, 'canary.release: "v 2" is not a tag'),
        ({"canary": {"release": "v2", "digest": "0"}}, 'canary.digest: "0" is not a digest'),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_rollout_that_cannot_be_is_one_problem(spec: ServiceSpec, problem: str) -> None:
    (found,) = problems({**SHOP, **spec})
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"rollout": RECREATE}, "rollout.strategy"),
        ({"rollout": BLUE_GREEN}, "rollout.strategy"),
        ({"rollout": {"argo": {}}}, "rollout.argo"),
        ({"rollout": {"max_surge": "1"}}, "rollout.maxSurge"),
        ({"rollout": {"max_unavailable": "1"}}, "rollout.maxUnavailable"),
        ({"canary": {"release": "v2"}}, "canary"),
        (
            {"autoscaling": {"max_replicas": 3}, "resources": {"requests": {"cpu": "1"}}},
            "autoscaling",
        ),
    ],
    ids=["recreate", "blue-green", "argo", "surge", "unavailable", "canary", "autoscaling"],
)
def test_what_a_stateful_set_cannot_do_is_refused_with_a_cure(spec: ServiceSpec, path: str) -> None:
    (found,) = problems({**DATA, **spec})
    assert found.startswith(f"{path}: ")


def test_the_objects_of_a_service_are_known_by_name_before_they_are_made() -> None:
    whole: ServiceSpec = {
        **SHOP,
        "canary": {"release": "v2"},
        "files": {"/a": "b"},
        "jobs": {
            "migrate": {"when": JobTrigger.BEFORE_RELEASE},
            "report": {"when": JobTrigger.SCHEDULE, "schedule": "0 3 * * *"},
        },
    }
    assert object_names("shop", whole) == [
        ("Service", "shop"),
        ("Deployment", "shop"),
        ("Deployment", "shop-canary"),
        ("ConfigMap", "shop-files"),
        ("ConfigMap", "shop-jobs"),
        ("ConfigMap", "shop-jobs-files"),
        ("CronJob", "shop-report"),
    ]
    assert object_names("shop", {**DATA, "replicas": 2}) == [
        ("Service", "shop"),
        ("StatefulSet", "shop"),
        ("Service", "shop-pods"),
        ("PersistentVolumeClaim", "data-shop-0"),
        ("PersistentVolumeClaim", "data-shop-1"),
    ]
