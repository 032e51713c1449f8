"""Online Boutique's own manifests beside what our catalog makes of it: each difference is wanted."""

from pathlib import Path

from tests import published_shop

ROOT = Path(__file__).parents[2]


def test_every_difference_is_explained_and_every_explanation_needed() -> None:
    found = published_shop.differences(published_shop.published(), published_shop.rendered())
    *groups, (_, unexplained) = published_shop.explained(found)
    assert unexplained == []
    assert [explanation for explanation, covered in groups if not covered] == []


def test_all_services_of_the_catalog_are_compared() -> None:
    catalog = {file.stem for file in (ROOT / "services").glob("*.yaml")}
    assert {name for kind, name in published_shop.published() if kind == "Deployment"} == catalog


def test_a_change_of_what_a_container_is_told_is_no_wanted_difference() -> None:
    changed = published_shop.rendered()
    container = changed["Deployment", "frontend"]["spec"]["template"]["spec"]["containers"][0]
    (address,) = (each for each in container["env"] if each["name"] == "CART_SERVICE_ADDR")
    address["value"] = "cartservice:7071"
    container["resources"]["limits"]["memory"] = "1Gi"
    found = published_shop.differences(published_shop.published(), changed)
    (*_, (_, unexplained)) = published_shop.explained(found)
    assert [(each.path.rpartition(".")[2], each.ours) for each in unexplained] == [
        ("value", "cartservice:7071"),
        ("memory", "1Gi"),
    ]
