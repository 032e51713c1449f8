"""What stands in for the stacks that own shared clusters."""

from components.config.clouds import CLOUDS
from flotilla.rehearsal import stand_ins
from flotilla.rehearsal.owners import exported, grantor, renamed, state


def test_the_owner_is_found_in_a_state_in_files_whatever_its_organization() -> None:
    assert renamed("acme/shop/platform") == "organization/shop/platform"
    shared = {"type": "shared", "stack": "acme/shop/platform", "identifier": "dc1"}
    plane_of = stand_ins.planes({"main": shared}, {})
    assert plane_of == {"dc1": "main"}
    assert stand_ins.described({"main": shared}, plane_of)["main"] == {
        "type": "shared",
        "stack": "organization/shop/platform",
        "identifier": "dc1",
    }


def test_the_owner_exports_the_cluster_by_the_identifier_that_is_asked_for() -> None:
    made = state("shop", "platform", {"clusters": {"main": exported("dc1")}})
    assert '"identifier": "dc1"' in str(made).replace("'", '"')
    assert "urn:pulumi:platform::shop::pulumi:pulumi:Stack::shop-platform" in str(made)


def test_what_a_grant_takes_is_read_off_the_identifier_of_a_cloud() -> None:
    assert grantor("gcp:acme:europe-west1:shop") == {"cloud": "gcp", "project": "acme"}
    assert grantor("dc1") == {}
    known = {cloud.provider.removesuffix("-native") for cloud in CLOUDS.values()}
    assert {grantor(f"{cloud}:1:2:3")["cloud"] for cloud in known} == known
