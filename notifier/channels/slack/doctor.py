"""Whether Slack can be told, for ``notifier doctor``: the token, its permissions, the destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from notifier.channels.slack.answers import Refusal, undelivered
from notifier.channels.slack.places import email_of
from notifier.channels.slack.text import plain, quiet
from notifier.ports import Examined, Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from notifier.channels.slack.places import Places
    from notifier.channels.slack.wire import Hook, Wire

ADD_SCOPE = (
    "At api.slack.com/apps, under OAuth & Permissions, add {} to the Bot Token Scopes and install the app again."
)
NEEDED = {
    "chat:write": "nothing can be told",
    "channels:read": "public channels cannot be looked up",
    "groups:read": "private channels cannot be looked up",
    "channels:history": "in public channels it cannot be asked whether a message arrived: one may come twice",
    "groups:history": "in private channels it cannot be asked whether a message arrived: one may come twice",
    "im:write": "people cannot be written to in person",
    "im:history": "of messages in person it cannot be asked whether they arrived: one may come twice",
    "users:read": "Slack gives users:read.email only together with it",
    "users:read.email": "people cannot be found by their email address",
}
GREETING = "A greeting from notifier: messages for this destination arrive here."
LIVES = ("no_text", "invalid_payload", "missing_text_or_fallback_or_attachments")
WEBHOOK_LOSES = (
    "A webhook cannot change or thread what it told, and cannot be asked whether something arrived: each event is"
    " a message of its own, and after a lost answer one may come twice."
)


T = TypeVar("T")


async def examine_bot(wire: Wire, places: Places, to: str, *, send: bool) -> list[Examined]:
    """The token, what it may do, and the destination; the first of them that fails ends it."""
    found: list[Examined] = []
    try:
        said, granted = await _answer(wire.scopes(), "the token")
        team, bot = plain(str(said.get("team", "?"))), plain(str(said.get("user", "?")))
        found.append(Examined("the token", True, f"It belongs to the bot {bot} in the Slack of {team}."))
        found += _permissions(granted)
        found += await _destination(wire, places, to)
        if send and all(each.good is not False for each in found if each.what == "the destination"):
            found.append(await _greet(wire, places, to))
    except _Failed as failed:
        found.append(failed.examined)
    return found


async def examine_webhook(hook: Hook, *, send: bool) -> list[Examined]:
    """Whether the webhook lives. An empty message is refused by a webhook that lives, and posts nothing."""
    body = {"text": quiet(GREETING) if send else ""}  # the library makes nothing at all of an empty object
    try:
        await hook.post(body)
        lives = Examined("the webhook", True, "A greeting was posted." if send else "It answers.")
    except Refusal as refusal:
        if refusal.code not in LIVES or send:
            return [_failure("the webhook", undelivered(refusal, "the webhook's channel", telling=False))]
        lives = Examined("the webhook", True, "It answers; nothing was posted.")
    except Undelivered as failure:
        return [_failure("the webhook", failure)]
    advice = "A bot can do all of that: slack-app.yaml makes one in a few minutes."
    return [lives, Examined("what a webhook cannot do", True, WEBHOOK_LOSES, advice)]


class _Failed(Exception):
    """Nothing more can be looked at."""

    def __init__(self, examined: Examined) -> None:
        super().__init__(examined.what)
        self.examined = examined


async def _answer(question: Awaitable[T], what: str, name: str = "") -> T:
    try:
        return await question
    except Refusal as refusal:
        raise _Failed(_failure(what, undelivered(refusal, name, telling=False))) from None
    except Undelivered as failure:
        raise _Failed(_failure(what, failure)) from None


def _failure(what: str, failure: Undelivered) -> Examined:
    """*failure* as it was found; its sentence says what to do. What passes by itself was not found out."""
    why, _, advice = failure.why.partition(": ")
    if not failure.permanent:
        return Examined(what, None, failure.why, "Try again in a while.")
    return Examined(what, False, f"{why.rstrip('.')}.", f"{advice[:1].upper()}{advice[1:]}")


def _permissions(granted: frozenset[str] | None) -> list[Examined]:
    if granted is None:
        return [Examined("the permissions", None, "Slack did not say which ones the token has.")]
    missing = {scope: lost for scope, lost in NEEDED.items() if scope not in granted}
    if not missing:
        return [Examined("the permissions", True, "All that are needed are there.")]
    return [
        Examined(f"the permission {scope}", False, f"It is missing: {lost}.", ADD_SCOPE.format(scope))
        for scope, lost in missing.items()
    ]


async def _destination(wire: Wire, places: Places, to: str) -> list[Examined]:
    what = "the destination"
    email = email_of(to)
    if email is not None:
        return [_person(await _answer(places.person(email), what, email), email)]
    place = await _answer(places.find(to), what)
    if not place.has_id:
        return [Examined(what, None, f"The bot may not look whether {place.name} exists.")]
    info = await _answer(wire.ask("conversations.info", channel=place.channel), what, place.name)
    return [_channel(info["channel"], place.name)]


def _person(person: Mapping[str, Any], name: str) -> Examined:
    called = plain(str(person.get("real_name") or person.get("name") or "?"))
    if person.get("deleted"):
        advice = "Name somebody else in the accounts file."
        return Examined("the destination", False, f"{called} ({name}) has left this Slack.", advice)
    return Examined("the destination", True, f"{name} is {called} in Slack, who is written to in person.")


def _channel(channel: Mapping[str, Any], name: str) -> Examined:
    if channel.get("is_archived"):
        advice = "Name another channel in the accounts file, or unarchive it."
        return Examined("the destination", False, f"{name} is archived in Slack.", advice)
    if channel.get("is_im") or channel.get("is_member"):
        return Examined("the destination", True, f"{name} is there, and the bot is a member.")
    advice = "Invite it: write /invite @ and the bot's name in the channel."
    return Examined("the destination", False, f"The bot is not a member of {name}.", advice)


async def _greet(wire: Wire, places: Places, to: str) -> Examined:
    what = "a greeting"
    place = await _answer(places.find(to), what)
    text = {"channel": place.channel, "text": quiet(GREETING)}
    await _answer(wire.tell("chat.postMessage", text), what, place.name)
    return Examined(what, True, f"It was posted to {place.name}.")
