"""What the engine tests share: the binaries, and one control plane for the whole session."""

import hashlib
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from kubectl import Kubectl

from flotilla.controlplane import Binaries, ControlPlane, find
from flotilla.engine import Engine, Missing, locate


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine, as `make test` gets it; without it tests skip, or fail if FLOTILLA_REQUIRE_ENGINE=1."""
    found = locate()
    if isinstance(found, Missing):
        reason = f"the engine is missing: {', '.join(found.tools)}. `make test` gets it."
        if os.environ.get("FLOTILLA_REQUIRE_ENGINE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def binaries(engine: Engine) -> Binaries:
    """What a control plane is made of."""
    return Binaries.from_mapping(engine.binaries)


@pytest.fixture(scope="session")
def control_plane(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """A control plane with three nodes in three zones and load balancers, for the whole session.

    Tests share it: each works in a namespace of its own and leaves nodes as they were.
    """
    plane = ControlPlane(tmp_path_factory.mktemp("clusters"), "session", binaries)
    try:
        plane.start()
        yield plane
    finally:
        plane.delete()


@pytest.fixture
def kubectl(
    request: pytest.FixtureRequest, binaries: Binaries, control_plane: ControlPlane
) -> Generator[Kubectl]:
    """kubectl for the session's control plane, in a namespace that only this test uses."""
    name = "test-" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    kubectl = Kubectl(binaries.kubectl, control_plane.kubeconfig, name)
    kubectl("create", "namespace", kubectl.namespace)
    try:
        yield kubectl
    finally:
        kubectl("delete", "namespace", kubectl.namespace, "--wait=false")


@pytest.fixture
def clusters(tmp_path: Path, binaries: Binaries) -> Generator[Path]:
    """An empty directory for control planes of a test's own; whatever is left in it is deleted."""
    try:
        yield tmp_path
    finally:
        for name in find(tmp_path):
            ControlPlane(tmp_path, name, binaries).delete()
