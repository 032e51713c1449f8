"""What lets clusters on AWS enforce NetworkPolicies, which they else store and ignore.

Sources: EKS User Guide, "Use Network Policies with EKS Auto Mode" and "Configure your cluster for Kubernetes
network policies".
"""

import json

ADDON_CONFIGURATION = {"vpc-cni": json.dumps({"enableNetworkPolicy": "true"})}
"""Configuration of add-ons by their names: on managed nodes, the network plugin enforces the policies."""


def network_policy_setting(*, auto_mode: bool) -> dict[str, dict[str, object]]:
    """The ConfigMap by which Auto Mode enforces NetworkPolicies, by the end of its Pulumi name; else none."""
    if not auto_mode:
        return {}
    return {
        "network-policies": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "amazon-vpc-cni",
                "namespace": "kube-system",
                "labels": {"app.kubernetes.io/managed-by": "flotilla"},
            },
            "data": {"enable-network-policy-controller": "true"},
        }
    }
