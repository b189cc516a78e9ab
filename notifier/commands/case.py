"""Which grant and which rule somebody means who asks about one, with everything that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.commands.known import read_most, ways
from notifier.commands.record.meant import find_account, find_grant
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_list
from notifier.flow.snapshot import Snapshot, take
from notifier.flow.status import Basis, glances

if TYPE_CHECKING:
    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rule
    from notifier.files.places import Places
    from notifier.flow.finding import Case
    from notifier.flow.record import Observations


@dataclass(frozen=True, slots=True)
class Looked:
    """One grant with everything that is known of it, and all that is *said* of its account."""

    case: Case
    said: Observations


def cases_of(places: Places, account: str, now: Moment, *, demo: bool) -> tuple[Account, list[Looked]]:
    """The account that is meant, and its grants: by the files, and by the service, if it ever ran."""
    files = read_most(places, now, [account])
    declaration = find_account(files, account)
    basis = Basis(files.rulebook, _snapshot(places, account, now), ways=ways(demo=demo))
    found = [
        Looked(glance.case, glance.said)
        for each in glances(basis, [declaration], now)
        for glance in each.grants
        if glance.case is not None and glance.said is not None
    ]
    return declaration.account, found


def case_of(places: Places, account: str, grant: str | None, now: Moment, *, demo: bool) -> Case:
    """The grant that is meant; ends if there is none, or several and none is named."""
    declared, found = cases_of(places, account, now, demo=demo)
    wanted = find_grant(declared, grant)
    return next(each.case for each in found if each.case.grant.id == wanted.id)


def _snapshot(places: Places, account: str, now: Moment) -> Snapshot:
    if not places.database.exists():
        return Snapshot()
    from notifier.store.errors import StoreError  # noqa: PLC0415  takes longer to import than the rest
    from notifier.store.store import Store  # noqa: PLC0415

    try:
        store = Store.open(places.database, lock=False)
        try:
            return store.read(take, now, [account])
        finally:
            store.close()
    except StoreError as error:
        stop(str(error))


def rule_of(case: Case, name: str) -> Rule:
    """The rule that is called so, with or without its program; ends if there is none."""
    found = rule_named(case, name)
    if found is None:
        known = [rule.id if "/" in name else rule.id.rpartition("/")[2] for rule in case.scene.program.rules]
        near = suggestion(name, known) or f"; there are {say_list(list(dict.fromkeys(known)))}"
        stop(f"there is no rule `{name}` for {case.scene.account.about(case.grant.id)}{near}")
    return found


def rule_named(case: Case, name: str) -> Rule | None:
    """The rule that is called so, with or without its program; None if there is none."""
    rules = case.scene.program.rules
    whole = next((rule for rule in rules if rule.id == name), None)
    return whole or next((rule for rule in reversed(rules) if rule.id.rpartition("/")[2] == name), None)
