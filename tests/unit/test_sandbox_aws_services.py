"""Keys, logs, images, names and certificates on AWS as the sandbox plays them."""

import json
import re
from pathlib import Path
from typing import cast

import pytest

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError

KEY, ALIAS, LOGS = "aws:kms/key:Key", "aws:kms/alias:Alias", "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY, LIFECYCLE = "aws:ecr/repository:Repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy"
ZONE, RECORD = "aws:route53/zone:Zone", "aws:route53/record:Record"
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    return Asked("aws", tmp_path, region="eu-west-1")


@pytest.fixture
def zone(aws: Asked) -> Made:
    return aws.create(ZONE, "zone", {"name": "example.com"})


def refuses(aws: Asked, what: str, token: str, **inputs: object) -> None:
    with pytest.raises(RefusedError, match=re.escape(what)):
        aws.create(token, "again", inputs)


def record(zone: Made, name: str, kind: str = "A", *records: str) -> dict[str, object]:
    values = list(records or ("203.0.113.1",))
    return {"zoneId": zone.id, "name": name, "type": kind, "ttl": 60, "records": values}


def test_a_key_may_be_changed_by_somebody_and_an_alias_is_of_one_that_is_there(aws: Asked) -> None:
    key = aws.create(KEY, "main", {})
    assert key.outputs["arn"] == f"arn:aws:kms:eu-west-1:123456789012:key/{key.id}"
    alias = aws.create(ALIAS, "main", {"name": "alias/main", "targetKeyId": key.outputs["keyId"]})
    assert alias.outputs["targetKeyArn"] == key.outputs["arn"]
    refuses(aws, "AlreadyExistsException", ALIAS, name="alias/main", targetKeyId=key.id)
    refuses(aws, "NotFoundException", ALIAS, name="alias/other", targetKeyId="gone")
    reading = {"Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt"], "Resource": "*"}
    policy = json.dumps({"Statement": [reading]})
    refuses(aws, "will not allow you to update the key policy in the future", KEY, policy=policy)


def test_a_log_group_is_there_once(aws: Asked) -> None:
    group = aws.create(LOGS, "main", {"name": "/aws/eks/main/cluster"})
    assert group.outputs["arn"] == "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/eks/main/cluster"
    refuses(
        aws, "ResourceAlreadyExistsException: The specified log group already exists", LOGS, **group.inputs
    )


def test_a_repository_with_images_stays_unless_its_images_may_go(aws: Asked, tmp_path: Path) -> None:
    repository = aws.create(REPOSITORY, "main", {"name": "shop/frontend"})
    url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/frontend"
    assert repository.outputs["repositoryUrl"] == url
    refuses(aws, "RepositoryAlreadyExistsException", REPOSITORY, name="shop/frontend")
    (path,) = tmp_path.glob("clouds/aws/ecr/Repository/**/*.json")
    content = json.loads(path.read_text())
    content["outputs"]["images"] = ["v1"]
    path.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="RepositoryNotEmptyException"):
        aws.delete(repository)
    aws.delete(aws.update(repository, {**repository.inputs, "forceDelete": True}))


def test_a_lifecycle_policy_has_rules_of_different_priorities(aws: Asked) -> None:
    repository = aws.create(REPOSITORY, "main", {"name": "shop/frontend"})
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    name = repository.outputs["name"]
    aws.create(LIFECYCLE, "main", {"repository": name, "policy": json.dumps({"rules": [rule]})})
    twice = json.dumps({"rules": [rule, rule]})
    refuses(aws, "multiple rules with the same priority 1", LIFECYCLE, repository=name, policy=twice)
    none = json.dumps({"rules": [], "comment": "x" * 100})
    refuses(aws, "missing required properties ([rules])", LIFECYCLE, repository=name, policy=none)
    refuses(aws, "RepositoryNotFoundException", LIFECYCLE, repository="gone", policy=twice)


def test_a_zone_with_records_stays(aws: Asked, zone: Made) -> None:
    assert len({*cast("list[str]", zone.outputs["nameServers"])}) == 4
    made = aws.create(RECORD, "www", record(zone, "www"))
    assert made.id == f"{zone.id}_www_A"
    assert made.outputs["fqdn"] == "www.example.com"
    with pytest.raises(RefusedError, match="HostedZoneNotEmpty"):
        aws.delete(zone)
    aws.delete(made)
    aws.delete(zone)


def test_a_record_has_values_of_its_type_and_stands_beside_none_that_excludes_it(
    aws: Asked, zone: Made
) -> None:
    aws.create(RECORD, "www", record(zone, "www.example.com"))
    refuses(
        aws,
        "[Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]",
        RECORD,
        **record(zone, "www"),
    )
    aws.create(RECORD, "over", {**record(zone, "www"), "allowOverwrite": True})
    refuses(
        aws, "RRSet of type CNAME with DNS name www.example.com. is", RECORD, **record(zone, "www", "CNAME")
    )
    refuses(aws, "RRSet of type CNAME", RECORD, **record(zone, "", "CNAME", "example.net"))
    refuses(aws, "Value is not a valid IPv4 address", RECORD, **record(zone, "a", "A", "www.example.com"))
    no_ttl = {name: value for name, value in record(zone, "b").items() if name != "ttl"}
    refuses(aws, "Missing field 'TTL'", RECORD, **no_ttl)
    refuses(
        aws, "NoSuchHostedZone: No hosted zone found with ID: gone", RECORD, **{**no_ttl, "zoneId": "gone"}
    )
    there = aws.create(RECORD, "given", {**record(zone, "www.example.org"), "zoneId": "Z0123456789ABC"})
    assert there.outputs["fqdn"] == "www.example.org"


def test_zones_are_found_by_name_or_id(aws: Asked, zone: Made) -> None:
    by_name = aws.invoke("aws:route53/getZone:getZone", {"name": "example.com."})
    assert (by_name["zoneId"], by_name["nameServers"]) == (zone.id, zone.outputs["nameServers"])
    given = aws.invoke("aws:route53/getZone:getZone", {"zoneId": "Z0123456789ABC"})
    assert given["arn"] == "arn:aws:route53:::hostedzone/Z0123456789ABC"
    with pytest.raises(RefusedError, match="no matching Route 53 Hosted Zone found"):
        aws.invoke("aws:route53/getZone:getZone", {"name": "example.org"})


def test_a_certificate_is_issued_when_the_records_of_its_names_are_there(aws: Asked, zone: Made) -> None:
    names = {"domainName": "example.com", "subjectAlternativeNames": ["*.example.com"]}
    certificate = aws.create(CERTIFICATE, "main", {**names, "validationMethod": "DNS"})
    apex, wildcard = cast("list[dict[str, str]]", certificate.outputs["domainValidationOptions"])
    assert apex["resourceRecordName"] == wildcard["resourceRecordName"]
    wanted: dict[str, object] = {"certificateArn": certificate.outputs["arn"]}
    refuses(aws, "timeout while waiting for state to become 'ISSUED'", VALIDATION, **wanted)
    proof = aws.create(
        RECORD, "proof", record(zone, apex["resourceRecordName"], "CNAME", apex["resourceRecordValue"])
    )
    www = aws.create(RECORD, "www", record(zone, "www"))
    wrong = [www.outputs["fqdn"]]
    refuses(aws, "DNS validation record", VALIDATION, **wanted, validationRecordFqdns=wrong)
    aws.create(VALIDATION, "main", {**wanted, "validationRecordFqdns": [proof.outputs["fqdn"]]})
    issued = aws.read(certificate)
    assert issued
    assert issued.outputs["status"] == "ISSUED"
