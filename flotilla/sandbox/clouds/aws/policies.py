"""Documents of IAM: what is wrong with a policy, and who may take a role."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final, cast

from flotilla.sandbox.plugin.protocol import Properties

_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_RESOURCE: Final = re.compile(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+|\$\{.*")
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.(?:amazonaws\.com(?:\.cn)?|aws\.internal)")
_TRUSTING: Final = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity",
                    "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext")  # fmt: skip
"""The actions of a policy that says who may take a role."""

OFFERED: Final = frozenset(
    {
        "AmazonEBSCSIDriverEKSClusterScopedPolicy",
        "AmazonEBSCSIDriverPolicyV2",
        "AmazonEC2ContainerRegistryFullAccess",
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSDashboardConsoleReadOnly",
        "AmazonEKSFargatePodExecutionRolePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSLocalOutpostClusterPolicy",
        "AmazonEKSMCPReadOnlyAccess",
        "AmazonEKSNetworkingPolicy",
        "AmazonEKSServicePolicy",
        "AmazonEKSVPCResourceController",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "service-role/AmazonEBSCSIDriverPolicy",
        "service-role/AmazonEFSCSIDriverPolicy",
        "service-role/AmazonS3FilesCSIDriverPolicy",
    }
)
"""The policies that AWS manages for clusters, by path and name; what else it manages is taken for granted."""

_FOR_CLUSTERS: Final = re.compile(
    r"(?:service-role/)?(?:AmazonEKS|AmazonEC2ContainerRegistry|Amazon\w+CSIDriver).*"
)


def is_offered(arn: str) -> bool:
    """Whether AWS manages a policy, as far as that is known here."""
    _, managed, name = arn.partition(":iam::aws:policy/")
    return not managed or name in OFFERED or not _FOR_CLUSTERS.fullmatch(name)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [] if value is None else [value]


def statements(document: object) -> list[Properties]:
    """The statements of a document, given as JSON; none of what cannot be read."""
    try:
        read = cast("object", json.loads(str(document)))
    except ValueError:
        return []
    found = _list(cast("Properties", read).get("Statement")) if isinstance(read, dict) else []
    return [cast("Properties", each) for each in found if isinstance(each, dict)]


def faults_of_policy(document: object) -> Iterator[str]:
    """What AWS finds wrong with a policy that says what is allowed."""
    found = statements(document)
    if not found:
        yield "Syntax errors in policy."
    for each in found:
        yield from _faults(each)
        if "Principal" in each or "NotPrincipal" in each:
            yield "Policy document should not specify a principal."
        if "Resource" not in each and "NotResource" not in each:
            yield "Policy statement must contain resources."
        for resource in [*_list(each.get("Resource")), *_list(each.get("NotResource"))]:
            if not _RESOURCE.fullmatch(str(resource)):
                yield f'Resource {resource} must be in ARN format or "*".'


def faults_of_trust(document: object) -> Iterator[str]:
    """What AWS finds wrong with a policy that says who may take a role."""
    found = statements(document)
    if not found:
        yield "Syntax errors in policy."
    for each in found:
        yield from _faults(each)
        if "Principal" not in each and "NotPrincipal" not in each:
            yield "Missing required field Principal"
        for field in ("Resource", "NotResource"):
            if field in each:
                yield f"Has prohibited field {field}"
        for action in _list(each.get("Action")):
            if not any(fnmatchcase(known.lower(), str(action).lower()) for known in _TRUSTING):
                yield "AssumeRole policy may only specify STS AssumeRole actions."
        for service in _services(each):
            if not _SERVICE.fullmatch(str(service)):
                yield f'Invalid principal in policy: "SERVICE":"{service}"'


def _faults(statement: Properties) -> Iterator[str]:
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Syntax errors in policy."
    if "Action" not in statement and "NotAction" not in statement:
        yield "Policy statement must contain actions."
    for action in [*_list(statement.get("Action")), *_list(statement.get("NotAction"))]:
        if not _ACTION.fullmatch(str(action)):
            yield "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."


def _services(statement: Properties) -> list[object]:
    principal = statement.get("Principal")
    return _list(cast("Properties", principal).get("Service")) if isinstance(principal, dict) else []


def trusts(document: object, service: str, actions: Sequence[str] = ("sts:AssumeRole",)) -> bool:
    """Whether a service may do these actions by a document, and so take the role."""
    return all(any(_allows(each, service, action) for each in statements(document)) for action in actions)


def _allows(statement: Properties, service: str, action: str) -> bool:
    patterns = [str(pattern).lower() for pattern in _list(statement.get("Action"))]
    return (
        statement.get("Effect") == "Allow"
        and (service in _services(statement) or statement.get("Principal") == "*")
        and any(fnmatchcase(action.lower(), pattern) for pattern in patterns)
    )


def written(arguments: Properties) -> Properties:
    """A document as the provider writes it of the arguments of `getPolicyDocument`."""
    document: Properties = {"Version": arguments.get("version") or "2012-10-17"}
    if arguments.get("policyId"):
        document["Id"] = arguments["policyId"]
    own = [_statement(cast("Properties", each)) for each in _list(arguments.get("statements"))]
    sources = [
        each for source in _list(arguments.get("sourcePolicyDocuments")) for each in statements(source)
    ]
    overrides = [
        each for over in _list(arguments.get("overridePolicyDocuments")) for each in statements(over)
    ]
    document["Statement"] = _overridden(_overridden(sources, own), overrides)
    return document


def _overridden(base: list[Properties], over: list[Properties]) -> list[Properties]:
    """Statements of both; one that has another's id takes its place."""
    by_id = {each["Sid"]: each for each in over if "Sid" in each}
    places = {each["Sid"] for each in base if "Sid" in each}
    kept = [by_id.get(each.get("Sid"), each) for each in base]
    return [*kept, *(each for each in over if each.get("Sid") not in places)]


def _statement(given: Properties) -> Properties:
    parts: Properties = {
        "Sid": given.get("sid"),
        "Effect": given.get("effect") or "Allow",
        "Action": _one_or_more(given.get("actions")),
        "NotAction": _one_or_more(given.get("notActions")),
        "Resource": _one_or_more(given.get("resources")),
        "NotResource": _one_or_more(given.get("notResources")),
        "Principal": _principals(given.get("principals")),
        "NotPrincipal": _principals(given.get("notPrincipals")),
        "Condition": _conditions(given.get("conditions")),
    }
    return {name: value for name, value in parts.items() if value}


def _one_or_more(values: object) -> object:
    """The provider writes one value as a text, and sorts several backwards."""
    texts = sorted({str(value) for value in _list(values)}, reverse=True)
    return texts[0] if len(texts) == 1 else texts


def _principals(values: object) -> object:
    found: dict[str, list[object]] = {}
    for value in _list(values):
        each = cast("Mapping[str, object]", value)
        found.setdefault(str(each.get("type")), []).extend(_list(each.get("identifiers")))
    if found == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_more(identifiers) for kind, identifiers in sorted(found.items())}


def _conditions(values: object) -> object:
    found: dict[str, dict[str, list[object]]] = {}
    for value in _list(values):
        each = cast("Mapping[str, object]", value)
        variables = found.setdefault(str(each.get("test")), {})
        variables.setdefault(str(each.get("variable")), []).extend(_list(each.get("values")))
    return {
        test: {variable: _one_or_more(texts) for variable, texts in sorted(variables.items())}
        for test, variables in sorted(found.items())
    }
