"""A person acted: what stands in the inbox takes effect, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.flow import redeliver
from notifier.flow.acting import ON_ALERTS, act_on
from notifier.flow.hold import drop, release
from notifier.flow.push import PUSH
from notifier.flow.record import RECORD, UNDO, record, undo

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.calendar import Moment
    from notifier.ports import Act, Tx

RELEASE, DROP = "release", "drop"  # of what is held after an edit
RETRY, NEVER_TELL = "retry", "never tell"  # of single deliveries, or of a destination


def act(tx: Tx, now: Moment, ways: Ways = CONSOLE_ONLY) -> int:
    """Let every waiting act have its effect, oldest first; returns how many had one.

    The effect and the note that it happened are committed together, so the same act cannot act twice. *ways* lead
    to those to whom an alert is handed over.
    """
    tx.at(now)
    acts = tx.acts()
    for each in acts:
        if each.kind in ON_ALERTS:
            tx.consume(each.id, act_on(tx, each, now, ways))
        else:
            tx.consume(each.id, EFFECTS.get(each.kind, _unknown)(tx, each, now))
    return len(acts)


def _unknown(_: Tx, each: Act, __: Moment) -> str:
    return f"{each.kind!r} is not an act that this release knows"


def _release(tx: Tx, each: Act, _: Moment) -> str:
    return release(tx, int(each.grant), each.by)


def _drop(tx: Tx, each: Act, _: Moment) -> str:
    return drop(tx, int(each.grant), each.by)


def _retry(tx: Tx, each: Act, now: Moment) -> str:
    return redeliver.retry(tx, each.grant, now)


def _never_tell(tx: Tx, each: Act, _: Moment) -> str:
    return redeliver.drop(tx, each.grant, each.by)


# What each kind of act does that is not on an alert; each returns what came of it, in words.
EFFECTS: dict[str, Callable[[Tx, Act, Moment], str]] = {
    RECORD: record,
    UNDO: undo,
    PUSH: record,
    RELEASE: _release,
    DROP: _drop,
    RETRY: _retry,
    NEVER_TELL: _never_tell,
}
