import os
import shutil
from pathlib import Path

import pytest
from engine_fakes import put_program, put_script

from flotilla.engine import on_path
from flotilla.engine.cache import Cache
from flotilla.engine.on_path import Answers


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answers:
    monkeypatch.setenv("FLOTILLA_HOME", str(tmp_path / "home"))
    use_path(monkeypatch, tmp_path / "bin")
    return Answers(Cache(tmp_path / "home" / "engine"))


def use_path(monkeypatch: pytest.MonkeyPatch, *directories: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, directories)))


@pytest.mark.parametrize("version", ["1.35.0", "1.36.1", "1.37.9"])
def test_a_kubectl_one_minor_version_apart_is_good(tmp_path: Path, answers: Answers, version: str) -> None:
    program = put_program(tmp_path / "bin", "kubectl", version)
    assert on_path.find("kubectl", answers).program == program


@pytest.mark.parametrize(
    ("tool", "version"),
    [
        ("kubectl", "1.34.9"),
        ("kubectl", "1.38.0"),
        ("pulumi", "3.249.1"),
        ("pulumi", "4.0.0"),
        ("kube-apiserver", "1.35.7"),
        ("etcd", "3.5.21"),
        ("kwok", "0.7.0"),
        ("helm", "4.0.0"),
    ],
)
def test_a_version_out_of_range_is_refused_and_told(
    tmp_path: Path, answers: Answers, tool: str, version: str
) -> None:
    program = put_program(tmp_path / "bin", tool, version)
    found = on_path.find(tool, answers)
    assert found.program is None
    assert f"{program} is {version}, wanted ≥ " in found.sentence


def test_a_good_one_is_found_behind_a_bad_one(
    tmp_path: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(tmp_path / "old", "pulumi", "3.100.0")
    good = put_program(tmp_path / "new", "pulumi", "3.272.0")
    use_path(monkeypatch, tmp_path / "old", tmp_path / "new")
    assert on_path.find("pulumi", answers) == on_path.OnPath(good, "3.272.0, on PATH")


def test_a_program_that_tells_no_version_is_refused(tmp_path: Path, answers: Answers) -> None:
    put_script(tmp_path / "bin" / "kwok", "#!/bin/sh\nexit 3\n")
    assert "does not tell its version" in on_path.find("kwok", answers).sentence


def test_what_is_not_there_is_said_to_be_not_there(answers: Answers) -> None:
    assert on_path.find("kwok", answers) == on_path.OnPath(None, "not on PATH")


def test_what_flotilla_put_on_path_itself_is_not_taken(
    tmp_path: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_program(tmp_path / "home" / "sandboxes" / "shop" / "bin", "kubectl", "1.36.3")
    use_path(monkeypatch, tmp_path / "home" / "sandboxes" / "shop" / "bin")
    assert on_path.find("kubectl", answers).program is None


@pytest.fixture
def native(tmp_path: Path) -> Path:
    """A program that is no script."""
    (tmp_path / "bin").mkdir()
    return Path(shutil.copy(shutil.which("true") or "/bin/true", tmp_path / "bin" / "kwok"))


def test_a_native_program_is_asked_once_until_it_changes(
    tmp_path: Path, answers: Answers, native: Path
) -> None:
    asked: list[Path] = []

    def ask(program: Path) -> tuple[int, int, int]:
        asked.append(program)
        return (0, 8, len(asked))

    assert answers.version(native, "kwok", ask) == (0, 8, 1)
    again = Answers(Cache(tmp_path / "home" / "engine"))
    assert again.version(native, "kwok", ask) == (0, 8, 1)
    assert len(asked) == 1
    os.utime(native, ns=(1, 1))
    assert again.version(native, "kwok", ask) == (0, 8, 2)


def test_a_failure_to_answer_is_not_remembered(answers: Answers, native: Path) -> None:
    assert answers.version(native, "kwok", lambda _program: None) is None
    assert answers.version(native, "kwok", lambda _program: (0, 8, 0)) == (0, 8, 0)


def test_a_script_is_asked_each_time_because_it_may_stand_for_another_program(
    tmp_path: Path, answers: Answers
) -> None:
    program = put_program(tmp_path / "bin", "kwok", "0.8.0")
    assert answers.version(program, "kwok", lambda _program: (0, 8, 0)) == (0, 8, 0)
    assert answers.version(program, "kwok", lambda _program: (0, 9, 0)) == (0, 9, 0)


def test_a_link_to_a_program_of_another_name_is_asked_each_time(tmp_path: Path, answers: Answers) -> None:
    manager = Path(shutil.copy(shutil.which("true") or "/bin/true", tmp_path / "version-manager"))
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin" / "kwok"
    link.symlink_to(manager)
    assert answers.version(link, "kwok", lambda _program: (0, 8, 0)) == (0, 8, 0)
    assert answers.version(link, "kwok", lambda _program: (0, 9, 0)) == (0, 9, 0)


def test_a_broken_file_of_answers_is_as_good_as_none(tmp_path: Path, answers: Answers, native: Path) -> None:
    answers.version(native, "kwok", lambda _program: (0, 8, 0))
    (tmp_path / "home" / "engine" / "answers.json").write_text("{")
    again = Answers(Cache(tmp_path / "home" / "engine"))
    assert again.version(native, "kwok", lambda _program: (0, 8, 1)) == (0, 8, 1)
