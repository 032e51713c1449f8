"""A service that holds data: its StatefulSet, its claims, and what cannot be."""

from pathlib import Path
from typing import Any, cast

import pytest

from components import ConfigurationError, Stack
from components.errors import dotted
from components.service.manifest import Manifest
from components.service.rules.service import service_problems
from components.service.stateful_set import claims, governing_service, stateful_set
from components.types import AccessMode, Claim, ServiceSpec
from tests.projects import CART, STACK, WEB, write_project

TEMPLATE: Manifest = {"spec": {}}
CLAIM: Claim = {"size": "10Gi"}


def store(claim: Claim, **more: object) -> ServiceSpec:
    volume = {"mount_path": "/data", "claim": claim}
    described = {
        "owner": "data",
        "release": "8",
        "image": "docker.io/library/redis",
        "ports": {"redis": 6379},
    }
    return cast("ServiceSpec", {**described, "volumes": {"data": volume}, **more})


def inner(manifest: object, *keys: str) -> Any:  # noqa: ANN401 (parts of manifests have any type)
    for key in keys:
        manifest = cast("Manifest", manifest)[key]
    return manifest


def problems(spec: ServiceSpec, name: str = "store") -> list[str]:
    return [
        f"{dotted(problem.path)}: {problem.what}. {problem.cure}" for problem in service_problems(name, spec)
    ]


def test_each_pod_has_a_claim_under_the_name_where_the_stateful_set_looks_for_it() -> None:
    found = claims("store", store(CLAIM, replicas=2))
    names = {role: inner(claim, "metadata", "name") for role, claim in found.items()}
    assert names == {"data-0": "data-store-0", "data-1": "data-store-1"}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
    assert all(claim["spec"] == spec for claim in found.values())


@pytest.mark.parametrize(
    ("own", "given", "expected"),
    [
        (None, None, None),
        (None, "", None),
        (None, "fast", "fast"),
        ("slow", "fast", "slow"),
        ("slow", "", "slow"),
    ],
)
def test_a_claim_names_its_own_storage_class_before_the_cluster_s_and_none_for_the_default_one(
    own: str | None, given: str | None, expected: str | None
) -> None:
    claim: Claim = {**CLAIM, "storage_class": own} if own else CLAIM
    (found,) = claims("store", store(claim), given).values()
    assert inner(found, "spec").get("storageClassName") == expected


def test_a_bigger_disk_changes_the_claims_and_not_the_stateful_set() -> None:
    small, big = store(CLAIM), store({"size": "20Gi"})
    assert stateful_set("store", small, TEMPLATE) == stateful_set("store", big, TEMPLATE)
    assert claims("store", small) != claims("store", big)


def test_nobody_but_pulumi_deletes_a_claim_and_a_broken_pod_does_not_hold_up_its_cure() -> None:
    spec = inner(stateful_set("store", store(CLAIM, rollout={"min_ready_seconds": 3}), TEMPLATE), "spec")
    retained = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert spec["persistentVolumeClaimRetentionPolicy"] == retained
    assert spec["podManagementPolicy"] == "Parallel"
    assert spec["minReadySeconds"] == 3
    assert spec["serviceName"] == inner(governing_service("store", store(CLAIM)), "metadata", "name")


def test_pods_find_one_another_before_they_are_ready() -> None:
    spec = inner(governing_service("store", store(CLAIM)), "spec")
    assert spec["clusterIP"] == "None"
    assert spec["publishNotReadyAddresses"]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (store({"size": "big"}), 'volumes.data.claim.size: "big" is not a quantity'),
        (store({"size": "0"}), "volumes.data.claim.size: a disk of no bytes"),
        (
            store({**CLAIM, "access_mode": AccessMode.READ_ONLY_MANY}),
            "volumes.data.claim.accessMode: a new disk is empty, and nobody could write to it",
        ),
        (store(CLAIM, volume_sizes={"dta": "1Gi"}), "volumeSizes.dta: there is no volume dta"),
        (
            store(CLAIM, volumes={"tmp": {"mount_path": "/t", "empty_dir": {}}}, volume_sizes={"tmp": "1Gi"}),
            "volumeSizes.tmp: volume tmp has no claim. Remove it",
        ),
        (store({"size": "x"}, volume_sizes={"data": "x"}), 'volumeSizes.data: "x" is not a quantity'),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_claim_that_cannot_be_is_one_problem(spec: ServiceSpec, problem: str) -> None:
    (found,) = problems(spec)
    assert found.startswith(problem)


def test_a_claim_s_name_has_to_fit_into_a_label() -> None:
    assert not problems(store(CLAIM), "s" * 54)
    (found,) = problems(store(CLAIM), "s" * 55)
    assert "Give the volume a name of at most 3." in found


def test_an_environment_may_have_smaller_disks_than_the_catalog_says(tmp_path: Path) -> None:
    cart = CART + "volumes: {data: {mountPath: /data, claim: {size: 10Gi}}}\n"
    stack = STACK.replace("cart: {release: v1}", "cart: {release: v1, volumeSizes: {data: 1Gi}}")
    spec = Stack.read(write_project(tmp_path, cart=cart, stack=stack), "test").services["cart"]
    assert spec.get("volumes", {})["data"].get("claim") == {"size": "1Gi"}


@pytest.mark.parametrize(
    ("cart", "other", "made"),
    [
        ("cart-canary", "{release: v1, canary: {release: v2}}", "Deployment cart-canary"),
        ("cart-pods", "{release: v1}", "Service cart-pods"),
    ],
)
def test_services_that_would_make_the_same_object_are_a_problem(
    tmp_path: Path, cart: str, other: str, made: str
) -> None:
    claim = "volumes: {data: {mountPath: /data, claim: {size: 10Gi}}}\n" if cart == "cart-pods" else ""
    stack = STACK.replace("cart: {release: v1}", f"cart: {other}\n    {cart}: {{release: v1}}")
    project = write_project(tmp_path, cart=CART + claim, web=WEB, stack=stack, **{cart: CART})
    with pytest.raises(
        ConfigurationError, match=f"{cart} and cart would both make the {made}. Rename {cart}"
    ):
        Stack.read(project, "test")


def test_claims_of_two_services_never_share_a_name(tmp_path: Path) -> None:
    volume = "volumes: {{{}: {{mountPath: /data, claim: {{size: 10Gi}}}}}}\n"
    stack = STACK.replace(
        "cart: {release: v1}", "c: {release: v1}\n    b-c: {release: v1}\n    cart: {release: v1}"
    )
    services = {"c": "owner: x\n" + volume.format("a-b"), "b-c": "owner: x\n" + volume.format("a")}
    with pytest.raises(ConfigurationError, match="PersistentVolumeClaim a-b-c-0"):
        Stack.read(write_project(tmp_path, stack=stack, **services), "test")
