"""A configured provider: its options, its cluster, or why there is none."""

import threading
from dataclasses import dataclass, field

from flotilla.sandbox.kubernetes.awaiting import Outcome, wait_until_ready
from flotilla.sandbox.kubernetes.cluster import Cluster
from flotilla.sandbox.kubernetes.connection import Connection
from flotilla.sandbox.kubernetes.errors import ApiError, UnreachableError
from flotilla.sandbox.kubernetes.kinds import Resource, is_definition, known_scope
from flotilla.sandbox.kubernetes.kubeconfig import (
    DEFAULT_NAMESPACE,
    Kubeconfig,
    KubeconfigError,
    choose,
    load,
)
from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, text
from flotilla.sandbox.kubernetes.options import Options
from flotilla.sandbox.kubernetes.schemas import Schemas
from flotilla.sandbox.plugin.engine_log import EngineLog

ONCE_DELETED = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation "
    'with PULUMI_K8S_DELETE_UNREACHABLE set to "true" in the environment'
)
"""What to do about resources of a cluster that is gone for good."""


@dataclass
class Session:
    """Everything an operation needs. Many threads use it."""

    log: EngineLog
    options: Options = field(default_factory=Options)
    namespace: str = DEFAULT_NAMESPACE
    """Where objects go that name no namespace."""
    kubeconfig: Kubeconfig | None = None
    reached: Cluster | None = None
    unreachable: str = ""
    """Why there is no cluster; empty where there is one."""
    schemas: Schemas = field(default_factory=lambda: Schemas(None))
    version: tuple[int, int] = (0, 0)
    cancelled: threading.Event = field(default_factory=threading.Event)
    definitions: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])
    """Kinds that the program is about to define: (apiVersion, kind) to whether they live in namespaces."""

    @property
    def cluster(self) -> Cluster:
        """The cluster.

        Raises:
            UnreachableError: there is none.
        """
        if self.reached is None:
            raise UnreachableError(f"configured Kubernetes cluster is unreachable: {self.unreachable}")
        return self.reached

    def knows(self, obj: Manifest) -> bool:
        """Whether the cluster is there and knows the kind of an object."""
        return self.reached is not None and self.reached.knows(obj)

    def namespaced(self, api_version: str, kind: str) -> bool:
        """Whether a kind lives in namespaces; assumed of kinds that nobody knows yet."""
        if (api_version, kind) in self.definitions:
            return self.definitions[api_version, kind]
        scope = self.reached.namespaced(api_version, kind) if self.reached else known_scope(api_version, kind)
        return scope is not False

    def note_definition(self, obj: Manifest) -> None:
        """Remember a kind that the program defines, so that its objects are known before it is made."""
        if is_definition(obj):
            group, kind = text(obj, "spec", "group"), text(obj, "spec", "names", "kind")
            for version in mappings(obj, "spec", "versions"):
                self.definitions[f"{group}/{text(version, 'name')}", kind] = (
                    text(obj, "spec", "scope") != "Cluster"
                )

    def wait_until_ready(
        self, resource: Resource, live: Manifest, inputs: Manifest, timeout: float | None
    ) -> Outcome:
        """Wait for an object that was just made or changed, and tell the engine what is waited for."""
        outcome = wait_until_ready(
            self.cluster,
            live,
            inputs=inputs,
            timeout_seconds=timeout,
            cancelled=self.cancelled,
            report=lambda text: self.log.status(resource.urn, text),
        )
        self.log.status(resource.urn, "")
        return outcome

    def definition_changed(self, obj: Manifest) -> None:
        """Forget how the kinds of a definition's group are served, once it is made, changed or gone."""
        if is_definition(obj) and self.reached:
            self.reached.forget(text(obj, "spec", "group"))


def connect(options: Options, log: EngineLog, cancelled: threading.Event) -> Session:
    """The session for these options; for a cluster that cannot be reached, one that knows why."""
    session = Session(log=log, options=options, cancelled=cancelled)
    session.namespace = options.namespace or DEFAULT_NAMESPACE
    try:
        kubeconfig = load(options.kubeconfig)
    except (KubeconfigError, OSError) as error:
        if options.kubeconfig:
            session.unreachable = (
                f"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`: {error}"
            )
        else:
            session.unreachable = (
                f"unable to load Kubernetes client configuration from kubeconfig file: {error}"
            )
        return session
    try:
        session.kubeconfig = choose(kubeconfig, options.context, options.cluster)
        session.namespace = options.namespace or session.kubeconfig.namespace
        connection = Connection(session.kubeconfig, options.request_timeout)
    except (KubeconfigError, UnreachableError) as error:
        session.unreachable = f"unable to load Kubernetes client configuration from kubeconfig file: {error}"
        return session
    cluster = Cluster(connection)
    schemas = Schemas(lambda path: connection.request("GET", path))
    try:
        schemas.load_index()
        session.version = cluster.version()
    except (ApiError, UnreachableError) as error:
        session.unreachable = f"unable to load schema information from the API server: {error}"
        return session
    session.reached, session.schemas = cluster, schemas
    return session
