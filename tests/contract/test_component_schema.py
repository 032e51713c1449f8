"""The components as other Pulumi languages see them: what Pulumi's component host makes of them."""

import inspect
from typing import Any, cast

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer, AnalyzeResult
from pulumi.provider.experimental.component import ComponentProvider
from pydantic.alias_generators import to_camel

import components
from components.documentation import field_descriptions

COMPONENTS = [
    each
    for each in (getattr(components, name) for name in components.__all__)
    if inspect.isclass(each)
    and issubclass(each, pulumi.ComponentResource)
    and "args" in inspect.signature(each).parameters
]


CLUSTER_OUTPUTS = {"kubeconfig", "identifier", "ingressAddresses", "storageClass", "registry"}


@pytest.fixture(scope="module")
def analysis() -> AnalyzeResult:
    return Analyzer("flotilla").analyze(COMPONENTS)


def test_the_host_understands_every_component(analysis: AnalyzeResult) -> None:
    assert set(analysis["component_definitions"]) == {
        "AksCluster",
        "EksCluster",
        "Environment",
        "ExistingCluster",
        "GkeCluster",
        "Service",
        "SharedCluster",
    }
    assert ComponentProvider(COMPONENTS, "flotilla").schema


def test_a_components_outputs_are_these_and_no_more(analysis: AnalyzeResult) -> None:
    outputs = {name: set(each.outputs) for name, each in analysis["component_definitions"].items()}
    assert outputs == {
        "AksCluster": CLUSTER_OUTPUTS,
        "EksCluster": CLUSTER_OUTPUTS,
        "Environment": {"namespace"},
        "ExistingCluster": CLUSTER_OUTPUTS,
        "GkeCluster": CLUSTER_OUTPUTS,
        "Service": {"name", "release", "address"},
        "SharedCluster": CLUSTER_OUTPUTS,
    }


def test_arguments_have_the_names_that_files_use(analysis: AnalyzeResult) -> None:
    service = analysis["component_definitions"]["Service"]
    assert {
        "terminationGracePeriodSeconds",
        "initContainers",
        "secretValues",
        "identity",
        "loadBalancer",
    } <= set(service.inputs)
    required = {name for name, each in service.inputs.items() if not each.optional}
    assert required == {"owner", "release", "namespace"}


def test_every_type_and_every_field_is_documented(analysis: AnalyzeResult) -> None:
    declared = [each.python_type for each in analysis["type_definitions"].values() if not each.enum]
    arguments = [inspect.get_annotations(each.__init__)["args"] for each in COMPONENTS]
    for each in [*declared, *arguments]:
        assert each.__doc__, each
        assert {to_camel(name) for name in each.__annotations__} == set(field_descriptions(each)), each
    for component in COMPONENTS:
        assert component.__doc__
        assert all(field_descriptions(component).values())


def test_every_choice_of_an_enumeration_is_documented(analysis: AnalyzeResult) -> None:
    choices = [choice for each in analysis["type_definitions"].values() for choice in each.enum or []]
    assert choices
    assert all(choice.description for choice in choices)


def test_what_other_languages_send_arrives_under_our_names() -> None:
    provider = cast("Any", ComponentProvider(COMPONENTS, "flotilla"))
    definition = Analyzer("flotilla").analyze(COMPONENTS)["component_definitions"]["Service"]
    sent = {
        "owner": "carts",
        "release": "v1",
        "namespace": "shop",
        "serviceType": "LoadBalancer",
        "initContainers": {"my-wait": {"image": "busybox:1", "env": {"MY_KEY": "x"}}},
        "volumes": {"my-data": {"mountPath": "/data", "emptyDir": {"sizeLimit": "1Gi"}}},
        "loadBalancer": {"annotations": {"example.com/my-key": "x"}, "externalTrafficPolicy": "Local"},
        "identity": {
            "serviceAccountAnnotations": {"example.com/my-id": "y"},
            "podLabels": {"my-label": "z"},
        },
        "probes": {"readiness": {"http": {"path": "/", "port": 8080.0}, "initialDelaySeconds": 5.0}},
    }
    received = provider.map_inputs(sent, definition)
    assert received["init_containers"] == {"my-wait": {"image": "busybox:1", "env": {"MY_KEY": "x"}}}
    assert received["volumes"] == {"my-data": {"mount_path": "/data", "empty_dir": {"size_limit": "1Gi"}}}
    assert received["probes"]["readiness"]["initial_delay_seconds"] == 5
    assert received["load_balancer"]["external_traffic_policy"] == "Local"
    assert received["load_balancer"]["annotations"] == {"example.com/my-key": "x"}
    assert received["identity"] == {
        "service_account_annotations": {"example.com/my-id": "y"},
        "pod_labels": {"my-label": "z"},
    }
    assert received["service_type"] == components.ServiceType.LOAD_BALANCER


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_takes_a_name_arguments_and_options(component: type[pulumi.ComponentResource]) -> None:
    assert [*inspect.signature(component).parameters] == ["name", "args", "opts"]
