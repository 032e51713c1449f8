"""A stack loads the SDK of its own clouds only, as each costs a second and a hundred megabytes."""

import pytest

from components.config import Stack, stack_names
from tests.stacks.sdks import CLOUDS, ROOT, run, sdks


@pytest.mark.parametrize("stack", stack_names(ROOT))
def test_a_stack_loads_the_sdk_of_its_own_clouds_and_no_other(stack: str) -> None:
    types = {cluster.type for cluster in Stack.read(ROOT, stack).clusters.values()}
    assert sdks(run(stack).services) == {CLOUDS[kind] for kind in types if kind in CLOUDS}
