"""The pure parts of a control plane: ports, ranges, configuration, records, stages, nodes."""

import ipaddress
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flotilla.controlplane import (
    Binaries,
    ControlPlane,
    Identity,
    Settings,
    State,
    find,
    kwokctl,
    nodes,
    ports,
    processes,
)
from flotilla.controlplane.layout import Layout, Record
from flotilla.errors import Exit, FlotillaError

TOOLS = {
    name: Path("/opt") / name
    for name in (
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kwok",
        "kwokctl",
        "kubectl",
    )
}
BINARIES = Binaries.from_mapping(TOOLS)
RECORD = Record(ports=dict.fromkeys(kwokctl.PORTS, 20_000), subnet=0)


def documents(settings: Settings, root: Path = Path("/clusters")) -> list[Any]:
    text = kwokctl.configuration(Layout(root, "main"), BINARIES, settings, RECORD)
    return list(yaml.safe_load_all(text))


def api_server(settings: Settings) -> dict[str, str]:
    patches = documents(settings)[0]["componentsPatches"]
    (patch,) = (found for found in patches if found["name"] == "kube-apiserver")
    return {argument["key"]: argument["value"] for argument in patch["extraArgs"]}


def test_a_missing_binary_is_named_with_the_way_to_get_it() -> None:
    with pytest.raises(FlotillaError, match="without kwok, kwokctl") as caught:
        Binaries.from_mapping({name: path for name, path in TOOLS.items() if not name.startswith("kwok")})
    assert "make up" in caught.value.cure


def test_a_link_to_a_binary_is_the_binary(tmp_path: Path) -> None:
    link = tmp_path / "etcd"
    link.symlink_to(TOOLS["etcd"])
    assert Binaries.from_mapping({**TOOLS, "etcd": link}) == BINARIES


@pytest.mark.parametrize("name", ["", "Main", "a/b", "..", "-a", "a" * 41])
def test_a_name_that_could_not_be_a_directory_of_its_own_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FlotillaError) as caught:
        ControlPlane(tmp_path, name, BINARIES)
    assert caught.value.code is Exit.USAGE


@pytest.mark.parametrize("name", ["a,b", 'a"b', "a#b"])
def test_a_directory_that_kwok_could_not_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FlotillaError, match="kwok takes commas"):
        ControlPlane(tmp_path / name, "main", BINARIES)


def test_where_there_is_nothing_status_says_absent_and_stop_and_delete_are_fine(tmp_path: Path) -> None:
    plane = ControlPlane(tmp_path / "nowhere", "main", BINARIES)
    assert plane.status().state is State.ABSENT
    plane.stop()
    plane.delete()
    assert find(tmp_path / "nowhere") == []
    assert list(tmp_path.iterdir()) == []


def test_every_listener_has_an_address_on_the_loopback_interface_and_a_port_we_chose() -> None:
    options = documents(Settings())[0]["options"]
    assert options["bindAddress"] == "127.0.0.1"
    assert all(options[name] == 20_000 for name in kwokctl.PORTS)


def test_every_program_is_given_so_that_nothing_is_downloaded() -> None:
    options = documents(Settings())[0]["options"]
    given_programs = {value for name, value in options.items() if name.endswith("Binary")}
    assert given_programs == {str(path) for name, path in TOOLS.items() if name != "kwokctl"}


def test_etcd_keeps_its_data_where_kwokctl_does_not_clean_up() -> None:
    patches = {patch["name"]: patch["extraArgs"] for patch in documents(Settings())[0]["componentsPatches"]}
    layout = Layout(Path("/clusters"), "main")
    assert patches["etcd"] == [{"key": "data-dir", "value": str(layout.data), "override": True}]
    assert not layout.data.is_relative_to(layout.kwok)


def test_tokens_reach_the_api_server_by_a_file_only_if_there_are_any() -> None:
    assert "token-auth-file" not in api_server(Settings())
    assert "token-auth-file" in api_server(Settings(tokens={"secret": Identity("ada")}))


def test_a_further_argument_of_the_api_server_goes_before_ours() -> None:
    assert (
        api_server(Settings(api_server_arguments={"service-cluster-ip-range": "10.0.0.0/24"}))[
            "service-cluster-ip-range"
        ]
        == "10.0.0.0/24"
    )


def test_without_load_balancers_no_stage_gives_addresses_to_services_and_ingresses() -> None:
    def kinds(settings: Settings) -> set[str]:
        return {document["spec"]["resourceRef"]["kind"] for document in documents(settings)[1:]}

    assert {"Service", "Ingress"} <= kinds(Settings())
    assert not {"Service", "Ingress"} & kinds(Settings(load_balancers=False))


def test_load_balancers_with_a_domain_get_names_under_it_and_no_addresses() -> None:
    layout = Layout(Path("/clusters"), "main")
    both = (Settings(), Settings(load_balancer_domain="elb.example.com"))
    stages = [kwokctl.configuration(layout, BINARIES, settings, RECORD) for settings in both]
    assert ["ip: {{" in text for text in stages] == [True, False]
    assert [".elb.example.com" in text for text in stages] == [False, True]
    assert not any(kwokctl.DOMAIN in text for text in stages)


@pytest.mark.parametrize(
    "changed",
    [
        Settings(load_balancers=False),
        Settings(load_balancer_domain="elb.example.com"),
        Settings(tokens={"a": Identity("ada")}),
        Settings(kubernetes_version="1.99.0"),
        Settings(api_server_arguments={"v": "4"}),
    ],
)
def test_another_setting_has_another_fingerprint_but_another_port_has_not(changed: Settings) -> None:
    layout = Layout(Path("/clusters"), "main")
    ours = kwokctl.fingerprint(layout, BINARIES, Settings(), RECORD)
    moved = Record(dict.fromkeys(kwokctl.PORTS, 21_000), subnet=0)
    assert kwokctl.fingerprint(layout, BINARIES, Settings(), moved) == ours
    assert kwokctl.fingerprint(layout, BINARIES, changed, RECORD) != ours


def test_a_token_file_quotes_what_has_to_be_quoted() -> None:
    line = kwokctl.token_file(Settings(tokens={"t": Identity('a"b', ("x", "y"))}))
    assert line == 't,"a""b","a""b","x,y"\n'


def test_the_address_ranges_of_control_planes_side_by_side_do_not_overlap() -> None:
    ranges = [ipaddress.ip_network(kwokctl.service_range(number)) for number in range(kwokctl.SUBNETS)]
    assert not any(one.overlaps(two) for one in ranges for two in ranges if one is not two)


@given(before=st.dictionaries(st.sampled_from(kwokctl.PORTS), st.integers(30_000, 32_000)))
def test_each_listener_gets_a_port_of_its_own(before: dict[str, int]) -> None:
    chosen = ports.choose(kwokctl.PORTS, before, reserved=())
    assert chosen.keys() == set(kwokctl.PORTS)
    assert len(set(chosen.values())) == len(kwokctl.PORTS)


def test_a_free_port_is_kept_a_taken_one_replaced_and_a_reserved_one_avoided() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = int(server.getsockname()[1])
        free = next(port for port in range(30_000, 32_000) if ports.is_free(port))
        reserved = set(ports.RANGE) - {25_000, 25_001, 25_002, 25_003, 25_004, 25_005}
        chosen = ports.choose(("kept", "lost"), {"kept": free, "lost": taken}, reserved)
    assert chosen["kept"] == free
    assert chosen["lost"] in {25_000, 25_001, 25_002, 25_003, 25_004, 25_005}


def test_a_record_is_read_as_it_was_written_and_only_by_its_owner(tmp_path: Path) -> None:
    layout = Layout(tmp_path, "main")
    layout.home.mkdir()
    Record({"etcdPort": 2}, 3, "mark", whole=True).save(layout)
    assert Record.load(layout) == Record({"etcdPort": 2}, 3, "mark", whole=True)
    assert layout.record.stat().st_mode & 0o077 == 0
    assert [file.name for file in layout.home.iterdir()] == ["record.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"ports": {"a": "b"}, "subnet": 0, "fingerprint": "", "whole": true}']
)
def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    layout = Layout(tmp_path, "main")
    layout.home.mkdir()
    layout.record.write_text(text)
    assert Record.load(layout) is None


def test_only_a_process_whose_program_lies_in_the_directory_is_ours_and_only_it_is_ended(
    tmp_path: Path,
) -> None:
    home, other = tmp_path / "main", tmp_path / "main-2"

    def sleeper(program: Path, *words: str) -> subprocess.Popen[bytes]:
        command = [str(program), "-c", "import time; time.sleep(600)", *words]
        return subprocess.Popen(
            command, executable=sys.executable, env={**os.environ, "PYTHONHOME": sys.base_prefix}
        )

    ours = sleeper(home / "bin" / "etcd")
    namesake = sleeper(other / "bin" / "etcd")
    reader = sleeper(Path(sys.executable), f"{home}/record.json")
    try:
        while not processes.running(home):
            assert ours.poll() is None
        assert [process.pid for process in processes.running(home)] == [ours.pid]
        assert processes.running(home)[0].component == "etcd"
        processes.end(home)
        assert ours.wait() != 0
        assert namesake.poll() is None
        assert reader.poll() is None
    finally:
        for process in (ours, namesake, reader):
            process.kill()
            process.wait()


def test_every_stage_tells_in_a_comment_what_it_is_for_and_bears_its_file_s_name() -> None:
    for file in kwokctl.stage_files(Settings()):
        text = file.read_text()
        assert text.startswith("# "), file
        (stage,) = yaml.safe_load_all(text)
        assert stage["metadata"]["name"] == file.stem


def test_all_stages_tell_a_failing_pod_by_the_same_words() -> None:
    tests = {
        expression["key"]
        for document in documents(Settings())[1:]
        for expression in document["spec"]["selector"]["matchExpressions"]
        if "sandbox.flotilla.dev/fail" in expression.get("key", "")
    }
    assert len(tests) == 1


def test_nodes_are_dealt_out_over_the_zones_and_have_addresses_of_their_own() -> None:
    made: list[Any] = [nodes.manifest(number, Settings()) for number in range(1, 8)]
    zones = [node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in made]
    assert [zones.count(zone) for zone in Settings().zones] == [3, 2, 2]
    assert len({node["spec"]["podCIDR"] for node in made}) == 7
    assert len({json.dumps(node["status"]["addresses"]) for node in made}) == 7
    assert all(node["status"]["capacity"]["pods"] == "110" for node in made)
