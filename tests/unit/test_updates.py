"""What is told of an update of the engine, under way and in the end."""

from flotilla.sandbox.events import Event
from flotilla.sandbox.updates import Update, grouped, some

URN = "urn:pulumi:sandbox::flotilla::"


def begin(urn: str, operation: str = "create") -> Event:
    return {"resourcePreEvent": {"metadata": {"op": operation, "urn": urn, "type": ""}}}


def end(urn: str, operation: str = "create") -> Event:
    return {"resOutputsEvent": {"metadata": {"op": operation, "urn": urn, "type": ""}}}


def said(message: str, severity: str) -> Event:
    return {"diagnosticEvent": {"message": message, "severity": severity}}


def test_what_is_under_way_names_objects_and_neither_stack_nor_components() -> None:
    update = Update()
    update.see(begin(f"{URN}pulumi:pulumi:Stack::flotilla-sandbox"))
    update.see(begin(f"{URN}flotilla:index:Environment$flotilla:index:Service::cart"))
    assert update.text() == ""
    update.see(begin(f"{URN}flotilla:index:Service$kubernetes:apps/v1:Deployment::cart"))
    assert update.text() == "waiting for Deployment cart"


def test_what_is_done_is_counted_and_a_mere_look_is_not() -> None:
    update = Update()
    for operation in ("create", "update", "refresh"):
        urn = f"{URN}kubernetes:apps/v1:Deployment::{operation}"
        update.see(begin(urn, operation))
        update.see(end(urn, operation))
    assert update.text() == "1 created, 1 updated"


def test_warnings_that_nobody_can_act_on_are_not_told() -> None:
    update = Update()
    update.see(said("using pulumi-language-python from $PATH at /x/pulumi-language-python", "warning"))
    update.see(said("Refreshed resource is in an unhealthy state:\n* cart", "warning"))
    update.see(said("cart is deprecated", "warning"))
    update.see(said("update failed", "error"))
    assert update.warnings == [("the stack", "cart is deprecated")]
    assert update.errors == []


def test_a_program_that_ended_by_itself_is_told_with_its_last_words() -> None:
    update = Update()
    update.see(said("no such project\n", "info#err"))
    update.see(said("an unhandled error occurred: the program ended with exit code 1", "error"))
    reason = "an unhandled error occurred: the program ended with exit code 1\nno such project"
    assert update.errors == [("the stack", reason)]


def test_a_message_about_many_resources_is_told_once() -> None:
    told = [(f"Service {name}", "no answer") for name in "abcde"] + [("Service f", "is wrong")]
    assert grouped(told) == [
        ("no answer", "Service a, Service b, Service c and 2 more"),
        ("is wrong", "Service f"),
    ]


def test_three_names_are_told_in_full() -> None:
    assert some(["a", "b", "c"]) == "a, b, c"
