"""Asking Anthropic's Admin API: which key, which version, page after page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifier.answers import Interface
from notifier.ports import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.net import Answer, Net
    from notifier.ports import Question

    Query = Sequence[tuple[str, str | int]]

BASE_URL = "https://api.anthropic.com/v1"
VERSION = "2023-06-01"  # of the interface; later ones put some fields elsewhere [docs]
MOST_PAGES = 200
MOST_CURSOR = 1_000  # characters
ANTHROPIC = Interface(
    "Anthropic",
    "an admin key of the organization, made by an admin in the Console under Settings > Admin keys",
    "status.claude.com",
)
ADMIN = "sk-ant-admin"  # how admin keys begin [docs]
COSTS, WORKSPACES, USERS, INVITES, API_KEYS = "costs", "workspaces", "members", "invitations", "API keys"
PATHS = {
    COSTS: "/organizations/cost_report",
    WORKSPACES: "/organizations/workspaces",
    USERS: "/organizations/users",
    INVITES: "/organizations/invites",
    API_KEYS: "/organizations/api_keys",
}

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for one *question*."""

    net: Net
    question: Question

    async def pages(self, what: str, query: Query, asks: str, field: str) -> list[Answer]:
        """Every page about *what*; each is asked for with the cursor that stands in *field* of the one before.

        *asks* is what the question calls the cursor.

        Raises:
            Unreadable: one of them was missing, refused or not as documented, or there is no end of them.
        """
        found: list[Answer] = []
        cursor, cursors = "", set[str]()
        for _ in range(MOST_PAGES):
            answer = await self.once(what, [*query, *([(asks, cursor)] if cursor else [])])
            found.append(answer)
            cursor = _cursor(ANTHROPIC.accepted(answer, what), what, field)
            if not cursor:
                return found
            if cursor in cursors:
                raise Unreadable(f"Anthropic sent the same page of {what} over and over.")
            cursors.add(cursor)
        raise Unreadable(f"Anthropic sent more than {MOST_PAGES} pages of {what}.")

    async def once(self, what: str, query: Query) -> Answer:
        """One page about *what*.

        Raises:
            Unreadable: it was missing or refused.
        """
        answer = await self._get(PATHS[what], query)
        ANTHROPIC.accepted(answer, what, self._hint)
        return answer

    async def organization(self) -> Mapping[str, Any]:
        """Whose key it is."""
        return ANTHROPIC.accepted(await self._get("/organizations/me", ()), "the organization", self._hint)

    async def _get(self, path: str, query: Query) -> Answer:
        """One answer, unless it is of another organization than the accounts file names."""
        headers = {"x-api-key": self.question.key, "anthropic-version": VERSION}
        answer = await self.net.get_json(
            (self.question.poll.url or BASE_URL) + path, params=query, headers=headers
        )
        theirs = answer.headers.get("anthropic-organization-id", "").lower()  # on every answer [docs]
        ours = self.question.organization.lower()
        if _UUID.fullmatch(theirs) and _UUID.fullmatch(ours) and theirs != ours:
            why = f"the key is one of the organization {theirs}, and the accounts file names {ours}"
            raise Unreadable(f"Anthropic says that {why}; none of it was used.", whole=True)
        return answer

    @property
    def _hint(self) -> str:
        return "" if self.question.key.startswith(ADMIN) else f"; this one does not begin with {ADMIN}"


def _cursor(body: Mapping[str, Any], what: str, field: str) -> str:
    """What the next page is asked for with; empty after the last."""
    more, cursor = body.get("has_more"), body.get(field)
    if not isinstance(body.get("data"), list) or not isinstance(more, bool):
        raise ANTHROPIC.malformed(what, "a page has no data or does not say whether more follows")
    if not more:
        return ""
    if not isinstance(cursor, str) or not 0 < len(cursor) <= MOST_CURSOR:
        raise ANTHROPIC.malformed(what, "more follows, but it does not say where")
    return cursor
