"""Names that Kubernetes accepts, and names that are derived from others."""

import hashlib
import re

MAX_LABEL = 63
"""Longest DNS label (RFC 1035, 2.3.4), and longest value of a Kubernetes label."""
MAX_CRON_JOB = 52
"""Longest name of a CronJob, whose Jobs add eleven letters (Kubernetes, "CronJob")."""
PRIMARY_CLUSTER = "main"
"""The cluster that names do without, so that an environment's second cluster renames nothing of the first."""

_DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_MAX_PORT_NAME = 15
_HASH = 8


def is_dns_label(name: str) -> bool:
    """Whether any Kubernetes object may have this name: at most 63 of `a-z`, `0-9`, `-`, from a letter."""
    return len(name) <= MAX_LABEL and _DNS_LABEL.fullmatch(name) is not None


def is_object_name(name: str) -> bool:
    """Whether an object may have this name that also takes dots, such as a Secret or a class of something."""
    return is_dns_label(name.replace(".", "-"))


def begins_with_host(reference: str) -> bool:
    """Whether a reference begins with a host: a dot or a port in it, or localhost, as OCI clients say."""
    first, slash, _ = reference.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def is_path(reference: str) -> bool:
    """Whether a reference is the path of something in the project, not the name of something elsewhere."""
    return reference.startswith(("./", "../"))


def is_port_name(name: str) -> bool:
    """Whether a port may have this name: at most 15 of `a-z`, `0-9`, `-`, with a letter (RFC 6335, 5.1)."""
    return len(name) <= _MAX_PORT_NAME and "--" not in name and _PORT_NAME.fullmatch(name) is not None


def is_variable(name: str) -> bool:
    """Whether `name` may name an environment variable in every shell."""
    return _VARIABLE.fullmatch(name) is not None


def is_label_key(key: str) -> bool:
    """Whether `key` may be the key of a Kubernetes label."""
    return _LABEL_KEY.fullmatch(key) is not None


def is_label_value(value: str) -> bool:
    """Whether `value` may be the value of a Kubernetes label."""
    return len(value) <= MAX_LABEL and _LABEL_VALUE.fullmatch(value) is not None


def dns_label(text: str) -> str:
    """The DNS label nearest to a text, for a suggestion; empty if nothing is left of it.

    Example:
        dns_label("Cart_Service") == "cart-service"
    """
    return re.sub(r"[^-a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:MAX_LABEL].rstrip("-")


def derived_name(name: str, role: str, longest: int = MAX_LABEL) -> str:
    """The name of an object that belongs to another; one that would be too long ends with a hash instead.

    Example:
        derived_name("cart", "canary") == "cart-canary"
    """
    whole = f"{name}-{role}"
    if len(whole) <= longest:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:_HASH]
    return f"{whole[: longest - _HASH - 1].rstrip('-')}-{digest}"


def cron_job_name(service: str, job: str) -> str:
    """The name of the CronJob of a service's job."""
    return derived_name(service, job, MAX_CRON_JOB)


def address_variable(service: str, port: str = "") -> str:
    """The environment variable that tells a service's address.

    Example:
        address_variable("redis-cart") == "REDIS_CART_ADDR"
        address_variable("shop", "admin") == "SHOP_ADMIN_ADDR"
    """
    words = (service, port, "addr") if port else (service, "addr")
    return "_".join(words).upper().replace("-", "_")


def on_cluster(name: str, cluster: str) -> str:
    """The name, within a stack, of what `name` is on one of its clusters.

    Example:
        on_cluster("frontend", "main") == "frontend"
        on_cluster("frontend", "dr") == "frontend-dr"
    """
    return name if cluster == PRIMARY_CLUSTER else f"{name}-{cluster}"
