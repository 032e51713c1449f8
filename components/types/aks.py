"""What can be said of a cluster on Azure."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.clusters import ManagedCluster, NodePool
from components.types.strictly import strictly


class AksTier(StrEnum):
    """What Azure promises for the control plane."""

    FREE = "Free"
    """Nothing, and costs nothing; for at most ten nodes or so."""
    STANDARD = "Standard"
    """Availability of 99.95 % over zones, at a price for each hour."""


class AksOutbound(StrEnum):
    """How the nodes reach the internet."""

    NAT_GATEWAY = "userAssignedNATGateway"
    """By a NAT gateway on the subnet, with a fixed address."""
    LOAD_BALANCER = "loadBalancer"
    """By the cluster's load balancer: cheaper, with fewer connections at once."""
    USER_DEFINED_ROUTING = "userDefinedRouting"
    """By routes that the existing subnet has."""


class AksUpgradeChannel(StrEnum):
    """Which newer versions of Kubernetes the cluster takes by itself.

    Channels that leave the minor version are missing: `kubernetesVersion` says it, and Azure never goes back.
    """

    PATCH = "patch"
    """Patches of its minor version."""
    NONE = "none"
    """None."""


class AksNodeUpgradeChannel(StrEnum):
    """Which newer images the nodes take by themselves."""

    NODE_IMAGE = "NodeImage"
    """Whole images, about weekly; nodes are replaced."""
    SECURITY_PATCH = "SecurityPatch"
    """Security patches alone; nodes are replaced only where it has to be."""
    NONE = "None"
    """None."""


class AksDay(StrEnum):
    """A day of the week."""

    MONDAY = "Monday"
    """Monday."""
    TUESDAY = "Tuesday"
    """Tuesday."""
    WEDNESDAY = "Wednesday"
    """Wednesday."""
    THURSDAY = "Thursday"
    """Thursday."""
    FRIDAY = "Friday"
    """Friday."""
    SATURDAY = "Saturday"
    """Saturday."""
    SUNDAY = "Sunday"
    """Sunday."""


class AksLogin(StrEnum):
    """How `kubelogin` gets the token of whoever runs `pulumi`; ways that ask a person are missing."""

    AZURE_CLI = "azurecli"
    """From `az login`."""
    WORKLOAD_IDENTITY = "workloadidentity"
    """From a federated token, as in a pipeline."""
    SERVICE_PRINCIPAL = "spn"
    """From a service principal in the environment's variables."""
    MANAGED_IDENTITY = "msi"
    """From the managed identity of the machine it runs on."""


class AksPrincipalType(StrEnum):
    """What a principal is in Microsoft Entra."""

    USER = "User"
    """A person."""
    GROUP = "Group"
    """A group."""
    SERVICE_PRINCIPAL = "ServicePrincipal"
    """An application or a managed identity, such as a pipeline's."""


@strictly
class AksAdmin(TypedDict):
    """Who may do everything in the cluster."""

    principal_id: str
    """Its object id in Microsoft Entra, a GUID: `az ad signed-in-user show --query id`."""
    principal_type: NotRequired[AksPrincipalType]
    """What it is. Default: `Group`."""


@strictly
class AksNetwork(TypedDict):
    """The cluster's addresses."""

    cidr: NotRequired[str]
    """Addresses of the virtual network. Default: `10.224.0.0/16`."""
    subnet_cidr: NotRequired[str]
    """Addresses of the nodes within it. Default: its first /20, or all of it if it is smaller."""
    subnet_id: NotRequired[str]
    """An existing subnet for the nodes, by its id, in place of a network of its own. Default: none."""
    pod_cidr: NotRequired[str]
    """Addresses of the pods, used inside the cluster alone; each node takes 256. Default: `10.244.0.0/16`."""
    service_cidr: NotRequired[str]
    """Addresses of Kubernetes Services, used inside the cluster alone. Default: `10.0.0.0/16`."""
    dns_service_ip: NotRequired[str]
    """Address of the cluster's DNS, within `serviceCidr`. Default: its tenth."""
    outbound: NotRequired[AksOutbound]
    """How the nodes reach the internet. An existing subnet has to have the NAT gateway or the routes itself.
    Another way is another cluster. Default: `userAssignedNATGateway`."""


@strictly
class AksSystemPool(TypedDict):
    """The nodes of Kubernetes' own add-ons; nothing else is scheduled there."""

    vm_size: NotRequired[str]
    """Size of the virtual machines; at least 2 CPUs and 4 GiB. Default: `Standard_D2s_v5`, 2 CPUs and
    8 GiB."""
    min_size: NotRequired[int]
    """Fewest nodes. Default: 2."""
    max_size: NotRequired[int]
    """Most nodes. Default: 4."""


@strictly
class AksNodePool(NodePool):
    """A group of like nodes for services."""

    vm_size: NotRequired[str]
    """Size of the virtual machines; another one replaces the pool. Default: `Standard_D4s_v5`, 4 CPUs and
    16 GiB."""
    os_disk_size_gb: NotRequired[int]
    """Size of each node's disk, GiB. Default: by the size of the machine."""


@strictly
class AksMaintenanceWindow(TypedDict):
    """When the cluster and its nodes are upgraded by themselves: weekly."""

    day: NotRequired[AksDay]
    """The day. Default: `Sunday`."""
    start: NotRequired[str]
    """Its beginning, in quotes: `"02:00"`. Default: `"02:00"`."""
    duration_hours: NotRequired[int]
    """How long it is, in hours, 4 to 24. Default: 4."""
    utc_offset: NotRequired[str]
    """Offset of these times from UTC, in quotes: `"+01:00"`. Default: `"+00:00"`."""


@strictly
class AksRegistry(TypedDict):
    """A registry that the nodes may pull from: a new one by its name, or an existing one by its id."""

    name: NotRequired[str]
    """Name of a registry to create, unique in all of Azure: 5 to 50 letters and digits. Default: none."""
    id: NotRequired[str]
    """Id of an existing registry. Default: none."""


@strictly
class AksClusterSpec(ManagedCluster):
    """A cluster on Azure: Azure Kubernetes Service."""

    subscription_id: NotRequired[str]
    """The Azure subscription, by its id. Default: the stack's `azure-native:subscriptionId`."""
    location: NotRequired[str]
    """The Azure region: `westeurope`. Default: the stack's `azure-native:location`."""
    admins: dict[str, AksAdmin]
    """Who may do everything in it, by a name of your choice: at least whoever runs `pulumi`, as the cluster
    has no local accounts."""
    resource_group: NotRequired[str]
    """An existing resource group for all of it. Default: one of its own, of the cluster's name."""
    sku_tier: NotRequired[AksTier]
    """What Azure promises for the control plane. Default: `Standard` in tier production, else `Free`."""
    network: NotRequired[AksNetwork]
    """Its addresses. Default: a network of its own."""
    availability_zones: NotRequired[list[str]]
    """Zones of nodes and addresses, in quotes. Default: all three, in locations that have zones."""
    system_pool: NotRequired[AksSystemPool]
    """Nodes of Kubernetes' own add-ons. Default: 2 to 4 small ones."""
    node_pools: NotRequired[dict[str, AksNodePool]]
    """Nodes of the services by the pool's name, 1 to 12 of a-z and 0-9. Default: `apps`, with the defaults of
    a pool."""
    upgrade_channel: NotRequired[AksUpgradeChannel]
    """Which newer versions of Kubernetes it takes by itself. Default: `patch`."""
    node_upgrade_channel: NotRequired[AksNodeUpgradeChannel]
    """Which newer images its nodes take by themselves. Default: `NodeImage`."""
    maintenance_window: NotRequired[AksMaintenanceWindow]
    """When that happens. Default: on Sundays from 02:00 to 06:00 UTC."""
    registry: NotRequired[AksRegistry]
    """A registry that its nodes may pull from. Default: public ones alone."""
    dns_zone_resource_group: NotRequired[str]
    """Resource group of `dnsZone`, which is given by its name: `shop.example.com`. Default: none."""
    login: NotRequired[AksLogin]
    """How `kubelogin` gets the token of whoever runs `pulumi`. Default: `azurecli`."""
