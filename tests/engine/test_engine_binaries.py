import pytest

from flotilla.engine import REQUIRED, Engine, ensure, locate, versions
from flotilla.engine.pins import PINS

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("tool", REQUIRED)
def test_each_program_says_a_version_that_is_accepted(engine: Engine, tool: str) -> None:
    pin = PINS[tool]
    version = versions.ask(engine.binaries[tool], pin.asking)
    assert version is not None
    assert versions.is_within(version, pin.least, pin.below)


def test_after_getting_the_engine_looking_finds_the_same_programs(engine: Engine) -> None:
    got = ensure()
    found = locate()
    assert isinstance(found, Engine)
    assert found == got == engine
    assert tuple(found.binaries) == REQUIRED
