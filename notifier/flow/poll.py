"""A source was asked: keep what it said, and wake the account if that changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.vocabulary import POLLED_COUNTS_FOR

if TYPE_CHECKING:
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
    changed = tx.put_reading(account, reading) or stale
    if changed:
        tx.wake(account, edited=before is None)  # a first answer belongs to the edit that declared the account
    return changed


def miss(tx: Tx, account: str, source: str, why: str, now: Moment) -> None:
    """Note that *source* could not be read. What it said before counts until it is too old."""
    tx.put_failure(account, source, why, now)
