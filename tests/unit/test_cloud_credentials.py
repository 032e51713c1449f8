"""The played credential plugins: what they take, what they refuse, and the tokens they give."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flotilla.sandbox.clouds import records, tokens, trust
from flotilla.sandbox.clouds.credentials import AKS_SERVER, V1, V1BETA1, Call, RefusedError, credential
from flotilla.sandbox.clouds.records import ClusterRecord, plane_name
from flotilla.sandbox.programs import place_credentials

AWS = ("eks", "get-token", "--cluster-name", "main", "--region", "eu-west-1")
KUBELOGIN = ("get-token", "--login", "azurecli", "--server-id", AKS_SERVER)
GKE = "gke-gcloud-auth-plugin"


def given(workspace: Path, name: str, *arguments: str, **environment: str) -> dict[str, Any]:
    return json.loads(credential(name, Call(workspace, arguments, environment)))


def refusal(workspace: Path, name: str, *arguments: str, **environment: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        credential(name, Call(workspace, arguments, environment))
    return caught.value


def asking(version: str) -> dict[str, str]:
    return {"KUBERNETES_EXEC_INFO": json.dumps({"apiVersion": version, "kind": "ExecCredential", "spec": {}})}


@pytest.mark.parametrize(
    ("name", "arguments", "prefix", "lifetime"),
    [
        ("aws", AWS, "k8s-aws-v1.", timedelta(minutes=14)),
        (GKE, (), "ya29.", timedelta(hours=1)),
        ("kubelogin", KUBELOGIN, "", timedelta(hours=1)),
    ],
)
def test_each_plugin_gives_the_same_token_each_time_and_says_when_it_expires(
    tmp_path: Path, name: str, arguments: Sequence[str], prefix: str, lifetime: timedelta
) -> None:
    first, second = given(tmp_path, name, *arguments), given(tmp_path, name, *arguments)
    assert (first["kind"], first["apiVersion"]) == ("ExecCredential", V1BETA1)
    assert first["status"]["token"] == second["status"]["token"]
    assert first["status"]["token"].startswith(prefix)
    expires = datetime.fromisoformat(first["status"]["expirationTimestamp"])
    assert timedelta() <= lifetime - (expires - datetime.now(UTC)) < timedelta(minutes=1)


def test_tokens_differ_between_workspaces_clouds_and_the_clusters_of_aws(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    subjects = [("aws", "main"), ("aws", "edge"), ("gcp", ""), ("azure-native", "")]
    everything = [tokens.token(workspace, *subject) for workspace in (one, other) for subject in subjects]
    assert len({*everything}) == len(everything)
    assert tokens.token(one, "gcp", "main") == tokens.token(one, "gcp", "edge")


def test_the_secret_is_made_once_even_by_many_at_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(tokens.token, [tmp_path] * 64, ["gcp"] * 64))
    assert len({*found}) == 1
    directory = tokens.directory_of(tmp_path)
    assert (directory / "secret").stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in directory.iterdir()] == ["secret"]


def test_aws_and_kubelogin_answer_in_the_version_they_are_asked_for_and_the_one_of_google_in_its_own(
    tmp_path: Path,
) -> None:
    assert given(tmp_path, "aws", *AWS, **asking(V1))["apiVersion"] == V1
    assert given(tmp_path, "kubelogin", *KUBELOGIN, **asking(V1))["apiVersion"] == V1
    assert given(tmp_path, GKE, **asking(V1))["apiVersion"] == V1BETA1


def test_aws_takes_options_in_both_forms_and_the_region_from_the_environment(tmp_path: Path) -> None:
    expected = given(tmp_path, "aws", *AWS)["status"]["token"]
    joined = ("eks", "get-token", "--cluster-name=main", "--output=json")
    role = ("--role-arn", "arn:aws:iam::123456789012:role/deploy")
    assert given(tmp_path, "aws", *joined, *role, AWS_REGION="eu-west-1")["status"]["token"] == expected


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (("s3", "ls"), "plays only `aws eks get-token", 252),
        (("eks", "get-token", "--region", "eu-west-1"), "--cluster-name or --cluster-id must be", 255),
        (("eks", "get-token", "--cluster-name", "main"), "You must specify a region", 253),
        ((*AWS, "--role-arn", "deploy"), "deploy is invalid", 254),
        ((*AWS, "--clustername", "x"), "Unknown options: --clustername", 252),
        ((*AWS, "--output", "text"), "JSON only, not text", 252),
    ],
)
def test_aws_refuses_what_the_real_one_refuses_with_its_exit_code(
    tmp_path: Path, arguments: Sequence[str], reason: str, code: int
) -> None:
    refused = refusal(tmp_path, "aws", *arguments)
    assert reason in str(refused)
    assert refused.exit_code == code


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("convert-kubeconfig",), "plays only `kubelogin get-token`"),
        (("get-token", "--server-id", AKS_SERVER), "devicecode asks a person to sign in"),
        (("get-token", "--login", "interactive", "--server-id", AKS_SERVER), "asks a person"),
        (("get-token", "-l", "azure-cli", "--server-id", AKS_SERVER), "'azure-cli' is not a supported login"),
        (("get-token", "--login", "azurecli"), "server-id is required"),
        (("get-token", "--login", "azurecli", "--server-id", "6dae42f8"), "AADSTS500011"),
        (("get-token", "-l", "spn", "--server-id", AKS_SERVER), "client-id cannot be empty"),
        (("get-token", "-l", "spn", "--server-id", AKS_SERVER, "--client-id", "c"), "tenant-id cannot be"),
        ((*KUBELOGIN, "--serverid", "x"), "unknown flag: --serverid"),
    ],
)
def test_kubelogin_refuses_a_wrong_application_and_a_login_that_nobody_can_do_here(
    tmp_path: Path, arguments: Sequence[str], reason: str
) -> None:
    assert reason in str(refusal(tmp_path, "kubelogin", *arguments))


def test_kubelogin_heeds_its_variables_and_refuses_a_version_it_does_not_know(tmp_path: Path) -> None:
    called = ("get-token", "--server-id", AKS_SERVER)
    assert given(tmp_path, "kubelogin", *called, AAD_LOGIN_METHOD="msi")["status"]["token"]
    assert "v1alpha1 is not supported" in str(
        refusal(tmp_path, "kubelogin", *KUBELOGIN, **asking("client.authentication.k8s.io/v1alpha1"))
    )


def test_the_plugin_of_google_refuses_unknown_flags(tmp_path: Path) -> None:
    assert given(tmp_path, GKE, "--use_application_default_credentials")["status"]["token"]
    assert "unknown flag: --project-id" in str(refusal(tmp_path, GKE, "--project-id"))


def run(program: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments],
        env={"PATH": os.defpath, **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_placed_programs_need_no_installed_package_and_do_not_heed_the_directory_they_run_in(
    tmp_path: Path,
) -> None:
    workspace, elsewhere = tmp_path / "it's a sandbox", tmp_path / "elsewhere"
    workspace.mkdir()
    elsewhere.mkdir()
    (elsewhere / "json.py").write_text("raise SystemExit('wrong')")
    place_credentials(workspace / "bin", workspace)
    place_credentials(workspace / "bin", workspace)
    for name, arguments in (("aws", AWS), (GKE, ()), ("kubelogin", KUBELOGIN)):
        done = run(workspace / "bin" / name, *arguments, cwd=elsewhere)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["status"] == {
            "token": given(workspace, name, *arguments)["status"]["token"],
            "expirationTimestamp": json.loads(done.stdout)["status"]["expirationTimestamp"],
        }


def test_a_placed_program_says_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    place_credentials(tmp_path / "bin", tmp_path / "gone")
    refused = run(tmp_path / "bin" / "aws", "sts", "get-caller-identity", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (252, "")
    assert refused.stderr.startswith("aws sts get-caller-identity: this is the sandbox's aws")
    gone = run(tmp_path / "bin" / "aws", *AWS, cwd=tmp_path)
    assert gone.returncode == 1
    assert gone.stderr.startswith(f"The sandbox {tmp_path}/gone has no credentials")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("main", "aws-main"), ("a" * 36, f"aws-{'a' * 36}")],
)
def test_a_control_plane_is_called_as_its_cluster_where_that_is_possible(name: str, expected: str) -> None:
    assert plane_name("aws", name) == expected


def test_names_that_are_long_or_differ_in_what_cannot_be_said_lead_to_control_planes_of_their_own() -> None:
    names = ["Main", "main", "main_", "eu/main", "eu-main", "x" * 90, "x" * 91, "_", "ü"]
    planes = {plane_name("azure-native", name) for name in names}
    assert len(planes) == len(names)
    assert all(len(plane) <= 40 for plane in planes)


def test_the_record_of_a_cluster_is_found_again(tmp_path: Path) -> None:
    record = ClusterRecord("gcp", "shop/eu/main", "eu", ("eu-a", "eu-b"), 3, "e2", "", ())
    records.save(tmp_path, record)
    assert records.load(tmp_path, "gcp", "shop/eu/main") == record
    assert record.own_name == "main"
    assert records.all_of(tmp_path) == [record]
    records.remove(tmp_path, record)
    assert records.load(tmp_path, "gcp", "shop/eu/main") is None
    assert records.all_of(tmp_path) == []


def make_plane(workspace: Path, name: str, certificate: str) -> None:
    home = workspace / "clusters" / name
    (home / "pki").mkdir(parents=True)
    (home / "record.json").write_text("{}")
    (home / "pki" / "ca.crt").write_text(certificate)


def test_the_bundle_holds_the_systems_authorities_and_those_of_the_control_planes_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = tmp_path / "system.pem"
    system.write_text("SYSTEM")
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    variables: Mapping[str, str] = trust.environment(workspace)
    assert Path(variables["SSL_CERT_FILE"]).read_text() == "SYSTEM"
    make_plane(workspace, "one", "ONE")
    trust.update(workspace)
    assert trust.bundle(workspace).read_text().split() == ["SYSTEM", "ONE"]


def test_in_the_workspaces_own_environment_the_systems_authorities_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = tmp_path / "system.pem"
    system.write_text("SYSTEM")
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    monkeypatch.setenv("SSL_CERT_FILE", trust.environment(tmp_path)["SSL_CERT_FILE"])
    system.unlink()
    assert trust.environment(tmp_path)["SSL_CERT_FILE"] == str(trust.bundle(tmp_path))
    assert trust.bundle(tmp_path).read_text() == "SYSTEM"
