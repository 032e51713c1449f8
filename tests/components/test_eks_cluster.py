"""`EksCluster` under mocks: what it registers on AWS, in which order, and what it gives to services."""

import json
import subprocess
import sys
from typing import cast

import pulumi
import pytest

from components import EksCluster, EksClusterSpec
from components.types import EksNodePool, Nat, Permissions, TaintEffect
from tests.deployments import Deployment, deploy

DEPLOYER = "arn:aws:iam::111122223333:role/deployer"
SMALL: EksClusterSpec = {
    "account_id": "111122223333",
    "region": "eu-west-1",
    "kubernetes_version": "1.36",
    "deployer_role_arn": DEPLOYER,
    "name": "shop-prod",
}
POOLS: dict[str, EksNodePool] = {
    "main": {"instance_types": ["m7i.large"], "min_size": 2},
    "batch": {
        "instance_types": ["m7g.xlarge", "m6g.xlarge"],
        "spot": True,
        "min_size": 0,
        "max_size": 9,
        "taints": [{"key": "work", "value": "batch", "effect": TaintEffect.NO_SCHEDULE}],
        "labels": {"work": "batch"},
    },
}
GROUPS: EksClusterSpec = {**SMALL, "node_pools": POOLS}
ADOPTED: EksClusterSpec = {
    **SMALL,
    "existing_vpc": {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
        "public_subnet_ids": ["subnet-2a1b2c3d", "subnet-3a1b2c3d"],
    },
}
ALL = {"Auto Mode": SMALL, "node groups": GROUPS, "an existing VPC": ADOPTED}
COMPONENT = "flotilla:index:EksCluster main"

ACCESS = {
    "aws:eks/accessEntry:AccessEntry main-deployer",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation main-deployer-policy",
}
AUTO_MODE = {
    COMPONENT,
    "pulumi:providers:aws main",
    "pulumi:providers:kubernetes main",
    "aws:eks/cluster:Cluster main",
    "aws:cloudwatch/logGroup:LogGroup main-logs",
    "aws:iam/role:Role main-cluster-role",
    "aws:iam/role:Role main-node-role",
    *(
        f"aws:iam/rolePolicyAttachment:RolePolicyAttachment main-cluster-role-AmazonEKS{policy}Policy"
        for policy in ("Cluster", "BlockStorage", "Compute", "LoadBalancing", "Networking")
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment main-node-role-AmazonEKSWorkerNodeMinimalPolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment main-node-role-AmazonEC2ContainerRegistryPullOnly",
    "aws:eks/addon:Addon main-metrics-server",
    "kubernetes:storage.k8s.io/v1:StorageClass main-storage-class",
    "kubernetes:core/v1:ConfigMap main-network-policies",
    *ACCESS,
}
NETWORK = {
    "aws:ec2/vpc:Vpc main-vpc",
    "aws:ec2/internetGateway:InternetGateway main-internet-gateway",
    "aws:ec2/vpcEndpoint:VpcEndpoint main-s3",
    "aws:ec2/routeTable:RouteTable main-public-routes",
    "aws:ec2/route:Route main-public-default-route",
    *(
        label
        for zone in "abc"
        for label in (
            f"aws:ec2/subnet:Subnet main-public-{zone}",
            f"aws:ec2/subnet:Subnet main-private-{zone}",
            f"aws:ec2/routeTableAssociation:RouteTableAssociation main-public-{zone}-association",
            f"aws:ec2/routeTableAssociation:RouteTableAssociation main-private-{zone}-association",
            f"aws:ec2/eip:Eip main-address-{zone}",
        )
    ),
}
ZONAL_NAT = {
    label
    for zone in "abc"
    for label in (
        f"aws:ec2/eip:Eip main-nat-{zone}-address",
        f"aws:ec2/natGateway:NatGateway main-nat-{zone}",
        f"aws:ec2/routeTable:RouteTable main-private-{zone}-routes",
        f"aws:ec2/route:Route main-private-{zone}-default-route",
    )
}


def with_cluster(spec: EksClusterSpec, **changed: object) -> Deployment:
    whole = cast("EksClusterSpec", {**spec, **changed})

    def program() -> None:
        cluster = EksCluster("main", whole)
        pulumi.export("kubeconfig", cluster.kubeconfig)
        pulumi.export("identifier", cluster.identifier)
        pulumi.export("addresses", cluster.ingress_addresses)
        pulumi.export("storageClass", cluster.storage_class)
        pulumi.export("registry", cluster.registry)
        pulumi.export("loadBalancer", cluster.load_balancer)
        pulumi.export("entrance", cluster.entrance)
        pulumi.export("grantor", cluster.exported["grantor"])

    return deploy(program)


def test_in_auto_mode_it_is_exactly_this() -> None:
    assert set(with_cluster(SMALL).labels) == AUTO_MODE | NETWORK | ZONAL_NAT


def test_one_nat_gateway_may_serve_all_zones() -> None:
    labels = set(with_cluster(SMALL, network={"nat": Nat.SINGLE}).labels)
    assert labels == AUTO_MODE | NETWORK | {
        "aws:ec2/eip:Eip main-nat-address",
        "aws:ec2/natGateway:NatGateway main-nat",
        "aws:ec2/routeTable:RouteTable main-private-routes",
        "aws:ec2/route:Route main-private-default-route",
    }


def test_lifting_the_protection_changes_nothing_else() -> None:
    protected, lifted = with_cluster(SMALL), with_cluster(SMALL, deletion_protection=False)
    assert protected.labels == lifted.labels


def test_a_regional_nat_gateway_has_neither_subnet_nor_address() -> None:
    deployment = with_cluster(SMALL, network={"nat": Nat.REGIONAL})
    gateway = deployment.get("aws:ec2/natGateway:NatGateway main-nat")
    assert gateway.inputs["availabilityMode"] == "regional"
    assert gateway.inputs["vpcId"] == "main-vpc-id"
    assert not {"subnetId", "allocationId"} & set(gateway.inputs)
    assert "aws:ec2/eip:Eip main-nat-address" not in deployment.labels


def test_with_node_pools_there_are_node_groups_and_what_auto_mode_has_built_in() -> None:
    own = ("AmazonEKS", "PullOnly", "network-policies")
    expected = {label for label in AUTO_MODE if not any(word in label for word in own)} | {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment main-cluster-role-AmazonEKSClusterPolicy",
        *(
            f"aws:iam/rolePolicyAttachment:RolePolicyAttachment main-node-role-{policy}"
            for policy in (
                "AmazonEKSWorkerNodePolicy",
                "AmazonEKS_CNI_Policy",
                "AmazonEC2ContainerRegistryPullOnly",
            )
        ),
        "aws:iam/role:Role main-storage-role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment main-storage-role-AmazonEBSCSIDriverPolicy",
        *(
            f"aws:eks/addon:Addon main-{addon}"
            for addon in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns", "aws-ebs-csi-driver")
        ),
        "aws:eks/nodeGroup:NodeGroup main-pool-main",
        "aws:eks/nodeGroup:NodeGroup main-pool-batch",
    }
    assert set(with_cluster(GROUPS).labels) == expected | NETWORK | ZONAL_NAT


def test_network_policies_are_enforced_with_either_kind_of_nodes() -> None:
    setting = with_cluster(SMALL).get("kubernetes:core/v1:ConfigMap main-network-policies")
    assert setting.inputs["metadata"]["namespace"] == "kube-system"
    assert setting.inputs["metadata"]["name"] == "amazon-vpc-cni"
    assert setting.inputs["data"] == {"enable-network-policy-controller": "true"}
    addon = with_cluster(GROUPS).get("aws:eks/addon:Addon main-vpc-cni")
    assert json.loads(addon.inputs["configurationValues"]) == {"enableNetworkPolicy": "true"}


def test_of_an_existing_vpc_nothing_is_created() -> None:
    deployment = with_cluster(ADOPTED)
    addresses = {"aws:ec2/eip:Eip main-address-1", "aws:ec2/eip:Eip main-address-2"}
    assert set(deployment.labels) == AUTO_MODE | addresses
    assert deployment.get("aws:eks/cluster:Cluster main").inputs["vpcConfig"]["subnetIds"] == [
        "subnet-0a1b2c3d",
        "subnet-1a1b2c3d",
    ]


@pytest.mark.parametrize("spec", ALL.values(), ids=ALL)
def test_everything_has_the_component_as_its_parent_and_an_explicit_provider(spec: EksClusterSpec) -> None:
    for each in with_cluster(spec).registrations:
        if each.label == COMPONENT:
            continue
        assert each.parent == COMPONENT
        if each.type.startswith(("aws:", "kubernetes:")):
            assert f"pulumi:providers:{each.type.partition(':')[0]}::main" in each.provider, each.label


@pytest.mark.parametrize("spec", ALL.values(), ids=ALL)
def test_what_is_in_a_region_says_in_which(spec: EksClusterSpec) -> None:
    for each in with_cluster(spec).registrations:
        if each.type.startswith(("aws:ec2", "aws:eks", "aws:cloudwatch", "aws:ecr")):
            assert each.inputs["region"] == "eu-west-1", each.label


@pytest.mark.parametrize("protected", [True, False])
def test_the_cluster_the_network_addresses_and_images_are_protected_by_one_switch(protected: bool) -> None:  # noqa: FBT001 (a parameter)
    deployment = with_cluster(SMALL, deletion_protection=protected, repositories=["shop/cart"])
    kinds = {"Cluster", "Vpc", "Subnet", "Eip", "Repository"}
    for each in deployment.registrations:
        expected = each.type.startswith("aws:") and each.type.rpartition(":")[2] in kinds
        assert each.protect == (protected and expected), each.label
    assert deployment.get("aws:eks/cluster:Cluster main").inputs["deletionProtection"] is protected


def test_without_a_stack_around_it_the_cluster_is_protected_and_named_like_the_component() -> None:
    spec = cast("EksClusterSpec", {key: value for key, value in SMALL.items() if key != "name"})
    cluster = with_cluster(spec).get("aws:eks/cluster:Cluster main")
    assert cluster.protect
    assert cluster.inputs["name"] == "main"


def test_the_aws_provider_works_as_the_deployer_in_the_one_account() -> None:
    provider = with_cluster(SMALL, labels={"cost-centre": "4711"}).get("pulumi:providers:aws main")
    inputs = {key: json.loads(value) if value[0] in "[{" else value for key, value in provider.inputs.items()}
    assert inputs["region"] == "eu-west-1"
    assert inputs["allowedAccountIds"] == ["111122223333"]
    assert inputs["assumeRoles"] == [{"roleArn": DEPLOYER, "sessionName": "flotilla"}]
    assert inputs["defaultTags"] == {"tags": {"cost-centre": "4711", "flotilla/cluster": "shop-prod"}}


def test_only_those_named_get_in() -> None:
    deployment = with_cluster(
        SMALL,
        admins=["arn:aws:iam::111122223333:role/team/platform", "arn:aws:iam::444455556666:role/audit"],
        viewers=["arn:aws:iam::111122223333:user/ann"],
    )
    cluster = deployment.get("aws:eks/cluster:Cluster main")
    assert cluster.inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    policies = {
        each.name: each.inputs["policyArn"].rpartition("/")[2]
        for each in deployment.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").values()
    }
    assert policies == {
        "main-deployer-policy": "AmazonEKSClusterAdminPolicy",
        "main-admin-role-team-platform-policy": "AmazonEKSClusterAdminPolicy",
        "main-admin-444455556666-role-audit-policy": "AmazonEKSClusterAdminPolicy",
        "main-viewer-user-ann-policy": "AmazonEKSViewPolicy",
    }


@pytest.mark.parametrize("spec", ALL.values(), ids=ALL)
def test_the_kubeconfig_is_secret_and_holds_no_token(spec: EksClusterSpec) -> None:
    provider = with_cluster(spec).get("pulumi:providers:kubernetes main")
    assert provider.secrets == {"kubeconfig"}
    kubeconfig = json.loads(provider.inputs["kubeconfig"])
    (user,) = kubeconfig["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "aws"
    assert user["user"]["exec"]["args"] == [
        *("eks", "get-token", "--cluster-name", "shop-prod", "--region", "eu-west-1"),
        *("--output", "json", "--role-arn", DEPLOYER),
    ]
    assert kubeconfig["clusters"][0]["cluster"] == {
        "server": "https://0123.gr7.eu-west-1.eks.amazonaws.com",
        "certificate-authority-data": "Y2E=",
    }


def test_the_identifier_is_plain_and_says_what_makes_it_this_cluster() -> None:
    deployment = with_cluster(SMALL)
    provider = deployment.get("pulumi:providers:kubernetes main")
    assert provider.inputs["clusterIdentifier"] == "aws:111122223333:eu-west-1:shop-prod"
    assert deployment.exports["identifier"] == "aws:111122223333:eu-west-1:shop-prod"


def test_what_is_on_the_cluster_waits_for_routes_and_access_and_goes_before_them() -> None:
    waits_for = with_cluster(SMALL).get("pulumi:providers:kubernetes main").depends_on
    assert waits_for >= ACCESS
    assert {f"aws:ec2/route:Route main-private-{zone}-default-route" for zone in "abc"} | {
        "aws:ec2/route:Route main-public-default-route"
    } <= waits_for
    assert {
        f"aws:ec2/routeTableAssociation:RouteTableAssociation main-private-{zone}-association"
        for zone in "abc"
    } <= waits_for


def test_with_node_groups_what_is_on_the_cluster_waits_for_them_and_for_add_ons() -> None:
    waits_for = with_cluster(GROUPS).get("pulumi:providers:kubernetes main").depends_on
    assert {
        "aws:eks/nodeGroup:NodeGroup main-pool-main",
        "aws:eks/nodeGroup:NodeGroup main-pool-batch",
        "aws:eks/addon:Addon main-aws-ebs-csi-driver",
        "aws:eks/addon:Addon main-coredns",
    } <= waits_for


def test_the_cluster_waits_for_its_log_group_and_what_its_roles_may_do() -> None:
    deployment = with_cluster(SMALL)
    cluster = deployment.get("aws:eks/cluster:Cluster main")
    attached = set(AUTO_MODE & set(deployment.labels))
    assert {label for label in attached if "RolePolicyAttachment" in label} <= cluster.depends_on
    assert "aws:cloudwatch/logGroup:LogGroup main-logs" in cluster.depends_on
    assert deployment.get("aws:cloudwatch/logGroup:LogGroup main-logs").inputs["name"] == (
        "/aws/eks/shop-prod/cluster"
    )


def test_nodes_wait_for_the_add_ons_without_which_they_never_become_ready() -> None:
    deployment = with_cluster(GROUPS)
    group = deployment.get("aws:eks/nodeGroup:NodeGroup main-pool-main")
    first = {
        f"aws:eks/addon:Addon main-{name}" for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
    }
    assert first <= group.depends_on
    coredns = deployment.get("aws:eks/addon:Addon main-coredns")
    assert "aws:eks/nodeGroup:NodeGroup main-pool-main" in coredns.depends_on


def test_auto_mode_is_all_on_or_all_off() -> None:
    for spec, on in ((SMALL, True), (GROUPS, False)):
        inputs = with_cluster(spec).get("aws:eks/cluster:Cluster main").inputs
        assert inputs["computeConfig"]["enabled"] is on
        assert inputs["storageConfig"]["blockStorage"]["enabled"] is on
        assert inputs["kubernetesNetworkConfig"]["elasticLoadBalancing"]["enabled"] is on
        assert inputs["bootstrapSelfManagedAddons"] is False


def test_a_node_group_is_what_its_pool_says() -> None:
    deployment = with_cluster(GROUPS)
    batch = deployment.get("aws:eks/nodeGroup:NodeGroup main-pool-batch")
    assert batch.inputs["amiType"] == "AL2023_ARM_64_STANDARD"
    assert batch.inputs["capacityType"] == "SPOT"
    assert batch.inputs["scalingConfig"] == {"minSize": 0, "maxSize": 9, "desiredSize": 0}
    assert batch.inputs["taints"] == [{"key": "work", "value": "batch", "effect": "NO_SCHEDULE"}]
    assert batch.inputs["version"] == "1.36"
    assert batch.ignore_changes == ("scalingConfig.desiredSize",)
    main = deployment.get("aws:eks/nodeGroup:NodeGroup main-pool-main")
    assert main.inputs["amiType"] == "AL2023_x86_64_STANDARD"
    assert main.inputs["capacityType"] == "ON_DEMAND"


def test_what_cannot_be_twice_is_deleted_before_it_is_replaced() -> None:
    deployment = with_cluster(SMALL)
    first = {each.label for each in deployment.registrations if each.delete_before_replace}
    assert first == {f"aws:ec2/natGateway:NatGateway main-nat-{zone}" for zone in "abc"}


def test_subnets_are_marked_for_the_load_balancers_that_go_there() -> None:
    deployment = with_cluster(SMALL)
    public = deployment.get("aws:ec2/subnet:Subnet main-public-a").inputs
    private = deployment.get("aws:ec2/subnet:Subnet main-private-a").inputs
    assert public["tags"]["kubernetes.io/role/elb"] == "1"
    assert private["tags"]["kubernetes.io/role/internal-elb"] == "1"
    assert (public["cidrBlock"], private["cidrBlock"]) == ("10.0.224.0/24", "10.0.0.0/19")
    assert public["availabilityZone"] == private["availabilityZone"] == "eu-west-1a"


def test_the_entrance_takes_one_address_in_each_public_subnet() -> None:
    exports = with_cluster(SMALL).exports
    assert exports["addresses"] == ["192.0.2.10"] * 3
    prefix = "service.beta.kubernetes.io/aws-load-balancer"
    every = {f"{prefix}-scheme": "internet-facing", f"{prefix}-nlb-target-type": "ip"}
    assert exports["loadBalancer"] == {"annotations": every, "load_balancer_class": "eks.amazonaws.com/nlb"}
    assert exports["entrance"]["annotations"] == {
        **every,
        f"{prefix}-eip-allocations": "eipalloc-0a1b2c3d,eipalloc-0a1b2c3d,eipalloc-0a1b2c3d",
        f"{prefix}-subnets": "main-public-a-id,main-public-b-id,main-public-c-id",
    }


def test_addresses_are_reserved_only_where_they_are_wanted_and_possible() -> None:
    assert with_cluster(SMALL, static_addresses=False).exports["addresses"] == []
    closed = cast("EksClusterSpec", {**ADOPTED})
    closed["existing_vpc"] = {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
    }
    exports = with_cluster(closed).exports
    assert exports["addresses"] == []
    assert exports["entrance"] == exports["loadBalancer"]


def test_volumes_have_a_storage_class_of_the_driver_that_is_there() -> None:
    for spec, driver in ((SMALL, "ebs.csi.eks.amazonaws.com"), (GROUPS, "ebs.csi.aws.com")):
        deployment = with_cluster(spec)
        made = deployment.get("kubernetes:storage.k8s.io/v1:StorageClass main-storage-class")
        assert made.inputs["provisioner"] == driver
        assert deployment.exports["storageClass"] == "gp3"


def test_repositories_keep_their_tags_and_are_in_the_clusters_registry() -> None:
    deployment = with_cluster(SMALL, repositories=["shop/cart"])
    repository = deployment.get("aws:ecr/repository:Repository main-repository-shop-cart")
    assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
    assert deployment.exports["registry"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    assert "aws:ecr/lifecyclePolicy:LifecyclePolicy main-repository-shop-cart-lifecycle" in deployment.labels


def test_every_role_has_the_permissions_boundary() -> None:
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    roles = with_cluster(GROUPS, permissions_boundary_arn=boundary).of_type("aws:iam/role:Role")
    assert roles
    assert all(role.inputs["permissionsBoundary"] == boundary for role in roles.values())


def granted(permissions: Permissions) -> tuple[Deployment, bool]:
    asked: list[bool] = []

    def program() -> None:
        identity = EksCluster("main", SMALL).grant("cart", "shop", "cart-account", permissions)
        asked.append(identity is not None)
        if identity:
            pulumi.export("annotations", identity["service_account_annotations"])

    deployment = deploy(program)
    return deployment, asked[0]


def test_a_grant_is_a_role_for_pods_its_policies_and_then_the_association() -> None:
    statement = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::carts/*"]}
    policy = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    deployment, is_there = granted(
        cast("Permissions", {"aws": {"policy_arns": [policy], "statements": [statement]}})
    )
    assert is_there
    assert deployment.exports["annotations"] == {}
    association = deployment.get("aws:eks/podIdentityAssociation:PodIdentityAssociation main-cart-identity")
    assert association.inputs["namespace"] == "shop"
    assert association.inputs["serviceAccount"] == "cart-account"
    assert association.depends_on >= {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment main-cart-identity-AmazonSQSReadOnlyAccess",
        "aws:iam/rolePolicy:RolePolicy main-cart-identity-policy",
    }
    trust = json.loads(deployment.get("aws:iam/role:Role main-cart-identity").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert trust["Statement"][0]["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    written = json.loads(
        deployment.get("aws:iam/rolePolicy:RolePolicy main-cart-identity-policy").inputs["policy"]
    )
    assert written["Statement"][0]["Action"] == ["s3:GetObject"]


def test_without_permissions_on_aws_nothing_is_granted() -> None:
    deployment, is_there = granted({"gcp": {"roles": ["roles/storage.objectViewer"]}})
    assert not is_there
    assert not deployment.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")


def test_a_host_is_pointed_at_the_reserved_addresses_in_the_zone_that_is_given() -> None:
    def program() -> None:
        cluster = EksCluster("main", {**SMALL, "dns_zone": "Z0123456789"})
        assert cluster.dns_record("*.shop.example.com") is not None
        assert EksCluster("dr", {**SMALL, "name": "dr"}).dns_record("shop.example.com") is None

    record = deploy(program).get("aws:route53/record:Record main-dns-wildcard.shop.example.com")
    assert record.inputs["name"] == "*.shop.example.com"
    assert record.inputs["records"] == ["192.0.2.10"] * 3
    assert record.inputs["zoneId"] == "Z0123456789"


def test_two_clusters_share_no_name() -> None:
    def program() -> None:
        EksCluster("main", SMALL)
        EksCluster("dr", {**SMALL, "name": "shop-prod-dr", "region": "eu-central-1"})

    labels = deploy(program).labels
    assert len(labels) == len(set(labels))


def test_all_mistakes_come_at_once_before_anything_is_registered() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        with_cluster(SMALL, region="eu-west-9", account_id="1", kubernetes_version="1.10")
    lines = str(caught.value).splitlines()
    assert all(line.startswith("EksCluster main: ") for line in lines)
    assert [line.split(": ")[1] for line in lines if "deployerRoleArn" not in line] == [
        "region",
        "accountId",
        "kubernetesVersion",
    ]


def test_only_the_sdk_of_aws_is_loaded() -> None:
    program = (
        "import sys; from components import EksCluster; EksCluster; "
        "print([name for name in ('pulumi_aws', 'pulumi_gcp', 'pulumi_azure_native', 'pulumi_kubernetes') "
        "if name in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "['pulumi_aws']"
