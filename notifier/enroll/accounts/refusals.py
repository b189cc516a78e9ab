"""Why a grant cannot be put into the accounts file as it is, for the person who edits it."""

from collections.abc import Iterable
from typing import Final

from notifier.core.words import say_list
from notifier.enroll.accounts.differences import Difference
from notifier.enroll.accounts.entries import GRANT_ORDER, Wanted
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.accounts.holding import ITS_NAME, Holding, name_of
from notifier.enroll.accounts.insertion import NoPlace
from notifier.enroll.accounts.notation import as_item, indented, lines

_OF_A_GRANT: Final = frozenset({*GRANT_ORDER[1:], "batches", "renews"})


class AlreadyEnrolled(EnrollError):
    """The account holds this grant: same program, same day of acceptance or a day apart.

    The text names what differs.
    """

    def __init__(self, account: str, grant: str, wanted: Wanted, differing: tuple[Difference, ...]) -> None:
        what = f"Account {account} holds the grant of {wanted.program}, accepted on {wanted.accepted_on}, already"
        if is_a_day_apart(differing):
            what = f"This looks like grant {grant} of account {account}, which was accepted a day apart"
        said = [
            f"  {each.field}: {each.in_file or 'nothing'} in the file, {each.in_mail} "
            f"{'in your answer' if wanted.is_answered(each.field) else 'in the mail'}"
            for each in differing
        ]
        super().__init__("\n".join([f"{what}. What differs:", *said]) if said else f"{what}. Nothing differs.")
        self.grant = grant
        self.differences = differing


def is_a_day_apart(differing: Iterable[Difference]) -> bool:
    """Whether it is the day of acceptance that differs: then it is only probably the same grant."""
    return any(each.field == "accepted_on" and each.in_file is not None for each in differing)


def added_otherwise(account: str, grant: str, differing: Iterable[Difference]) -> EnrollError:
    """The grant is just being added from another mail, or row, which says something else."""
    fields = say_list([each.field for each in differing])
    return EnrollError(
        f"Grant {grant} of account {account} is just being added, with another {fields}; "
        "take in the right one alone."
    )


def not_changed(place: NoPlace) -> EnrollError:
    """What stands there is written in a way that cannot be changed alone."""
    return EnrollError(
        f"Line {place.line} is written in a form that is not changed here without writing anew what stands "
        "around it; change it by hand."
    )


def on_itself(account: str, holding: Holding) -> EnrollError:
    """The account's one grant stands on itself, so that a second has no place; with what to write instead."""
    assert holding.node is not None
    moved = {name: each for name, each in holding.data.items() if name in _OF_A_GRANT}
    item = as_item(lines({"id": ITS_NAME, **moved}))
    line = holding.node.start_mark.line + 1
    return EnrollError(
        f"Line {line}: this account holds its one grant on itself, and a second needs a list. Move the grant's "
        f'fields of {account} under `grants:`, with `id: "{ITS_NAME}"` so that what was told of it stays known; '
        "then try again.\nThey read then:\n\n" + "\n".join(indented(["grants:", *indented(item, 2)], 4))
    )


def no_such_grant(account: str, holding: Holding, grant: str | None, wanted: Wanted) -> EnrollError:
    """There is nothing to update; with what there is."""
    there = ", ".join(
        f"{name_of(place, each)} (accepted on {each.get('accepted_on', 'no day')})"
        for place, each in holding.places.items()
    )
    called = f"grant {grant!r}" if grant else f"grant of {wanted.program}, accepted on {wanted.accepted_on}"
    return EnrollError(f"Account {account} has no {called}; there is {there or 'none'}.")
