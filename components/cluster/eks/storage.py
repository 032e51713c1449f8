"""The StorageClass of clusters on AWS, which come without one."""

STORAGE_CLASS = "gp3"


def storage_class(*, auto_mode: bool) -> dict[str, object]:
    """The cluster's default StorageClass: encrypted gp3 volumes in the zone of the pod that uses them."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS,
            "labels": {"app.kubernetes.io/managed-by": "flotilla"},
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "ebs.csi.eks.amazonaws.com" if auto_mode else "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true"},
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Delete",
    }
