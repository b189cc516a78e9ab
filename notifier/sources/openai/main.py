"""The main part: what the organization spent, by UTC day, project and model."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import structlog

from notifier.core.facts import Reading
from notifier.sources.openai.bill import Bill

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.core.calendar import Day
    from notifier.core.facts import Observed
    from notifier.core.ledger import Spent
    from notifier.ports import Heard
    from notifier.sources.openai.bill import Groupings
    from notifier.sources.openai.talk import Talk

GROUPINGS = (("project_id", "line_item"), ("project_id",), ())
log = structlog.get_logger()


async def read_costs(talk: Talk, refused: Groupings, days_back: int) -> Heard:
    """Costs of each UTC day, of the account, its projects and models; `last_spend_on`, `last_refund_on`.

    The day of now is among the costs as far as it has gone. The list `projects` has those that cost anything: the
    least scope suffices to see who spends. Models get no list: one that cost nothing can be used all the same.

    Raises:
        Unreadable: an answer was missing, refused or not as documented; then nothing is reported.
    """
    bill = Bill(talk, GROUPINGS, refused, days_back)
    await bill.fetch()
    if talk.is_unchanged:
        return talk.nothing_new()
    spent = await bill.spent()
    assert spent is not None, "without groups there are always costs, or a failure"
    facts = _facts(spent)
    _note_refund(facts["last_refund_on"], await bill.before(), talk.question.account.id)
    return talk.heard(
        Reading(talk.question.name, talk.question.now, facts, costs=spent.costs, spends=spent.spends)
    )


def _facts(spent: Spent) -> dict[str, Observed]:
    facts: dict[str, Observed] = {
        "last_spend_on": _date(spent.costs.last_day_with_costs()),
        "last_refund_on": _date(spent.refunded_on),
    }
    projects = tuple(_named("projects/", spent.spends))
    return facts | ({"projects": projects} if projects else {})


def _named(collection: str, items: Iterable[str]) -> Iterable[str]:
    return (item.removeprefix(collection) for item in items if item.startswith(collection))


def _date(day: Day | None) -> date | None:
    return None if day is None else date.fromordinal(day)


def _note_refund(refunded: Observed, before: Reading | None, account: str) -> None:
    """Leave a line in the log when a negative amount is new: what was spent seems to shrink then."""
    if refunded is not None and (before is None or before.account.get("last_refund_on") != refunded):
        log.info("a negative amount", action="refund_seen", account=account, day=str(refunded))
