"""Requests to one API server, through the Kubernetes client library's own transport."""

import importlib
import json
import logging
import threading
import time
from types import ModuleType
from typing import Final, Protocol, cast
from urllib.parse import urlencode

import urllib3

from flotilla.sandbox.kubernetes.errors import UNAUTHORIZED, ApiError, UnreachableError
from flotilla.sandbox.kubernetes.exec_plugin import ExecError, ExecPlugin
from flotilla.sandbox.kubernetes.kubeconfig import Kubeconfig
from flotilla.sandbox.kubernetes.manifest import Manifest

JSON: Final = "application/json"
APPLY: Final = "application/apply-patch+yaml"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
JSON_PATCH: Final = "application/json-patch+json"

CONNECT_SECONDS: Final = 10.0
POOL: Final = 256
"""Connections that are kept: as many as the engine may ask for at once."""
BUSY_TRIES: Final = 10
"""How often a request is sent again that the server puts off with `Retry-After`, as the Go client does."""
_BUSY: Final = frozenset({429, 503})


class _Configuration(Protocol):
    host: str
    connection_pool_maxsize: int
    retries: object


class _Response(Protocol):
    status: int

    def read(self) -> bytes: ...

    def getheader(self, name: str, default: str | None = None) -> str | None: ...


class _Client(Protocol):
    user_agent: str

    def update_params_for_auth(  # noqa: PLR0917 (the library's)
        self, headers: dict[str, str], queries: list[tuple[str, str]], auth_settings: list[str],
        resource_path: str, method: str, body: object,
    ) -> None: ...  # fmt: skip

    def call_api(
        self, method: str, url: str, header_params: dict[str, str], body: object, *,
        _request_timeout: tuple[float, float | None],
    ) -> _Response: ...  # fmt: skip


class Connection:
    """Sends requests and reads JSON answers; may be used by many threads.

    A kubeconfig's credential plugin is run with the first request, and again when its credential has expired
    or was refused.

    Raises:
        UnreachableError: the credentials cannot be read.
    """

    def __init__(self, kubeconfig: Kubeconfig, request_timeout: float | None = None) -> None:
        self._timeout = (CONNECT_SECONDS, request_timeout)
        self._lock = threading.Lock()
        self._kubeconfig = kubeconfig
        self._plugin = ExecPlugin.of(kubeconfig)
        self._pair = ("", "")
        self._configuration, self._client = _make_client(kubeconfig, *self._pair)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: object = None,
        content: str = JSON,
    ) -> Manifest:
        """The answer to a request.

        Raises:
            ApiError: the server refused it.
            UnreachableError: there was no answer.
        """
        url = path + (f"?{urlencode(query)}" if query else "")
        tries = BUSY_TRIES
        while True:
            response, data = self._send(method, url, body, content)
            if response.status == UNAUTHORIZED and self._plugin:
                with self._lock:
                    self._plugin.forget()
            pause = response.getheader("Retry-After")
            tries -= 1
            if response.status not in _BUSY or pause is None or not pause.isdigit() or not tries:
                return _answer(response.status, data)
            time.sleep(float(pause))

    def _send(self, method: str, url: str, body: object, content: str) -> tuple[_Response, bytes]:
        headers = {"Accept": JSON, "User-Agent": self._client.user_agent}
        if body is not None:
            headers["Content-Type"] = content
        try:
            with self._lock:  # an expired token is renewed once, not by every thread
                client, token = self._authenticated()
                client.update_params_for_auth(headers, [], ["BearerToken"], url, method, body)
            if token:
                headers["Authorization"] = f"Bearer {token}"
            response = client.call_api(
                method, self._configuration.host + url, headers, body, _request_timeout=self._timeout
            )
            return response, response.read()
        except ExecError as error:
            raise UnreachableError(f"getting credentials: {error}") from error
        except (urllib3.exceptions.HTTPError, OSError, _library().ApiException) as error:
            raise UnreachableError(f"{self._configuration.host} does not answer: {_cause(error)}") from error

    def _authenticated(self) -> tuple[_Client, str]:
        """The client, with the certificate that the plugin gives, and the plugin's token."""
        if self._plugin is None:
            return self._client, ""
        credential = self._plugin.credential()
        if (credential.certificate, credential.key) != self._pair:
            self._pair = (credential.certificate, credential.key)
            self._configuration, self._client = _make_client(self._kubeconfig, *self._pair)
        return self._client, credential.token


def _library() -> ModuleType:
    """The client library, loaded with the first cluster: it takes 0.2 s."""
    return importlib.import_module("kubernetes.client")


def _make_client(kubeconfig: Kubeconfig, certificate: str, key: str) -> tuple[_Configuration, _Client]:
    # The library has no types; what is used of it stands in the protocols above.
    library = _library()
    loading = importlib.import_module("kubernetes.config.kube_config")
    for name in ("urllib3", "kubernetes", "root"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what we print, the engine shows as errors
    configuration = cast("_Configuration", library.Configuration())
    configuration.connection_pool_maxsize = POOL
    # Connections that were closed while idle are opened again; what may have been done is not sent twice.
    configuration.retries = urllib3.Retry(
        total=3, connect=2, read=2, redirect=2, status=0, backoff_factor=0.2
    )
    try:
        config = kubeconfig.without_plugin(certificate, key)
        loader = loading.KubeConfigLoader(config_dict=config, config_base_path=kubeconfig.base)
        loader.load_and_set(configuration)
    except (loading.ConfigException, OSError, ValueError, TypeError) as error:
        raise UnreachableError(str(error)) from error
    client = cast("_Client", library.ApiClient(configuration))
    client.user_agent = "flotilla-sandbox-kubernetes"
    return configuration, client


def _answer(status: int, data: bytes) -> Manifest:
    try:
        answer: object = json.loads(data)
    except ValueError:
        answer = {"message": data.decode(errors="replace").strip() or f"the server answered {status}"}
    found = cast("Manifest", answer) if isinstance(answer, dict) else {}
    if not 200 <= status < 300:  # noqa: PLR2004 (success, as HTTP has it)
        raise ApiError(status, found)
    return found


def _cause(error: BaseException) -> str:
    """The innermost reason of a failed request: the transport wraps it several times."""
    reason = getattr(error, "reason", None)
    return _cause(reason) if isinstance(reason, BaseException) else str(error)
