"""Where the sandbox clouds knowingly differ from recorded facts, each with the reason."""

from fnmatch import fnmatchcase

from cloud_questions import Answer

COMPARISONS = (
    "comparisons of the provider's own are not played: inputs are compared with inputs, so what the cloud "
    "only writes differently is no difference, and what the program writes differently is an update"
)

CLUSTERS = "not asked here: to make a cluster starts a control plane; the engine tests make one twice"
ANOTHER = "the code recorded is that of another reference of the type"

EXCEPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("gcp:*", "*", "comparison", COMPARISONS),
    ("azure-native:containerservice:ManagedCluster", "duplicate", "error", CLUSTERS),
    ("aws:ec2/natGateway:NatGateway", "vpcId", "reference", ANOTHER),
    ("aws:eks/accessEntry:AccessEntry", "clusterName", "reference", ANOTHER),
    ("aws:eks/nodeGroup:NodeGroup", "nodeRoleArn", "reference", ANOTHER),
    ("aws:eks/nodeGroup:NodeGroup", "subnetIds*", "reference", ANOTHER),
)
"""Type, subject and kind of fact, each with `*` for any text, and the reason."""


def reason_for(answer: Answer) -> str:
    """Why an answer may differ; empty where it may not."""
    return next(
        (
            reason
            for token, subject, kind, reason in EXCEPTIONS
            if fnmatchcase(answer.token, token)
            and fnmatchcase(answer.subject, subject)
            and fnmatchcase(answer.kind, kind)
        ),
        "",
    )
