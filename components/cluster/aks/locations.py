"""Azure's regions for everybody, and which of them have availability zones."""

WITH_ZONES = frozenset(
    {
        "australiaeast",
        "austriaeast",
        "belgiumcentral",
        "brazilsouth",
        "canadacentral",
        "centralindia",
        "centralus",
        "chilecentral",
        "eastasia",
        "eastus",
        "eastus2",
        "francecentral",
        "germanywestcentral",
        "indonesiacentral",
        "israelcentral",
        "italynorth",
        "japaneast",
        "japanwest",
        "koreacentral",
        "malaysiawest",
        "mexicocentral",
        "newzealandnorth",
        "northeurope",
        "norwayeast",
        "polandcentral",
        "qatarcentral",
        "southafricanorth",
        "southcentralus",
        "southeastasia",
        "spaincentral",
        "swedencentral",
        "switzerlandnorth",
        "uaenorth",
        "uksouth",
        "westeurope",
        "westus2",
        "westus3",
    }
)
"""Regions with three availability zones (learn.microsoft.com/azure/reliability/regions-list)."""

WITHOUT_ZONES = frozenset(
    {
        "australiacentral",
        "australiasoutheast",
        "canadaeast",
        "jioindiawest",
        "koreasouth",
        "northcentralus",
        "southindia",
        "ukwest",
        "westcentralus",
        "westindia",
        "westus",
    }
)
"""Regions without them (the same list)."""

LOCATIONS = WITH_ZONES | WITHOUT_ZONES
"""All regions that AKS is offered in to everybody."""

ZONES = ("1", "2", "3")
"""The zones of a region that has them."""
