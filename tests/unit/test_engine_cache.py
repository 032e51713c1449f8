import os
from pathlib import Path

import pytest
from engine_fakes import put_program

from flotilla.engine.cache import Cache
from flotilla.errors import FlotillaError

ENTRY = "kwok-0.8.0-12345678"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    root = tmp_path / "engine"
    root.mkdir()
    return Cache(root)


def put(cache: Cache, version: str = "0.8.0") -> Path:
    with cache.staging() as staging:
        put_program(staging / "new", "kwok", version)
        cache.put(ENTRY, staging / "new", tool="kwok", version=version, route="a test", files=["kwok"])
    return cache.root / ENTRY / "kwok"


def test_an_entry_is_found_with_what_is_known_of_it(cache: Cache) -> None:
    program = put(cache)
    manifest = cache.find(ENTRY)
    assert manifest is not None
    assert (manifest.tool, manifest.version, manifest.route) == ("kwok", "0.8.0", "a test")
    assert os.access(program, os.X_OK)


def test_what_was_never_put_is_not_found(cache: Cache) -> None:
    assert cache.find(ENTRY) is None


def test_a_shortened_file_is_not_found(cache: Cache) -> None:
    program = put(cache)
    os.truncate(program, 5)
    assert cache.find(ENTRY) is None


def test_other_contents_of_the_same_length_are_not_found(cache: Cache) -> None:
    program = put(cache)
    program.write_text(program.read_text().replace("echo", "ECHO"))
    os.utime(program, ns=(1, 1))
    assert cache.find(ENTRY) is None


def test_a_missing_file_is_not_found(cache: Cache) -> None:
    put(cache).unlink()
    assert cache.find(ENTRY) is None


def test_a_broken_manifest_is_not_found(cache: Cache) -> None:
    put(cache)
    (cache.root / ENTRY / "manifest.json").write_text('{"tool": "kwok"')
    assert cache.find(ENTRY) is None


def test_a_file_that_was_only_touched_is_found_and_its_time_is_kept(cache: Cache) -> None:
    program = put(cache)
    os.utime(program, ns=(7, 7))
    assert cache.find(ENTRY) is not None
    again = cache.find(ENTRY)
    assert again is not None
    assert again.files["kwok"].mtime_ns == 7


def test_a_bad_entry_is_replaced(cache: Cache) -> None:
    os.truncate(put(cache), 5)
    put(cache, "0.8.1")
    manifest = cache.find(ENTRY)
    assert manifest is not None
    assert manifest.version == "0.8.1"


def test_a_staging_directory_is_gone_after_an_exception(cache: Cache) -> None:
    def fail() -> None:
        with cache.staging() as staging:
            (staging / "half").write_text("a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(cache.root.iterdir()) == []


def test_leftovers_of_a_killed_run_are_swept_by_the_next_one(cache: Cache) -> None:
    (cache.root / ".tmp-99-abc" / "kwok").mkdir(parents=True)
    (cache.root / ".tmp-99-abc" / "kwok" / "kwok").write_text("half of it")
    (cache.root / ".tmp-manifest").write_text("{")
    put(cache)
    with cache.locked():
        pass
    assert list(cache.root.glob(".tmp-*")) == []
    assert cache.find(ENTRY) is not None


def test_the_lock_is_free_again_after_an_exception(cache: Cache) -> None:
    def fail() -> None:
        with cache.locked():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with cache.locked():
        assert (cache.root / "lock-holder").read_text() == str(os.getpid())


def test_a_directory_that_cannot_be_made_is_named_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "engine")

    def lock() -> None:
        with cache.locked():
            pass

    with pytest.raises(FlotillaError, match=str(cache.root)) as caught:
        lock()
    assert "FLOTILLA_HOME" in caught.value.cure
