"""What becomes of the operations that a killed update left in the state."""

from flotilla.sandbox.recovery import (
    INTERRUPTED,
    Deployment,
    Operation,
    Resource,
    cluster_of,
    recover,
)

PREFIX = "urn:pulumi:sandbox::flotilla::"


def resource(name: str, *, token: str = "kubernetes:apps/v1:Deployment", namespace: str = "shop") -> Resource:  # noqa: S107
    metadata: dict[str, object] = {"name": name, "namespace": namespace}
    return {
        "urn": f"{PREFIX}{token}::{name}",
        "type": token,
        "inputs": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata},
    }


def interrupted(*operations: Operation, known: list[Resource] | None = None) -> Deployment:
    return {"resources": known or [], "pending_operations": list(operations)}


def creating(made: Resource) -> Operation:
    return {"resource": made, "type": "creating"}


def test_an_object_that_was_made_is_adopted_and_will_be_awaited() -> None:
    deployment = interrupted(creating(resource("cart")))
    recovery = recover(deployment, lambda _: True)
    assert recovery.adopted == [f"{PREFIX}kubernetes:apps/v1:Deployment::cart"]
    (adopted,) = deployment.get("resources", [])
    assert adopted.get("id") == "shop/cart"
    assert adopted.get("initErrors") == [INTERRUPTED]
    assert deployment.get("pending_operations") == []


def test_an_object_of_the_whole_cluster_has_its_name_as_its_id() -> None:
    deployment = interrupted(creating(resource("shop", token="kubernetes:core/v1:Namespace", namespace="")))  # noqa: S106
    recover(deployment, lambda _: True)
    assert deployment.get("resources", [])[0].get("id") == "shop"


def test_an_object_that_was_not_made_is_forgotten_and_nothing_else() -> None:
    other = resource("web")
    deployment = interrupted(creating(resource("cart")), known=[other])
    recovery = recover(deployment, lambda _: False)
    assert recovery.forgotten == [f"{PREFIX}kubernetes:apps/v1:Deployment::cart"]
    assert deployment == {"resources": [other], "pending_operations": []}


def test_the_new_object_of_an_unfinished_replacement_is_an_orphan() -> None:
    old = resource("settings-1a2b3c4d")
    new: Resource = {**resource("settings-5e6f7a8b"), "urn": old["urn"]}
    deployment = interrupted(creating(new), known=[old])
    recovery = recover(deployment, lambda _: True)
    assert recovery.orphaned == [new]
    assert deployment.get("resources") == [old]


def test_an_unfinished_update_or_deletion_is_simply_done_again() -> None:
    known = resource("cart")
    for kind in ("updating", "deleting", "reading"):
        deployment = interrupted({"resource": known, "type": kind}, known=[known])
        recover(deployment, lambda _: True)
        assert deployment == {"resources": [known], "pending_operations": []}


def test_operations_on_anything_but_kubernetes_objects_are_left_to_a_person() -> None:
    cluster: Resource = {"urn": f"{PREFIX}aws:eks/cluster:Cluster::main", "type": "aws:eks/cluster:Cluster"}
    deployment = interrupted(creating(cluster))
    recover(deployment, lambda _: True)
    assert deployment.get("pending_operations") == [creating(cluster)]


def test_an_object_is_on_the_cluster_of_its_provider() -> None:
    provider = f"{PREFIX}flotilla:index:ExistingCluster$pulumi:providers:kubernetes::dr::1b2c"
    assert cluster_of({**resource("cart"), "provider": provider}) == "dr"
