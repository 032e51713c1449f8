"""Which services run on which clusters: what a stack may say of it, and what is found to be impossible."""

from pathlib import Path

import pytest

from components import ConfigurationError, Stack
from tests.projects import CART, STACK, WEB, mistakes_in, write_project

TWO = STACK.replace(
    "  flotilla:services:",
    "    west: {type: existing, kubeconfig: west, identifier: dc2, loadBalancer: {address: 192.0.2.9}}\n"
    "  flotilla:services:",
)
"""A stack of two clusters, the second of which has an address."""

CLOUDS = """\
config:
  gcp:project: acme-shop
  flotilla:environment: {tier: development}
  flotilla:clusters:
    main: {type: eks, kubernetesVersion: "1.36", accountId: "123456789012", admins: [ROLE], region: eu-west-1}
    west: {type: gke, kubernetesVersion: "1.36", region: europe-west1}
  flotilla:services:
    cart: {release: v1}
    web: {release: v2}
""".replace("ROLE", "arn:aws:iam::123456789012:role/platform")
"""A stack of two clusters on two clouds."""

ELSEWHERE = """\
config:
  azure-native:subscriptionId: 00000000-0000-4000-8000-000000000001
  azure-native:location: westeurope
  flotilla:environment: {tier: development, domain: shop.example.com}
  flotilla:clusters:
    main:
      type: aks
      kubernetesVersion: "1.36"
      admins: {platform: {principalId: 00000000-0000-4000-8000-00000000000a}}
      dnsZone: example.org
      dnsZoneResourceGroup: dns
  flotilla:services:
    cart: {release: v1}
"""
"""A stack whose domain is not in the zone of its cluster."""


def placements(project: Path) -> list[tuple[str, str]]:
    return [(placed.name, placed.cluster) for placed in Stack.read(project, "test").placements]


def test_a_service_runs_on_all_clusters_unless_it_names_some(tmp_path: Path) -> None:
    project = write_project(tmp_path, stack=TWO)
    expected = [("cart", "main"), ("web", "main"), ("cart-west", "west"), ("web-west", "west")]
    assert placements(project) == expected
    (project / "Pulumi.test.yaml").write_text(TWO.replace("release: v2", "release: v2, clusters: [main]"))
    assert placements(project) == [("cart", "main"), ("web", "main"), ("cart-west", "west")]


def test_the_order_in_which_clusters_are_named_means_nothing(tmp_path: Path) -> None:
    project = write_project(tmp_path, stack=TWO)
    usual = placements(project)
    (project / "Pulumi.test.yaml").write_text(
        TWO.replace("release: v1", "release: v1, clusters: [west, main]")
    )
    assert placements(project) == usual


@pytest.mark.parametrize(("right", "wrong", "problem"), mistakes_in("placement"))
def test_a_mistake_in_the_placement_of_services_is_one_problem(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    assert right in TWO
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(write_project(tmp_path, stack=TWO.replace(right, wrong)), "test")
    assert [str(each) for each in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("permissions", "problem"),
    [
        (
            "{aws: {policyArns: [arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess]}}",
            (
                "services/cart.yaml:3:1  permissions: cart runs on Google Cloud, on the cluster west, which "
                "they do not name. Add what it may do there; if nothing: gcp: { roles: [] }."
            ),
        ),
        (
            "{gcp: {roles: [roles/storage.objectViewer]}, azure: {roles: []}}",
            (
                "services/cart.yaml:3:1  permissions: cart runs on AWS, on the cluster main, which they do "
                "not name. Add what it may do there; if nothing: aws: {}."
            ),
        ),
    ],
)
def test_permissions_have_to_name_each_cloud_that_the_service_runs_on(
    tmp_path: Path, permissions: str, problem: str
) -> None:
    project = write_project(tmp_path, stack=CLOUDS, cart=f"{CART}permissions: {permissions}\n")
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    assert str(caught.value) == problem


def test_permissions_for_clouds_that_the_service_does_not_run_on_wait_for_other_environments(
    tmp_path: Path,
) -> None:
    cart = f"{CART}permissions: {{azure: {{roles: []}}, gcp: {{roles: []}}, aws: {{}}}}\n"
    for stack in (STACK, CLOUDS):
        assert Stack.read(write_project(tmp_path, stack=stack, cart=cart), "test").placements


def test_an_environment_replaces_the_permissions_of_the_clouds_it_names_and_keeps_the_others(
    tmp_path: Path,
) -> None:
    stack = CLOUDS.replace("release: v1", "release: v1, permissions: {gcp: {roles: [roles/viewer]}}")
    cart = f"{CART}permissions: {{aws: {{}}, gcp: {{roles: [roles/storage.objectViewer, roles/editor]}}}}\n"
    merged = Stack.read(write_project(tmp_path, stack=stack, cart=cart), "test").services["cart"]
    assert merged.get("permissions") == {"aws": {}, "gcp": {"roles": ["roles/viewer"]}}


def test_two_clusters_of_one_cloud_are_two_unless_account_region_and_name_are_the_same(
    tmp_path: Path,
) -> None:
    main = CLOUDS.partition("{type: eks")[2].partition(", region")[0]
    main = f"type: eks{main}"
    other = 'type: gke, kubernetesVersion: "1.36", region: europe-west1'
    named = CLOUDS.replace("region: eu-west-1}", "region: eu-west-1, name: shop}")
    for changed in ("region: eu-west-2, name: shop", "region: eu-west-1, name: shop-2"):
        stack = named.replace(other, f"{main}, {changed}")
        assert len(Stack.read(write_project(tmp_path, stack=stack), "test").clusters) == 2
    project = write_project(tmp_path, stack=named.replace(other, f"{main}, region: eu-west-1, name: shop"))
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    assert "west and main are the same cluster: AWS 123456789012 eu-west-1 shop." in str(caught.value)


@pytest.mark.parametrize(
    ("stack_says", "project_says", "problem"),
    [
        (
            None,
            None,
            (
                "Pulumi.yaml:3:1  config.pulumi:disable-default-providers: is missing. Add it to config of "
                "Pulumi.yaml, for all stacks: pulumi:disable-default-providers: "
                "{ value: [aws, azure-native, gcp, kubernetes] }."
            ),
        ),
        (
            "[kubernetes]",
            "{value: [aws, gcp, kubernetes]}",
            (
                "Pulumi.test.yaml:10:3  config.pulumi:disable-default-providers: leaves out aws, gcp, so "
                "that a resource without a provider would be made with whatever credentials are around. "
                "Add aws, gcp, or remove the key here and say it in Pulumi.yaml: "
                "{ value: [aws, azure-native, gcp, kubernetes] }."
            ),
        ),
        (
            "kubernetes",
            None,
            (
                "Pulumi.test.yaml:10:3  config.pulumi:disable-default-providers: expected a list. "
                "Write [aws, gcp, kubernetes]."
            ),
        ),
        ('["*"]', None, ""),
        ("[aws, gcp, kubernetes]", None, ""),
        (None, "[aws, gcp, kubernetes]", ""),
    ],
)
def test_default_providers_of_the_stacks_clouds_have_to_be_disabled(
    tmp_path: Path, stack_says: str | None, project_says: str | None, problem: str
) -> None:
    key = "pulumi:disable-default-providers"
    project = write_project(tmp_path, stack=CLOUDS + (f"  {key}: {stack_says}\n" if stack_says else ""))
    kept = [line for line in (project / "Pulumi.yaml").read_text().splitlines() if key not in line]
    said = [f"  {key}: {project_says}"] if project_says else []
    (project / "Pulumi.yaml").write_text("\n".join([*kept, *said]) + "\n")
    if not problem:
        assert Stack.read(project, "test").clusters
        return
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    assert str(caught.value) == problem


def test_a_service_that_uses_nothing_on_its_own_cluster_may_run_apart(tmp_path: Path) -> None:
    stack = TWO.replace("release: v1", "release: v1, clusters: [west]")
    web = WEB.replace("uses: [cart]\n", "")
    assert placements(write_project(tmp_path, stack=stack, web=web)) == [
        ("web", "main"),
        ("cart-west", "west"),
        ("web-west", "west"),
    ]


def test_the_reserved_addresses_of_a_cluster_are_for_one_service(tmp_path: Path) -> None:
    outside = "staticAddress: true, serviceType: LoadBalancer"
    both = CLOUDS.replace("release: v1", f"release: v1, {outside}, clusters: [main]")
    apart = both.replace("release: v2", f"release: v2, {outside}, clusters: [west]")
    web = WEB.replace("uses: [cart]\n", "")
    assert len(placements(write_project(tmp_path, stack=apart, web=web))) == 2
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(write_project(tmp_path, stack=apart.replace("[west]", "[main]"), web=web), "test")
    assert str(caught.value) == (
        "Pulumi.test.yaml:9:24  config.flotilla:services.web.staticAddress: cart has the addresses of the "
        "cluster main already. Keep it for one service of each cluster."
    )
    none = apart.replace("region: europe-west1", "region: europe-west1, staticAddresses: false")
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(write_project(tmp_path, stack=none, web=web), "test")
    assert str(caught.value) == (
        "Pulumi.test.yaml:9:24  config.flotilla:services.web.staticAddress: the cluster west reserves no "
        "address. Remove staticAddresses: false from the cluster, or staticAddress from the service."
    )


def test_a_zone_that_does_not_hold_the_domain_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(write_project(tmp_path, stack=ELSEWHERE), "test")
    (problem,) = map(str, caught.value.problems)
    assert problem.startswith(
        "Pulumi.test.yaml:10:7  config.flotilla:clusters.main.dnsZone: "
        "shop.example.com is not in the zone example.org. Name a zone"
    )
    assert Stack.read(write_project(tmp_path, stack=ELSEWHERE.replace("example.org", "example.com")), "test")
