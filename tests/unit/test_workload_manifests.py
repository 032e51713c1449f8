"""What a service becomes in Kubernetes: pure functions from its description to manifests."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from components.config.merge import merge
from components.service.configuration import config_map, secret
from components.service.deployment import deployment as deployment_of
from components.service.discovery import addresses_for
from components.service.kubernetes_service import kubernetes_service
from components.service.manifest import Manifest
from components.service.pod import pod_template
from components.service.references import in_order_of_use, references
from components.service.service_account import service_account
from components.service.sources import Sources
from components.types import CatalogService, EnvironmentSpec, ProjectSpec, ServiceSpec, ServiceType, Tier

PROJECT: ProjectSpec = {"name": "shop", "source": "github.com/acme", "registry": "ghcr.io/acme"}
ENVIRONMENT: EnvironmentSpec = {"tier": Tier.STAGING}
SMALL: ServiceSpec = {"owner": "carts", "release": "v1"}
WHOLE: ServiceSpec = {
    "owner": "carts",
    "repository": "github.com/acme/cart",
    "project": "shop",
    "labels": {"cost-centre": "4711"},
    "image": "ghcr.io/acme/cart",
    "release": "v1.2.3",
    "digest": "sha256:" + "0" * 64,
    "replicas": 3,
    "command": ["/cart"],
    "args": ["--verbose"],
    "ports": {"grpc": 7070, "admin": 9090},
    "service_ports": {"grpc": 80},
    "addresses": {"REDIS_ADDR": "redis:6379"},
    "secrets": ["TOKEN"],
    "env": {"Z": "1", "A": "redis://$(REDIS_ADDR)/$(Z)", "TOKEN_FILE": "$(TOKEN)"},
    "files": {"/etc/cart/cart.ini": "x = 1\n"},
    "volumes": {"scratch": {"mount_path": "/tmp", "empty_dir": {"size_limit": "1Gi", "medium": "Memory"}}},  # noqa: S108
    "probes": {
        "startup": {"exec": ["/ready"], "failure_threshold": 30},
        "readiness": {
            "http": {"path": "/ready", "port": 9090, "headers": {"Host": "cart"}},
            "period_seconds": 5,
        },
        "liveness": {"grpc": 7070},
    },
    "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}},
    "init_containers": {
        "migrate": {"args": ["migrate"]},
        "wait": {"image": "busybox:1", "command": ["true"]},
    },
    "termination_grace_period_seconds": 5,
    "rollout_timeout_seconds": 60,
}


SOURCES = Sources("cart-files-1", "cart-secrets-1")


def deployment(name: str, spec: ServiceSpec, sources: Sources | None = None) -> Manifest:
    """A service's Deployment with its pods."""
    return deployment_of(name, spec, pod_template(name, spec, sources or Sources()))


def pod_of(spec: ServiceSpec) -> dict[str, Any]:
    manifest = cast("dict[str, Any]", deployment("cart", spec, SOURCES))
    return manifest["spec"]["template"]["spec"]


def container_of(spec: ServiceSpec) -> dict[str, Any]:
    return pod_of(spec)["containers"][0]


def test_a_rollout_takes_away_no_pod_before_its_successor_is_ready() -> None:
    spec = cast("dict[str, Any]", deployment("cart", SMALL)["spec"])
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }


def test_the_rollout_timeout_holds_for_kubernetes_and_for_pulumi() -> None:
    manifest = cast("dict[str, Any]", deployment("cart", WHOLE))
    assert manifest["spec"]["progressDeadlineSeconds"] == 60
    assert manifest["metadata"]["annotations"]["pulumi.com/timeoutSeconds"] == "60"


def test_the_selector_stays_when_everything_else_changes() -> None:
    small, whole = (cast("dict[str, Any]", deployment("cart", spec)) for spec in (SMALL, WHOLE))
    assert small["spec"]["selector"] == whole["spec"]["selector"]
    assert small["spec"]["selector"] == {
        "matchLabels": {"app.kubernetes.io/name": "cart", "app.kubernetes.io/instance": "cart"}
    }


def test_the_selectors_find_the_pods() -> None:
    manifest = cast("dict[str, Any]", deployment("cart", WHOLE))
    labels = manifest["spec"]["template"]["metadata"]["labels"].items()
    entrance = cast("dict[str, Any]", kubernetes_service("cart", WHOLE))
    assert manifest["spec"]["selector"]["matchLabels"].items() <= labels
    assert entrance["spec"]["selector"].items() <= labels


def test_labels_of_the_environment_restart_no_pods() -> None:
    relabelled: ServiceSpec = {**WHOLE, "labels": {"cost-centre": "4712"}, "owner": "others"}
    before, after = (cast("dict[str, Any]", deployment("cart", spec)) for spec in (WHOLE, relabelled))
    assert before["spec"] == after["spec"]
    assert after["metadata"]["labels"]["cost-centre"] == "4712"
    assert after["metadata"]["annotations"]["flotilla/owner"] == "others"


def test_pods_are_restricted_unless_a_service_says_otherwise() -> None:
    pod = pod_of(SMALL)
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert container_of(SMALL)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_each_relaxation_relaxes_what_its_name_says() -> None:
    spec: ServiceSpec = {
        **SMALL,
        "security": {
            "run_as_user": 0,
            "run_as_group": 7,
            "writable_root_filesystem": True,
            "allow_privilege_escalation": True,
            "capabilities": ["NET_BIND_SERVICE"],
            "service_account_token": True,
        },
    }
    pod, context = pod_of(spec), container_of(spec)["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is False
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (0, 7)
    assert pod["automountServiceAccountToken"] is True
    assert context["readOnlyRootFilesystem"] is False
    assert context["allowPrivilegeEscalation"] is True
    assert context["capabilities"] == {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}


def test_init_containers_are_as_restricted_as_the_service_and_see_the_same() -> None:
    pod = pod_of(WHOLE)
    assert [each["name"] for each in pod["initContainers"]] == ["migrate", "wait"]
    for each in pod["initContainers"]:
        assert each["securityContext"] == container_of(WHOLE)["securityContext"]
        assert each["volumeMounts"] == container_of(WHOLE)["volumeMounts"]
        assert {"name": "REDIS_ADDR", "value": "redis:6379"} in each["env"]
    assert pod["initContainers"][0]["image"] == container_of(WHOLE)["image"]
    assert pod["initContainers"][1]["image"] == "busybox:1"


def test_an_image_is_pinned_by_its_digest_where_that_is_known() -> None:
    assert container_of(WHOLE)["image"] == "ghcr.io/acme/cart:v1.2.3@sha256:" + "0" * 64
    assert container_of(SMALL)["image"] == "cart:v1"


def test_addresses_and_secrets_come_before_the_variables_that_refer_to_them() -> None:
    env = container_of(WHOLE)["env"]
    assert [each["name"] for each in env] == ["REDIS_ADDR", "TOKEN", "Z", "A", "TOKEN_FILE"]
    assert env[1] == {
        "name": "TOKEN",
        "valueFrom": {"secretKeyRef": {"name": "cart-secrets-1", "key": "TOKEN"}},
    }


def test_a_variable_of_the_service_takes_the_place_of_an_address() -> None:
    spec: ServiceSpec = {**SMALL, "addresses": {"A": "b:1"}, "env": {"A": "c:2"}}
    assert container_of(spec)["env"] == [{"name": "A", "value": "c:2"}]


def test_files_are_mounted_each_at_its_path_from_the_config_map() -> None:
    data = cast("dict[str, str]", config_map("cart", WHOLE)["data"])
    (mount,) = [each for each in container_of(WHOLE)["volumeMounts"] if each["name"] == "files"]
    assert mount["mountPath"] == "/etc/cart/cart.ini"
    assert data[mount["subPath"]] == "x = 1\n"
    assert {"name": "files", "configMap": {"name": "cart-files-1"}} in pod_of(WHOLE)["volumes"]


def test_configuration_is_named_by_the_provider_so_that_a_change_makes_a_new_object() -> None:
    for manifest in (config_map("cart", WHOLE), secret("cart", WHOLE, {})):
        assert "name" not in cast("dict[str, Any]", manifest["metadata"])


def test_probes_ask_what_the_service_says() -> None:
    container = container_of(WHOLE)
    assert container["startupProbe"] == {"exec": {"command": ["/ready"]}, "failureThreshold": 30}
    assert container["readinessProbe"] == {
        "httpGet": {"path": "/ready", "port": 9090, "httpHeaders": [{"name": "Host", "value": "cart"}]},
        "periodSeconds": 5,
    }
    assert container["livenessProbe"] == {"grpc": {"port": 7070}}


def test_ports_have_names_on_both_sides() -> None:
    entrance = cast("dict[str, Any]", kubernetes_service("cart", WHOLE))
    assert entrance["spec"]["ports"] == [
        {"name": "admin", "port": 9090, "targetPort": "admin", "protocol": "TCP"},
        {
            "name": "grpc",
            "port": 80,
            "targetPort": "grpc",
            "protocol": "TCP",
            "appProtocol": "kubernetes.io/h2c",
        },
    ]
    assert [port["name"] for port in container_of(WHOLE)["ports"]] == ["admin", "grpc"]


def test_only_a_load_balancer_is_waited_for() -> None:
    inside = cast("dict[str, Any]", kubernetes_service("cart", WHOLE))
    outside = cast(
        "dict[str, Any]", kubernetes_service("cart", {**WHOLE, "service_type": ServiceType.LOAD_BALANCER})
    )
    assert inside["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert "pulumi.com/skipAwait" not in outside["metadata"]["annotations"]
    assert (inside["spec"]["type"], outside["spec"]["type"]) == ("ClusterIP", "LoadBalancer")


def test_a_service_account_has_no_token_unless_asked_for() -> None:
    assert service_account("cart", SMALL)["automountServiceAccountToken"] is False


def test_numbers_that_come_as_fractions_from_other_languages_are_whole() -> None:
    spec = cast(
        "ServiceSpec",
        {
            **SMALL,
            "replicas": 2.0,
            "ports": {"grpc": 7070.0},
            "probes": {"liveness": {"tcp": 7070.0, "period_seconds": 5.0}},
        },
    )
    manifest = cast("dict[str, Any]", deployment("cart", spec))
    assert repr(manifest).count(".0") == 0


def test_a_release_too_long_for_a_label_is_left_to_the_image() -> None:
    manifest = cast("dict[str, Any]", deployment("cart", {**SMALL, "release": "v" * 100}))
    assert "app.kubernetes.io/version" not in manifest["metadata"]["labels"]


NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
PORTS = st.dictionaries(st.sampled_from(["http", "grpc", "admin"]), st.integers(1, 65535), max_size=3)


@st.composite
def catalogs(draw: st.DrawFn) -> dict[str, CatalogService]:
    """Catalogs whose services use one another."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    catalog: dict[str, CatalogService] = {}
    for name in names:
        service: CatalogService = {
            "owner": "team",
            "ports": draw(PORTS),
            "uses": draw(st.lists(st.sampled_from(names), unique=True)),
        }
        service["env"] = draw(
            st.dictionaries(st.sampled_from(["A", "B", "C"]), st.sampled_from(["1", "$(B)", "$(C)$(C)"]))
        )
        catalog[name] = service
    return catalog


def manifests(name: str, catalog: dict[str, CatalogService]) -> list[object]:
    spec = merge(name, catalog, {"release": "v1"}, ENVIRONMENT, PROJECT)
    return [
        deployment(name, spec),
        kubernetes_service(name, spec),
        service_account(name, spec),
        config_map(name, spec),
    ]


@given(catalogs())
def test_the_order_of_a_catalog_means_nothing(catalog: dict[str, CatalogService]) -> None:
    turned = {name: shuffled(service) for name, service in reversed(catalog.items())}
    for name in catalog:
        assert manifests(name, turned) == manifests(name, catalog)


def shuffled(service: CatalogService) -> CatalogService:
    """The same service with its keys, variables and uses in another order; the first port stays first."""
    turned = cast("CatalogService", dict(reversed(service.items())))
    turned["env"] = dict(reversed(service.get("env", {}).items()))
    turned["uses"] = service.get("uses", [])[::-1]
    return turned


@given(catalogs(), NAMES)
def test_another_service_in_the_catalog_changes_no_other(
    catalog: dict[str, CatalogService], added: str
) -> None:
    larger = (
        {**catalog, added: CatalogService(owner="new", ports={"http": 1})}
        if added not in catalog
        else catalog
    )
    for name in catalog:
        assert manifests(name, larger) == manifests(name, catalog)


@given(
    st.dictionaries(
        st.sampled_from("ABCDE"),
        st.lists(st.sampled_from("ABCDE")).map(lambda names: "".join(f"$({name})" for name in names)),
    )
)
def test_variables_stand_after_those_they_refer_to_unless_in_a_circle(env: dict[str, str]) -> None:
    ordered = in_order_of_use(env)
    assert dict(ordered) == env
    position = {name: index for index, (name, _) in enumerate(ordered)}
    for name, value in ordered:
        for used in references(value):
            if used in env and name not in reached(used, env):
                assert position[used] < position[name]


def reached(start: str, env: dict[str, str]) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        for name in references(env.get(ahead.pop(), "")):
            if name not in seen:
                seen.add(name)
                ahead.append(name)
    return seen


def test_a_doubled_dollar_is_no_reference() -> None:
    assert references("$(A) $$(B) $C ${D}") == ["A"]


def test_services_that_are_not_in_the_catalog_have_no_address() -> None:
    assert addresses_for(["nobody"], {}) == {}
