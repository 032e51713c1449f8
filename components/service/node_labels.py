"""Labels that Kubernetes gives to every node."""

ARCHITECTURE_LABEL = "kubernetes.io/arch"
HOST_LABEL = "kubernetes.io/hostname"
ZONE_LABEL = "topology.kubernetes.io/zone"
