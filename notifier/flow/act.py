"""A person acted: what stands in the inbox takes effect, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.ports import Act, Tx

RECORD = "record"


def act(tx: Tx, now: Moment) -> int:
    """Let every waiting act have its effect, oldest first; returns how many had one.

    The effect and the note that it happened are committed together, so the same act cannot act twice.
    """
    acts = tx.acts()
    for each in acts:
        tx.consume(each.id, _record(tx, each, now))
    return len(acts)


def _record(tx: Tx, each: Act, now: Moment) -> str:
    if each.kind != RECORD:
        return f"{each.kind!r} is not an act that this release knows"
    known = {grant.id for account in tx.accounts([each.account]) for grant in account.grants}
    if each.grant not in known:
        return f"there is no grant {each.grant!r} on an account {each.account!r}"
    tx.record(each.account, each.grant, each.said, min(each.at, now), each.by)
    tx.wake(each.account)
    return "recorded"
