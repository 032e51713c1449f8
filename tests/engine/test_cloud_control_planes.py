"""The clusters of sandbox clouds are real control planes, which check the tokens of kubeconfigs' plugins."""

import json
import os
import subprocess
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kubectl import Json, Kubectl, deployment, eventually

from flotilla.controlplane import Binaries, ControlPlane, find
from flotilla.sandbox.clouds import control_planes, records, tokens, trust
from flotilla.sandbox.clouds.control_planes import Endpoint, Leftovers
from flotilla.sandbox.clouds.credentials import AKS_SERVER
from flotilla.sandbox.kubernetes.connection import Connection
from flotilla.sandbox.kubernetes.errors import ApiError
from flotilla.sandbox.kubernetes.kubeconfig import Kubeconfig
from flotilla.sandbox.programs import place_credentials

pytestmark = pytest.mark.engine

CLOUDS = {"aws": "shop", "gcp": "project/europe-west1/shop", "azure-native": "Shop_Group/shop"}
"""Each cloud with the name of its cluster."""

DOMAIN = "elb.eu-west-1.amazonaws.com"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
PLUGINS: Mapping[str, Json] = {
    "aws": {
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", "shop", "--region", "eu-west-1"],
    },
    "gcp": {
        "command": "gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
        "interactiveMode": "IfAvailable",
    },
    "azure-native": {
        "command": "kubelogin",
        "args": ["get-token", "--login", "azurecli", "--server-id", AKS_SERVER],
    },
}


def make(workspace: Path, cloud: str) -> Endpoint:
    return control_planes.create(
        workspace,
        cloud,
        CLOUDS[cloud],
        region="eu-west-1",
        zones=("eu-west-1a", "eu-west-1b"),
        nodes=2,
        instance_type="m7i.large",
        load_balancer_domain=DOMAIN if cloud == "aws" else "",
    )


@dataclass(frozen=True)
class Workspace:
    """A workspace with a cluster on each cloud, and the environment of its programs."""

    directory: Path
    kubectl: Path
    environment: Mapping[str, str]
    endpoints: Mapping[str, Endpoint]

    def kubeconfig(self, cloud: str, **user: object) -> Json:
        """A kubeconfig as the cloud gives it out; that of GKE, for the DNS endpoint, names no authority."""
        endpoint = self.endpoints[cloud]
        cluster = {"server": endpoint.server}
        if cloud != "gcp":
            cluster["certificate-authority-data"] = endpoint.certificate_authority
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": cluster}],
            "users": [{"name": "u", "user": user or {"exec": {"apiVersion": V1BETA1, **PLUGINS[cloud]}}}],
            "contexts": [{"name": "n", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "n",
        }

    def run(self, cloud: str, *words: str, **user: object) -> subprocess.CompletedProcess[str]:
        """Run kubectl in the workspace's environment, as the caller of the cloud."""
        file = self.directory / f"kubeconfig-{cloud}"
        file.write_text(json.dumps(self.kubeconfig(cloud, **user)))
        return subprocess.run(
            [self.kubectl, f"--kubeconfig={file}", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def administrator(self, cloud: str, namespace: str = "default") -> Kubectl:
        """Kubectl with all rights, whoever is admitted."""
        plane = records.plane_name(cloud, CLOUDS[cloud])
        return Kubectl(self.kubectl, self.directory / "clusters" / plane / "kubeconfig", namespace)


@pytest.fixture(scope="module")
def workspace(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Generator[Workspace]:
    directory = tmp_path_factory.mktemp("work space")
    place_credentials(directory / "bin", directory)
    path = f"{directory / 'bin'}{os.pathsep}{os.defpath}"
    try:
        with ThreadPoolExecutor() as pool:
            endpoints = dict(zip(CLOUDS, pool.map(make, [directory] * 3, CLOUDS), strict=True))
        environment = {"PATH": path, "HOME": str(directory), **trust.environment(directory)}
        yield Workspace(directory, binaries.kubectl, environment, endpoints)
    finally:
        for name in find(directory / "clusters"):
            ControlPlane(directory / "clusters", name, binaries).delete()


@pytest.fixture
def admitted(workspace: Workspace) -> Generator[Workspace]:
    """The workspace whose caller may do everything everywhere."""
    for cloud, name in CLOUDS.items():
        control_planes.admit(workspace.directory, cloud, name)
    yield workspace
    for cloud, name in CLOUDS.items():
        control_planes.revoke(workspace.directory, cloud, name)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_token_of_a_plugin_is_known_but_may_do_nothing_until_the_caller_is_admitted(
    workspace: Workspace, cloud: str
) -> None:
    refused = workspace.run(cloud, "get", "nodes")
    assert 'nodes is forbidden: User "rehearsal" cannot list' in refused.stderr
    for _ in range(2):
        control_planes.admit(workspace.directory, cloud, CLOUDS[cloud])
    allowed = workspace.run(cloud, "get", "nodes", "--output=name")
    assert allowed.stdout.split() == ["node/node-1", "node/node-2"], allowed.stderr
    for _ in range(2):
        control_planes.revoke(workspace.directory, cloud, CLOUDS[cloud])
    assert "is forbidden" in workspace.run(cloud, "get", "nodes").stderr


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_token_of_another_workspace_cloud_or_cluster_is_not_known(
    admitted: Workspace, cloud: str, tmp_path: Path
) -> None:
    wrong = [
        tokens.token(tmp_path, cloud, "shop"),
        tokens.token(admitted.directory, "aws", "other"),
        tokens.token(admitted.directory, "azure-native" if cloud == "gcp" else "gcp"),
    ]
    for token in wrong:
        assert "(Unauthorized)" in admitted.run(cloud, "get", "nodes", token=token).stderr


def test_a_control_plane_without_authority_in_its_kubeconfig_is_trusted_in_the_workspace_only(
    admitted: Workspace,
) -> None:
    assert admitted.run("gcp", "get", "namespaces").returncode == 0
    outside = dict(admitted.environment)
    del outside["SSL_CERT_FILE"]
    refused = Workspace(admitted.directory, admitted.kubectl, outside, admitted.endpoints)
    assert "certificate signed by unknown authority" in refused.run("gcp", "get", "namespaces").stderr


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_sandbox_kubernetes_provider_connects_by_the_plugin_of_each_cloud(
    workspace: Workspace, cloud: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PATH", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, workspace.environment[name])
    connection = Connection(Kubeconfig(workspace.kubeconfig(cloud)))
    assert connection.request("GET", "/version")["gitVersion"]
    with pytest.raises(ApiError, match="nodes is forbidden"):
        connection.request("GET", "/api/v1/nodes")
    control_planes.admit(workspace.directory, cloud, CLOUDS[cloud])
    try:
        assert connection.request("GET", "/api/v1/nodes")["kind"] == "NodeList"
    finally:
        control_planes.revoke(workspace.directory, cloud, CLOUDS[cloud])


def test_creating_a_cluster_that_is_there_leaves_it_alone(workspace: Workspace) -> None:
    assert make(workspace.directory, "gcp") == workspace.endpoints["gcp"]
    assert control_planes.endpoint(workspace.directory, "gcp", CLOUDS["gcp"]) == workspace.endpoints["gcp"]
    assert control_planes.is_there(workspace.directory, "gcp", CLOUDS["gcp"])
    assert not control_planes.is_there(workspace.directory, "gcp", "project/europe-west1/other")
    assert control_planes.kubernetes_version(workspace.directory, "gcp", CLOUDS["gcp"]).startswith("v1.")


def load_balancer(name: str, annotations: Mapping[str, str] | None = None, **spec: object) -> Json:
    ports = [{"name": "http", "port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "annotations": dict(annotations or {})},
        "spec": {"type": "LoadBalancer", "ports": ports, **spec},
    }


def ingress(kubectl: Kubectl, name: str) -> list[dict[str, Any]]:
    kubectl.wait(f"service/{name}", "jsonpath={.status.loadBalancer.ingress}")
    return kubectl.get("service", name)["status"]["loadBalancer"]["ingress"]


def test_a_load_balancer_of_aws_has_a_name_under_the_clouds_domain_which_stays(workspace: Workspace) -> None:
    kubectl = workspace.administrator("aws")
    kubectl.apply(load_balancer("front-door"), load_balancer("back"))
    (front,), (back,) = ingress(kubectl, "front-door"), ingress(kubectl, "back")
    assert front.keys() == {"hostname"}
    assert front["hostname"].startswith("k8s-default-frontdoo-")
    assert front["hostname"].endswith(f".{DOMAIN}")
    assert back["hostname"] != front["hostname"]
    kubectl("patch", "service", "front-door", "--patch", '{"spec": {"externalTrafficPolicy": "Local"}}')
    kubectl.apply(load_balancer("later"))
    ingress(kubectl, "later")
    assert ingress(kubectl, "front-door") == [front]
    kubectl("delete", "service", "front-door", "back", "later")


def test_a_load_balancer_has_the_address_that_its_specification_or_azures_annotation_asks_for(
    workspace: Workspace,
) -> None:
    kubectl = workspace.administrator("azure-native")
    asked = {"service.beta.kubernetes.io/azure-load-balancer-ipv4": "20.50.60.70"}
    empty = {"service.beta.kubernetes.io/azure-load-balancer-ipv4": ""}
    kubectl.apply(
        load_balancer("annotated", asked),
        load_balancer("specified", loadBalancerIP="34.90.1.2"),
        load_balancer("empty", empty),
    )
    assert ingress(kubectl, "annotated") == [{"ip": "20.50.60.70", "ipMode": "VIP"}]
    assert ingress(kubectl, "specified") == [{"ip": "34.90.1.2", "ipMode": "VIP"}]
    (own,) = ingress(kubectl, "empty")
    assert own["ip"].startswith("198.18.")
    kubectl("annotate", "service", "annotated", "touched=yes")
    kubectl("annotate", "service", "annotated", f"{next(iter(asked))}=20.50.60.71", "--overwrite")
    eventually(lambda: ingress(kubectl, "annotated")[0]["ip"] == "20.50.60.71")
    versions = kubectl.get("service", "empty")["metadata"]["resourceVersion"]
    assert ingress(kubectl, "empty") == [own]
    assert kubectl.get("service", "empty")["metadata"]["resourceVersion"] == versions
    kubectl("delete", "service", "annotated", "specified", "empty")


def test_nodes_say_region_zone_and_instance_type(workspace: Workspace) -> None:
    labels = [node["metadata"]["labels"] for node in workspace.administrator("gcp").items("nodes")]
    assert [one["topology.kubernetes.io/zone"] for one in labels] == ["eu-west-1a", "eu-west-1b"]
    assert {one["topology.kubernetes.io/region"] for one in labels} == {"eu-west-1"}
    assert {one["node.kubernetes.io/instance-type"] for one in labels} == {"m7i.large"}


def pool(
    workspace: Workspace, count: int, labels: Mapping[str, str], *taints: Mapping[str, str]
) -> list[str]:
    return control_planes.add_pool(
        workspace.directory,
        "gcp",
        CLOUDS["gcp"],
        "Batch_1",
        count=count,
        zones=("eu-west-1a", "eu-west-1b"),
        instance_type="c7g.xlarge",
        labels=labels,
        taints=taints,
    )


def test_a_node_pools_nodes_come_with_its_labels_and_taints_change_in_place_and_go_drained(
    workspace: Workspace,
) -> None:
    kubectl = workspace.administrator("gcp")
    taint = {"key": "batch", "value": "yes", "effect": "NoSchedule"}
    names = pool(workspace, 3, {"work": "batch", "size": "l"}, taint)
    assert names == ["batch-1-3", "batch-1-4", "batch-1-5"]
    assert pool(workspace, 3, {"work": "batch", "size": "l"}, taint) == names
    kubectl.wait("node/batch-1-3", "condition=Ready")
    kubectl("label", "node", "batch-1-3", "by=hand")
    tolerations = [{"key": "batch", "operator": "Exists"}]
    kubectl.apply(
        deployment("job", "nginx:1.27", 2, nodeSelector={"work": "batch"}, tolerations=tolerations),
        deployment("web", "nginx:1.27", 2),
    )
    kubectl("rollout", "status", "deployment/job", "--timeout=60s")
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    hosts = {item["spec"]["nodeName"] for item in kubectl.items("pods", "--selector=app=web")}
    assert hosts <= {"node-1", "node-2"}

    assert pool(workspace, 1, {"work": "batch"}) == ["batch-1-3"]
    (node,) = kubectl.items("nodes", "--selector=work=batch")
    labels = node["metadata"]["labels"]
    assert "size" not in labels
    assert labels["cloud.google.com/gke-nodepool"] == "Batch_1"
    assert (labels["by"], labels["node.kubernetes.io/instance-type"]) == ("hand", "c7g.xlarge")
    assert "taints" not in node["spec"]
    kubectl("rollout", "status", "deployment/job", "--timeout=60s")
    assert {item["spec"]["nodeName"] for item in kubectl.items("pods", "--selector=app=job")} == {"batch-1-3"}

    control_planes.remove_pool(workspace.directory, "gcp", CLOUDS["gcp"], "Batch_1")
    assert [item["metadata"]["name"] for item in kubectl.items("nodes")] == ["node-1", "node-2"]
    phases = {item["status"]["phase"] for item in kubectl.items("pods", "--selector=app=job")}
    assert phases == {"Pending"}
    control_planes.remove_pool(workspace.directory, "gcp", CLOUDS["gcp"], "Batch_1")
    kubectl("delete", "deployment", "job", "web")


def claim(name: str, **spec: object) -> Json:
    wish = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {**wish, **spec},
    }


def mounting(name: str) -> Json:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]
    return deployment(name, "nginx:1.27", 1, volumes=volumes)


@pytest.mark.parametrize(
    ("cloud", "storage_class"), [("gcp", "standard-rwo"), ("azure-native", "managed-csi")]
)
def test_claims_bind_by_the_storage_classes_that_a_cloud_brings_and_by_no_other(
    workspace: Workspace, cloud: str, storage_class: str
) -> None:
    kubectl = workspace.administrator(cloud)
    kubectl.apply(claim("data", storageClassName=storage_class), mounting("data"))
    kubectl.apply(
        claim("default"), mounting("default"), claim("none", storageClassName="gp3"), mounting("none")
    )
    kubectl.wait("pvc/data", "jsonpath={.status.phase}=Bound")
    kubectl.wait("pvc/default", "jsonpath={.status.phase}=Bound")
    assert kubectl.get("pvc", "none")["status"]["phase"] == "Pending"
    kubectl("delete", "deployment,pvc", "--all", "--cascade=foreground")


def test_a_cluster_of_aws_has_no_storage_class_until_the_program_makes_one(workspace: Workspace) -> None:
    kubectl = workspace.administrator("aws")
    assert kubectl.items("storageclasses") == []
    kubectl.apply(
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "auto"},
            "provisioner": "ebs.csi.eks.amazonaws.com",
            "volumeBindingMode": "WaitForFirstConsumer",
        },
        claim("data", storageClassName="auto"),
        mounting("data"),
    )
    kubectl.wait("pvc/data", "jsonpath={.status.phase}=Bound")
    kubectl("delete", "deployment,pvc", "--all", "--cascade=foreground")


@pytest.fixture
def stop(workspace: Workspace, binaries: Binaries) -> Callable[[str], None]:
    """Ends the processes of a cluster, as a reboot would."""

    def end(cloud: str) -> None:
        plane = records.plane_name(cloud, CLOUDS[cloud])
        ControlPlane(workspace.directory / "clusters", plane, binaries).stop()

    return end


def test_after_a_reboot_clusters_are_started_again_where_and_as_they_were(
    admitted: Workspace, stop: Callable[[str], None]
) -> None:
    stop("aws")
    stop("gcp")
    assert control_planes.endpoint(admitted.directory, "aws", CLOUDS["aws"]) == admitted.endpoints["aws"]
    control_planes.start_all(admitted.directory)
    for cloud, name in CLOUDS.items():
        assert control_planes.endpoint(admitted.directory, cloud, name) == admitted.endpoints[cloud]
        assert admitted.run(cloud, "get", "nodes").returncode == 0


def test_a_deleted_cluster_tells_what_it_leaves_in_the_cloud_even_if_it_was_stopped(
    workspace: Workspace, stop: Callable[[str], None]
) -> None:
    directory, name = workspace.directory, CLOUDS["azure-native"]
    kubectl = workspace.administrator("azure-native")
    kubectl("create", "namespace", "shop")
    inside = Kubectl(kubectl.program, kubectl.kubeconfig, "shop")
    inside.apply(load_balancer("web"), load_balancer("gone"), claim("data"), mounting("data"))
    ingress(inside, "web")
    inside.wait("pvc/data", "jsonpath={.status.phase}=Bound")
    inside("delete", "service", "gone")
    stop("azure-native")
    assert control_planes.delete(directory, "azure-native", name) == Leftovers(("shop/web",), ("shop/data",))
    assert control_planes.delete(directory, "azure-native", name) == Leftovers()
    assert not control_planes.is_there(directory, "azure-native", name)
    control_planes.revoke(directory, "azure-native", name)
    planes = {records.plane_name(cloud, CLOUDS[cloud]) for cloud in ("aws", "gcp")}
    assert {*find(directory / "clusters")} == planes
    bundle = trust.bundle(directory).read_text()
    certificates = [(directory / "clusters" / plane / "pki" / "ca.crt").read_text() for plane in planes]
    assert all(certificate in bundle for certificate in certificates)
    assert make(directory, "azure-native") != workspace.endpoints["azure-native"]
    fresh = [item["metadata"]["name"] for item in workspace.administrator("azure-native").items("namespaces")]
    assert "shop" not in fresh
