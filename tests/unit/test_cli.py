"""The command line: what every command has in common."""

import subprocess
import sys
from pathlib import Path

import pytest

from flotilla.cli import VERBS


def flotilla(*arguments: str, directory: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flotilla", *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_command_has_an_example(verb: str, tmp_path: Path) -> None:
    done = flotilla(verb, "--help", directory=tmp_path)
    assert done.returncode == 0
    assert f"\n    flotilla {verb}" in done.stdout or f"$(flotilla {verb})" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["stauts"],
        ["up", "--fast"],
        ["kubeconfig"],
        ["-C", "nowhere", "up"],
        ["env", "--shell", "csh"],
        ["up"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    done = flotilla(*arguments, directory=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_without_a_project_is_named_with_the_cure(tmp_path: Path) -> None:
    done = flotilla("status", directory=tmp_path)
    assert f"{tmp_path} is not inside a Flotilla project" in done.stderr
    assert "flotilla -C DIRECTORY" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full, a disk without space")
@pytest.mark.parametrize("arguments", [["--help"], ["engine", "--locate"]], ids=" ".join)
def test_trouble_of_the_machine_ends_with_1_and_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "flotilla", *arguments],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
