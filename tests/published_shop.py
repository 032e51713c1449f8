"""Online Boutique as its authors publish it, as our catalog renders it, and what differs between the two."""

import fnmatch
import json
import re
import runpy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from tests.deployments import deploy
from tests.features import KUBECONFIG

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent / "published"

Json = dict[str, Any]
Objects = dict[tuple[str, str], Json]
"""Kubernetes objects by kind and name."""

FACTS: Json = yaml.safe_load((HERE / "online-boutique.yaml").read_text(encoding="utf-8"))
WHOLE, THERE = "the object", "there"
"""The path of an object that one side has and the other has not, and its value there."""

_LOCKED: Json = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
}
_PERSON: Json = {"fsGroup": 1000, "runAsGroup": 1000, "runAsNonRoot": True, "runAsUser": 1000}


def published() -> Objects:
    """The objects of Online Boutique's own manifests."""
    objects: Objects = {}
    for name, facts in FACTS["pods"].items():
        objects["Deployment", name] = _deployment(name, facts)
        if "ports" in facts:
            objects["Service", name] = _service(name, name, facts, "ClusterIP")
        if facts.get("external"):
            external = f"{name}-external"
            objects["Service", external] = _service(external, name, facts, "LoadBalancer")
        if facts.get("ownAccount", True):
            objects["ServiceAccount", name] = _object("v1", "ServiceAccount", {"name": name})
    return objects


def rendered() -> Objects:
    """The same services at the same release as our catalog renders them, the shop open to all."""
    described = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    wanted: Json = {name: {"release": FACTS["release"]} for name in FACTS["pods"]}
    wanted["redis-cart"] = {"release": "alpine"}
    wanted["frontend"]["serviceType"] = "LoadBalancer"
    config: Json = {key: each["value"] for key, each in described.items()}
    config |= {
        "flotilla:environment": {"tier": "staging"},
        "flotilla:clusters": {
            "main": {"type": "existing", "kubeconfig": KUBECONFIG, "identifier": "published"}
        },
        "flotilla:services": wanted,
    }
    program = str(ROOT / "__main__.py")
    made = deploy(lambda: runpy.run_path(program), stack="shop", config=config)
    inputs = [each.inputs for each in made.registrations if each.type.startswith("kubernetes:")]
    return {(each["kind"], each["metadata"]["name"]): each for each in inputs}


def _object(version: str, kind: str, metadata: Json, **rest: object) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _variables(env: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in env.items()]


def _deployment(name: str, facts: Json) -> Json:
    labels = {"app": name}
    template: Json = {"metadata": {"labels": labels}, "spec": _pod(name, facts)}
    if facts.get("meshRewritesProbes"):
        template["metadata"]["annotations"] = {"sidecar.istio.io/rewriteAppHTTPProbers": "true"}
    spec: Json = {"selector": {"matchLabels": labels}, "template": template}
    return _object("apps/v1", "Deployment", {"name": name, "labels": labels}, spec=spec)


def _pod(name: str, facts: Json) -> Json:
    pod: Json = {"securityContext": _PERSON, "containers": [_container(name, facts)]}
    if facts.get("ownAccount", True):
        pod["serviceAccountName"] = name
    if "terminationGracePeriodSeconds" in facts:
        pod["terminationGracePeriodSeconds"] = facts["terminationGracePeriodSeconds"]
    if "initContainer" in facts:
        first = facts["initContainer"]
        pod["initContainers"] = [
            {
                **first,
                "args": ["(a loop of its own)"],
                "env": _variables(first["env"]),
                "securityContext": _LOCKED,
            }
        ]
    if "emptyDir" in facts:
        pod["volumes"] = [{"name": volume, "emptyDir": {}} for volume in facts["emptyDir"]]
    return pod


def _container(name: str, facts: Json) -> Json:
    container: Json = {
        "name": facts.get("container", "server"),
        "image": facts.get("image", f"{FACTS['registry']}/{name}:{FACTS['release']}"),
        "securityContext": _LOCKED,
        "resources": {"requests": facts["requests"], "limits": facts["limits"]},
    }
    if "env" in facts:
        container["env"] = _variables(facts["env"])
    if "ports" in facts:
        container["ports"] = [
            {"containerPort": port} | ({"name": called} if facts.get("namesContainerPort") else {})
            for called, (_, port) in facts["ports"].items()
        ]
        container["readinessProbe"] = facts["readiness"]
        container["livenessProbe"] = facts["liveness"]
    if "emptyDir" in facts:
        mounts = facts["emptyDir"].items()
        container["volumeMounts"] = [{"name": volume, "mountPath": path} for volume, path in mounts]
    return container


def _service(name: str, pods: str, facts: Json, kind: str) -> Json:
    ports = [
        {"name": called, "port": outer, "targetPort": inner}
        for called, (outer, inner) in facts["ports"].items()
    ]
    spec: Json = {"type": kind, "selector": {"app": pods}, "ports": ports}
    return _object("v1", "Service", {"name": name, "labels": {"app": pods}}, spec=spec)


@dataclass(frozen=True)
class Difference:
    """A field that the two sides have differently."""

    kind: str
    name: str
    path: str
    published: str | None
    ours: str | None


@dataclass(frozen=True)
class Explanation:
    """Why some fields differ."""

    kind: str
    paths: tuple[str, ...]
    why: str
    values: Mapping[str, str | None]
    """What a side has to have, where that matters: under `published` or `ours`, None for nothing at all."""

    def covers(self, difference: Difference) -> bool:
        """Whether it speaks of a difference; kind, paths and values may have `*` in them."""
        sides = {"published": difference.published, "ours": difference.ours}
        return (
            fnmatch.fnmatchcase(difference.kind, self.kind)
            and any(fnmatch.fnmatchcase(difference.path, path) for path in self.paths)
            and all(_fits(sides[side], wanted) for side, wanted in self.values.items())
        )


def _fits(value: str | None, wanted: str | None) -> bool:
    return value is None if wanted is None else value is not None and fnmatch.fnmatchcase(value, wanted)


def explanations() -> list[Explanation]:
    """All of them, in the order in which they are asked."""
    table: list[Json] = yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8"))
    return [
        Explanation(
            each["kind"],
            tuple(each["paths"]),
            each["why"],
            {side: each[side] for side in ("published", "ours") if side in each},
        )
        for each in table
    ]


def explained(found: Sequence[Difference]) -> list[tuple[Explanation | None, list[Difference]]]:
    """The differences by what explains them, those that nothing explains under None at the end."""
    known = explanations()
    groups: dict[int, list[Difference]] = {place: [] for place in range(len(known) + 1)}
    for each in found:
        place = next((place for place, why in enumerate(known) if why.covers(each)), len(known))
        groups[place].append(each)
    return [*zip(known, groups.values(), strict=False), (None, groups[len(known)])]


def differences(left: Objects, right: Objects) -> list[Difference]:
    """What differs between the published objects and ours, as Kubernetes understands both.

    What means the same is the same: a field that Kubernetes fills in, a port by its name or by its number, a
    variable by its value or by a reference to another.
    """
    return [
        Difference(*identity, path, *values)
        for identity in sorted({*left, *right})
        for path, values in _between(_meant(identity, left), _meant(identity, right))
    ]


def _between(left: Json | None, right: Json | None) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    if left is None or right is None:
        yield WHOLE, (THERE if left else None, THERE if right else None)
        return
    before, after = dict(_fields(left)), dict(_fields(right))
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            yield path, (before.get(path), after.get(path))


def _fields(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, each in cast("Json", value).items():
            yield from _fields(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, each in enumerate(cast("list[Json]", value)):
            yield from _fields(each, f"{path}[{_key(path, each, index)}]")
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


def _key(path: str, item: Json, index: int) -> object:
    """What an item of a list is known by: that by which Kubernetes merges it; of containers their place."""
    if path.endswith("ontainers"):
        return index
    return next((item[key] for key in ("mountPath", "containerPort", "port", "name") if key in item), index)


def _meant(identity: tuple[str, str], objects: Objects) -> Json | None:
    """An object with what Kubernetes fills in, and without references."""
    if identity not in objects:
        return None
    meant: Json = json.loads(json.dumps(objects[identity]))
    if meant["kind"] == "Deployment":
        _fill_in(meant["spec"])
        pod = meant["spec"]["template"]["spec"]
        for container in (*pod["containers"], *pod.get("initContainers", [])):
            _resolve(container)
    if meant["kind"] == "Service":
        for port in meant["spec"]["ports"]:
            port.setdefault("protocol", "TCP")
            port["targetPort"] = _number(port["targetPort"], meant["spec"]["selector"], objects)
    return meant


def _fill_in(deployment: Json) -> None:
    deployment.setdefault("replicas", 1)
    deployment.setdefault("progressDeadlineSeconds", 600)
    strategy = deployment.setdefault("strategy", {"type": "RollingUpdate"})
    strategy.setdefault("rollingUpdate", {"maxSurge": "25%", "maxUnavailable": "25%"})
    deployment["template"]["spec"].setdefault("terminationGracePeriodSeconds", 30)


_REFERENCE = re.compile(r"\$\(([A-Z0-9_]+)\)")


def _resolve(container: Json) -> None:
    values: dict[str, str] = {}
    for variable in container.get("env", []):
        variable["value"] = _REFERENCE.sub(lambda found: values[found[1]], variable["value"])
        values[variable["name"]] = variable["value"]
    for port in container.get("ports", []):
        port.setdefault("protocol", "TCP")
    for probe in ("readinessProbe", "livenessProbe"):
        if probe in container:
            container[probe].setdefault("periodSeconds", 10)


def _number(port: str | int, selected: Json, objects: Objects) -> int:
    """The number of a port of the pods that a Kubernetes Service selects."""
    if isinstance(port, int):
        return port
    pods = [each["spec"]["template"] for (kind, _), each in objects.items() if kind == "Deployment"]
    (found,) = (
        each["containerPort"]
        for pod in pods
        if selected.items() <= pod["metadata"]["labels"].items()
        for each in pod["spec"]["containers"][0]["ports"]
        if each.get("name") == port
    )
    return found
