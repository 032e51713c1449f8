"""What can be said of a cluster on AWS."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.clusters import ManagedCluster, NodePool
from components.types.strictly import strictly


class Nat(StrEnum):
    """How the nodes, which have no public addresses, reach the internet."""

    SINGLE = "single"
    """One NAT gateway in the first zone: cheapest; if that zone fails, no node reaches the internet."""
    ZONAL = "zonal"
    """One NAT gateway in each zone."""
    REGIONAL = "regional"
    """One NAT gateway that AWS spreads over the zones by itself; its addresses may change."""


class NodeArchitecture(StrEnum):
    """The processors of a node pool."""

    X86_64 = "x86_64"
    """Intel and AMD."""
    ARM64 = "arm64"
    """Graviton; images have to be built for it."""


class NodeImage(StrEnum):
    """The operating system of a node pool's nodes."""

    AMAZON_LINUX = "amazon-linux"
    """Amazon Linux 2023."""
    BOTTLEROCKET = "bottlerocket"
    """Bottlerocket: made for containers only, read-only, without a shell."""


@strictly
class EksNetwork(TypedDict):
    """The network (VPC) that is created for a cluster."""

    cidr: NotRequired[str]
    """Its addresses, a private block of 2^12 to 2^16 (/20 to /16); pods take theirs from it. Another block is
    another network and another cluster. Default: `10.0.0.0/16`."""
    availability_zones: NotRequired[int]
    """How many zones it spans, 2 to 6. Default: 3, or as many as `zones` names."""
    zones: NotRequired[list[str]]
    """Which zones: `eu-west-1a`. Add new ones at the end, since the order decides on the blocks of the
    subnets. Default: the first of the region."""
    nat: NotRequired[Nat]
    """How nodes reach the internet. Default: `zonal` in tier production, else `single`."""


@strictly
class ExistingVpc(TypedDict):
    """A network (VPC) that is there already: its subnets and routes are somebody else's.

    Load balancers find public subnets by the tag `kubernetes.io/role/elb` = `1`, and private ones by
    `kubernetes.io/role/internal-elb` = `1`.
    """

    vpc_id: str
    """Id of the VPC: `vpc-0a1b2c3d`. Another one is another cluster."""
    private_subnet_ids: list[str]
    """Subnets for control plane and nodes, in two zones or more, with a way to the internet."""
    public_subnet_ids: NotRequired[list[str]]
    """Subnets for load balancers that are reached from the internet, one in each zone. Default: none, and no
    reserved addresses."""


@strictly
class EksNodePool(NodePool):
    """A group of like nodes that EKS manages: a managed node group."""

    instance_types: list[str]
    """Types of the machines, best first: `m7i.large`. All have the same architecture."""
    image: NotRequired[NodeImage]
    """The operating system. Default: `amazon-linux`."""
    architecture: NotRequired[NodeArchitecture]
    """The processors. Default: what the first of `instance_types` has."""
    disk_size: NotRequired[int]
    """GiB of each node's disk. Default: 50."""


@strictly
class EksClusterSpec(ManagedCluster):
    """A cluster on AWS: Elastic Kubernetes Service.

    Without `nodePools` it runs in Auto Mode: AWS chooses, patches and replaces the nodes.
    """

    name: NotRequired[str]
    """Its name on AWS. Another name is another cluster. Default: PROJECT-STACK, -CLUSTER but for the cluster
    `main`, and six digits that stand for the network's blocks: with another network the new cluster is there
    before the old one goes. With a name of one's own, change it together with the network."""
    account_id: str
    """The AWS account, twelve digits in quotes; nothing is ever made in another one."""
    region: NotRequired[str]
    """The AWS region. Another one is another cluster. Default: the stack's `aws:region`."""
    deployer_role_arn: NotRequired[str]
    """The IAM role that `pulumi up` works as: everybody who deploys may assume it, people and pipelines. It
    makes everything and administers the cluster. Default: whoever runs `pulumi up`, who then has to be one
    of `admins`."""
    admins: NotRequired[list[str]]
    """ARNs of IAM roles or users that administer the cluster. Default: none but the deployer."""
    viewers: NotRequired[list[str]]
    """ARNs of IAM roles or users that may look at everything in it but secrets. Default: none."""
    network: NotRequired[EksNetwork]
    """The network that is created. Default: one of `10.0.0.0/16` over three zones."""
    existing_vpc: NotRequired[ExistingVpc]
    """A network to use instead of creating one. Default: none."""
    service_cidr: NotRequired[str]
    """Addresses of Kubernetes Services, a private block of /24 to /12 beside the network's. Another block is
    another cluster. Default: `172.20.0.0/16`."""
    node_pools: NotRequired[dict[str, EksNodePool]]
    """Managed node groups by name, instead of Auto Mode. Default: none."""
    auto_mode_pools: NotRequired[list[str]]
    """Which of Auto Mode's own node pools there are: `general-purpose`, `system`. Default: both."""
    addon_versions: NotRequired[dict[str, str]]
    """Pinned versions of EKS add-ons: `metrics-server: v0.8.0-eksbuild.2`. Default: EKS's default for the
    Kubernetes version, taken once."""
    extended_support: NotRequired[bool]
    """Whether the cluster may stay on a version after its standard support, for about six times the price.
    Without, EKS upgrades it by itself then. Default: false."""
    control_plane_logs: NotRequired[list[str]]
    """Logs of the control plane that are kept: `api`, `audit`, `authenticator`, `controllerManager`,
    `scheduler`. Default: the first three."""
    log_retention_days: NotRequired[int]
    """Days that they are kept, one of the numbers that CloudWatch offers. Default: 30."""
    dns_zone: NotRequired[str]
    """Id of an existing hosted zone of Route 53 in the same account, for records of the environment's
    domain: `Z0123456789ABCDEFGHIJ`. Default: none."""
    repositories: NotRequired[list[str]]
    """Names of ECR repositories that are created for images: `shop/frontend`. Tags are immutable there.
    Default: none; nodes may pull from all repositories of the account."""
    permissions_boundary_arn: NotRequired[str]
    """An IAM policy that bounds every role that is created. Default: none."""
