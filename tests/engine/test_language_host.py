"""Plain `pulumi` commands with Flotilla's own language host: programs, their mistakes, component plugins."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkouts import project_environment
from kubectl import eventually

from flotilla.engine import Engine
from flotilla.sandbox.programs import place_programs

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Project:
    """A Pulumi project in a directory of its own, with a stack `dev` on a file backend."""

    directory: Path
    environment: dict[str, str]

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=self.directory, env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip

    def up(self, program: str) -> subprocess.CompletedProcess[str]:
        (self.directory / "__main__.py").write_text(program, encoding="utf-8")
        return self.pulumi("up", "--stack", "dev", "--yes", "--skip-preview")


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Project:
    own_host = Engine(engine.binaries, None, engine.kubernetes_provider, engine.routes)
    place_programs(tmp_path / "bin", own_host)
    (tmp_path / "project").mkdir()
    made = Project(tmp_path / "project", project_environment(tmp_path))
    (made.directory / "Pulumi.yaml").write_text("name: test\nruntime: python\n", encoding="utf-8")
    assert made.pulumi("stack", "init", "dev").returncode == 0
    return made


def test_a_program_reads_its_configuration_and_its_outputs_are_kept(project: Project) -> None:
    assert project.pulumi("config", "set", "--stack", "dev", "--path", "colours[0]", "red").returncode == 0
    done = project.up('import pulumi\npulumi.export("first", pulumi.Config().require_object("colours")[0])\n')
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.pulumi("stack", "output", "--stack", "dev", "first").stdout.strip() == "red"


def test_what_a_program_prints_is_shown(project: Project) -> None:
    assert "a word from the program" in project.up('print("a word from the program")\n').stdout


def test_a_run_error_is_shown_without_a_traceback(project: Project) -> None:
    done = project.up('import pulumi\nraise pulumi.RunError("the cure stands here")\n')
    assert done.returncode != 0
    assert "the cure stands here" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_traceback_begins_in_the_program_and_not_in_the_host(project: Project) -> None:
    done = project.up("def fail():\n    return {}['missing']\n\nfail()\n")
    assert done.returncode != 0
    assert "KeyError: 'missing'" in done.stdout
    assert "run_program.py" not in done.stdout


def test_a_virtual_environment_that_is_not_there_is_an_error_with_its_cure(project: Project) -> None:
    (project.directory / "Pulumi.yaml").write_text(
        "name: test\nruntime: {name: python, options: {virtualenv: nowhere}}\n", encoding="utf-8"
    )
    done = project.up("")
    assert done.returncode != 0
    assert "nowhere" in done.stdout + done.stderr
    assert "python3 -m venv" in done.stdout + done.stderr


COMPONENT = """
from typing import TypedDict

import pulumi
from pulumi.provider.experimental import component_provider_host


class GreetingArgs(TypedDict):
    name: pulumi.Input[str]


class Greeting(pulumi.ComponentResource):
    text: pulumi.Output[str]

    def __init__(self, name: str, args: GreetingArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("greetings:index:Greeting", name, {}, opts)
        self.text = pulumi.Output.concat("Hello, ", args["name"])
        self.register_outputs({"text": self.text})


component_provider_host(name="greetings", components=[Greeting])
"""


def test_a_component_plugin_in_python_is_served(project: Project, tmp_path: Path) -> None:
    plugin = tmp_path / "greetings"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n", encoding="utf-8")
    (plugin / "__main__.py").write_text(COMPONENT, encoding="utf-8")
    (project.directory / "Pulumi.yaml").write_text(
        f"name: test\nruntime: python\nplugins: {{providers: [{{name: greetings, path: {plugin}}}]}}\n",
        encoding="utf-8",
    )
    done = project.up(
        "import pulumi\n"
        "class Greeting(pulumi.ComponentResource):\n"
        "    text: pulumi.Output[str]\n"
        'greeting = Greeting("greetings:index:Greeting", "g", {"name": "world", "text": None}, None, True)\n'
        'pulumi.export("text", greeting.text)\n'
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.pulumi("stack", "output", "--stack", "dev", "text").stdout.strip() == "Hello, world"


def test_nothing_stays_behind_when_the_engine_is_killed(project: Project) -> None:
    (project.directory / "__main__.py").write_text(
        "import pathlib, time\npathlib.Path('started').touch()\ntime.sleep(600)\n", encoding="utf-8"
    )
    engine = subprocess.Popen(
        ["pulumi", "--non-interactive", "preview", "--stack", "dev"],
        cwd=project.directory, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    eventually((project.directory / "started").exists)
    engine.kill()
    engine.wait()
    eventually(lambda: not _mentioning(str(project.directory)))


def _mentioning(text: str) -> list[str]:
    listed = subprocess.run(["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if text in line]
