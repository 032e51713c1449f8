"""What holds of services whatever their names and whatever else is there, shown with every example."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components import ExistingCluster, Service, ServiceArgs
from components.config.placement import Placement, clashing_objects
from components.document import read_document
from components.naming import is_dns_label, is_label_key, is_label_value, is_port_name
from components.service.rules.service import service_problems
from components.types import ServiceSpec
from tests import features
from tests.deployments import Deployment, Registration, deploy

SPECS: Mapping[str, ServiceSpec] = features.stack().services
BLUE_GREEN = {"blue-green"}
"""Examples that make a Deployment of its own for each release, and switch the Kubernetes Service."""
LONGEST = 63
NO_DOCUMENT, _ = read_document("Pulumi.test.yaml", "config: {}")
SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
NAMED_FOR_DNS = {"Service": 63, "StatefulSet": 52, "CronJob": 52}
"""Longest names of kinds whose names become parts of others: DNS labels, labels of pods, names of Jobs."""
FIXED = {
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:argoproj.io/v1alpha1:Rollout",
}
"""Types whose selector no API server lets change."""


def _cut_off(end: str) -> str:
    return "n" * (LONGEST - len(end)) + end


_REFUSABLE = re.compile("too long|is no container of the service")
"""What may keep an example from another name: length, and a volume that names the container of its own."""

NAMES = st.one_of(
    st.from_regex(r"[a-z][-a-z0-9]{0,61}[a-z0-9]|[a-z]", fullmatch=True),
    # Names that share a beginning, where something is cut off, and names that look like derived ones.
    st.builds(_cut_off, st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)),
    st.sampled_from(
        ["a", "a-canary", "a-pods", "a-jobs", "a-files", "a-secrets", "a-migrate", "data-a-0", "a-0"]
    ),
)


def rendered(services: Mapping[str, ServiceSpec]) -> Deployment:
    """What services by name register on one cluster."""

    def program() -> None:
        cluster = ExistingCluster("main", {"kubeconfig": features.KUBECONFIG, "identifier": "it"})
        for name, spec in services.items():
            args: ServiceArgs = {**spec, "name": name, "namespace": "shop"}
            args["secret_values"] = dict.fromkeys(spec.get("secrets", []), features.MARKER)
            Service(name, args, pulumi.ResourceOptions(providers=[cluster.provider]))

    return deploy(program)


def objects(deployment: Deployment) -> Iterator[Registration]:
    return (each for each in deployment.registrations if each.type.startswith("kubernetes:"))


def kind_of(each: Registration) -> str:
    return each.type.rpartition(":")[2]


def name_of(each: Registration) -> str:
    """Its name in the cluster; what the provider names begins with its name in Pulumi."""
    return str(each.inputs.get("metadata", {}).get("name", each.name))


def labels_in(value: object) -> Iterator[tuple[str, object]]:
    """Every label, annotation's key aside, of an object and of what is inside of it."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from labels_in(item)
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key in {"labels", "matchLabels"} and isinstance(inner, dict):
                yield from cast("dict[str, object]", inner).items()
            else:
                yield from labels_in(inner)


def is_refused(name: str, spec: ServiceSpec) -> bool:
    return any(True for _ in service_problems(name, spec))


@pytest.mark.parametrize("example", SPECS)
def test_with_the_longest_name_all_names_and_labels_are_valid_or_the_service_is_refused(example: str) -> None:
    name = "n" * LONGEST
    spec = SPECS[example]
    if is_refused(name, spec):
        assert all(_REFUSABLE.search(problem.what) for problem in service_problems(name, spec))
        return
    for each in objects(rendered({name: spec})):
        assert SUBDOMAIN.fullmatch(name_of(each)), each.label
        longest = NAMED_FOR_DNS.get(kind_of(each))
        assert longest is None or (len(name_of(each)) <= longest and is_dns_label(name_of(each))), each.label
        for key, value in labels_in(each.inputs):
            assert is_label_key(key), (each.label, key)
            assert is_label_value(str(value)), (each.label, key, value)
        for container in containers_of(each.inputs):
            assert is_dns_label(container["name"]), each.label
            assert all(is_port_name(port["name"]) for port in container.get("ports", [])), each.label


def containers_of(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    pod = inputs.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.lists(NAMES, min_size=2, max_size=2, unique=True),
    examples=st.lists(st.sampled_from([*SPECS]), min_size=2, max_size=2),
)
def test_two_services_make_no_object_of_the_same_name_or_are_refused(
    names: list[str], examples: list[str]
) -> None:
    services = {name: SPECS[example] for name, example in zip(names, examples, strict=True)}
    placements = [Placement(name, "main", spec) for name, spec in services.items()]
    told = any(True for _ in clashing_objects(NO_DOCUMENT, placements))
    if told or any(is_refused(name, spec) for name, spec in services.items()):
        assert not told or min(names, key=len).rstrip("-") in max(names, key=len)
        return
    made = [
        [(kind_of(each), name_of(each)) for each in objects(rendered({name: spec}))]
        for name, spec in services.items()
    ]
    assert not set(made[0]) & set(made[1])
    both = rendered(services)
    assert len(set(both.labels)) == len(both.labels)


def test_whatever_is_said_of_a_service_the_selector_of_its_pods_stays() -> None:
    selectors = {
        repr(each.inputs["spec"]["selector"])
        for example, spec in SPECS.items()
        if example not in BLUE_GREEN and not is_refused("cart", spec)
        for each in rendered({"cart": spec}).registrations
        if each.type in FIXED and each.name == "cart"
    }
    assert len(selectors) == 1


def by_label(deployment: Deployment) -> dict[str, Registration]:
    return {each.label: each for each in objects(deployment)}


def test_the_order_of_services_means_nothing() -> None:
    in_order, reversed_ = features.rendered([*SPECS]), features.rendered([*SPECS][::-1])
    assert by_label(in_order) == by_label(reversed_)


@pytest.mark.parametrize("part", [0, 1], ids=["every first", "every second"])
def test_another_service_changes_no_other(part: int) -> None:
    used = {name for spec in SPECS.values() for name in needed(spec)}
    added = {name for name in SPECS if name not in used}
    added = {name for index, name in enumerate(sorted(added)) if index % 2 == part}
    before, after = (
        features.rendered([name for name in SPECS if name not in added]),
        features.rendered([*SPECS]),
    )
    assert added
    assert by_label(before).items() <= by_label(after).items()


def needed(spec: ServiceSpec) -> list[str]:
    wishes = spec.get("scheduling", {})
    return [*spec.get("uses", []), *wishes.get("near", []), *wishes.get("apart_from", [])]
