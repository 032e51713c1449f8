"""A control plane starts, stops, survives what computers do to it, and goes without a trace."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from kubectl import Kubectl, deployment, eventually

from flotilla.controlplane import Binaries, ControlPlane, Identity, Settings, State, find, processes
from flotilla.controlplane.layout import Record
from flotilla.errors import FlotillaError

pytestmark = pytest.mark.engine

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok-controller")


@pytest.fixture(scope="module")
def plane(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A control plane to be ill-treated; whatever a test does to it, `start` mends."""
    plane = ControlPlane(tmp_path_factory.mktemp("my clusters"), "main", binaries)
    try:
        yield plane
    finally:
        plane.delete()


@pytest.fixture
def started(plane: ControlPlane) -> ControlPlane:
    plane.start()
    return plane


def admin(plane: ControlPlane) -> Kubectl:
    return Kubectl(plane.binaries.kubectl, plane.kubeconfig)


def pids(plane: ControlPlane) -> dict[str, int]:
    return {process.component: process.pid for process in processes.running(plane.layout.home)}


def kill(plane: ControlPlane, components: Sequence[str]) -> None:
    for component, pid in pids(plane).items():
        if component in components:
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not pids(plane).keys() & set(components))


def test_a_started_one_is_reported_with_its_address_version_and_nodes(started: ControlPlane) -> None:
    status = started.status()
    assert status.state is State.RUNNING
    assert status.server in started.kubeconfig.read_text()
    assert status.kubernetes_version.startswith("v1.")
    assert [(node.name, node.zone, node.ready) for node in status.nodes] == [
        ("node-1", "sandbox-1a", True),
        ("node-2", "sandbox-1b", True),
        ("node-3", "sandbox-1c", True),
    ]


def test_only_its_owner_may_read_the_kubeconfig_and_the_keys(started: ControlPlane) -> None:
    assert started.kubeconfig.stat().st_mode & 0o077 == 0
    assert started.layout.home.stat().st_mode & 0o077 == 0


def test_starting_a_healthy_one_changes_nothing(started: ControlPlane) -> None:
    before = pids(started)
    started.start()
    assert pids(started) == before


def test_two_callers_at_once_start_one_control_plane(plane: ControlPlane) -> None:
    plane.stop()
    again = ControlPlane(plane.layout.root, plane.name, plane.binaries)
    with ThreadPoolExecutor() as pool:
        list(pool.map(ControlPlane.start, (plane, again)))
    assert len(processes.running(plane.layout.home)) == len(COMPONENTS)


def test_stopped_and_started_it_has_its_objects_its_address_and_no_address_twice(
    started: ControlPlane,
) -> None:
    kubectl = admin(started)
    kubectl.apply(deployment("kept", "nginx:1.27"))
    kubectl("rollout", "status", "deployment/kept", "--timeout=60s")
    before = started.kubeconfig.read_text()
    started.stop()
    assert started.status().state is State.STOPPED
    assert pids(started) == {}
    started.start()
    assert started.kubeconfig.read_text() == before
    kubectl("scale", "deployment/kept", "--replicas=6")
    kubectl("rollout", "status", "deployment/kept", "--timeout=60s")
    assert len({pod["status"]["podIP"] for pod in kubectl.items("pods", "--selector=app=kept")}) == 6


@pytest.mark.parametrize("victims", [*((name,) for name in COMPONENTS), COMPONENTS], ids="+".join)
def test_what_was_killed_comes_back_with_the_data(started: ControlPlane, victims: tuple[str, ...]) -> None:
    kubectl = admin(started)
    note = f"note-{len(victims)}-{victims[0]}"
    kubectl("create", "configmap", note)
    kill(started, victims)
    status = started.status()
    assert status.state is (State.STOPPED if victims == COMPONENTS else State.DEGRADED)
    assert status.missing == (() if victims == COMPONENTS else victims)
    started.start()
    assert started.status().state is State.RUNNING
    assert kubectl("get", "configmap", note, "--output=name").strip() == f"configmap/{note}"


def test_what_still_runs_next_to_a_dead_component_is_left_alone(started: ControlPlane) -> None:
    before = pids(started)
    kill(started, ["kube-scheduler"])
    started.start()
    after = pids(started)
    assert after.pop("kube-scheduler") != before.pop("kube-scheduler")
    assert after == before


def test_another_program_on_its_port_makes_it_move_and_say_so(
    started: ControlPlane, capsys: pytest.CaptureFixture[str]
) -> None:
    old = started.status().server
    started.stop()
    with socket.create_server(("127.0.0.1", int(old.rpartition(":")[2]))):
        started.start()
    new = started.status().server
    assert new != old
    assert f"moved from port {old.rpartition(':')[2]}" in capsys.readouterr().err
    assert len(admin(started).items("nodes")) == 3


def test_no_other_process_is_signalled_whatever_number_it_has(started: ControlPlane) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        kill(started, ["kube-scheduler"])
        for file in (started.layout.cluster / "pids").glob("kube-scheduler.pid"):
            file.write_text(str(stranger.pid))
        started.start()
        assert "kube-scheduler" in pids(started)
        started.stop()
        assert stranger.poll() is None
        assert stranger.stdin
        stranger.stdin.close()


def test_nothing_of_our_environment_and_no_open_file_reaches_its_processes(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("only Linux shows what a process has: see /proc")
    monkeypatch.setenv("CLOUD_SECRET", "geheim")
    plane.stop()
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 (the function takes no keyword)
        plane.start()
        for pid in pids(plane).values():
            assert b"CLOUD_SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()
            assert file.name not in {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
            assert os.getsid(pid) != os.getsid(0)


def test_it_listens_on_the_loopback_interface_only(started: ControlPlane) -> None:
    configuration = (started.layout.cluster / "kwok.yaml").read_text()
    assert "0.0.0.0" not in configuration  # noqa: S104 (that it is not there)


def test_a_change_of_settings_takes_effect_at_the_next_start(started: ControlPlane) -> None:
    tokens = {"t0p": Identity("root", ("system:masters",)), "n0ne": Identity("guest")}
    changed = ControlPlane(
        started.layout.root, started.name, started.binaries, Settings(tokens=tokens, load_balancers=False)
    )
    admin(started)("create", "configmap", "stays")
    changed.start()
    anonymous = Kubectl(started.binaries.kubectl, Path(os.devnull))
    server = [
        f"--server={changed.status().server}",
        f"--certificate-authority={changed.layout.pki / 'ca.crt'}",
    ]
    assert "stays" in anonymous("get", "configmaps", *server, "--token=t0p")
    with pytest.raises(AssertionError, match="guest"):
        anonymous("get", "configmaps", *server, "--token=n0ne")
    kubectl = admin(changed)
    kubectl("create", "service", "loadbalancer", "lonely", "--tcp=80")
    kubectl("create", "deployment", "after", "--image=nginx:1")
    kubectl("rollout", "status", "deployment/after", "--timeout=60s")
    assert kubectl.get("service", "lonely")["status"]["loadBalancer"] == {}


def test_a_restart_that_was_cut_short_is_done_again(started: ControlPlane) -> None:
    record = Record.load(started.layout)
    assert record
    replace(record, fingerprint="").save(started.layout)
    before = pids(started)
    started.start()
    assert pids(started).keys() == before.keys()
    assert not set(pids(started).values()) & set(before.values())


def test_lost_keys_are_made_anew_and_the_data_stays(started: ControlPlane) -> None:
    admin(started)("create", "configmap", "survivor")
    started.stop()
    (started.layout.pki / "admin.key").unlink()
    started.start()
    assert "survivor" in admin(started)("get", "configmaps")


def test_deleted_it_is_gone_even_with_its_files_damaged_and_deleting_again_is_fine(
    plane: ControlPlane,
) -> None:
    plane.start()
    for file in (plane.layout.cluster / "kwok.yaml", plane.layout.record, plane.layout.config):
        file.write_text("{ damaged")
    for file in (plane.layout.cluster / "pids").iterdir():
        file.unlink()
    plane.delete()
    assert pids(plane) == {}
    assert not plane.layout.home.exists()
    assert plane.status().state is State.ABSENT
    plane.delete()


def test_killed_while_it_is_created_it_is_created_anew(clusters: Path, binaries: Binaries) -> None:
    plane = ControlPlane(clusters, "main", binaries)
    code = (
        "import sys; from pathlib import Path; from flotilla.controlplane import Binaries, ControlPlane\n"
        "ControlPlane(Path(sys.argv[1]), 'main', Binaries(*map(Path, sys.argv[2:]))).start()"
    )
    paths = [str(path) for path in astuple(binaries)]
    creator = subprocess.Popen([sys.executable, "-c", code, str(clusters), *paths])
    eventually(lambda: {"etcd", "kwokctl"} <= pids(plane).keys())
    creator.kill()
    creator.wait()
    os.killpg(pids(plane)["kwokctl"], signal.SIGKILL)
    record = Record.load(plane.layout)
    assert record
    assert not record.whole
    plane.start()
    assert plane.status().state is State.RUNNING
    assert sorted(pids(plane)) == sorted(COMPONENTS)


def test_two_live_side_by_side_with_ports_and_address_ranges_of_their_own(
    clusters: Path, binaries: Binaries
) -> None:
    one, two = ControlPlane(clusters, "one", binaries), ControlPlane(clusters, "two", binaries)
    with ThreadPoolExecutor() as pool:
        list(pool.map(ControlPlane.start, (one, two)))
    assert find(clusters) == ["one", "two"]
    records = [record for each in (one, two) if (record := Record.load(each.layout))]
    assert len({port for record in records for port in record.ports.values()}) == 12
    assert len({record.subnet for record in records}) == 2
    admin(one)("create", "configmap", "mine")
    one.delete()
    assert find(clusters) == ["two"]
    assert two.status().state is State.RUNNING
    with pytest.raises(AssertionError, match="not found"):
        admin(two)("get", "configmap", "mine")


def test_a_component_that_cannot_start_is_named_with_its_last_words(
    clusters: Path, binaries: Binaries
) -> None:
    settings = Settings(api_server_arguments={"no-such-argument": "1"})
    plane = ControlPlane(clusters, "bad", binaries, settings)
    with pytest.raises(
        FlotillaError, match=r"(?s)kube-apiserver of control plane bad.*unknown flag: --no-such-argument"
    ):
        plane.start()
    assert pids(plane) == {}
