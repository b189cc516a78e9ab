"""Anthropic's lists: workspaces, members, invitations, API keys, as facts of items."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from notifier.answers import moment
from notifier.core.costs import utc_day
from notifier.core.fact import item_fact
from notifier.ports import Unreadable
from notifier.sources.anthropic.asking import ADMIN, ANTHROPIC, API_KEYS, INVITES, USERS, WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from notifier.core.facts import Observed
    from notifier.net import Answer
    from notifier.sources.anthropic.asking import Query

    Said = dict[str, Observed]
    Items = Sequence[Mapping[str, Any]]

MOST_ITEMS = 10_000
PAGE_ITEMS = 1_000  # the most of one page [docs]
MOST_TEXT = 200  # characters of a name; what is longer is cut

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def query(what: str) -> Query:
    """The question for the list *what*; workspaces that are archived are among it, for their costs stay."""
    archived = [("include_archived", "true")] if what == WORKSPACES else []
    return [("limit", PAGE_ITEMS), *archived]


def items(what: str, pages: Iterable[Answer]) -> Items:
    """Everything in the list *what*, each with an id.

    Raises:
        Unreadable: it is not as documented, or endless.
    """
    found = [each for page in pages if isinstance(page.body, dict) for each in page.body["data"]]
    if len(found) > MOST_ITEMS:
        raise Unreadable(f"Anthropic lists more than {MOST_ITEMS:,} {what}; so many are not read.")
    for each in found:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str) or not _ID.fullmatch(each["id"]):
            raise ANTHROPIC.malformed(what, "an item has no id")
    if len({each["id"] for each in found}) < len(found):
        raise ANTHROPIC.malformed(what, "an item comes twice")
    return found


def projects(workspaces: Items) -> Said:
    """The default workspace is not in the list [docs], and is no project."""
    return _facts("projects", workspaces, lambda each: {
        "name": _text(WORKSPACES, each, "name"),
        "created_on": _day(WORKSPACES, each, "created_at"),
        "archived": each.get("archived_at") is not None,
    })  # fmt: skip


def members(users: Items) -> Said:
    """Who belongs to the organization."""
    return _facts("members", users, lambda each: {
        "name": _text(USERS, each, "name"),
        "email": _text(USERS, each, "email"),
        "role": _text(USERS, each, "role"),
        "added_on": _day(USERS, each, "added_at"),
    })  # fmt: skip


def invites(stated: Items) -> Said:
    """Who was invited; invitations that were taken back are left out."""
    return _facts("invites", [each for each in stated if each.get("status") != "deleted"], lambda each: {
        "email": _text(INVITES, each, "email"),
        "role": _text(INVITES, each, "role"),
        "status": _text(INVITES, each, "status"),
        "created_on": _day(INVITES, each, "invited_at"),
        "expires_on": _day(INVITES, each, "expires_at"),
    })  # fmt: skip


def keys(stated: Items, users: Items, ours: str) -> Said:
    """The keys that work. Of the hint at what a key looks like nothing is kept but whether it is *ours*."""
    names = {each["id"]: _text(USERS, each, "name") for each in users}
    return _facts("keys", [each for each in stated if each.get("status") == "active"], lambda each: {
        "name": _text(API_KEYS, each, "name"),
        "owner": names.get(_maker(each)),
        "project": _text(API_KEYS, each, "workspace_id"),
        "created_on": _day(API_KEYS, each, "created_at"),
        "expires_on": _day(API_KEYS, each, "expires_at"),
        "is_admin": _looks_like(each, ADMIN),
        "is_ours": _is_ours(each, ours),
    })  # fmt: skip


def organization(me: Mapping[str, Any]) -> str:
    """Its name and id, for a person."""
    return f"{_text('the organization', me, 'name')} ({_text('the organization', me, 'id')})"


def _facts(called: str, listed: Items, of: Callable[[Mapping[str, Any]], Said]) -> Said:
    """The list *called*, and the facts *of* each item."""
    said: Said = {called: tuple(each["id"] for each in listed)}
    for each in listed:
        said |= {item_fact(called, each["id"], fact): value for fact, value in of(each).items()}
    return said


def _maker(key: Mapping[str, Any]) -> str:
    maker = key.get("created_by")
    return str(maker.get("id")) if isinstance(maker, dict) else ""


def _text(what: str, item: Mapping[str, Any], field: str) -> str | None:
    """A text, as it is but for its length; None where there is none."""
    stated = item.get(field)
    if stated is not None and not isinstance(stated, str):
        raise ANTHROPIC.malformed(what, f"{field} is no text")
    return None if stated is None else stated[:MOST_TEXT]


def _day(what: str, item: Mapping[str, Any], field: str) -> date | None:
    """The UTC day of a moment; None where there is none."""
    if item.get(field) is None:
        return None
    try:
        return date.fromordinal(utc_day(moment(item[field])))
    except ValueError as error:
        raise ANTHROPIC.malformed(what, f"{field} {error}") from None


def _looks_like(key: Mapping[str, Any], beginning: str) -> bool | None:
    hint = key.get("partial_key_hint")
    return hint.startswith(beginning) if isinstance(hint, str) else None


def _is_ours(key: Mapping[str, Any], ours: str) -> bool | None:
    """Whether what can be seen of *key*, its beginning and its end, is that of *ours*."""
    hint = key.get("partial_key_hint")
    if not isinstance(hint, str):
        return None
    head, dots, tail = hint.partition("...")
    return bool(dots and head and tail) and ours.startswith(head) and ours.endswith(tail)
