"""Online Boutique's own manifests and ours, as a real API server keeps them."""

from collections.abc import Generator

import pytest
import yaml
from kubectl import Json, Kubectl

from flotilla.controlplane import Binaries, ControlPlane
from tests import published_shop

pytestmark = pytest.mark.engine

OF_LOAD_BALANCERS = {"spec.allocateLoadBalancerNodePorts", "spec.externalTrafficPolicy"}
"""Fields that the API server gives to whatever is of this type, which is a difference that is told."""


@pytest.fixture(scope="module")
def plane(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Generator[Kubectl]:
    """A control plane with a namespace for restricted pods only."""
    made = ControlPlane(tmp_path_factory.mktemp("published"), "published", binaries)
    try:
        made.start()
        kubectl = Kubectl(binaries.kubectl, made.kubeconfig, "shop")
        kubectl("create", "namespace", "shop")
        kubectl("label", "namespace", "shop", "pod-security.kubernetes.io/enforce=restricted")
        yield kubectl
    finally:
        made.delete()


def kept(kubectl: Kubectl, objects: published_shop.Objects) -> published_shop.Objects:
    """The objects as the API server would keep them, without what it chooses for each."""
    items = [each for (kind, _), each in objects.items() if kind != "Namespace"]
    wanted: Json = {"apiVersion": "v1", "kind": "List", "items": items}
    answer = kubectl("create", "--dry-run=server", "--filename=-", "--output=yaml", manifest=wanted)
    made: list[Json] = list(yaml.safe_load_all(answer))
    return {(each["kind"], each["metadata"]["name"]): without_choices(each) for each in made}


def without_choices(item: Json) -> Json:
    spec = item.get("spec", {})
    for chosen in ("clusterIP", "clusterIPs"):
        spec.pop(chosen, None)
    for port in spec.get("ports", []):
        port.pop("nodePort", None)
    spec.get("template", {}).get("spec", {}).pop("serviceAccount", None)  # a copy of serviceAccountName
    told = {"name", "labels", "annotations"}
    metadata = {key: value for key, value in item["metadata"].items() if key in told}
    return {**item, "metadata": metadata, "status": None}


def told(found: list[published_shop.Difference]) -> set[published_shop.Difference]:
    apart = {"metadata.namespace", *OF_LOAD_BALANCERS}
    return {each for each in found if each.kind != "Namespace" and each.path not in apart}


def test_the_api_server_sees_the_differences_that_the_page_tells_and_no_others(plane: Kubectl) -> None:
    published, ours = published_shop.published(), published_shop.rendered()
    seen = published_shop.differences(kept(plane, published), kept(plane, ours))
    assert told(seen) == told(published_shop.differences(published, ours))


def payment_pod(objects: published_shop.Objects) -> Json:
    template: Json = objects["Deployment", "paymentservice"]["spec"]["template"]
    metadata = {"name": "paymentservice", "namespace": "shop", "labels": template["metadata"]["labels"]}
    spec = {**template["spec"], "serviceAccountName": "default"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def test_only_our_pods_may_run_where_pods_have_to_be_restricted(plane: Kubectl) -> None:
    create = ("create", "--dry-run=server", "--filename=-")
    with pytest.raises(AssertionError, match=r"violates PodSecurity .*seccompProfile"):
        plane(*create, manifest=payment_pod(published_shop.published()))
    assert "pod/paymentservice created" in plane(*create, manifest=payment_pod(published_shop.rendered()))
