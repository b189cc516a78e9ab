"""The part ``projects``: all of them, also archived ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.sources.openai.areas import PROJECTS
from notifier.sources.openai.fields import day, facts_of, text
from notifier.sources.openai.lists import listed

if TYPE_CHECKING:
    from notifier.ports import Heard
    from notifier.sources.openai.fields import Entry
    from notifier.sources.openai.talk import Talk

FIELDS = (("name", "name", text), ("created_on", "created_at", day))


async def read_projects(talk: Talk) -> Heard:
    """The list `projects`, each with `name`, `created_on` and `archived`.

    Raises:
        Unreadable: an answer was missing, refused or not as documented.
    """
    entries = await listed(talk, "/organization/projects", PROJECTS, [("include_archived", "true")])
    if talk.is_unchanged:
        return talk.nothing_new()
    facts = facts_of("projects", entries, FIELDS, PROJECTS)
    facts |= {item_fact("projects", each["id"], "archived"): _is_archived(each) for each in entries}
    return talk.heard(Reading(talk.question.name, talk.question.now, facts))


def _is_archived(entry: Entry) -> bool:
    """Both fields may be left out [spec]."""
    return day(entry.get("archived_at"), PROJECTS) is not None or entry.get("status") == "archived"
