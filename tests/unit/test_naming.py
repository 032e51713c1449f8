"""Names: what Kubernetes accepts, and what is derived."""

from hypothesis import assume, given
from hypothesis import strategies as st

from components.naming import (
    address_variable,
    dns_label,
    is_dns_label,
    is_label_value,
    is_port_name,
    is_variable,
    on_cluster,
)
from components.service.volumes import file_key

NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@given(NAMES)
def test_every_dns_label_up_to_63_is_a_name_and_a_label_value(name: str) -> None:
    assert is_dns_label(name)
    assert is_label_value(name)


@given(NAMES, st.one_of(st.just(""), st.from_regex(r"[a-z][a-z0-9]{0,14}", fullmatch=True)))
def test_the_variable_of_an_address_is_a_variable(service: str, port: str) -> None:
    assert is_variable(address_variable(service, port))


@given(st.text())
def test_a_suggested_name_is_a_name_or_nothing(text: str) -> None:
    suggested = dns_label(text)
    assert not suggested or is_dns_label(suggested)


@given(NAMES)
def test_a_name_is_its_own_suggestion(name: str) -> None:
    assert dns_label(name) == name


@given(NAMES, NAMES, NAMES)
def test_services_keep_apart_on_a_cluster(one: str, other: str, cluster: str) -> None:
    assume(one != other)
    assert on_cluster(one, cluster) != on_cluster(other, cluster)


def test_the_primary_cluster_leaves_names_alone() -> None:
    assert on_cluster("frontend", "main") == "frontend"
    assert on_cluster("frontend", "dr") == "frontend-dr"


PATHS = st.lists(st.from_regex(r"[^/\0]{1,12}", fullmatch=True), min_size=1, max_size=4).map(
    lambda parts: "/" + "/".join(parts)
)


@given(PATHS, PATHS)
def test_each_file_has_a_key_of_its_own_in_a_config_map(one: str, other: str) -> None:
    assert (file_key(one) == file_key(other)) == (one == other)
    assert all(letter.isascii() and (letter.isalnum() or letter in "-._") for letter in file_key(one))


def test_names_that_kubernetes_refuses_are_refused() -> None:
    assert not any(map(is_dns_label, ["", "A", "a_b", "-a", "a-", "1a", "a" * 64, "a.b"]))
    assert not any(map(is_port_name, ["", "80", "a--b", "-a", "a" * 16, "A"]))
    assert not any(map(is_variable, ["", "1A", "A-B", "A B"]))
