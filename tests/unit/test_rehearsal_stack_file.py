"""A stack's file as a rehearsal has it: nothing of the real stack's secrets, and clusters of its own."""

from pathlib import Path

import pytest
import yaml

from components.document import read_document
from flotilla.rehearsal import stand_ins
from flotilla.rehearsal.stack_file import ENCRYPTED, SALT, clusters_in, prepare
from flotilla.rehearsal.surroundings import closed, harmless

REAL = """\
secretsprovider: awskms://alias/flotilla?region=eu-west-1
encryptedkey: AQICAHreal
encryptionsalt: v1:real
environment: [shop/prod]
config:
  aws:region: eu-west-1
  aws:secretKey: {secure: v1:marker-1}
  datadog:keys: [{secure: v1:marker-2}, plain]
  flotilla:environment: {tier: production, labels: {cost-center: "4711", debug: "yes"}}
  flotilla:clusters:
    main: {type: existing, kubeconfig: ~/.kube/prod, context: prod-admin, identifier: prod-main}
    cloud: {type: eks, kubernetesVersion: "1.36"}
  flotilla:services:
    cart: {release: "12e4567", replicas: 3}
  flotilla:secrets:
    cart: {TOKEN: {secure: v1:marker-3}}
"""


def held(text: str = REAL) -> object:
    return read_document("Pulumi.prod.yaml", text)[0].data


def prepared_text(text: str = REAL) -> str:
    clusters = clusters_in(held(text))
    return prepare(held(text), stand_ins.described(clusters, stand_ins.planes(clusters, {}))).text


def test_encrypted_values_of_all_namespaces_are_replaced_and_counted() -> None:
    prepared = prepare(held(), {})
    assert prepared.secrets == 3
    assert "marker" not in prepared.text
    assert prepared.text.count(ENCRYPTED) == 3


def test_what_leads_to_the_real_secrets_is_gone() -> None:
    read = yaml.safe_load(prepared_text())
    assert set(read) == {"config", "encryptionsalt"}
    assert read["encryptionsalt"] == SALT
    assert prepare(held(), {}).left_out == ["shop/prod"]


def test_every_other_value_is_the_same_with_its_type() -> None:
    before, after = yaml.safe_load(REAL)["config"], yaml.safe_load(prepared_text())["config"]
    for key in ("aws:region", "flotilla:environment", "flotilla:services"):
        assert after[key] == before[key]
    assert after["datadog:keys"][1] == "plain"


def test_text_that_looks_like_a_number_to_the_engine_is_written_in_quotes() -> None:
    assert '"12e4567"' in prepared_text()
    assert '"4711"' in prepared_text()
    assert '"yes"' in prepared_text()


def test_an_existing_cluster_is_reached_by_a_kubeconfig_of_the_rehearsal_and_keeps_its_identifier() -> None:
    clusters = yaml.safe_load(prepared_text())["config"]["flotilla:clusters"]
    assert clusters["main"] == {
        "type": "existing",
        "kubeconfig": ".flotilla/clusters/main/kubeconfig",
        "identifier": "prod-main",
    }
    assert clusters["cloud"] == {"type": "eks", "kubernetesVersion": "1.36"}


def existing(identifier: str) -> dict[str, object]:
    return {"type": "existing", "kubeconfig": "x", "identifier": identifier}


def test_a_cluster_that_is_renamed_keeps_its_control_plane_and_another_identifier_gets_another() -> None:
    before = stand_ins.planes({"main": existing("dc1")}, {})
    assert before == {"dc1": "main"}
    assert stand_ins.planes({"primary": existing("dc1")}, before) == before
    assert stand_ins.planes({"main": existing("dc2")}, before) == {"dc1": "main", "dc2": "main-2"}


def test_a_long_name_of_a_cluster_still_names_a_control_plane() -> None:
    names = stand_ins.planes({"a" * 63: existing("1"), "a" * 62: existing("2")}, {})
    assert len(set(names.values())) == 2
    assert all(len(name) <= 40 for name in names.values())


@pytest.mark.parametrize(
    "name",
    ["AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG",
     "ARM_CLIENT_SECRET", "AZURE_TENANT_ID", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL",
     "SHOP_DB_PASSWORD", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "MY_API_KEY", "XDG_CONFIG_HOME"],
)  # fmt: skip
def test_a_variable_that_leads_to_an_account_is_not_passed_on(name: str) -> None:
    assert name not in harmless({name: "marker"})


def test_what_a_program_needs_to_run_is_passed_on(tmp_path: Path) -> None:
    users = {"PATH": "/bin", "LANG": "C", "HTTPS_PROXY": "http://p", "TEAM": "shop", "HOME": str(tmp_path)}
    inside = closed({**users, "PYTHONDONTWRITEBYTECODE": "1"}, tmp_path / "home")
    assert inside.items() >= {name: value for name, value in users.items() if name != "HOME"}.items()
    assert inside["HOME"] == str(tmp_path / "home")
    assert "PYTHONDONTWRITEBYTECODE" not in inside
