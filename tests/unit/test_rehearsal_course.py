"""Which clusters that were made anew need an update that looks."""

from flotilla.rehearsal.changes import Change, Operation
from flotilla.rehearsal.course import made_anew_unseen

STACK = "urn:pulumi:prod::shop::flotilla:index:EksCluster$"
CLUSTER = Change(Operation.REPLACED, f"{STACK}aws:eks/cluster:Cluster::main")
OTHER = Change(Operation.REPLACED, f"{STACK}aws:eks/cluster:Cluster::west")
PROVIDER = Change(Operation.REPLACED, f"{STACK}pulumi:providers:kubernetes::main")


def test_what_runs_on_a_cluster_of_the_same_identifier_is_made_again() -> None:
    assert made_anew_unseen([CLUSTER]) == ["main"]


def test_what_runs_on_a_cluster_of_another_identifier_was_made_anew_with_it() -> None:
    assert made_anew_unseen([CLUSTER, OTHER, PROVIDER]) == ["west"]


def test_an_updated_cluster_is_none_that_was_made_anew() -> None:
    assert made_anew_unseen([Change(Operation.UPDATED, CLUSTER.urn)]) == []
