"""How a service finds the ones it uses: an environment variable for each of their addresses."""

from collections.abc import Iterable, Iterator, Mapping

from components.errors import Problem
from components.naming import address_variable
from components.service.ports import service_ports
from components.types import CatalogService


def addresses_of(name: str, service: CatalogService) -> dict[str, str]:
    """The variables under which others find a service: its first port's and, of several, each port's.

    Example:
        addresses_of("cartservice", {"owner": "carts", "ports": {"grpc": 7070}})
            == {"CARTSERVICE_ADDR": "cartservice:7070"}
    """
    ports = service_ports(service)
    found = {address_variable(name): f"{name}:{port}" for port in list(ports.values())[:1]}
    if len(ports) > 1:
        found |= {address_variable(name, port_name): f"{name}:{port}" for port_name, port in ports.items()}
    return found


def addresses_for(uses: Iterable[str], catalog: Mapping[str, CatalogService]) -> dict[str, str]:
    """The variables that a service gets which uses others, in the order of the variables' names."""
    found: dict[str, str] = {}
    for used in uses:
        if used in catalog:
            found |= addresses_of(used, catalog[used])
    return dict(sorted(found.items()))


def clashing_addresses(uses: list[str], catalog: Mapping[str, CatalogService]) -> Iterator[Problem]:
    """Used services that would share a variable: `a` with a port `b`, and `a-b`."""
    owners: dict[str, str] = {}
    for index, used in enumerate(uses):
        for variable in addresses_of(used, catalog[used]) if used in catalog else ():
            first = owners.setdefault(variable, used)
            if first != used:
                yield Problem(
                    ("uses", index),
                    f"{first} and {used} would both be found by {variable}",
                    "Rename one of their ports or services.",
                )
