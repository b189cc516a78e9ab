"""The part ``limits``: spend limits and spend alerts, of the organization and of its projects.

A limit holds for a month and says nothing of a grant; but it is the only guard against paying after a grant's end
that the interface has.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.sources.openai.answers import accept, document
from notifier.sources.openai.areas import SPEND_ALERTS, SPEND_LIMIT
from notifier.sources.openai.fields import item_id, monthly_amount, recipients
from notifier.sources.openai.lists import active_projects, listed

if TYPE_CHECKING:
    from notifier.core.facts import Observed
    from notifier.net import Answer
    from notifier.ports import Heard
    from notifier.sources.openai.fields import Entry
    from notifier.sources.openai.talk import Talk

_OF_ORGANIZATION = "/organization"


async def read_limits(talk: Talk) -> Heard:
    """`spend_limit`, that of each active project, and the list `spend_alerts`. None: no limit is set.

    Raises:
        Unreadable: an answer was missing, refused or not as documented.
    """
    limits: dict[str, Answer] = {"": await _limit(talk, _OF_ORGANIZATION)}
    alerts: dict[str, list[Entry]] = {"": await _alerts(talk, _OF_ORGANIZATION)}
    for project in await active_projects(talk):
        limits[project] = await _limit(talk, f"/organization/projects/{project}")
        alerts[project] = await _alerts(talk, f"/organization/projects/{project}")
    if talk.is_unchanged:
        return talk.nothing_new()
    facts: dict[str, Observed] = {}
    for project, answer in limits.items():
        facts[item_fact("projects", project, "spend_limit") if project else "spend_limit"] = _amount(answer)
    return talk.heard(Reading(talk.question.name, talk.question.now, facts | _alert_facts(alerts)))


async def _limit(talk: Talk, path: str) -> Answer:
    answer = await talk.ask(f"{path}/spend_limit")
    if answer.status != HTTPStatus.NOT_FOUND:  # so it says "no limit is set" [seen: terraform-provider-openai]
        accept(answer, SPEND_LIMIT, talk.question)
    return talk.take(answer)


async def _alerts(talk: Talk, path: str) -> list[Entry]:
    return await listed(talk, f"{path}/spend_alerts", SPEND_ALERTS)


def _amount(answer: Answer) -> Observed:
    """The limit, also one that does not bind yet: it is set all the same, and binds before long [spec]."""
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    return monthly_amount(document(answer, SPEND_LIMIT), SPEND_LIMIT)


def _alert_facts(alerts: dict[str, list[Entry]]) -> dict[str, Observed]:
    facts: dict[str, Observed] = {}
    ids: list[str] = []
    for project, entries in alerts.items():
        for entry in entries:
            alert = item_id(entry.get("id"), SPEND_ALERTS)
            ids.append(alert)
            facts[item_fact("spend_alerts", alert, "amount")] = monthly_amount(entry, SPEND_ALERTS)
            facts[item_fact("spend_alerts", alert, "recipients")] = recipients(entry, SPEND_ALERTS)
            facts[item_fact("spend_alerts", alert, "project")] = project or None
    return facts | {"spend_alerts": tuple(dict.fromkeys(ids))}
