"""The part ``members``: who belongs to the organization, who is invited, and what each member spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.facts import Reading
from notifier.sources.openai.areas import INVITES, MEMBERS
from notifier.sources.openai.bill import Bill
from notifier.sources.openai.fields import day, facts_of, text, yesno
from notifier.sources.openai.lists import listed

if TYPE_CHECKING:
    from notifier.ports import Heard
    from notifier.sources.openai.bill import Groupings
    from notifier.sources.openai.talk import Talk

GROUPINGS = (
    ("user_id",),
)  # together with projects it was refused [sdk]; it is not in the document of August 2026
MEMBER = (
    ("name", "name", text),
    ("email", "email", text),
    ("role", "role", text),
    ("is_service_account", "is_service_account", yesno),
    ("added_on", "added_at", day),
    ("last_used_on", "api_key_last_used_at", day),
)
INVITE = (
    ("email", "email", text),
    ("role", "role", text),
    ("status", "status", text),
    ("created_on", "created_at", day),
    ("expires_on", "expires_at", day),
)


async def read_members(talk: Talk, refused: Groupings, days_back: int) -> Heard:
    """The lists `members` and `invites`, and the costs of each member where OpenAI groups by them.

    Raises:
        Unreadable: an answer was missing, refused or not as documented.
    """
    members = await listed(talk, "/organization/users", MEMBERS)
    invites = await listed(talk, "/organization/invites", INVITES)
    bill = Bill(talk, GROUPINGS, refused, days_back)
    await bill.fetch()
    if talk.is_unchanged:
        return talk.nothing_new()
    spent = await bill.spent()
    facts = facts_of("members", members, MEMBER, MEMBERS) | facts_of("invites", invites, INVITE, INVITES)
    spends = {} if spent is None else spent.spends
    return talk.heard(Reading(talk.question.name, talk.question.now, facts, spends=spends))
