"""EKS as the sandbox plays it, without control planes: what clusters, nodes and access refuse and show."""

import json
import re
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.control_planes import Endpoint, Leftovers
from flotilla.sandbox.clouds.store import remaining

TOKENS = {
    "Role": "aws:iam/role:Role",
    "Attachment": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "Vpc": "aws:ec2/vpc:Vpc",
    "Subnet": "aws:ec2/subnet:Subnet",
    "Group": "aws:ec2/securityGroup:SecurityGroup",
    "Logs": "aws:cloudwatch/logGroup:LogGroup",
    "Cluster": "aws:eks/cluster:Cluster",
    "NodeGroup": "aws:eks/nodeGroup:NodeGroup",
    "Addon": "aws:eks/addon:Addon",
    "Entry": "aws:eks/accessEntry:AccessEntry",
    "Association": "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "PodIdentity": "aws:eks/podIdentityAssociation:PodIdentityAssociation",
}
CLUSTER, NODES, PODS = "eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
PLATFORM, ON_CALL = (f"arn:aws:iam::123456789012:role/{name}" for name in ("platform", "on-call"))
AUTO: dict[str, object] = {
    "bootstrapSelfManagedAddons": False,
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
}


class Account:
    """An account with a network and roles, where a cluster can be made."""

    def __init__(self, directory: Path, **settings: object) -> None:
        self.directory, self.count = directory, 0
        self.asked = Asked("aws", directory, region="eu-west-1", **settings)
        self.vpc = self.make("Vpc", cidrBlock="10.0.0.0/16").id
        self.subnets = [self.subnet(self.vpc, f"10.0.{n}.0/24", zone) for n, zone in enumerate("ab")]
        self.role = self.new_role(CLUSTER, "AmazonEKSClusterPolicy")
        self.nodes = self.new_role(NODES, "AmazonEKSWorkerNodePolicy")

    def make(self, kind: str, **inputs: object) -> Made:
        self.count += 1
        return self.asked.create(TOKENS[kind], f"{kind.lower()}-{self.count}", inputs)

    def refuses(self, what: str, kind: str, **inputs: object) -> None:
        with pytest.raises(RefusedError, match=re.escape(what)):
            self.make(kind, **inputs)

    def subnet(self, vpc: str, cidr: str, zone: str) -> str:
        return self.make("Subnet", vpcId=vpc, cidrBlock=cidr, availabilityZone=f"eu-west-1{zone}").id

    def new_role(
        self, service: str, *policies: str, actions: tuple[str, ...] = ("sts:AssumeRole", "sts:TagSession")
    ) -> object:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
        role = self.make("Role", assumeRolePolicy=json.dumps({"Statement": [statement]}))
        for policy in policies:
            self.make("Attachment", role=role.id, policyArn=f"arn:aws:iam::aws:policy/{policy}")
        return role.outputs["arn"]

    def wanted(self, **more: object) -> dict[str, object]:
        return {
            "name": "shop",
            "roleArn": self.role,
            "version": "1.35",
            "vpcConfig": {"subnetIds": self.subnets},
            "accessConfig": {
                "authenticationMode": "API",
                "bootstrapClusterCreatorAdminPermissions": False,
            },
            **more,
        }

    def auto(self, **more: object) -> dict[str, object]:
        compute = {"enabled": True, "nodePools": ["system"], "nodeRoleArn": self.nodes}
        return self.wanted(**{**AUTO, "computeConfig": compute, **more})

    def group(self, **more: object) -> dict[str, object]:
        return {
            "clusterName": "shop",
            "nodeGroupName": "apps",
            "nodeRoleArn": self.nodes,
            "subnetIds": self.subnets,
            "scalingConfig": {"minSize": 1, "desiredSize": 2, "maxSize": 3},
            **more,
        }


@pytest.fixture(autouse=True)
def planes() -> Generator[dict[str, mock.Mock]]:
    """What is asked of control planes, which are not there."""
    names = ("create", "admit", "revoke", "add_pool", "remove_pool", "delete")
    asked = {name: mock.Mock() for name in names}
    asked["create"].return_value = Endpoint("https://127.0.0.1:6443", "Q0E=")
    asked["delete"].return_value = Leftovers()
    with ExitStack() as patches:
        for name, stand_in in asked.items():
            patches.enter_context(mock.patch.object(control_planes, name, stand_in))
        yield asked


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path)


@pytest.fixture
def cluster(account: Account) -> Made:
    return account.make("Cluster", **account.wanted())


def test_a_cluster_shows_its_endpoint_issuer_and_network(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    shown = cluster.outputs
    assert (cluster.id, shown["status"]) == ("shop", "ACTIVE")
    assert shown["arn"] == "arn:aws:eks:eu-west-1:123456789012:cluster/shop"
    assert shown["endpoint"] == "https://127.0.0.1:6443"
    assert shown["certificateAuthority"] == {"data": "Q0E="}
    assert "'issuer': 'https://oidc.eks.eu-west-1.amazonaws.com/id/" in str(shown["identities"])
    assert f"'vpcId': '{account.vpc}'" in str(shown["vpcConfig"])
    assert planes["create"].call_args.args[2] == "123456789012/eu-west-1/shop"
    settings = planes["create"].call_args.kwargs
    assert (settings["zones"], settings["nodes"]) == (["eu-west-1a", "eu-west-1b"], 0)
    assert settings["load_balancer_domain"] == "elb.eu-west-1.amazonaws.com"
    planes["admit"].assert_not_called()


def test_a_second_cluster_of_the_same_name_is_refused_in_its_region_only(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    account.refuses(
        "ResourceInUseException: Cluster already exists with name: shop", "Cluster", **cluster.inputs
    )
    ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    account.make("Cluster", **account.wanted(region="us-east-1", vpcConfig={"subnetIds": ids}))
    assert planes["create"].call_args.args[2] == "123456789012/us-east-1/shop"


def test_the_role_of_a_cluster_is_there_trusts_eks_and_may_do_its_work(account: Account) -> None:
    gone = "arn:aws:iam::123456789012:role/gone"
    account.refuses(f"roleArn, {gone}, does not exist", "Cluster", **account.wanted(roleArn=gone))
    account.refuses(
        "InvalidParameterException: Role could not be assumed because the trusted entity is not correct",
        "Cluster",
        **account.wanted(roleArn=account.nodes),
    )
    account.refuses(
        "policy is attached: arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
        "Cluster",
        **account.wanted(roleArn=account.new_role(CLUSTER)),
    )
    untagging = account.new_role(CLUSTER, "AmazonEKSClusterPolicy", actions=("sts:AssumeRole",))
    account.refuses("trusted entity is not correct", "Cluster", **account.auto(roleArn=untagging))
    account.make("Cluster", **account.wanted(roleArn=untagging))


def test_the_subnets_of_a_cluster_are_in_two_zones_of_one_vpc(account: Account) -> None:
    def among(*subnets: str, **more: object) -> dict[str, object]:
        return account.wanted(vpcConfig={"subnetIds": subnets, **more})

    first = account.subnets[0]
    account.refuses("Subnets specified must be in at least two different AZs", "Cluster", **among(first))
    other = account.make("Vpc", cidrBlock="10.9.0.0/16").id
    foreign = account.subnet(other, "10.9.0.0/24", "b")
    account.refuses("must be in the same VPC", "Cluster", **among(first, foreign))
    account.refuses("The subnet ID 'subnet-gone' does not exist", "Cluster", **among(first, "subnet-gone"))
    group = account.make("Group", vpcId=other).id
    account.refuses("are not in the same VPC", "Cluster", **among(*account.subnets, securityGroupIds=[group]))
    account.refuses(
        "Private and public endpoint access cannot be false",
        "Cluster",
        **among(*account.subnets, endpointPublicAccess=False),
    )
    services = {"serviceIpv4Cidr": "10.0.128.0/20"}
    account.refuses(
        "overlaps with the CIDR of the VPC", "Cluster", **account.wanted(kubernetesNetworkConfig=services)
    )


def test_auto_mode_is_on_altogether_or_not_at_all(account: Account, planes: dict[str, mock.Mock]) -> None:
    for switch in ("computeConfig", "kubernetesNetworkConfig", "storageConfig"):
        partly = {name: value for name, value in account.auto().items() if name != switch}
        account.refuses("are all either fully enabled or fully disabled", "Cluster", **partly)
    account.refuses(
        "bootstrapSelfManagedAddons is set to false",
        "Cluster",
        **account.auto(bootstrapSelfManagedAddons=True),
    )
    no_role = {"enabled": True, "nodePools": ["system"]}
    account.refuses("nodeRoleArn value must be provided", "Cluster", **account.auto(computeConfig=no_role))
    account.make("Cluster", **account.auto())
    assert planes["create"].call_args.kwargs["nodes"] == 3


def test_versions_are_on_offer_and_follow_one_another(account: Account, cluster: Made) -> None:
    account.refuses("unsupported Kubernetes version", "Cluster", **account.wanted(name="old", version="1.20"))
    standard = {"supportType": "STANDARD"}
    account.refuses(
        "is in extended support",
        "Cluster",
        **account.wanted(name="old", version="1.32", upgradePolicy=standard),
    )
    for version in ("1.34", "1.37"):
        said = f"Unsupported Kubernetes minor version update from 1.35 to {version}"
        with pytest.raises(RefusedError, match=said):
            account.asked.update(cluster, {**cluster.inputs, "version": version})
    updated = account.asked.update(cluster, {**cluster.inputs, "version": "1.36"})
    assert updated.outputs["version"] == "1.36"
    back = {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False}
    with pytest.raises(RefusedError, match="Unsupported authentication mode update from API to CONFIG_MAP"):
        account.asked.update(updated, {**updated.inputs, "accessConfig": back})


def test_a_cluster_is_kept_by_its_protection_and_its_node_groups(account: Account) -> None:
    cluster = account.make("Cluster", **account.wanted(deletionProtection=True))
    with pytest.raises(RefusedError, match="InvalidRequestException: Cluster shop cannot be deleted"):
        account.asked.delete(cluster)
    free = account.asked.update(cluster, {**cluster.inputs, "deletionProtection": False})
    group = account.make("NodeGroup", **account.group())
    with pytest.raises(RefusedError, match="ResourceInUseException: Cluster has nodegroups attached"):
        account.asked.delete(free)
    account.asked.delete(group)
    account.asked.delete(free)


def test_a_node_group_has_a_role_for_machines_subnets_of_the_cluster_and_sizes_that_fit(
    account: Account, cluster: Made
) -> None:
    account.refuses("No cluster found for name: gone.", "NodeGroup", **account.group(clusterName="gone"))
    account.refuses(
        "required service principals [ec2.amazonaws.com] were not found",
        "NodeGroup",
        **account.group(nodeRoleArn=account.role),
    )
    account.refuses(
        "Instances failed to join the kubernetes cluster",
        "NodeGroup",
        **account.group(nodeRoleArn=account.new_role(NODES)),
    )
    large = {"minSize": 1, "desiredSize": 4, "maxSize": 3}
    account.refuses(
        "desired capacity 4 can't be greater than max size 3",
        "NodeGroup",
        **account.group(scalingConfig=large),
    )
    account.refuses(
        "must be less than or equal to the cluster version", "NodeGroup", **account.group(version="1.36")
    )
    account.refuses(
        "[m7g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD",
        "NodeGroup",
        **account.group(instanceTypes=["m7i.large", "m7g.large"]),
    )
    foreign = account.subnet(account.make("Vpc", cidrBlock="10.9.0.0/16").id, "10.9.0.0/24", "b")
    account.refuses("is not in the VPC of the cluster", "NodeGroup", **account.group(subnetIds=[foreign]))


def test_a_node_group_gives_the_cluster_nodes_and_changes_their_number_in_place(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    taints = [{"key": "batch", "value": "yes", "effect": "NO_SCHEDULE"}]
    group = account.make("NodeGroup", **account.group(labels={"work": "batch"}, taints=taints))
    assert group.id == "shop:apps"
    asked = planes["add_pool"].call_args
    assert asked.args[2:] == ("123456789012/eu-west-1/shop", "apps")
    assert (asked.kwargs["count"], asked.kwargs["labels"]) == (2, {"work": "batch"})
    assert asked.kwargs["taints"] == [{"key": "batch", "value": "yes", "effect": "NoSchedule"}]
    larger = {"minSize": 1, "desiredSize": 3, "maxSize": 3}
    account.asked.update(group, {**group.inputs, "scalingConfig": larger})
    assert planes["add_pool"].call_args.kwargs["count"] == 3
    account.refuses(
        "NodeGroup already exists with name apps and cluster name shop", "NodeGroup", **account.group()
    )


def test_nodes_are_not_ready_without_a_network_and_add_ons_not_without_nodes(account: Account) -> None:
    account.make("Cluster", **account.wanted(bootstrapSelfManagedAddons=False))
    account.refuses("cni plugin not initialized", "NodeGroup", **account.group())
    account.refuses("last state: 'DEGRADED'", "Addon", clusterName="shop", addonName="coredns")
    account.make("Addon", clusterName="shop", addonName="vpc-cni")
    account.make("NodeGroup", **account.group())
    addon = account.make("Addon", clusterName="shop", addonName="coredns")
    assert re.fullmatch(r"v1\.\d+\.\d+-eksbuild\.\d+", str(addon.outputs["addonVersion"]))
    account.refuses("Addon already exists.", "Addon", clusterName="shop", addonName="coredns")
    account.refuses(
        "Addon core-dns specified is not supported in 1.35", "Addon", clusterName="shop", addonName="core-dns"
    )
    account.refuses(
        "Addon version specified is not supported",
        "Addon",
        clusterName="shop",
        addonName="kube-proxy",
        addonVersion="1.36",
    )
    associations = [{"roleArn": account.nodes, "serviceAccount": "ebs-csi-controller-sa"}]
    account.refuses(
        "the trusted entity is not correct",
        "Addon",
        clusterName="shop",
        addonName="aws-ebs-csi-driver",
        podIdentityAssociations=associations,
    )


def associated(principal: str, policy: str = ADMIN, **scope: object) -> dict[str, object]:
    return {
        "clusterName": "shop",
        "principalArn": principal,
        "policyArn": policy,
        "accessScope": scope or {"type": "cluster"},
    }


def test_admins_of_the_cluster_let_the_caller_in_as_long_as_one_is_left(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    account.refuses("The specified principalArn could not be found", "Association", **associated(PLATFORM))
    for principal in (PLATFORM, ON_CALL):
        account.make("Entry", clusterName="shop", principalArn=principal)
    view = ADMIN.replace("ClusterAdmin", "View")
    account.make("Association", **associated(PLATFORM, view))
    account.make("Association", **associated(PLATFORM, type="namespace", namespaces=["shop"]))
    planes["admit"].assert_not_called()
    one, two = (account.make("Association", **associated(each)) for each in (PLATFORM, ON_CALL))
    assert planes["admit"].call_args.args[2] == "123456789012/eu-west-1/shop"
    account.asked.delete(one)
    planes["revoke"].assert_not_called()
    account.asked.delete(two)
    planes["revoke"].assert_called_once()


def test_an_entry_takes_its_policies_with_it(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    entry = account.make("Entry", clusterName="shop", principalArn=PLATFORM)
    association = account.make("Association", **associated(PLATFORM))
    account.asked.delete(entry)
    assert account.asked.read(association) is None
    planes["revoke"].assert_called_once()


def test_only_the_role_that_the_provider_assumes_is_let_in(
    tmp_path: Path, planes: dict[str, mock.Mock]
) -> None:
    account = Account(tmp_path, assumeRoles=json.dumps([{"roleArn": PLATFORM}]))
    account.make("Cluster", **account.wanted())
    for principal, admitted in ((ON_CALL, 0), (PLATFORM, 1)):
        account.make("Entry", clusterName="shop", principalArn=principal)
        account.make("Association", **associated(principal))
        assert planes["admit"].call_count == admitted


def test_an_access_entry_is_for_a_role_or_user_that_has_none_yet(account: Account) -> None:
    account.make("Cluster", **account.auto())
    account.make("Entry", clusterName="shop", principalArn=PLATFORM)
    for principal in (PLATFORM, account.nodes):
        account.refuses(
            "The specified access entry resource is already in use on this cluster.",
            "Entry",
            clusterName="shop",
            principalArn=principal,
        )
    session = "arn:aws:sts::123456789012:assumed-role/platform/ci"
    account.refuses("invalid principal", "Entry", clusterName="shop", principalArn=session)
    account.refuses(
        "it cannot start with system:",
        "Entry",
        clusterName="shop",
        principalArn=ON_CALL,
        kubernetesGroups=["system:masters"],
    )
    policy = ADMIN.replace("Cluster", "Clstr")
    account.refuses("The specified policyArn is invalid", "Association", **associated(PLATFORM, policy))
    account.refuses("Namespaces are required", "Association", **associated(PLATFORM, type="namespace"))


def test_a_service_account_has_one_role_which_pods_may_take(account: Account, cluster: Made) -> None:
    subject = {"clusterName": "shop", "namespace": "shop", "serviceAccount": "orders"}
    role = account.new_role(PODS)
    made = account.make("PodIdentity", **subject, roleArn=role)
    assert re.fullmatch("a-[a-z0-9]{17}", made.id)
    assert str(made.outputs["associationArn"]).endswith(f":podidentityassociation/shop/{made.id}")
    account.refuses(f"Association already exists: {made.id}", "PodIdentity", **subject, roleArn=role)
    untagging = account.new_role(PODS, actions=("sts:AssumeRole",))
    for wrong in (account.nodes, untagging):
        account.refuses(
            "the trusted entity is not correct",
            "PodIdentity",
            **{**subject, "serviceAccount": "other"},
            roleArn=wrong,
        )
    with pytest.raises(RefusedError, match="the trusted entity is not correct"):
        account.asked.update(made, {**made.inputs, "roleArn": untagging})


def test_a_cluster_leaves_load_balancers_and_volumes_and_takes_all_else_with_it(
    account: Account, cluster: Made, planes: dict[str, mock.Mock]
) -> None:
    account.make("Entry", clusterName="shop", principalArn=PLATFORM)
    planes["delete"].return_value = Leftovers(("shop/frontend",), ("shop/data",))
    account.asked.delete(cluster)
    left = [found for found in remaining(account.directory) if not found.urn]
    kinds = [found.type.rpartition(":")[2] for found in left]
    assert sorted(kinds) == ["NetworkInterface", "NetworkInterface", "Volume"]
    assert {found.outputs.get("subnetId") for found in left} == {None, *account.subnets}
    assert not [found for found in remaining(account.directory) if ":eks/" in found.type]


def test_a_log_group_that_eks_makes_itself_stays(account: Account) -> None:
    cluster = account.make("Cluster", **account.wanted(enabledClusterLogTypes=["audit"]))
    account.asked.delete(cluster)
    (left,) = (found for found in remaining(account.directory) if not found.urn)
    assert left.id == "/aws/eks/shop/cluster"
    own = account.make("Logs", name="/aws/eks/mine/cluster")
    mine = account.make("Cluster", **account.wanted(name="mine", enabledClusterLogTypes=["audit"]))
    account.asked.delete(mine)
    account.asked.delete(own)
    assert [found for found in remaining(account.directory) if not found.urn] == [left]


def test_tokens_are_not_given_into_the_state(account: Account) -> None:
    with pytest.raises(RefusedError, match="exec plugin is `aws eks get-token`"):
        account.asked.invoke("aws:eks/getClusterAuth:getClusterAuth", {"name": "shop"})
