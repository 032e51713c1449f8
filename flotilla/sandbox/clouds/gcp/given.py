"""What a stack says is there already: a function that asks for it finds it, or a stand-in."""

from flotilla.sandbox.clouds.gcp.package import link
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties


def given(account: Account, token: str, identity: str, outputs: Properties) -> Properties:
    """What a function answers of a resource: its outputs, and its id.

    Nobody can tell here whether it is there in the real project, so that a wrong name passes.
    """
    with account.store.locked():
        found = account.store.find(token, identity)
        if found is None:
            found = Resource(token, identity, "", "", {}, outputs, given=True)
            account.store.put(found)
    return {**outputs, **found.outputs, "id": identity}


def placed(account: Account, arguments: Properties, name: str) -> str:
    """An argument of a function, or what the provider's configuration says."""
    value = arguments.get(name)
    return value if isinstance(value, str) and value else account.words[name]


def linked(identity: str) -> Properties:
    """The name and the link of a resource of Compute Engine."""
    return {"name": identity.rpartition("/")[2], "selfLink": link(identity)}
