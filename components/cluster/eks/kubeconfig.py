"""Kubeconfigs of clusters on AWS: credentials come from the AWS command-line tool when they are needed."""

import pulumi
import pulumi_aws as aws

from components.kubeconfig import exec_kubeconfig


def kubeconfig(
    cluster: "aws.eks.Cluster", name: str, region: str, role_arn: str | None
) -> pulumi.Output[str]:
    """The contents of a cluster's kubeconfig, without a token.

    Args:
        cluster: The cluster.
        name: Its name on AWS.
        region: Its region.
        role_arn: The role to assume; None for one's own credentials.
    """
    arguments = ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"]
    if role_arn:
        arguments += ["--role-arn", role_arn]
    credential = {
        "command": "aws",
        "args": arguments,
        "interactiveMode": "Never",
        "installHint": "Install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/",
    }
    server = {
        "server": cluster.endpoint,
        "certificate-authority-data": cluster.certificate_authority.data,
    }
    return pulumi.Output.json_dumps(exec_kubeconfig(name, server, credential))
