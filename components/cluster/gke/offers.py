"""What Google Cloud offers, as far as it has to be known before anything is created.

Where it offers more by now, a line here is all there is to add.
"""

from components.types import GkeReleaseChannel

REGIONS = frozenset(
    {
        "africa-south1",
        "asia-east1",
        "asia-east2",
        "asia-northeast1",
        "asia-northeast2",
        "asia-northeast3",
        "asia-south1",
        "asia-south2",
        "asia-southeast1",
        "asia-southeast2",
        "asia-southeast3",
        "australia-southeast1",
        "australia-southeast2",
        "europe-central2",
        "europe-north1",
        "europe-north2",
        "europe-southwest1",
        "europe-west1",
        "europe-west10",
        "europe-west12",
        "europe-west2",
        "europe-west3",
        "europe-west4",
        "europe-west6",
        "europe-west8",
        "europe-west9",
        "me-central1",
        "me-central2",
        "me-west1",
        "northamerica-northeast1",
        "northamerica-northeast2",
        "northamerica-south1",
        "southamerica-east1",
        "southamerica-west1",
        "us-central1",
        "us-east1",
        "us-east4",
        "us-east5",
        "us-south1",
        "us-west1",
        "us-west2",
        "us-west3",
        "us-west4",
    }
)
"""Regions for everybody. Source: Google Cloud's list of regions, `gcloud compute regions list`."""

VERSIONS = {
    GkeReleaseChannel.RAPID: ("1.33", "1.34", "1.35", "1.36"),
    GkeReleaseChannel.REGULAR: ("1.33", "1.34", "1.35", "1.36"),
    GkeReleaseChannel.STABLE: ("1.33", "1.34", "1.35"),
    GkeReleaseChannel.EXTENDED: ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36"),
}
"""Minor versions of new clusters, by release channel. Source: GKE release notes of summer 2026, "Available
minor versions"; `gcloud container get-server-config` tells those of today."""
