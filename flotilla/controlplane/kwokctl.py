"""What kwokctl is told, and how it is run.

kwokctl makes the keys, works out each component's arguments and starts the processes. It would fetch what it
is not given, write to the user's home directory and listen on all interfaces: here it is given everything.
"""

import csv
import hashlib
import io
import json
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from flotilla.controlplane.layout import Layout, Record
from flotilla.controlplane.settings import Binaries, Settings

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok-controller")
"""The programs of a running control plane, as kwokctl calls them; etcd is the last to be ended."""

PORTS = (
    "kubeApiserverPort",
    "etcdPort",
    "etcdPeerPort",
    "kubeControllerManagerPort",
    "kubeSchedulerPort",
    "kwokControllerPort",
)
"""kwokctl's options for the ports the components listen on."""

SUBNETS = 16
"""How many control planes side by side have address ranges of their own."""

LEASE_SECONDS = 12
"""kwok renews each node's lease four times as often; a node is lost when it was not renewed for a while."""

NODE_MONITOR_GRACE_MILLISECONDS = 20_000
EVICTION_SECONDS = 10
"""How long pods stay bound to a node that is lost; 300 on a real cluster, too long to watch."""

STAGES = Path(__file__).parent / "stages"
"""What kwok plays: one file for each stage in the life of an object."""

LOAD_BALANCER_STAGES = STAGES / "load-balancer"
"""The stages that give addresses to Kubernetes Services, played where there are load balancers."""

LOAD_BALANCER_NAME_STAGES = STAGES / "load-balancer-name"
"""The stages that give host names instead, played where load balancers have a domain."""

INGRESS_STAGES = STAGES / "ingress-controller"
"""The stages that give addresses to Ingresses, played where there are load balancers to stand behind."""

OPERATOR_STAGES = STAGES / "operators"
"""The stages of kinds that operators bring, played where the API server knows them: else kwok ends."""

DOMAIN = "LOAD_BALANCER_DOMAIN"
"""Stands for that domain in these stages."""


def service_range(subnet: int) -> str:
    """The range of cluster addresses: 8,190 Kubernetes Services for each of the subnets.

    A load balancer's address repeats the last two numbers of the cluster address behind 198.18 or 198.19
    (the range for tests, RFC 2544), so it is as unique, and as lasting.
    """
    return f"10.{96 + subnet // 8}.{32 * (subnet % 8)}.0/19"


def stage_files(settings: Settings) -> list[Path]:
    """The stages to be played, in a stable order."""
    folders = [STAGES]
    if settings.load_balancers:
        folders.append(LOAD_BALANCER_NAME_STAGES if settings.load_balancer_domain else LOAD_BALANCER_STAGES)
        folders.append(INGRESS_STAGES)
    return [file for folder in folders for file in sorted(folder.glob("*.yaml"))]


def configuration(layout: Layout, binaries: Binaries, settings: Settings, record: Record) -> str:
    """The configuration file: YAML documents, the first of them in JSON."""
    options = {
        "runtime": "binary",
        "kubeVersion": f"v{settings.kubernetes_version.removeprefix('v')}",
        "bindAddress": "127.0.0.1",
        "cacheDir": str(layout.kwok / "cache"),
        "quietPull": True,
        "kubeAuthorization": True,
        "kubeAdmission": True,
        "disableQPSLimits": True,
        "heartbeatFactor": 1,
        "nodeLeaseDurationSeconds": LEASE_SECONDS,
        "kubeControllerManagerNodeMonitorPeriodMilliseconds": 500,
        "kubeControllerManagerNodeMonitorGracePeriodMilliseconds": NODE_MONITOR_GRACE_MILLISECONDS,
        "etcdBinary": str(binaries.etcd),
        "kubeApiserverBinary": str(binaries.kube_apiserver),
        "kubeControllerManagerBinary": str(binaries.kube_controller_manager),
        "kubeSchedulerBinary": str(binaries.kube_scheduler),
        "kwokControllerBinary": str(binaries.kwok),
        "kubectlBinary": str(binaries.kubectl),
        **record.ports,
    }
    head = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokctlConfiguration",
        "options": options,
        "componentsPatches": [
            _patch("etcd", {}, {"data-dir": str(layout.data)}),
            _patch("kube-apiserver", _api_server_arguments(layout, settings, record)),
            _patch("kube-controller-manager", {"leader-elect": "false"}),
            _patch("kube-scheduler", {"leader-elect": "false"}),
        ],
    }
    domain = settings.load_balancer_domain
    stages = [file.read_text(encoding="utf-8").replace(DOMAIN, domain) for file in stage_files(settings)]
    return "\n---\n".join([json.dumps(head, indent=2), *stages])


def play_operators(layout: Layout, kinds: Collection[str]) -> None:
    """Write down for kwok, which reads it when it starts, that it plays kinds of operators too."""
    held = layout.kwok_config.read_text(encoding="utf-8")
    for file in sorted(OPERATOR_STAGES.glob("*.yaml")):
        stage = file.read_text(encoding="utf-8")
        named = any(f"kind: {kind} " in stage for kind in kinds)
        if named and f"name: {file.stem}" not in held:
            held += f"\n---\n{stage}"
    layout.kwok_config.write_text(held, encoding="utf-8")


def _api_server_arguments(layout: Layout, settings: Settings, record: Record) -> dict[str, str]:
    return {
        "service-cluster-ip-range": service_range(record.subnet),
        "default-not-ready-toleration-seconds": str(EVICTION_SECONDS),
        "default-unreachable-toleration-seconds": str(EVICTION_SECONDS),
        **({"token-auth-file": str(layout.tokens)} if settings.tokens else {}),
        **settings.api_server_arguments,
    }


def _patch(
    component: str, extra: Mapping[str, str], override: Mapping[str, str] | None = None
) -> dict[str, object]:
    added = [{"key": key, "value": value} for key, value in extra.items()]
    replaced = [{"key": key, "value": value, "override": True} for key, value in (override or {}).items()]
    return {"name": component, "extraArgs": [*added, *replaced]}


def fingerprint(layout: Layout, binaries: Binaries, settings: Settings, record: Record) -> str:
    """Tells whether running processes were started with other settings, stages or binaries than these."""
    anywhere = Record(dict.fromkeys(record.ports, 0), record.subnet)
    text = configuration(layout, binaries, settings, anywhere) + token_file(settings)
    return hashlib.sha256(text.encode()).hexdigest()


def token_file(settings: Settings) -> str:
    """The API server's token file: a line for each token, user (also as its id) and groups."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for token, identity in sorted(settings.tokens.items(), key=lambda item: item[0]):
        writer.writerow([token, identity.user, identity.user, ",".join(identity.groups)])
    return lines.getvalue()


def create(layout: Layout, binaries: Binaries) -> subprocess.Popen[bytes]:
    """Run kwokctl to start all components; it ends when the API server answers, and they live on."""
    shutil.rmtree(layout.tools, ignore_errors=True)
    layout.tools.mkdir(parents=True)
    (layout.tools / "kubectl").symlink_to(binaries.kubectl)
    return _run(layout, binaries, "create", "cluster", f"--name={layout.name}", "--kubeconfig=")


def start(layout: Layout, binaries: Binaries) -> subprocess.Popen[bytes]:
    """Run kwokctl to start the components that do not run."""
    return _run(layout, binaries, "start", "cluster", f"--name={layout.name}")


def _run(layout: Layout, binaries: Binaries, *words: str) -> subprocess.Popen[bytes]:
    """Run kwokctl.

    It gets an environment of its own, so that no variable of ours (proxies, kubeconfigs, credentials) reaches
    a process that outlives us, and a session of its own, so that no terminal's end ends it.
    """
    with layout.kwokctl_log.open("wb") as log:
        return subprocess.Popen(
            [str(layout.home / "kwokctl"), f"--config={layout.config}", *words],
            executable=binaries.kwokctl,
            env={"HOME": str(layout.home), "PATH": str(layout.tools)},
            cwd=layout.home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
