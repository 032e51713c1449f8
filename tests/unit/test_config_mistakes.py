"""What users get wrong in catalog and stack files: each mistake is found, placed, explained and has a cure."""

from pathlib import Path

import pytest

from components import ConfigurationError, Stack
from tests.projects import CART, PROJECT, STACK, WEB, write_project


def mistakes(project: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    return str(caught.value).splitlines()


def test_a_project_without_mistakes_is_a_stack(tmp_path: Path) -> None:
    stack = Stack.read(write_project(tmp_path), "test")
    assert stack.name == "test"
    assert stack.environment.get("namespace") == "test"
    assert {name: spec["release"] for name, spec in stack.services.items()} == {"cart": "v1", "web": "v2"}
    assert stack.clusters["main"].type == "existing"


def test_ten_mistakes_in_catalog_and_stack_are_ten_problems_with_file_line_path_cause_and_cure(
    tmp_path: Path,
) -> None:
    stack = """\
config:
  flotilla:environment: {tier: producton}
  flotilla:clusters:
    main: {type: existing, kubeconfig: kubeconfig}
  flotilla:services:
    cart: {release: 1.10}
    web: {release: v2, replica: 2}
    wbe: {release: v1}
  flotilla:secrets:
    cart: {TOKEN: hunter2}
"""
    cart = """\
owner: carts
ports: {grpc: 7070}
secrets: [TOKEN]
probes: {readiness: {grpc: 7071}}
"""
    web = """\
ports: {http: 8080}
uses: [cart]
env: {CART: $(CART_ADRR)}
resources: {requests: {cpu: 100mm}}
"""
    project = write_project(tmp_path, stack=stack, cart=cart, web=web)
    expected = {
        ("Pulumi.test.yaml", 2, "config.flotilla:environment.tier", '"producton" is not possible'),
        ("Pulumi.test.yaml", 4, "config.flotilla:clusters.main.identifier", "is missing"),
        (
            "Pulumi.test.yaml",
            6,
            "config.flotilla:services.cart.release",
            "expected text, found the number 1.1",
        ),
        ("Pulumi.test.yaml", 7, "config.flotilla:services.web.replica", "unknown key"),
        ("Pulumi.test.yaml", 8, "config.flotilla:services.wbe", "not in the catalog"),
        ("Pulumi.test.yaml", 10, "config.flotilla:secrets.cart.TOKEN", "is plain text"),
        ("services/cart.yaml", 4, "probes.readiness.grpc", "port 7071 is not declared"),
        ("services/web.yaml", 1, "owner", "is missing"),
        ("services/web.yaml", 3, "env.CART", "$(CART_ADRR) is defined by nothing"),
        ("services/web.yaml", 4, "resources.requests.cpu", '"100mm" is not a quantity'),
    }
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    problems = caught.value.problems
    from components.errors import dotted

    assert {
        (problem.file, problem.line, dotted(problem.path), problem.what) for problem in problems
    } == expected
    assert len(problems) == 10
    assert all(problem.cure.endswith((".", "'", '"')) for problem in problems)
    assert [(problem.file, problem.line) for problem in problems] == sorted(
        (problem.file, problem.line) for problem in problems
    )


CATALOG_MISTAKES = [
    # What stands in services/cart.yaml below `owner: carts` and `ports: {grpc: 7070}`, and the problem it makes.
    ("colour: red", 'cart.yaml:3:1  colour: unknown key. Possible here: "env", '),
    ("resource: {}", 'cart.yaml:3:1  resource: unknown key; did you mean "resources"? Rename or remove it.'),
    ("env: [A]", "cart.yaml:3:1  env: expected a map, found a list. Write a map."),
    ("env:", "cart.yaml:3:1  env: expected a map, found nothing. Give it a value, or remove the key."),
    (
        "env: {PORT: 8080}",
        'cart.yaml:3:7  env.PORT: expected text, found the number 8080. Write it in quotes: "8080".',
    ),
    (
        "env: {DEBUG: true}",
        'cart.yaml:3:7  env.DEBUG: expected text, found true. Write it in quotes: "true".',
    ),
    (
        "env: {A-B: x}",
        'cart.yaml:3:7  env.A-B: "A-B" cannot name an environment variable. Use letters, digits and _.',
    ),
    (
        "env: {A: $(B), B: $(A)}",
        "cart.yaml:3:7  env.A: A refers to itself. Write its value without a circle.",
    ),
    (
        "servicePorts: {grcp: 80}",
        'cart.yaml:3:16  servicePorts.grcp: no port of this name; did you mean "grpc"? Name one of ports: "grpc".',
    ),
    (
        "servicePorts: {grpc: 0}",
        "cart.yaml:3:16  servicePorts.grpc: 0 is not a port. Choose one of 1 to 65535.",
    ),
    (
        "servicePorts: {grpc: '80'}",
        'cart.yaml:3:16  servicePorts.grpc: expected a whole number, found the text "80". Take the quotes away: 80.',
    ),
    ("uses: [cart]", "cart.yaml:3:8  uses[0]: a service need not use itself. Remove it."),
    (
        "uses: [wev]",
        'cart.yaml:3:8  uses[0]: wev is not in the catalog; did you mean "web"? Add services/wev.yaml, or remove it from uses.',
    ),
    ("uses: [web, web]", "cart.yaml:3:13  uses[1]: web stands here twice. Keep one."),
    (
        "probes: {liveness: {}}",
        "cart.yaml:3:10  probes.liveness: does not say what to ask. Give exactly one of grpc, http, tcp and exec.",
    ),
    (
        "probes: {liveness: {grpc: 7070, tcp: 7070}}",
        "cart.yaml:3:10  probes.liveness: asks in 2 ways: grpc, tcp. Give exactly one of grpc, http, tcp and exec.",
    ),
    (
        "probes: {liveness: {http: {path: up, port: 7070}}}",
        "cart.yaml:3:28  probes.liveness.http.path: does not start with /. Write /up.",
    ),
    (
        "probes: {liveness: {http: {path: /up, port: 80}}}",
        "cart.yaml:3:39  probes.liveness.http.port: port 80 is not declared. Ask one of 7070 (grpc), or declare it.",
    ),
    (
        "probes: {liveness: {exec: []}}",
        "cart.yaml:3:21  probes.liveness.exec: no command. Give the command and its arguments, each an item of the list.",
    ),
    (
        "probes: {liveness: {tcp: 7070, periodSeconds: 0}}",
        "cart.yaml:3:32  probes.liveness.periodSeconds: 0 is too little. Give at least 1.",
    ),
    (
        "probes: {liveness: {tcp: 7070, initialDelaySeconds: -1}}",
        "cart.yaml:3:32  probes.liveness.initialDelaySeconds: is negative. Give seconds, from 0.",
    ),
    (
        "probes: {liveness: {tcp: 7070, successThreshold: 2}}",
        "cart.yaml:3:32  probes.liveness.successThreshold: must be 1 for a liveness probe. Remove it.",
    ),
    (
        "probes: {ready: {tcp: 7070}}",
        'cart.yaml:3:10  probes.ready: unknown key; did you mean "readiness"? Rename or remove it.',
    ),
    (
        "resources: {limits: {memory: 64MB}}",
        'cart.yaml:3:22  resources.limits.memory: "64MB" is not a quantity. Write a number with a unit, such as 250m (thousandths of a CPU), 64Mi or 1Gi (bytes).',
    ),
    (
        "resources: {limits: {memroy: 64Mi}}",
        'cart.yaml:3:22  resources.limits.memroy: unknown resource; did you mean "memory"? Possible: cpu, memory, ephemeral-storage, DOMAIN/NAME.',
    ),
    (
        "resources: {limits: {cpu: 1}}",
        'cart.yaml:3:22  resources.limits.cpu: expected text, found the number 1. Write it in quotes: "1".',
    ),
    (
        "resources: {requests: {cpu: 200m}, limits: {cpu: 100m}}",
        "cart.yaml:3:45  resources.limits.cpu: 100m is below the request of 200m. Raise the limit or lower the request.",
    ),
    (
        "image: cart:v1",
        "cart.yaml:3:1  image: holds a tag or digest. Leave it out: environments say it, as release and digest in flotilla:services.",
    ),
    ("secrets: [A, A]", "cart.yaml:3:14  secrets[1]: A stands here twice. Keep one."),
    (
        "secrets: [a b]",
        'cart.yaml:3:11  secrets[0]: "a b" cannot name an environment variable. Use letters, digits and _.',
    ),
    (
        "secrets: [A]\nenv: {A: x}",
        "cart.yaml:3:11  secrets[0]: A is in env too. Keep it in one of the two; nothing secret belongs in env.",
    ),
    (
        "files: {app.ini: x}",
        'cart.yaml:3:9  files["app.ini"]: not an absolute path of a file. Write it from /, such as /etc/shop/app.ini.',
    ),
    (
        "files: {/a/../b: x}",
        'cart.yaml:3:9  files["/a/../b"]: not an absolute path of a file. Write it from /, such as /etc/shop/app.ini.',
    ),
    (
        "volumes: {tmp: {mountPath: tmp, emptyDir: {}}}",
        "cart.yaml:3:17  volumes.tmp.mountPath: not an absolute path. Write it from /, such as /data.",
    ),
    (
        "volumes: {tmp: {mountPath: /tmp}}",
        "cart.yaml:3:11  volumes.tmp: does not say what it is. Add emptyDir: {}.",
    ),
    (
        "volumes: {Tmp: {mountPath: /tmp, emptyDir: {}}}",
        'cart.yaml:3:11  volumes.Tmp: "Tmp" cannot name a volume. Use a-z, 0-9 and -, at most 63.',
    ),
    (
        "volumes: {a: {mountPath: /a, emptyDir: {}}, b: {mountPath: /a, emptyDir: {}}}",
        "cart.yaml:3:49  volumes.b.mountPath: /a is taken by volume a. Choose another.",
    ),
    (
        "volumes: {a: {mountPath: /a, emptyDir: {sizeLimit: big}}}",
        'cart.yaml:3:41  volumes.a.emptyDir.sizeLimit: "big" is not a quantity.',
    ),
    (
        "volumes: {a: {mountPath: /a, emptyDir: {medium: Disk}}}",
        'cart.yaml:3:41  volumes.a.emptyDir.medium: "Disk" is not possible. Write Memory, or remove it for a disk.',
    ),
    (
        "initContainers: {wait: {image: busybox}}",
        "cart.yaml:3:25  initContainers.wait.image: no tag or digest. Write which one: busybox:TAG.",
    ),
    (
        "initContainers: {Wait: {}}",
        'cart.yaml:3:18  initContainers.Wait: "Wait" cannot name it. Use a-z, 0-9 and -, and not the service\'s name.',
    ),
    (
        "initContainers: {wait: {env: {A: $(B)}}}",
        "cart.yaml:3:31  initContainers.wait.env.A: $(B) is defined by nothing.",
    ),
    (
        "terminationGracePeriodSeconds: -1",
        "cart.yaml:3:1  terminationGracePeriodSeconds: -1 is negative. Give a number from 0.",
    ),
    (
        "security: {runAsUser: 0}",
        "cart.yaml:3:12  security.runAsUser: needs the Pod Security Standard baseline, Pulumi.test.yaml has restricted. Remove it, or set podSecurity: baseline in flotilla:environment of Pulumi.test.yaml.",
    ),
    (
        "security: {capabilities: [SYS_ADMIN]}",
        "cart.yaml:3:27  security.capabilities[0]: needs the Pod Security Standard privileged, ",
    ),
]


@pytest.mark.parametrize(("line", "problem"), CATALOG_MISTAKES)
def test_a_mistake_in_a_catalog_file_is_one_problem(tmp_path: Path, line: str, problem: str) -> None:
    found = mistakes(write_project(tmp_path, cart=f"{CART}{line}\n", web=WEB.replace("uses: [cart]\n", "")))
    secrets = [each for each in found if "has no value for its secret" in each]
    assert [each.removeprefix("services/")[: len(problem)] for each in found if each not in secrets] == [
        problem
    ]


@pytest.mark.parametrize(
    ("ports", "problem"),
    [
        (
            "{gRPC: 1}",
            'services/cart.yaml:2:9  ports.gRPC: "gRPC" cannot name a port. Use at most 15 of a-z, 0-9 and -, with a letter, such as grpc or http-admin.',
        ),
        (
            "{a: 1, b: 1}",
            "services/cart.yaml:2:15  ports.b: 1 is already the port of a. Give each a port of its own.",
        ),
        ("{a: 70000}", "services/cart.yaml:2:9  ports.a: 70000 is not a port. Choose one of 1 to 65535."),
        (
            "{a: 1, b: 2}\nservicePorts: {a: 2}",
            "services/cart.yaml:3:16  servicePorts.a: a and b are both port 2 of the Kubernetes Service. Give each a port of its own.",
        ),
    ],
)
def test_ports_that_cannot_be_are_problems(tmp_path: Path, ports: str, problem: str) -> None:
    assert mistakes(write_project(tmp_path, cart=f"owner: carts\nports: {ports}\n")) == [problem]


STACK_MISTAKES = [
    ("tier: development", "tier: [a]", "2:26  config.flotilla:environment.tier: "),
    ("{tier: development}", "{}", '2:3  config.flotilla:environment.tier: is missing. Add "tier". How much it matters; defaults depend on it.'),
    ("{tier: development}", "{tier: review, domain: https://x}", '2:40  config.flotilla:environment.domain: "https://x" is not a domain.'),
    ("{tier: development}", "{tier: review, namespace: My_Shop}", '2:40  config.flotilla:environment.namespace: "My_Shop" cannot name a namespace.'),
    ("{tier: development}", "{tier: review, labels: {a b: c}}", '2:49  config.flotilla:environment.labels.a b: "a b" cannot name a label.'),
    ("{tier: development}", "{tier: review, labels: {a: b c}}", '2:49  config.flotilla:environment.labels.a: "b c" cannot be the value of a label.'),
    ("{tier: development}", "{tier: review, rolloutTimeoutSeconds: 0}", "2:40  config.flotilla:environment.rolloutTimeoutSeconds: is too little."),
    ("flotilla:environment", "flotilla:enviroment", '2:3  config.flotilla:enviroment: unknown key; did you mean "flotilla:environment"?'),
    ("flotilla:services", "services", '5:3  config.services: unknown key; did you mean "flotilla:services"? Write the project before it.'),
    ("type: existing", "type: ekss", '4:12  config.flotilla:clusters.main.type: no type of cluster: ekss. Possible: "existing".'),
    ("type: existing, ", "", '4:5  config.flotilla:clusters.main.type: has no type. Possible: "existing".'),
    ("kubeconfig: kubeconfig, ", "", '4:5  config.flotilla:clusters.main.kubeconfig: is missing. Add "kubeconfig".'),
    ("    main:", "    Main:", '4:5  config.flotilla:clusters.Main: "Main" cannot name a cluster. Use a-z, 0-9 and -.'),
    ("cart: {release: v1}", "cart: {}", '6:5  config.flotilla:services.cart.release: is missing. Add "release". Release to run: a tag of the image.'),
    ("cart: {release: v1}", "crat: {release: v1}", '6:5  config.flotilla:services.crat: not in the catalog; did you mean "cart"? Add services/crat.yaml, or remove it here.'),
    ("    cart: {release: v1}\n", "", "6:5  config.flotilla:services.web: web uses cart, which this environment does not run. Add cart: { release: TAG } to flotilla:services."),
    ("release: v1}", "release: a b}", '6:12  config.flotilla:services.cart.release: "a b" is not a tag of an image.'),
    ("release: v1}", "release: v1, digest: sha256:1}", '6:25  config.flotilla:services.cart.digest: "sha256:1" is not a digest.'),
    ("release: v1}", "release: v1, replicas: -1}", "6:25  config.flotilla:services.cart.replicas: -1 is negative."),
    ("release: v1}", "release: v1, ports: {a: 1}}", '6:25  config.flotilla:services.cart.ports: unknown key. Possible here: "env", "resources", "release", "digest", "replicas", "serviceType".'),
    ("release: v1}", "release: v1, serviceType: Loadbalancer}", '6:25  config.flotilla:services.cart.serviceType: "Loadbalancer" is not possible; did you mean "LoadBalancer"? Possible: "ClusterIP", "LoadBalancer".'),
    ("release: v1}", "release: v1, env: {A: $(B)}}", "6:31  config.flotilla:services.cart.env.A: $(B) is defined by nothing."),
    ("release: v1}", "release: v1, resources: {limits: {cpu: fast}}}", '6:46  config.flotilla:services.cart.resources.limits.cpu: "fast" is not a quantity.'),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "problem"), STACK_MISTAKES)
def test_a_mistake_in_a_stack_file_is_a_problem(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    assert right in STACK
    found = mistakes(write_project(tmp_path, stack=STACK.replace(right, wrong, 1)))
    assert any(each.startswith(f"Pulumi.test.yaml:{problem}") for each in found), found


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("name: shop, ", "", 'Pulumi.yaml:5:5  config.flotilla:project.value.name: is missing. Add "name".'),
        (
            "ghcr.io/acme",
            "https://ghcr.io/acme/",
            'Pulumi.yaml:5:50  config.flotilla:project.value.registry: "https://ghcr.io/acme/" is more than host and path. Leave out https:// and the last /.',
        ),
        (
            "name: shop",
            "name: my shop",
            'Pulumi.yaml:5:13  config.flotilla:project.value.name: "my shop" cannot be the value of a label.',
        ),
        (
            "flotilla:project",
            "other:project",
            "Pulumi.yaml:3:1  config.flotilla:project: is missing. Add it to Pulumi.yaml, with name, source and registry.",
        ),
    ],
)
def test_a_mistake_in_the_project_is_a_problem(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    (found,) = mistakes(write_project(tmp_path, project=PROJECT.replace(right, wrong, 1)))
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (
            "Cart.yaml",
            'services/Cart.yaml:1:1  the file: "Cart" cannot name a service; did you mean "cart.yaml"? The file\'s name is the service\'s: a-z, 0-9 and -, from a letter, at most 63.',
        ),
        ("pay.yml", "services/pay.yml:1:1  the file: the file ends in .yml. Rename it: pay.yaml."),
        (
            "x" * 64 + ".yaml",
            f'services/{"x" * 64}.yaml:1:1  the file: "{"x" * 64}" cannot name a service; did you mean "{"x" * 63}.yaml"?',
        ),
    ],
)
def test_a_catalog_file_has_the_name_of_a_service(tmp_path: Path, file: str, problem: str) -> None:
    project = write_project(tmp_path)
    (project / "services" / file).write_text("owner: x\n")
    (found,) = mistakes(project)
    assert found.startswith(problem)


def test_an_empty_catalog_file_says_how_to_begin(tmp_path: Path) -> None:
    project = write_project(tmp_path, pay="# to come\n")
    assert mistakes(project) == [
        "services/pay.yaml:1:1  the file: is empty. Begin with the team that answers for it: owner: TEAM"
    ]


def test_a_service_outside_of_the_environment_has_to_be_right_too(tmp_path: Path) -> None:
    project = write_project(tmp_path, pay="owner: pay\nports: {grpc: 0}\n")
    assert mistakes(project) == [
        "services/pay.yaml:2:9  ports.grpc: 0 is not a port. Choose one of 1 to 65535."
    ]


def test_a_stack_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"Pulumi.prod.yaml  the file: there is no such stack. There are: test."
    ):
        Stack.read(write_project(tmp_path), "prod")


def test_a_misspelt_service_makes_no_echo_where_it_is_used(tmp_path: Path) -> None:
    web = WEB.replace("[cart]", "[crat]") + "env: {CART: $(CART_ADDR)}\n"
    (found,) = mistakes(write_project(tmp_path, web=web))
    assert 'crat is not in the catalog; did you mean "cart"?' in found


def test_a_file_that_cannot_be_read_makes_no_echo_where_it_is_used(tmp_path: Path) -> None:
    project = write_project(tmp_path, cart="owner: [", web=WEB + "env: {CART: $(CART_ADDR)}\n")
    (found,) = mistakes(project)
    assert found.startswith("services/cart.yaml:2:1  the file: not YAML")


def test_services_of_two_clusters_that_would_share_a_name_are_a_problem(tmp_path: Path) -> None:
    stack = STACK.replace(
        "flotilla:services:", "  dr: {type: existing, kubeconfig: k, identifier: x}\n  flotilla:services:"
    )
    project = write_project(tmp_path, stack=stack + "    cart-dr: {release: v1}\n", **{"cart-dr": CART})
    (found,) = mistakes(project)
    assert "cart-dr on main would both be cart-dr" in found or "cart on dr" in found


def test_two_used_services_that_share_a_variable_are_a_problem(tmp_path: Path) -> None:
    stack = STACK + "    cart-admin: {release: v1}\n"
    cart = "owner: carts\nports: {grpc: 1, admin: 2}\n"
    project = write_project(
        tmp_path,
        stack=stack,
        cart=cart,
        web=WEB.replace("[cart]", "[cart, cart-admin]"),
        **{"cart-admin": CART},
    )
    assert mistakes(project) == [
        "services/web.yaml:3:14  uses[1]: cart and cart-admin would both be found by CART_ADMIN_ADDR. Rename one of their ports or services."
    ]


def test_a_used_service_without_ports_is_a_problem(tmp_path: Path) -> None:
    assert mistakes(write_project(tmp_path, cart="owner: carts\n")) == [
        "services/web.yaml:3:8  uses[0]: cart has no ports to be reached at. Declare ports in services/cart.yaml, or remove it from uses."
    ]
