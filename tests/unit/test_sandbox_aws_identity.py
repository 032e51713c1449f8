"""IAM as the sandbox plays it, and the functions about the caller and its place."""

import json
import re
from pathlib import Path

import pytest

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.aws.policies import trusts

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
ATTACHMENT, INLINE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"
EKS, PODS = "eks.amazonaws.com", "pods.eks.amazonaws.com"


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    roles = json.dumps([{"roleArn": "arn:aws:iam::111122223333:role/deployer", "sessionName": "ci"}])
    return Asked("aws", tmp_path, region="eu-west-1", allowedAccountIds='["111122223333"]', assumeRoles=roles)


def document(**parts: object) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **parts}
    known = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [known]})


def trust(service: str = EKS, *actions: str, **parts: object) -> str:
    named = {"Principal": {"Service": service}, "Action": actions or "sts:AssumeRole", "Resource": None}
    return document(**{**named, **parts})


def refuses(aws: Asked, what: str, token: str, **inputs: object) -> None:
    with pytest.raises(RefusedError, match=re.escape(what)):
        aws.create(token, "it", inputs)


@pytest.fixture
def role(aws: Asked) -> Made:
    return aws.create(ROLE, "cluster", {"name": "cluster", "assumeRolePolicy": trust()})


def test_a_role_has_an_arn_of_its_account_and_a_name_that_no_other_has(aws: Asked, role: Made) -> None:
    assert role.id == "cluster"
    assert role.outputs["arn"] == "arn:aws:iam::111122223333:role/cluster"
    assert re.fullmatch("AROA[A-Z2-7]{17}", str(role.outputs["uniqueId"]))
    refuses(
        aws,
        "EntityAlreadyExists: Role with name Cluster already",
        ROLE,
        name="Cluster",
        assumeRolePolicy=trust(),
    )


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (trust(Principal=None), "Missing required field Principal"),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(EKS, "s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust("eks.amazon.com"), 'Invalid principal in policy: "SERVICE":"eks.amazon.com"'),
        ("{}", "Syntax errors in policy."),
    ],
)
def test_a_trust_policy_says_who_may_take_the_role_and_nothing_else(
    aws: Asked, policy: str, fault: str
) -> None:
    refuses(aws, f"MalformedPolicyDocument: {fault}", ROLE, assumeRolePolicy=policy)


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (document(Principal="*"), "Policy document should not specify a principal."),
        (document(Resource=None), "Policy statement must contain resources."),
        (document(Resource="bucket"), 'Resource bucket must be in ARN format or "*".'),
        (document(Action="GetObject"), "Actions/Conditions must be prefaced by a vendor"),
        (document(Effect="allow"), "Syntax errors in policy."),
        (document(Action=None), "Policy statement must contain actions."),
    ],
)
def test_a_policy_says_what_may_be_done_to_what(aws: Asked, role: Made, policy: str, fault: str) -> None:
    refuses(aws, f"MalformedPolicyDocument: {fault}", POLICY, policy=policy)
    refuses(aws, f"MalformedPolicyDocument: {fault}", INLINE, role=role.id, policy=policy)


def test_policies_that_are_attached_and_roles_that_have_policies_stay(aws: Asked, role: Made) -> None:
    policy = aws.create(POLICY, "own", {"policy": document()})
    attachment = aws.create(ATTACHMENT, "own", {"role": role.id, "policyArn": policy.outputs["arn"]})
    for made, what in ((role, "must detach all policies first"), (policy, "a policy attached to entities")):
        with pytest.raises(RefusedError, match=f"DeleteConflict: .*{what}"):
            aws.delete(made)
    aws.delete(attachment)
    aws.delete(policy)
    aws.delete(role)


def test_roles_have_policies_of_aws_and_of_the_account_that_exist(aws: Asked, role: Made) -> None:
    managed, own = "arn:aws:iam::aws:policy/", "arn:aws:iam::111122223333:policy/"
    for arn in (f"{managed}AmazonEKSClusterPolicy", f"{managed}AmazonS3ReadOnlyAccess", f"{own}orders"):
        for _ in range(2):
            aws.create(ATTACHMENT, "it", {"role": role.id, "policyArn": arn})
    for arn in (f"{managed}AmazonEKSClustrPolicy", role.outputs["arn"]):
        missing = f"NoSuchEntity: Policy {arn} does not exist or is not attachable."
        refuses(aws, missing, ATTACHMENT, role=role.id, policyArn=arn)
    nobody = "The role with name nobody cannot be found."
    refuses(aws, nobody, ATTACHMENT, role="nobody", policyArn=f"{managed}AmazonEKSClusterPolicy")


def test_who_may_take_a_role_needs_each_of_the_actions() -> None:
    both = ("sts:AssumeRole", "sts:TagSession")
    assert trusts(trust(PODS, *both), PODS, both)
    assert trusts(trust(PODS, "sts:*"), PODS, both)
    assert not trusts(trust(PODS), PODS, both)
    assert not trusts(trust(EKS, *both), PODS)
    assert not trusts(trust(PODS, Effect="Deny"), PODS)


def test_the_caller_its_region_and_its_zones_are_known(aws: Asked) -> None:
    caller = aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert caller["accountId"] == "111122223333"
    assert caller["arn"] == "arn:aws:sts::111122223333:assumed-role/deployer/ci"
    assert aws.invoke("aws:index/getRegion:getRegion", {})["name"] == "eu-west-1"
    assert aws.invoke("aws:index/getRegion:getRegion", {"region": "us-west-2"})["region"] == "us-west-2"
    partition = aws.invoke("aws:index/getPartition:getPartition", {})
    assert (partition["partition"], partition["reverseDnsPrefix"]) == ("aws", "com.amazonaws")
    zones = aws.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", {"excludeNames": ["eu-west-1b"]}
    )
    assert zones["names"] == ["eu-west-1a", "eu-west-1c"]
    assert zones["zoneIds"] == ["euw1-az1", "euw1-az3"]


def test_a_policy_document_is_written_as_the_provider_does(aws: Asked) -> None:
    principals = [{"type": "Service", "identifiers": [PODS]}]
    condition = {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["111122223333"]}
    wanted = {
        "statements": [
            {"sid": "one", "actions": ["sts:AssumeRole", "sts:TagSession"], "principals": principals},
            {"effect": "Deny", "actions": ["s3:*"], "resources": ["*"], "conditions": [condition]},
        ]
    }
    answer = aws.invoke("aws:iam/getPolicyDocument:getPolicyDocument", wanted)
    one, two = json.loads(str(answer["json"]))["Statement"]
    assert one == {
        "Sid": "one",
        "Effect": "Allow",
        "Action": ["sts:TagSession", "sts:AssumeRole"],
        "Principal": {"Service": PODS},
    }
    assert two["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert str(answer["minifiedJson"]).startswith('{"Version":"2012-10-17","Statement":[{"Sid":"one",')
    over = json.dumps({"Statement": [{"Sid": "one", "Effect": "Deny"}]})
    overridden = aws.invoke(
        "aws:iam/getPolicyDocument:getPolicyDocument", {**wanted, "overridePolicyDocuments": [over]}
    )
    assert json.loads(str(overridden["json"]))["Statement"][0] == {"Sid": "one", "Effect": "Deny"}
