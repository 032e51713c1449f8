"""Objects on a control plane live as they would on a real cluster."""

import pytest
from kubectl import Json, Kubectl, deployment, eventually

pytestmark = pytest.mark.engine


def load_balancer(name: str, **spec: object) -> Json:
    ports = [{"name": "http", "port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"type": "LoadBalancer", "selector": {"app": name}, "ports": ports, **spec},
    }


def address(kubectl: Kubectl, name: str) -> str:
    kubectl.wait(f"service/{name}", "jsonpath={.status.loadBalancer.ingress[0].ip}")
    return kubectl.get("service", name)["status"]["loadBalancer"]["ingress"][0]["ip"]


def test_a_deployment_rolls_out_over_three_zones_and_each_pod_has_an_address_of_its_own(
    kubectl: Kubectl,
) -> None:
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
    }
    constraint = {**spread, "labelSelector": {"matchLabels": {"app": "web"}}}
    kubectl.apply(deployment("web", "nginx:1.27", 6, topologySpreadConstraints=[constraint]))
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    zone = {
        node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for node in kubectl.items("nodes")
    }
    pods = kubectl.items("pods")
    zones = sorted(zone[pod["spec"]["nodeName"]] for pod in pods)
    assert zones == sorted(["sandbox-1a", "sandbox-1b", "sandbox-1c"] * 2)
    assert len({pod["status"]["podIP"] for pod in pods}) == 6
    assert all(pod["status"]["hostIP"].startswith("172.31.") for pod in pods)


def test_a_load_balancer_gets_an_address_of_its_own_or_the_one_it_asks_for_and_keeps_it(
    kubectl: Kubectl,
) -> None:
    kubectl.apply(
        load_balancer("one"), load_balancer("two"), load_balancer("asks", loadBalancerIP="203.0.113.7")
    )
    one, two = address(kubectl, "one"), address(kubectl, "two")
    assert one.startswith("198.18.")
    assert one != two
    assert address(kubectl, "asks") == "203.0.113.7"
    kubectl("label", "service", "one", "touched=yes")
    assert address(kubectl, "one") == one


def test_a_service_that_is_no_load_balancer_any_more_has_no_address(kubectl: Kubectl) -> None:
    kubectl.apply(load_balancer("web"))
    address(kubectl, "web")
    kubectl("patch", "service", "web", "--patch", '{"spec": {"type": "ClusterIP"}}')
    eventually(lambda: kubectl.get("service", "web")["status"]["loadBalancer"] == {})


def test_a_job_succeeds_and_when_it_is_deleted_its_pods_go_too(kubectl: Kubectl) -> None:
    kubectl("create", "job", "migrate", "--image=busybox:1.36", "--", "true")
    kubectl.wait("job/migrate", "condition=Complete")
    kubectl("delete", "job", "migrate", "--cascade=foreground")
    assert kubectl.items("pods") == []


def test_a_running_job_can_be_deleted(kubectl: Kubectl) -> None:
    kubectl("create", "job", "stuck", "--image=busybox:1-missing", "--", "true")
    kubectl.wait("job/stuck", "jsonpath={.status.active}=1")
    kubectl("delete", "job", "stuck", "--cascade=foreground", "--timeout=60s")
    assert kubectl.items("pods") == []


def test_a_cron_job_runs_when_its_time_has_come(kubectl: Kubectl) -> None:
    kubectl("create", "cronjob", "report", "--image=busybox:1.36", "--schedule=0 * * * *", "--", "true")
    kubectl("patch", "cronjob", "report", "--patch", '{"spec": {"suspend": true}}')
    last = '{"status": {"lastScheduleTime": "2020-01-01T00:00:00Z"}}'
    kubectl("patch", "cronjob", "report", "--subresource=status", "--type=merge", "--patch", last)
    kubectl("patch", "cronjob", "report", "--patch", '{"spec": {"suspend": false}}')
    kubectl.wait("cronjob/report", "jsonpath={.status.lastSuccessfulTime}")


def test_init_containers_complete_and_sidecars_keep_running(kubectl: Kubectl) -> None:
    init = [
        {"name": "prepare", "image": "busybox:1.36"},
        {"name": "proxy", "image": "envoy:1", "restartPolicy": "Always"},
    ]
    kubectl.apply(deployment("web", "nginx:1.27", 1, initContainers=init))
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    (pod,) = kubectl.items("pods")
    prepare, proxy = pod["status"]["initContainerStatuses"]
    assert prepare["state"]["terminated"]["exitCode"] == 0
    assert "running" in proxy["state"]


def test_a_claim_gets_a_volume_with_its_pod_and_the_volume_goes_with_the_claim(kubectl: Kubectl) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
    kubectl.apply(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": claim}
    )
    assert kubectl.get("pvc", "data")["status"]["phase"] == "Pending"
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    kubectl.apply(deployment("db", "redis:7", 1, volumes=[volume]))
    kubectl("rollout", "status", "deployment/db", "--timeout=60s")
    name = kubectl.get("pvc", "data")["spec"]["volumeName"]
    assert kubectl.get("pv", name)["status"]["phase"] == "Bound"
    kubectl("delete", "deployment/db", "pvc/data")
    kubectl.wait(f"pv/{name}", "delete")


def test_an_ingress_gets_the_address_of_all_ingresses(kubectl: Kubectl) -> None:
    backend = {"service": {"name": "web", "port": {"name": "http"}}}
    for host in ("one.example.com", "two.example.com"):
        path = {"path": "/", "pathType": "Prefix", "backend": backend}
        manifest: Json = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": host},
            "spec": {"rules": [{"host": host, "http": {"paths": [path]}}]},
        }
        kubectl.apply(manifest)
        kubectl.wait(f"ingress/{host}", "jsonpath={.status.loadBalancer.ingress[0].ip}")
    found = {item["status"]["loadBalancer"]["ingress"][0]["ip"] for item in kubectl.items("ingresses")}
    assert found == {"198.18.0.1"}
