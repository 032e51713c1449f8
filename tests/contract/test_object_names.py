"""The names of a service's objects, as they are told before and as they are made."""

from itertools import chain

import pytest

from components.service.object_names import object_names
from tests import features

_OWN = ("Deployment", "StatefulSet", "Rollout", "Service", "PersistentVolumeClaim", "CronJob")
"""Kinds whose objects have names of the program's own, more than one for some services."""


@pytest.mark.parametrize("kind", _OWN)
def test_the_objects_of_all_examples_have_the_names_that_were_told_before(kind: str) -> None:
    told = {
        name
        for service, spec in features.stack().services.items()
        for its_kind, name in object_names(service, spec)
        if its_kind == kind and not (kind == "Deployment" and service == "blue-green")
    }
    made = {
        each.inputs["metadata"]["name"]
        for each in features.rendered().registrations
        if each.type.startswith("kubernetes:")
        and each.type.endswith(f":{kind}")
        and "name" in each.inputs["metadata"]
    }
    assert made
    assert made == told


def test_no_two_examples_make_the_same_object() -> None:
    stack = features.stack()
    names = [*chain.from_iterable(object_names(name, spec) for name, spec in stack.services.items())]
    assert len(names) == len(set(names))
