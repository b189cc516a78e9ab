"""The part ``keys``: the keys of projects and the admin keys, and what each spent. No part of a key is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.sources.openai.answers import malformed
from notifier.sources.openai.areas import ADMIN_KEYS, PROJECT_KEYS
from notifier.sources.openai.bill import Bill
from notifier.sources.openai.fields import day, facts_of, text
from notifier.sources.openai.lists import active_projects, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.facts import Observed
    from notifier.ports import Heard
    from notifier.sources.openai.areas import Area
    from notifier.sources.openai.bill import Groupings
    from notifier.sources.openai.fields import Entry
    from notifier.sources.openai.talk import Talk

GROUPINGS = (("api_key_id",),)  # documented, and refused by the live interface in July 2026 [seen: PostHog #71784]
FIELDS = (
    ("name", "name", text),
    ("created_on", "created_at", day),
    ("last_used_on", "last_used_at", day),
    ("expires_on", "expires_at", day),
)
_HIDDEN = re.compile(r"(?:\.{2,}|…|\*+)+")  # what stands for the part of a key that is not shown


async def read_keys(talk: Talk, refused: Groupings, days_back: int) -> Heard:
    """The list `keys`, each with its owner and, if it has one, its project; costs where OpenAI groups by keys.

    Raises:
        Unreadable: an answer was missing, refused or not as documented.
    """
    of_projects = {
        project: await listed(talk, f"/organization/projects/{project}/api_keys", PROJECT_KEYS)
        for project in await active_projects(talk)
    }
    admin = await listed(talk, "/organization/admin_api_keys", ADMIN_KEYS)
    bill = Bill(talk, GROUPINGS, refused, days_back)
    await bill.fetch()
    if talk.is_unchanged:
        return talk.nothing_new()
    spent = await bill.spent()
    facts = _facts(of_projects, admin, talk.question.key)
    spends = {} if spent is None else spent.spends
    return talk.heard(Reading(talk.question.name, talk.question.now, facts, spends=spends))


def _facts(of_projects: Mapping[str, Sequence[Entry]], admin: Sequence[Entry], key: str) -> dict[str, Observed]:
    entries = [entry for each in of_projects.values() for entry in each]
    facts = facts_of("keys", entries, FIELDS, PROJECT_KEYS)
    facts |= facts_of("keys", admin, FIELDS, ADMIN_KEYS)
    facts["keys"] = tuple(dict.fromkeys(entry["id"] for entry in (*entries, *admin)))
    for project, keys in of_projects.items():
        for entry in keys:
            facts |= _more(entry["id"], owner=_owner(entry, PROJECT_KEYS), project=project, is_admin=False)
    ours = own_key(admin, key)
    for entry in admin:
        facts |= _more(entry["id"], owner=_owner(entry, ADMIN_KEYS), is_admin=True)
        if ours is not None:
            facts |= _more(entry["id"], is_ours=entry is ours)
    return facts


def _more(key: str, **said: Observed) -> dict[str, Observed]:
    return {item_fact("keys", key, fact): value for fact, value in said.items()}


def _owner(entry: Entry, area: Area) -> str | None:
    """Whose key it is: their name, else their address, else the id of what owns it."""
    owner = entry.get("owner")
    if owner is None:
        return None
    if not isinstance(owner, dict):
        raise malformed(area, "an owner is none")
    who = owner.get("user") or owner.get("service_account") or owner
    if not isinstance(who, dict):
        raise malformed(area, "an owner is none")
    return text(who.get("name") or who.get("email") or who.get("id"), area)


def own_key(admin: Sequence[Entry], key: str) -> Entry | None:
    """The one of the *admin* keys that *key* is, by the ends that are shown of each; None if that is unclear."""
    found = [entry for entry in admin if _fits(entry.get("redacted_value"), key)]
    return found[0] if len(found) == 1 else None


def _fits(redacted: object, key: str) -> bool:
    if not isinstance(redacted, str):
        return False
    first, *rest = _HIDDEN.split(redacted)
    if not first or len(rest) != 1 or not rest[0] or len(first) + len(rest[0]) >= len(key):
        return False
    return key.startswith(first) and key.endswith(rest[0])
