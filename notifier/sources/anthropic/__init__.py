"""What Anthropic says of an organization: its costs by UTC day, its workspaces, members, invitations and keys.

Read from the Admin API with an admin key. That API tells no credits and no balance. Workspaces are what the
product calls projects. Comments in brackets say where a trap is known from: [docs] the provider's documentation,
[seen] people who reported live answers.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from notifier.core.account import MAIN
from notifier.core.amounts import NoAmount
from notifier.core.costs import utc_day
from notifier.core.facts import Reading
from notifier.core.ledger import first_to_read, kept_in, lay_over
from notifier.core.seen import Seen
from notifier.ports import Examined, Heard
from notifier.sources.anthropic import costs, lists
from notifier.sources.anthropic.asking import ANTHROPIC, API_KEYS, COSTS, INVITES, USERS, WORKSPACES, Asking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifier.net import Answer, Net
    from notifier.ports import Question

PROJECTS, MEMBERS, KEYS = "projects", "members", "keys"
PARTS = {MAIN: 60 * 60, PROJECTS: 6 * 3600, MEMBERS: 6 * 3600, KEYS: 6 * 3600}
MAIN_IS = "costs"
BY_KEY_ALONE = True
TELLS = {MAIN: ("costs", "last_spend_on", "last_refund_on")}
DAYS_BACK = 400  # a grant runs for twelve months, and what was spent just before it is compared with
STILL_OPEN = 4  # days before today: costs come up to two days late [seen]
# What is asked for each part.
ASKED = {MAIN: (COSTS,), PROJECTS: (WORKSPACES,), MEMBERS: (USERS, INVITES), KEYS: (API_KEYS, USERS)}


class Anthropic:
    """The source ``anthropic``. *days_back* is how far back costs are read for the first time."""

    parts: Mapping[str, int] = PARTS

    def __init__(self, net: Net, *, days_back: int = DAYS_BACK) -> None:
        self._net, self._days_back = net, days_back

    async def read(self, question: Question) -> Heard:
        """Costs by day, workspace and model; or one of the lists.

        Of costs that were read before, only the days that may have changed since are read again.

        Raises:
            Unreadable: an answer was missing, refused or not as documented; then nothing is reported.
        """
        asking = Asking(self._net, question)
        return await (self._costs(asking) if question.part == MAIN else self._list(asking))

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Whether the key reads what is wanted of it, and whose it is."""
        asking = Asking(self._net, question)
        wanted = dict.fromkeys(what for part in question.poll.parts for what in ASKED[part])
        for what in wanted:
            await asking.once(what, costs.latest(utc_day(question.now)) if what == COSTS else [("limit", 1)])
        found = f"it reads {', '.join(wanted)}; as an admin key it could change members, workspaces and keys too"
        return (
            Examined("the key", good=True, found=found),
            Examined("the organization", good=True, found=lists.organization(await asking.organization())),
        )

    async def _costs(self, asking: Asking) -> Heard:
        question, today = asking.question, utc_day(asking.question.now)
        kept = await question.before()
        first = first_to_read(kept, today, still_open=STILL_OPEN, far_back=self._days_back)
        asked = costs.whole_windows(first, today)
        pages = [
            (each, page)
            for each in asked
            for page in await asking.pages(COSTS, costs.query(each), "page", "next_page")
        ]
        seen = _seen(question, [page for _, page in pages])
        if seen.is_all_of(question.seen):
            return Heard(None, seen.token)
        try:
            spent = costs.spent(pages)
            if kept is not None:
                spent = lay_over(kept_in(kept), spent, asked[0].first)
        except NoAmount as error:
            raise ANTHROPIC.malformed(COSTS, str(error)) from None
        days = {"last_spend_on": spent.costs.last_day_with_costs(), "last_refund_on": spent.refunded_on}
        facts = {name: None if day is None else date.fromordinal(day) for name, day in days.items()}
        return Heard(
            Reading(question.name, question.now, facts, costs=spent.costs, spends=spent.spends), seen.token
        )

    async def _list(self, asking: Asking) -> Heard:
        question = asking.question
        said = {
            what: await asking.pages(what, lists.query(what), "after_id", "last_id")
            for what in ASKED[question.part]
        }
        seen = _seen(question, [page for pages in said.values() for page in pages])
        if seen.is_all_of(question.seen):
            return Heard(None, seen.token)
        items = {what: lists.items(what, pages) for what, pages in said.items()}
        facts = {
            PROJECTS: lambda: lists.projects(items[WORKSPACES]),
            MEMBERS: lambda: lists.members(items[USERS]) | lists.invites(items[INVITES]),
            KEYS: lambda: lists.keys(items[API_KEYS], items[USERS], question.key),
        }[question.part]()
        return Heard(Reading(question.name, question.now, facts), seen.token)


def _seen(question: Question, pages: Iterable[Answer]) -> Seen:
    seen = Seen(utc_day(question.now), question.poll.url, question.key, question.part)
    for page in pages:
        seen.take(page.raw)
    return seen


def source(net: Net) -> Anthropic:
    """The source with the connections *net*."""
    return Anthropic(net)
