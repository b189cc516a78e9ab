"""Lists, page by page: each page names the entry after which the next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from notifier.ports import Unreadable
from notifier.sources.openai.answers import document, malformed
from notifier.sources.openai.areas import PROJECTS
from notifier.sources.openai.fields import item_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.sources.openai.areas import Area
    from notifier.sources.openai.fields import Entry
    from notifier.sources.openai.talk import Talk

A_PAGE = 100  # the most entries of one page [spec]
MOST_ITEMS = 10_000
MOST_PAGES = 200
MOST_PROJECTS = 50  # that are asked one by one: at a second each, a part is read well within its ten minutes
log = structlog.get_logger()


async def listed(talk: Talk, path: str, area: Area, extra: Sequence[tuple[str, str]] = ()) -> list[Entry]:
    """Every entry of the list at *path*.

    Raises:
        Unreadable: it could not be read whole, it is not as documented, or it has more than 10,000 entries.
    """
    found: list[Entry] = []
    after: str | None = None
    turned: set[str] = set()
    for _ in range(MOST_PAGES):
        place = [("after", after)] if after is not None else []
        page = document(await talk.get(path, area, [("limit", A_PAGE), *extra, *place]), area)
        found += _entries(page.get("data"), area)
        if len(found) > MOST_ITEMS:
            raise Unreadable(f"OpenAI lists more than {MOST_ITEMS:,} {area.what}: more than notifier reads.")
        more = page.get("has_more")
        if not isinstance(more, bool):
            raise malformed(area, "a page does not say whether more follows")
        if not more:
            return found
        after = _after(page.get("last_id"), found, area)
        if after in turned:
            raise Unreadable(f"OpenAI sent the same page of {area.what} over and over.")
        turned.add(after)
    raise Unreadable(f"OpenAI sent more than {MOST_PAGES} pages of {area.what}.")


def _entries(data: object, area: Area) -> list[Entry]:
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        raise malformed(area, "a page has no list of entries")
    return data


def _after(last: object, found: Sequence[Entry], area: Area) -> str:
    """Where the next page begins: after the id that the page names, else after its last entry [sdk]."""
    cursor = last if last is not None else found[-1].get("id") if found else None
    if not isinstance(cursor, str) or not cursor:
        raise malformed(area, "more pages follow, but it does not say where")
    return cursor


async def active_projects(talk: Talk) -> list[str]:
    """The ids of the projects that are asked one by one: the active ones, the newest `MOST_PROJECTS` of them.

    Raises:
        Unreadable: the projects could not be read.
    """
    entries = await listed(talk, "/organization/projects", PROJECTS)
    made = {item_id(each.get("id"), PROJECTS): each.get("created_at") for each in entries}
    newest = sorted(made, key=lambda project: (_moment(made[project]), project), reverse=True)
    if len(newest) > MOST_PROJECTS:
        account, part = talk.question.account.id, talk.question.part
        left_out = len(newest) - MOST_PROJECTS
        log.info(
            "not every project is asked", action="projects_left_out", account=account, part=part, count=left_out
        )
    return newest[:MOST_PROJECTS]


def _moment(value: object) -> int:
    return value if isinstance(value, int) else 0
