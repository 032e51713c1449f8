from pathlib import Path

import pytest
from engine_fakes import put_program, put_script

from flotilla.engine import versions


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.250.0", (3, 250, 0)),
        ("3.251.0-alpha.x7f2", (3, 251, 0)),
        ("Client Version: v1.36.3\nKustomize Version: v5.8.1", (1, 36, 3)),
        ("kwok version v0.8.0 go1.26.8 (linux/amd64)", (0, 8, 0)),
        ("etcd Version: 3.6.8\nGit SHA: Not provided\nGo Version: go1.26.8", (3, 6, 8)),
        ("v3.19.0+g3d8990f", (3, 19, 0)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("no version at all, 3.6 only", None),
    ],
)
def test_the_first_version_of_a_text_is_read(text: str, version: versions.Version | None) -> None:
    assert versions.parse(text) == version


@pytest.mark.parametrize(
    ("version", "is_within"),
    [((1, 34, 9), False), ((1, 35, 0), True), ((1, 37, 12), True), ((1, 38, 0), False), ((2, 35, 0), False)],
)
def test_a_range_has_its_first_version_and_not_its_last(version: versions.Version, is_within: bool) -> None:  # noqa: FBT001
    assert versions.is_within(version, "1.35.0", "1.38.0") == is_within


def test_a_program_is_asked_for_its_version(tmp_path: Path) -> None:
    assert versions.ask(put_program(tmp_path, "kwok", "0.8.3"), ("--version",)) == (0, 8, 3)


def test_a_program_that_fails_has_no_version(tmp_path: Path) -> None:
    assert versions.ask(put_script(tmp_path / "kwok", "#!/bin/sh\necho 1.2.3\nexit 1\n"), ()) is None


def test_a_file_that_is_no_program_has_no_version(tmp_path: Path) -> None:
    assert versions.ask(put_script(tmp_path / "kwok", "\x7fELF of another machine"), ()) is None
