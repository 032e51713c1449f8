"""How the catalog and an environment become one."""

from hypothesis import given
from hypothesis import strategies as st

from components.config.merge import merge
from components.quantities import quantity
from components.tiers import TIERS
from components.types import CatalogService, EnvironmentService, EnvironmentSpec, ProjectSpec, Tier

PROJECT: ProjectSpec = {"name": "shop", "source": "github.com/acme", "registry": "ghcr.io/acme"}
REVIEW: EnvironmentSpec = {"tier": Tier.REVIEW, "labels": {"cost-centre": "4711"}}
CATALOG: dict[str, CatalogService] = {
    "cart": {"owner": "carts", "ports": {"grpc": 7070}, "env": {"A": "1", "B": "2"}},
    "shop": {"owner": "shop", "ports": {"http": 8080, "admin": 9090}, "service_ports": {"http": 80}},
    "web": {
        "owner": "web",
        "uses": ["shop", "cart"],
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
    },
}
WORDS = st.dictionaries(st.sampled_from(["A", "B", "C"]), st.text(max_size=3))
CHOSEN = st.builds(
    EnvironmentService,
    release=st.sampled_from(["v1", "v2"]),
    env=WORDS,
    replicas=st.integers(0, 5),
    resources=st.fixed_dictionaries({}, optional={"requests": WORDS, "limits": WORDS}),
)


def test_of_a_map_the_environment_changes_only_the_keys_it_names() -> None:
    spec = merge("cart", CATALOG, {"release": "v1", "env": {"B": "3", "C": "4"}}, REVIEW, PROJECT)
    assert spec.get("env") == {"A": "1", "B": "3", "C": "4"}
    spec = merge(
        "web", CATALOG, {"release": "v1", "resources": {"limits": {"memory": "1Gi"}}}, REVIEW, PROJECT
    )
    assert spec.get("resources") == {
        "requests": {"cpu": "100m", "memory": "64Mi"},
        "limits": {"memory": "1Gi"},
    }


def test_images_and_repositories_without_a_host_are_the_projects() -> None:
    spec = merge("cart", CATALOG, {"release": "v1"}, REVIEW, PROJECT)
    assert spec.get("image") == "ghcr.io/acme/cart"
    assert spec.get("repository") == "github.com/acme/cart"


def test_a_full_reference_is_kept() -> None:
    for image in ("docker.io/library/redis", "localhost/cart", "registry:5000/cart"):
        catalog: dict[str, CatalogService] = {"cart": {"owner": "carts", "image": image}}
        assert merge("cart", catalog, {"release": "v1"}, REVIEW, PROJECT).get("image") == image


def test_a_service_is_told_the_addresses_of_those_it_uses() -> None:
    assert merge("web", CATALOG, {"release": "v1"}, REVIEW, PROJECT).get("addresses") == {
        "CART_ADDR": "cart:7070",
        "SHOP_ADDR": "shop:80",
        "SHOP_ADMIN_ADDR": "shop:9090",
        "SHOP_HTTP_ADDR": "shop:80",
    }


def test_the_rollout_timeout_is_the_environments_else_its_tiers() -> None:
    chosen: EnvironmentService = {"release": "v1"}
    assert merge("cart", CATALOG, chosen, REVIEW, PROJECT).get("rollout_timeout_seconds") == 300
    patient: EnvironmentSpec = {"tier": Tier.REVIEW, "rollout_timeout_seconds": 77}
    assert merge("cart", CATALOG, chosen, patient, PROJECT).get("rollout_timeout_seconds") == 77


def test_every_tier_has_its_defaults() -> None:
    assert set(TIERS) == set(Tier)


@given(st.sampled_from(sorted(CATALOG)), CHOSEN)
def test_merging_twice_is_merging_once(name: str, chosen: EnvironmentService) -> None:
    once = merge(name, CATALOG, chosen, REVIEW, PROJECT)
    assert merge(name, {**CATALOG, name: once}, chosen, REVIEW, PROJECT) == once


@given(st.sampled_from(sorted(CATALOG)), CHOSEN)
def test_merging_changes_none_of_its_arguments(name: str, chosen: EnvironmentService) -> None:
    before = repr((CATALOG, chosen, REVIEW, PROJECT))
    merge(name, CATALOG, chosen, REVIEW, PROJECT)
    assert repr((CATALOG, chosen, REVIEW, PROJECT)) == before


def test_quantities_have_the_values_kubernetes_gives_them() -> None:
    assert quantity("100m") == quantity("0.1") == quantity(".1")
    assert quantity("1Ki") == 1024
    assert quantity("1k") == quantity("1e3") == 1000
    assert quantity("1Gi") == 1024**3
    assert [quantity(text) for text in ("", "100mm", "1 Gi", "-1", "1KB", "Mi")] == [None] * 6
