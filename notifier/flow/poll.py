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


def confirm(tx: Tx, account: str, source: str, now: Moment) -> bool | None:
    """Note that *source* said what it had said before; returns whether that changes what rules see.

    It does where its last reading had become too old to count, or it could not be read since. None where no
    reading is kept, so that it has to be read in full.
    """
    before = tx.read_at([account]).get((account, source))
    failed = (account, source) in tx.failures([account])
    if before is None or not tx.confirm(account, source, now):
        return None
    changed = failed or before + POLLED_COUNTS_FOR <= now
    if failed:
        itself.wake(tx)
    if changed:
        tx.wake(account)
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


def last_reading(tx: Tx, account: str, source: str) -> Reading | None:
    """What *source* said of *account* last; None if it has not answered yet."""
    return tx.reading(account, source)


def last_read(tx: Tx, accounts: Sequence[Account]) -> dict[tuple[str, str], Moment]:
    """When each source of *accounts* was last read; those that could not be read since are left out."""
    failing = tx.failures()
    read = tx.read_at([account.id for account in accounts])
    return {source: at for source, at in read.items() if source not in failing}
