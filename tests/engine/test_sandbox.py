"""The main job from end to end, as a user does it: `flotilla up`, changes, accidents, `flotilla down`.

The tests of this file share one sandbox and run in their order; each leaves it up and whole.
"""

import base64
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from checkouts import ROOT, copy_checkout
from kubectl import eventually
from processes import kill_tree

from flotilla.engine import Engine
from flotilla.home import sandbox_dir

pytestmark = pytest.mark.engine

SERVICES = sorted(path.stem for path in (ROOT / "services").glob("*.yaml"))


@dataclass(frozen=True)
class Checkout:
    """A copy of this checkout, with a sandbox of its own."""

    directory: Path

    def flotilla(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flotilla", *arguments],
            cwd=self.directory, text=True, capture_output=True, check=False,
        )  # fmt: skip

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "flotilla", *arguments],
            cwd=self.directory, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=(self.directory / "started.log").open("wb"),
        )  # fmt: skip

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a shell set up by `flotilla env`."""
        script = f'eval "$({sys.executable} -m flotilla env)" && {command}'
        return subprocess.run(
            ["sh", "-c", script], cwd=self.directory, text=True, capture_output=True, check=False
        )

    def kubectl(self, *arguments: str) -> str:
        done = self.shell("kubectl " + " ".join(f"'{argument}'" for argument in arguments))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set_release(self, service: str, release: str) -> None:
        """Change one release, the way a person does: one word in the stack file."""
        path = self.directory / "Pulumi.sandbox.yaml"
        text = path.read_text(encoding="utf-8")
        changed, count = re.subn(
            rf"(^ +{service}:\s*{{? *release: )[^ ,}}\n]+", rf"\g<1>{release}", text, flags=re.MULTILINE
        )
        if not count:
            changed, count = re.subn(
                rf"(^ +{service}:\s*\n +release: )\S+", rf"\g<1>{release}", text, flags=re.MULTILINE
            )
        assert count == 1, f"no release of {service} in the stack file"
        path.write_text(changed, encoding="utf-8")

    def release(self, service: str) -> str:
        return next(s["release"] for s in self.status() if s["service"] == service)

    def status(self) -> "list[dict[str, str]]":
        return json.loads(self.flotilla("status", "--format", "json").stdout)["services"]

    def object_ids(self) -> dict[str, str]:
        """The UID of every object of the sandbox's namespace that the stack makes, by kind and name."""
        kinds = "namespace,deployment.apps,service,serviceaccount,configmap,secret"
        listed = json.loads(self.kubectl("get", kinds, "-A", "-o", "json"))
        return {
            f"{o['kind']}/{o['metadata']['name']}": o["metadata"]["uid"]
            for o in listed["items"]
            if o["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "flotilla"
        }

    def processes(self) -> list[str]:
        """The command lines of the processes that name the sandbox or the checkout."""
        listed = subprocess.run(["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True)
        marks = (str(sandbox_dir(self.directory)), str(self.directory))
        return [line for line in listed.stdout.splitlines() if any(mark in line for mark in marks)]


@pytest.fixture(scope="module")
def checkout(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Checkout]:
    directory = copy_checkout(tmp_path_factory.mktemp("checkouts") / "flotilla")
    made = Checkout(directory)
    try:
        yield made
    finally:
        made.flotilla("down")


def test_up_shows_every_service_with_release_owner_ready_pods_and_address(checkout: Checkout) -> None:
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()[1:] if line.strip()}
    assert sorted(rows) == SERVICES
    assert len(rows) == 12
    for service, row in rows.items():
        assert len(row) == 5, row
        ready, _, wanted = row[3].partition("/")
        assert ready == wanted, f"{service}: {row}"
    assert re.fullmatch(r"198\.1[89]\.\d+\.\d+:80", rows["frontend"][4])


def test_kubectl_agrees_with_the_table(checkout: Checkout) -> None:
    listed = json.loads(checkout.kubectl("get", "deployments", "-A", "-o", "json"))
    ready = {item["metadata"]["name"]: item["status"].get("readyReplicas", 0) for item in listed["items"]}
    assert ready == {status["service"]: status["readyPods"] for status in checkout.status()}


def test_a_second_up_changes_nothing(checkout: Checkout) -> None:
    before = checkout.object_ids()
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    assert "no change" in done.stderr
    assert checkout.object_ids() == before


def test_plain_pulumi_works_in_a_shell_set_up_by_env(checkout: Checkout) -> None:
    preview = checkout.shell("pulumi preview -s sandbox --non-interactive --expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    update = checkout.shell("pulumi up -s sandbox --yes --non-interactive --expect-no-changes")
    assert update.returncode == 0, update.stdout + update.stderr


def test_one_changed_release_updates_one_deployment_and_nothing_else(checkout: Checkout) -> None:
    checkout.set_release("cartservice", "v0.10.9")
    preview = checkout.shell("pulumi preview -s sandbox --json 2>/dev/null")
    assert preview.returncode == 0, preview.stderr
    steps = [step for step in json.loads(preview.stdout)["steps"] if step["op"] != "same"]
    changed = [
        (step["op"], step["urn"].split("::")[-2].split("$")[-1], step["urn"].split("::")[-1])
        for step in steps
    ]
    assert changed == [("update", "kubernetes:apps/v1:Deployment", "cartservice")]


def test_a_rollout_never_has_fewer_ready_pods_than_before(checkout: Checkout) -> None:
    before = {s["service"]: int(s["readyPods"]) for s in checkout.status() if s["service"] != "cartservice"}
    fewest = watch_available(checkout, "frontend", lambda: roll(checkout, "frontend", "v0.10.9"))
    assert fewest >= before["frontend"]
    assert checkout.release("frontend") == "v0.10.9"
    assert all(status["ready"] for status in checkout.status())


def roll(checkout: Checkout, service: str, release: str) -> None:
    checkout.set_release(service, release)
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr


def watch_available(checkout: Checkout, service: str, action: Callable[[], None]) -> int:
    """The fewest available pods of a service that the API server reported while `action` ran."""
    seen: list[int] = []
    columns = 'jsonpath={.status.availableReplicas}{"\\n"}'
    script = (
        f'eval "$({sys.executable} -m flotilla env)" && '
        f"exec kubectl -n sandbox get deployment {service} --watch -o '{columns}'"
    )
    watcher = subprocess.Popen(
        ["sh", "-c", script], cwd=checkout.directory, stdout=subprocess.PIPE, text=True
    )
    assert watcher.stdout is not None
    lines = watcher.stdout

    def read() -> None:
        seen.extend(int(line.strip() or 0) for line in lines)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        eventually(lambda: bool(seen))
        action()
    finally:
        watcher.terminate()
        watcher.wait()
        reader.join()
    assert len(seen) > 1, "the watch saw no change"
    return min(seen)


@pytest.mark.parametrize(
    ("release", "reason"),
    [("v0.10.9-missing", "ImagePullBackOff"), ("v0.10.9-crash", "exit code 1")],
)
def test_a_release_that_never_becomes_ready_fails_with_its_reason_and_the_old_pods_serve(
    checkout: Checkout, release: str, reason: str
) -> None:
    good = checkout.release("adservice")
    checkout.set_release("adservice", release)
    done = checkout.flotilla("up")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert reason in said
    assert re.search(r"adservice-[0-9a-f]+-[a-z0-9]+", said), "no pod is named"
    now = next(status for status in checkout.status() if status["service"] == "adservice")
    assert now["otherReleases"] == {good: 1}
    checkout.set_release("adservice", good)
    healed = checkout.flotilla("up")
    assert healed.returncode == 0, healed.stderr
    assert checkout.release("adservice") == good


def test_up_takes_back_what_was_changed_by_hand(checkout: Checkout) -> None:
    checkout.kubectl("delete", "deployment", "emailservice", "-n", "sandbox")
    checkout.kubectl("scale", "deployment", "shippingservice", "-n", "sandbox", "--replicas", "3")
    checkout.kubectl("set", "image", "deployment", "redis-cart", "-n", "sandbox", "*=example.com/redis:v0")
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    assert "1 created, 2 updated" in done.stderr
    (shipping,) = (s for s in checkout.status() if s["service"] == "shippingservice")
    assert int(shipping["pods"]) == 1


LEDGER = """\
owner: payments
image: docker.io/library/busybox
ports: {tcp: 8080}
volumes: {data: {mountPath: /data, claim: {size: 1Gi}}}
jobs: {close-month: {when: Manual, image: "docker.io/library/busybox:1.37"}}
"""
DIGESTER = """\
owner: payments
image: docker.io/library/busybox
autoscaling:
  minReplicas: 1
  maxReplicas: 3
  keda: {triggers: {mornings: {type: cron, metadata: {timezone: UTC, start: 0 7 * * *, end: 0 9 * * *}}}}
"""


def test_what_keeps_data_or_needs_an_operator_comes_up_and_a_job_is_run_by_hand(checkout: Checkout) -> None:
    stack = checkout.directory / "Pulumi.sandbox.yaml"
    added = {"ledger": LEDGER, "digester": DIGESTER}
    files = {name: checkout.directory / "services" / f"{name}.yaml" for name in added}
    before = stack.read_text(encoding="utf-8")
    chosen = "".join(f'\n    {name}: {{release: "1.37"}}' for name in added)
    stack.write_text(before.replace("flotilla:services:", f"flotilla:services:{chosen}"), encoding="utf-8")
    for name, file in files.items():
        file.write_text(added[name], encoding="utf-8")
    try:
        done = checkout.flotilla("up")
        assert done.returncode == 0, done.stderr
        ready = {status["service"]: status["ready"] for status in checkout.status()}
        assert ready == dict.fromkeys([*SERVICES, *added], True)
        run = checkout.flotilla("run", "ledger", "close-month", "--stack", "sandbox")
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("ledger-close-month-")
    finally:
        stack.write_text(before, encoding="utf-8")
        for file in files.values():
            file.unlink()
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    assert sorted(status["service"] for status in checkout.status()) == SERVICES


def test_an_interrupted_up_lets_the_engine_end_in_good_order(checkout: Checkout) -> None:
    good = checkout.release("adservice")
    checkout.set_release("adservice", "v0.10.9-unready")
    log = sandbox_dir(checkout.directory) / "logs" / "up.log"
    log.unlink()
    interrupted = checkout.start("up")
    eventually(lambda: log.exists() and "waiting for pods" in log.read_text(encoding="utf-8"), 60)
    interrupted.send_signal(signal.SIGINT)
    assert interrupted.wait() == 1
    said = (checkout.directory / "started.log").read_text(encoding="utf-8")
    assert "Interrupted." in said
    assert "Traceback" not in said
    eventually(lambda: not any("pulumi" in line for line in checkout.processes()))
    state = json.loads(
        (sandbox_dir(checkout.directory) / "state/.pulumi/stacks/flotilla/sandbox.json").read_text("utf-8")
    )
    assert not state["checkpoint"]["latest"].get("pending_operations")
    checkout.set_release("adservice", good)
    assert checkout.flotilla("up").returncode == 0


def test_a_killed_up_is_finished_by_the_next_one_with_nothing_lost_or_made_twice(checkout: Checkout) -> None:
    checkout.flotilla("down")
    for already_made in (3, 15):
        killed = checkout.start("up")
        state = sandbox_dir(checkout.directory) / "state" / ".pulumi" / "stacks" / "flotilla" / "sandbox.json"

        def has_begun(state: Path = state, count: int = already_made) -> bool:
            return state.exists() and state.read_text(encoding="utf-8").count('"kubernetes:') > count

        eventually(lambda: has_begun() or killed.poll() is not None, 120)  # noqa: B023 (called at once)
        assert killed.poll() is None, (checkout.directory / "started.log").read_text(encoding="utf-8")
        kill_tree(killed.pid)
        killed.wait()
    before = checkout.object_ids() if (sandbox_dir(checkout.directory) / "clusters").exists() else {}
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    after = checkout.object_ids()
    assert before.items() <= after.items(), "an object was lost or made anew"
    assert sorted(s["service"] for s in checkout.status()) == SERVICES
    assert checkout.flotilla("up").stderr.count("no change") == 1


def test_what_the_engine_keeps_beside_its_state_may_be_cut_off_by_a_kill(checkout: Checkout) -> None:
    assert checkout.flotilla("up").returncode == 0
    stacks = sandbox_dir(checkout.directory) / "state" / ".pulumi" / "stacks" / "flotilla"
    (stacks / "sandbox.json.attrs").write_bytes(b"")
    assert checkout.shell("pulumi stack ls").returncode
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    assert "no change" in done.stderr


MISTAKEN_SERVICE = """\
owner: [marketing]
ports: {grpc: 95550}
uses: [emailservce]
env: {PORT: 9555}
resorces: {}
probes: {readiness: {grpc: 9556}}
"""

MISTAKEN_STACK = """\
config:
  flotilla:environment: {tier: prodution}
  flotilla:clusters:
    main: {type: exising, kubeconfig: .flotilla/clusters/main/kubeconfig, identifier: sandbox-main}
  flotilla:services:
    adservice: {}
    cartservice: {release: 1.10}
    nosuchservice: {release: v1}
    redis-cart: {release: alpine, replicas: many}
"""


def test_wrong_files_end_with_2_and_every_mistake_at_once_and_start_nothing(checkout: Checkout) -> None:
    files = {
        checkout.directory / "services" / "adservice.yaml": MISTAKEN_SERVICE,
        checkout.directory / "Pulumi.sandbox.yaml": MISTAKEN_STACK,
    }
    good = {path: path.read_text(encoding="utf-8") for path in files}
    running, logs = checkout.processes(), sandbox_dir(checkout.directory) / "logs" / "up.log"
    last_update = logs.stat().st_mtime_ns
    try:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        done = checkout.flotilla("up")
    finally:
        for path, text in good.items():
            path.write_text(text, encoding="utf-8")
    assert done.returncode == 2
    assert done.stdout == ""
    assert checkout.processes() == running
    assert logs.stat().st_mtime_ns == last_update
    form = r"(services/adservice|Pulumi\.sandbox)\.yaml:\d+:\d+  \S+: \S.*[.?] [A-Z].*\."
    problems = done.stderr.splitlines()
    assert len(problems) >= 10, done.stderr
    for problem in problems:
        assert re.fullmatch(form, problem), problem
    places = {tuple(problem.split(":")[:2]) for problem in problems}
    assert places >= {("services/adservice.yaml", str(line)) for line in range(1, 7)}
    assert places >= {("Pulumi.sandbox.yaml", str(line)) for line in (2, 4, 6, 7, 8, 9)}


def test_a_secret_reaches_the_pods_and_is_nowhere_in_plain_text(checkout: Checkout) -> None:
    marker = "marker-3f9a51c07e"
    service = checkout.directory / "services" / "adservice.yaml"
    service.write_text(service.read_text(encoding="utf-8") + "secrets: [API_KEY]\n", encoding="utf-8")
    path = "flotilla:secrets.adservice.API_KEY"
    assert checkout.shell(f"pulumi config set -s sandbox --secret --path {path} {marker}").returncode == 0
    preview = checkout.shell("pulumi preview -s sandbox --non-interactive --diff")
    assert preview.returncode == 0, preview.stdout
    done = checkout.flotilla("up")
    assert done.returncode == 0, done.stderr
    assert marker not in preview.stdout + preview.stderr + done.stdout + done.stderr
    pods = json.loads(
        checkout.kubectl(
            "get", "pods", "-n", "sandbox", "-l", "app.kubernetes.io/name=adservice", "-o", "json"
        )
    )["items"]
    # The one that was rolled may still be on its way out.
    (pod,) = (each for each in pods if "deletionTimestamp" not in each["metadata"])
    (variable,) = (v for v in pod["spec"]["containers"][0]["env"] if v["name"] == "API_KEY")
    name = variable["valueFrom"]["secretKeyRef"]["name"]
    secret = json.loads(checkout.kubectl("get", "secret", name, "-n", "sandbox", "-o", "json"))
    assert base64.b64decode(secret["data"]["API_KEY"]).decode() == marker
    encoded = secret["data"]["API_KEY"]
    sandbox = sandbox_dir(checkout.directory)
    kept = [
        p
        for p in (
            *(sandbox / "state").rglob("*"),
            *(sandbox / "logs").rglob("*"),
            *checkout.directory.rglob("*.yaml"),
        )
        if p.is_file() and any(m in p.read_text(encoding="utf-8") for m in (marker, encoded))
    ]
    assert kept == []


def test_a_missing_secret_is_an_error_with_the_command_that_sets_it(checkout: Checkout) -> None:
    service = checkout.directory / "services" / "cartservice.yaml"
    good = service.read_text(encoding="utf-8")
    try:
        service.write_text(good + "secrets: [REDIS_PASSWORD]\n", encoding="utf-8")
        done = checkout.flotilla("up")
    finally:
        service.write_text(good, encoding="utf-8")
    assert done.returncode == 2
    assert "pulumi config set" in done.stderr
    assert "REDIS_PASSWORD" in done.stderr


def test_down_leaves_nothing_and_a_second_down_is_fine(checkout: Checkout) -> None:
    done = checkout.flotilla("down")
    assert done.returncode == 0, done.stderr
    assert not sandbox_dir(checkout.directory).exists()
    assert not (checkout.directory / ".flotilla").exists()
    eventually(lambda: not checkout.processes())
    assert checkout.flotilla("down").returncode == 0


def test_a_command_that_needs_the_sandbox_says_how_to_make_it(checkout: Checkout) -> None:
    for verb in (["status"], ["env"], ["kubeconfig", "sandbox"]):
        done = checkout.flotilla(*verb)
        assert done.returncode in {1, 2}
        assert "flotilla up" in done.stderr
        assert "Traceback" not in done.stderr
