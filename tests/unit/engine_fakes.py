"""Download places, programs and a Go for the engine's tests: all local, all small, nothing mocked."""

import hashlib
import io
import json
import os
import sys
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from flotilla.engine.host import current_host
from flotilla.engine.pins import PINS
from flotilla.engine.releases import Asset, asset_of, sum_from_github

VERSION_LINES = {
    "pulumi": "v{}",
    "kubectl": "Client Version: v{}",
    "etcd": "etcd Version: {}",
    "kwok": "kwok version v{} go1.26.8 (linux/amd64)",
    "kwokctl": "kwokctl version v{} go1.26.8 (linux/amd64)",
    "helm": "v{}+g3d8990f",
}


def script(tool: str, version: str) -> str:
    """A program that says its version the way the real one does."""
    line = VERSION_LINES.get(tool, "Kubernetes v{}").format(version)
    return f"#!/bin/sh\necho '{line}'\n"


def put_program(directory: Path, tool: str, version: str) -> Path:
    """Such a program, installed in a directory."""
    return put_script(directory / tool, script(tool, version))


def put_script(path: Path, text: str) -> Path:
    """An executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def packed(asset: Asset, files: Mapping[str, str]) -> bytes:
    """The published file: an archive of the kind that the asset's name tells, or the only file itself."""
    buffer = io.BytesIO()
    if asset.name.endswith(".tar.gz"):
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, text in files.items():
                member = tarfile.TarInfo(f"release/{name}")
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
    elif asset.name.endswith(".zip"):
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files.items():
                archive.writestr(f"release/{name}", text)
    else:
        (text,) = files.values()
        buffer.write(text.encode())
    return buffer.getvalue()


@dataclass
class Mirror:
    """An HTTP server on loopback that plays the download places, laid out by host."""

    pages: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[str] = field(default_factory=list[str])
    """Every path that was asked for, in order."""
    held: set[str] = field(default_factory=set[str])
    """Paths whose answer stops half-way until `released` is set."""
    is_holding: threading.Event = field(default_factory=threading.Event)
    """Set as soon as somebody waits for the second half of a held answer."""
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        """What FLOTILLA_MIRROR is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/mirror"

    def close(self) -> None:
        """Stop the server; whoever waits for the rest of an answer gets it."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def path_of(self, url: str) -> str:
        """Where the mirror has what the original has at a URL."""
        parts = urlsplit(url)
        return f"/mirror/{parts.netloc}{parts.path}"

    def publish(self, tool: str, files: Mapping[str, str] | None = None, checksum: str | None = None) -> str:
        """Publish a tool's release with its checksum; returns the path of its file."""
        asset = asset_of(tool, current_host())
        content = packed(asset, files or {tool: script(tool, PINS[tool].version)})
        digest = checksum or hashlib.sha256(content).hexdigest()
        if asset.checksum is sum_from_github:
            listed = json.dumps({"assets": [{"name": asset.name, "digest": f"sha256:{digest}"}]})
        else:
            listed = f"{'0' * 64}  another-file\n{digest}  {asset.name}\n"
        self.pages[self.path_of(asset.checksum_url)] = listed.encode()
        self.pages[self.path_of(asset.url)] = content
        return self.path_of(asset.url)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, in the server's thread."""
        path = urlsplit(request.path).path
        self.asked.append(path)
        page = self.pages.get(path)
        if page is None:
            request.send_error(404)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(page)))
        request.end_headers()
        half = len(page) // 2
        request.wfile.write(page[:half])
        if path in self.held:
            request.wfile.flush()
            self.is_holding.set()
            self.released.wait()
        request.wfile.write(page[half:])


FAKE_GO = """#!{python}
import json, os, pathlib, sys, time
arguments = sys.argv[1:]
here = pathlib.Path({directory!r})
with (here / "go.log").open("a") as log:
    kept = {{name: value for name, value in os.environ.items() if name.startswith(("GO", "CGO"))}}
    log.write(json.dumps({{"arguments": arguments, "directory": os.getcwd(), "environment": kept}}) + "\\n")
if arguments == ["version"]:
    print("go version go{version} linux/amd64")
elif arguments[0] == "list":
    print("one/package|true|build ID mismatch|/nowhere|one.go")
elif "fail" in os.environ.get("FAKE_GO", ""):
    print("go: example.com/some/module@v1.0.0: the proxy answers 403 Forbidden", file=sys.stderr)
    sys.exit(1)
elif "hang" in os.environ.get("FAKE_GO", ""):
    child = os.fork()
    if child:
        (here / "pids").write_text(f"{{os.getpid()}} {{child}}")
    time.sleep(600)
else:
    print("one/package", file=sys.stderr)
    target = pathlib.Path(arguments[arguments.index("-o") + 1])
    target.write_text(json.loads((here / "programs.json").read_text())[target.name])
    target.chmod(0o755)
"""


def put_go(directory: Path, version: str = "1.26.8", programs: Mapping[str, str] | None = None) -> Path:
    """A `go` that logs its calls, and builds programs that say the pinned versions (or the given ones)."""
    directory.mkdir(parents=True, exist_ok=True)
    built = {tool: script(tool, pin.version) for tool, pin in PINS.items()}
    (directory / "programs.json").write_text(json.dumps(built | dict(programs or {})))
    text = FAKE_GO.format(python=sys.executable, directory=str(directory), version=version)
    return put_script(directory / "go", text)


@dataclass(frozen=True)
class GoCall:
    """How the fake Go was called once."""

    arguments: list[str]
    directory: Path
    environment: dict[str, str]


def go_calls(directory: Path, verb: str) -> list[GoCall]:
    """How the fake Go was called with a verb, in order."""
    log = directory / "go.log"
    lines = log.read_text().splitlines() if log.exists() else []
    calls = [json.loads(line) for line in lines]
    return [
        GoCall(call["arguments"], Path(call["directory"]), call["environment"])
        for call in calls
        if call["arguments"][0] == verb
    ]


def is_alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
