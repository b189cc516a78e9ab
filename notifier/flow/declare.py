"""The accounts files changed: take over what they declare, and wake the accounts that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.facts import Observed, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.ports import Tx

SOURCE = "declared"
Said = Mapping[str, Observed]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One account as the files declare it, with the facts that they state of it and of its grants."""

    account: Account
    facts: Said = field(default_factory=dict)
    grants: Mapping[str, Said] = field(default_factory=dict)

    def reading(self, now: Moment) -> Reading:
        """What the files say, as read at *now*."""
        return Reading(SOURCE, now, self.facts, self.grants)


def declare(tx: Tx, declared: Sequence[Declaration], now: Moment, *, keep: frozenset[str] = frozenset()) -> None:
    """Make the store hold exactly the *declared* accounts; those in *keep* stay as they are if they are missing.

    A fact counts from the moment at which the file last changed it. The alerts of an account that is no longer
    declared are closed without a word. What rests because of a pause is looked at anew where the pause changed.
    """
    tx.at(now)
    ids = [declaration.account.id for declaration in declared]
    known = {account.id: account for account in tx.accounts(ids)}
    readings = tx.readings(ids)
    for declaration in declared:
        account = enrolled(declaration.account, known.get(declaration.account.id), now)
        before = next((old for old in readings.get(account.id, []) if old.source == SOURCE), None)
        changed = known.get(account.id) != account
        if changed:
            _stop_polling(tx, known.get(account.id), account)
            tx.put_account(account)
        if tx.put_reading(account.id, as_read(declaration, before, now)) or changed:
            tx.wake(account.id, edited=True)
            tx.rouse(account.id)
    for gone in sorted(set(tx.account_ids()) - set(ids) - keep):
        _forget(tx, gone)


def _stop_polling(tx: Tx, before: Account | None, account: Account) -> None:
    """What is no longer polled of *account* counts no more: neither what it said last, nor that it was silent."""
    for source in sorted(set(before.readings if before else ()) - set(account.readings)):
        tx.forget(account.id, source)


def enrolled(account: Account, known: Account | None, now: Moment) -> Account:
    """*account* with a day of enrolment for every grant: as the file says, else when it was first seen.

    *known* is the account as it was declared before; None if it was not.
    """
    seen = {grant.id: grant.enrolled_on for grant in known.grants} if known else {}
    today = account.locale.day_of(now)
    grants = [
        grant if grant.enrolled_on is not None else replace(grant, enrolled_on=seen.get(grant.id) or today)
        for grant in account.grants
    ]
    return replace(account, grants=tuple(grants))


def as_read(declaration: Declaration, before: Reading | None, now: Moment) -> Reading:
    """What the files say, as read at *now*; what they said in the reading *before* already counts from then."""
    since = _since(declaration.facts, before.account if before else {}, "", before)
    for grant, said in declaration.grants.items():
        since |= _since(said, before.grants.get(grant, {}) if before else {}, f"{grant}/", before)
    return replace(declaration.reading(now), since=since)


def _since(said: Said, old: Said, prefix: str, before: Reading | None) -> dict[str, Moment]:
    """When each unchanged fact was first seen in the file; the others count from now."""
    if before is None:
        return {}
    same = [name for name, value in said.items() if name in old and old[name] == value]
    return {prefix + name: before.since.get(prefix + name, before.at) for name in same}


def _forget(tx: Tx, account: str) -> None:
    for subject, alert in tx.alerts([account]).items():
        if alert.open:
            tx.put_alert(subject, replace(alert, open=False, told=False))
    tx.remove_account(account)
