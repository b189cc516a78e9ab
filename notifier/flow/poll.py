"""A source was asked: keep what it said, and wake the account if that changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.vocabulary import POLLED_COUNTS_FOR
from notifier.flow import itself

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.facts import Reading
    from notifier.ports import Tx


def take(tx: Tx, account: str, reading: Reading) -> bool:
    """Keep *reading*; returns whether it changed a value. If not, the account's next moment is left alone.

    The first answer of a source, and one after its last reading had become too old to count, always changes what
    rules see: unread facts are read again.
    """
    before = next((old for old in tx.readings([account]).get(account, []) if old.source == reading.source), None)
    stale = before is None or before.at + POLLED_COUNTS_FOR <= reading.at
    failed = (account, reading.source) in tx.failures([account])
    changed = tx.put_reading(account, reading) or stale or failed
    if failed:
        itself.wake(tx)
    if changed:
        tx.wake(account, edited=before is None)  # a first answer belongs to the edit that declared the account
    return changed


def miss(tx: Tx, account: str, source: str, why: str, now: Moment) -> bool:
    """Note that *source* could not be read; returns whether that is news.

    What it said before counts until it is too old.
    """
    known = (account, source) in tx.failures([account])
    tx.put_failure(account, source, why, now)
    if not known:
        tx.wake(account)
        itself.wake(tx)
    return not known


def unpolled(tx: Tx, accounts: Sequence[Account], since: Moment) -> list[Account]:
    """Those of *accounts* with a source that was not read after *since*, or cannot be read."""
    readings = tx.readings([account.id for account in accounts])
    failing = {account for account, _ in tx.failures()}
    read = {(name, each.source) for name, some in readings.items() for each in some if each.at > since}
    return [
        account
        for account in accounts
        if account.id in failing or any((account.id, source) not in read for source, _ in account.sources)
    ]
