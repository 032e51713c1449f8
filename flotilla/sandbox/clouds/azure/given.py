"""What is there already: a function that asks for it finds a stand-in, unless the stack made it."""

from flotilla.sandbox.clouds.errors import CloudError
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties


def found_or_given(account: Account, token: str, identity: str, outputs: Properties) -> Properties:
    """What a function answers of a resource: its outputs, and its id.

    Nobody can tell here whether it is there in the real subscription, so that a wrong name passes; but for
    names within what the stack makes itself.

    Raises:
        CloudError: the group or network that it would be in is one of the stack's own, and it is not there.
    """
    with account.store.locked():
        every = list(account.store.all())
        same = [each for each in every if each.type == token and each.id.casefold() == identity.casefold()]
        if not same:
            _refuse_in_own(identity, every)
            same = [Resource(token, identity, "", "", {}, outputs, given=True)]
            account.store.put(same[0])
    return {**outputs, **same[0].outputs, "id": same[0].id}


def _refuse_in_own(identity: str, every: list[Resource]) -> None:
    for around in every:
        if not around.given and identity.casefold().startswith(f"{around.id.casefold()}/"):
            group = identity.split("/")[4]
            what = "/".join(identity.split("/")[6:])
            raise CloudError(
                f'Status=404 Code="ResourceNotFound" Message="The Resource \'{what}\' under resource group '
                f"'{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix\"",
                "ResourceNotFound",
            )
