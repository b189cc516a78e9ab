"""Where an address such as ``slack:#channel`` leads: the channel, as Slack names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from notifier.channels.slack.answers import Refusal, undelivered
from notifier.channels.slack.text import plain
from notifier.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Any

    from notifier.channels.slack.wire import Wire

SCHEME = "slack:"
MOST_PAGES = 100  # of a thousand channels each
ALL_TYPES, PUBLIC_ONLY = "public_channel,private_channel", "public_channel"
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_PERSON_ID = re.compile(r"[UW][A-Z0-9]{7,}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Place(NamedTuple):
    """A destination: the *name* that people gave it, and the *channel* to write to.

    A *channel* that begins with ``#`` is a name: the bot may not look up its id. It can be told, but not asked.
    """

    name: str
    channel: str

    @property
    def has_id(self) -> bool:
        """Whether the channel can be asked."""
        return not self.channel.startswith("#")


class Places:
    """Finds the channel of an address, and remembers it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[str, str] = {}

    async def find(self, to: str) -> Place:
        """The place that the address *to* leads to.

        Raises:
            Undelivered: it leads nowhere, or Slack does not answer.
        """
        name = plain(to.removeprefix(SCHEME))
        if name not in self._known:
            try:
                channel = await self._look_up(name)
            except Refusal as refusal:
                raise undelivered(refusal, name, telling=False) from None
            if channel.startswith("#"):
                return Place(name, channel)
            self._known[name] = channel
        return Place(name, self._known[name])

    def forget(self, place: Place) -> None:
        """Look *place* up anew when it is wanted again: Slack does not know it any more."""
        self._known.pop(place.name, None)

    async def channels(self) -> AsyncIterator[Mapping[str, Any]]:
        """Every channel that the bot can see; only the public ones where it may not look up others."""
        types, cursor = ALL_TYPES, ""
        for _ in range(MOST_PAGES):
            fields = {"types": types, "limit": "1000", **({"cursor": cursor} if cursor else {})}
            try:
                page = await self._wire.ask("conversations.list", **fields)
            except Refusal as refusal:
                if refusal.code != "missing_scope" or types == PUBLIC_ONLY:
                    raise
                types = PUBLIC_ONLY
                continue
            for channel in page.get("channels", ()):
                yield channel
            cursor = next_page(page)
            if not cursor:
                return

    async def person(self, email: str) -> Mapping[str, Any]:
        """Who has the address *email*. Raises as `Wire.ask` does."""
        found: Mapping[str, Any] = (await self._wire.ask("users.lookupByEmail", email=email))["user"]
        return found

    async def _look_up(self, name: str) -> str:
        if name.startswith("#"):
            return await self._by_name(name)
        if _CHANNEL_ID.fullmatch(name):
            return name
        if _PERSON_ID.fullmatch(name):
            return await self._in_person(name)
        if email_of(name) is not None:
            return await self._in_person(str((await self.person(name))["id"]))
        raise Undelivered(
            f"{name or 'an empty address'} is no address in Slack: write slack:#channel, or the email address that"
            " the person has in Slack (slack:person@example.edu). Names with @ are not unique.",
            permanent=True,
            whole=True,
        )

    async def _by_name(self, name: str) -> str:
        """The id of the channel called *name*; the name itself if the bot may not look."""
        name = name.lower()  # as all names of channels are
        try:
            async for channel in self.channels():
                called = f"#{channel['name']}"
                if called not in self._known or not channel.get("is_archived"):  # a new one may be called like it
                    self._known[called] = str(channel["id"])
        except Refusal as refusal:
            if refusal.code == "missing_scope":
                return name
            raise
        if name not in self._known:
            raise Refusal("channel_not_found")
        return self._known[name]

    async def _in_person(self, person: str) -> str:
        opened = await self._wire.ask("conversations.open", users=person)
        return str(opened["channel"]["id"])


def email_of(to: str) -> str | None:
    """The email address that the address *to* is; None if it is another one."""
    name = plain(to.removeprefix(SCHEME))
    return name if _EMAIL.fullmatch(name) else None


def next_page(page: Mapping[str, Any]) -> str:
    """What asks for the page after *page*; empty after the last."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
