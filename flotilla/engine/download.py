"""Official downloads: fetched through proxies or a mirror, compared with the published checksum, unpacked."""

import hashlib
import http.client
import os
import shutil
import ssl
import stat
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import certifi

from flotilla.engine.releases import Asset
from flotilla.engine.routes import RouteFailedError
from flotilla.progress import Step, step

CONNECT_TIMEOUT = 5.0
"""Seconds to reach a host and agree on a connection."""
READ_TIMEOUT = 30.0
"""Seconds without a single byte after which a download counts as stalled."""
_BLOCK = 1 << 20


class Downloads:
    """The downloads of one run. A host that could not be reached once is not tried again.

    `FLOTILLA_MIRROR` names one base URL under which the same paths are laid out by host, such as
    `https://mirror.example.com/flotilla/github.com/etcd-io/etcd/releases/…`; then nothing else is asked.
    Proxies are taken from the usual variables (`HTTPS_PROXY`, `NO_PROXY`, …).
    """

    def __init__(self) -> None:
        self.unreachable: dict[str, str] = {}
        """Hosts that cannot be reached, each with the reason."""
        self._mirror = os.environ.get("FLOTILLA_MIRROR", "").rstrip("/")
        context = ssl.create_default_context()
        # Some Pythons for macOS bring no certificates at all; the machine's own stay valid beside these.
        context.load_verify_locations(certifi.where())
        self._opener = urllib.request.build_opener(_Http(), _Https(context=context))

    def fetch(self, asset: Asset, directory: Path, title: str) -> None:
        """Put the files of an asset into a directory, executable where they were.

        Raises:
            RouteFailedError: no network, no such file, a wrong checksum, a broken archive.
        """
        wanted = asset.checksum(self._text(asset.checksum_url), asset.name)
        if wanted is None:
            raise RouteFailedError(
                f"no checksum of {asset.name} is published at {self._located(asset.checksum_url)}"
            )
        archive = directory / f".{asset.name}"
        with self._answer(asset.url) as answer, step(title) as progress:
            got = self._save(asset.url, answer, archive, progress)
        if got != wanted:
            archive.unlink()
            raise RouteFailedError(
                f"{self._located(asset.url)} has SHA-256 {got}, published is {wanted}: it was thrown away"
            )
        try:
            _unpack(archive, directory, asset.members)
        except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            raise RouteFailedError(f"{asset.name} cannot be unpacked: {error}") from error
        archive.unlink(missing_ok=True)

    def _text(self, url: str) -> str:
        with self._answer(url) as answer:
            return b"".join(self._blocks(url, answer)).decode(errors="replace")

    def _located(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{self._mirror}/{parts.netloc}{parts.path}" if self._mirror else url

    def _answer(self, url: str) -> http.client.HTTPResponse:
        located = self._located(url)
        host = urlsplit(located).netloc
        if host in self.unreachable:
            raise RouteFailedError(f"{host} cannot be reached: {self.unreachable[host]}", host)
        try:
            return cast("http.client.HTTPResponse", self._opener.open(located, timeout=CONNECT_TIMEOUT))
        except urllib.error.HTTPError as error:
            error.close()
            raise RouteFailedError(f"{located} answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            raise self._lost(host, error) from error

    def _blocks(self, url: str, answer: http.client.HTTPResponse) -> Generator[bytes]:
        try:
            while block := answer.read(_BLOCK):
                yield block
        except (OSError, http.client.HTTPException) as error:
            raise self._lost(urlsplit(self._located(url)).netloc, error) from error

    def _save(self, url: str, answer: http.client.HTTPResponse, target: Path, progress: Step) -> str:
        digest = hashlib.sha256()
        total = float(answer.headers.get("Content-Length", "0"))
        done = 0
        with target.open("wb") as file:
            for block in self._blocks(url, answer):
                file.write(block)
                digest.update(block)
                done += len(block)
                progress.update(done=done, total=total)
        return digest.hexdigest()

    def _lost(self, host: str, error: Exception) -> RouteFailedError:
        self.unreachable[host] = _reason(error)
        return RouteFailedError(f"{host} cannot be reached: {_reason(error)}", host)


class _PatientConnection(http.client.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(READ_TIMEOUT)


class _PatientSecureConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(READ_TIMEOUT)


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PatientConnection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._patient_context = context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PatientSecureConnection, req, context=self._patient_context)


def _reason(error: Exception) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    return (inner.strerror if isinstance(inner, OSError) else None) or str(inner) or type(inner).__name__


def _unpack(archive: Path, directory: Path, members: tuple[str, ...] | None) -> None:
    """Take the wanted files out of an archive, flat; a file that is no archive is the wanted file itself."""
    if archive.name.endswith(".tar.gz"):
        _unpack_tar(archive, directory, members)
    elif archive.name.endswith(".zip"):
        _unpack_zip(archive, directory, members)
    elif members:
        _executable(archive.rename(directory / members[0]))
    for name in members or ():
        if not (directory / name).is_file():
            raise tarfile.ReadError(f"it holds no {name}")


def _unpack_tar(archive: Path, directory: Path, members: tuple[str, ...] | None) -> None:
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            name = Path(member.name).name
            content = tar.extractfile(member) if member.isfile() and _is_wanted(name, members) else None
            if content is not None:
                _copy(cast("BinaryIO", content), directory / name)


def _unpack_zip(archive: Path, directory: Path, members: tuple[str, ...] | None) -> None:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            name = Path(member.filename).name
            if not member.is_dir() and _is_wanted(name, members):
                with packed.open(member) as content:
                    _copy(cast("BinaryIO", content), directory / name)


def _is_wanted(name: str, members: tuple[str, ...] | None) -> bool:
    return members is None or name in members


def _copy(content: BinaryIO, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(content, file, _BLOCK)
    _executable(target)


def _executable(path: Path) -> None:
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
