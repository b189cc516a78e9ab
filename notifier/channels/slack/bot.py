"""Slack as a bot: one message for an alert that changes as the alert does, and a thread below it.

What was told is asked by the metadata that each message carries, so that an answer that was lost does not become a
message that comes twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.channels.slack.answers import BLIND, GONE, REFUSED_BLOCKS, Refusal, undelivered
from notifier.channels.slack.blocks import bare, blocks, notification, shortened
from notifier.channels.slack.doctor import examine_bot
from notifier.channels.slack.places import Place, Places, next_page
from notifier.channels.slack.receipt import Receipt
from notifier.channels.slack.wire import MOST_SECONDS, Wire
from notifier.ports import CannotAsk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from notifier.core.message import Answer, Message
    from notifier.ports import Examined, Post

SLACK = "https://slack.com/api/"
EVENT = "notifier_delivery"  # what our metadata are called
EARLIER = 300  # seconds by which this machine's clock may be ahead of Slack's
MOST_PAGES = 25  # of two hundred messages each; who writes that much in a few minutes cannot be followed


class SlackBot:
    """A bot with a *token* (``xoxb-…``).

    *command* makes a command that a person can type of what a message offers. Receipts are those of
    `notifier.channels.slack.receipt.Receipt`.
    """

    # "chat.postMessage generally allows posting one message per second per channel"
    # https://docs.slack.dev/apis/web-api/rate-limits
    pace = 1

    def __init__(
        self, token: str, command: Callable[[Answer], str], url: str = SLACK, *, seconds: float = MOST_SECONDS
    ) -> None:
        self._command = command
        self._wire = Wire(token, url, seconds)
        self._places = Places(self._wire)

    async def deliver(self, post: Post) -> str:
        """Tell *post*: below the first message of its thread, which then says how it stands; else as a new one.

        Where that first message is gone, or cannot be changed any more, *post* begins the thread anew.
        """
        place = await self._places.find(post.to)
        parent = Receipt.read(post.parent)
        for receipt, says in post.others:
            await self._change(Receipt.read(receipt), says, place)
        if parent is not None and await self._change(parent, post.above, place):
            try:
                return str(await self._reply(parent, post))
            except Refusal as refusal:
                if refusal.code not in GONE:
                    raise undelivered(refusal, place.name, telling=True) from None
        return str(await self._begin(post, place, anew=parent is not None))

    async def find(self, post: Post) -> str | CannotAsk | None:
        """The receipt of *post*: in its thread, or in the channel since the first attempt."""
        place = await self._places.find(post.to)
        parent = Receipt.read(post.parent)
        since = str(max(post.since - EARLIER, 0))
        try:
            if parent is not None:
                found = await self._in_thread(parent, since, post.id)
                if found is not None:
                    return str(found)
            if not place.has_id:
                return CannotAsk.CANNOT_ASK
            return _written(await self._seek(post.id, "conversations.history", place.channel, oldest=since))
        except Refusal as refusal:
            if refusal.code in BLIND:
                return CannotAsk.CANNOT_ASK
            raise undelivered(refusal, place.name, telling=False) from None
        except _TooMuch:
            return CannotAsk.CANNOT_ASK

    async def examine(self, to: str, *, send: bool) -> list[Examined]:
        """The token, what it may do, and the destination; nothing is posted without *send*."""
        return await examine_bot(self._wire, self._places, to, send=send)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()

    async def _begin(self, post: Post, place: Place, *, anew: bool) -> Receipt:
        fields = {"channel": place.channel, **_always(post)}
        belongs = post.topic if anew else ""
        try:
            return await self._tell(fields, post.message, belongs)
        except Refusal as refusal:
            self._places.forget(place)
            raise undelivered(refusal, place.name, telling=True) from None

    async def _reply(self, parent: Receipt, post: Post) -> Receipt:
        """Tell *post* in the thread; also in the channel if it is worse, for nobody is called by a reply."""
        fields = {"channel": parent.channel, "thread_ts": parent.root, "reply_broadcast": post.worse}
        return await self._tell(fields | _always(post), shortened(post.message, post.above))

    async def _tell(self, fields: dict[str, Any], message: Message, belongs: str = "") -> Receipt:
        said = await self._in_blocks_or_bare(
            lambda content: self._wire.tell("chat.postMessage", fields | content), message, belongs
        )
        told = said.get("message") or fields  # a reply to what has been deleted in between may stand by itself
        return Receipt.of(str(said["channel"]), {**told, "ts": said["ts"]})

    async def _change(self, told: Receipt | None, says: Message | None, place: Place) -> bool:
        """Let the first message of the thread of *told* say *says*; whether the thread can be gone on with.

        The metadata are left out: "If you don't include this field, the message's previous metadata will be
        retained" (https://docs.slack.dev/reference/methods/chat.update). Where only the change is refused, what
        is new is still worth telling.
        """
        if told is None or says is None:
            return True
        fields = {"channel": told.channel, "ts": told.root, "parse": "none"}
        try:
            await self._in_blocks_or_bare(lambda content: self._wire.change("chat.update", fields | content), says)
        except Refusal as refusal:
            if refusal.code in GONE:
                return False
            failure = undelivered(refusal, place.name, telling=False)
            if failure.whole or not failure.permanent:
                raise failure from None
        return True

    async def _in_blocks_or_bare(
        self,
        ask: Callable[[dict[str, Any]], Awaitable[Mapping[str, Any]]],
        message: Message,
        belongs: str = "",
    ) -> Mapping[str, Any]:
        """Ask with *message* as blocks; once more with nothing but text if Slack refuses the blocks.

        The refusal says that nothing was told, so that it cannot be told twice.
        """
        content = {"text": notification(message), "blocks": blocks(message, self._command, belongs)}
        try:
            return await ask(content)
        except Refusal as refusal:
            if refusal.code not in REFUSED_BLOCKS:
                raise
        return await ask({"text": bare(message, self._command, belongs)})

    async def _in_thread(self, parent: Receipt, since: str, name: str) -> Receipt | None:
        """The message called *name* in the thread: replies are not in the history of a channel."""
        try:
            return await self._seek(name, "conversations.replies", parent.channel, ts=parent.root, oldest=since)
        except Refusal as refusal:
            if refusal.code in ("thread_not_found", "message_not_found"):
                return None
            raise

    async def _seek(self, name: str, method: str, channel: str, **fields: str) -> Receipt | None:
        """The receipt of the message that is marked with *name*, among those that *method* answers."""
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            page = await self._wire.ask(
                method, channel=channel, limit="200", include_all_metadata="true", **fields, **more
            )
            for message in page.get("messages", ()):
                if _marked(message) == name:
                    return Receipt.of(channel, message)
            cursor = next_page(page)
            if not cursor:
                return None
        raise _TooMuch


class _TooMuch(Exception):
    """The channel was not read to its end."""


def _always(post: Post) -> dict[str, Any]:
    """What every message carries: the mark that finds it again, which people do not see, and no previews."""
    mark = {"event_type": EVENT, "event_payload": {"delivery": post.id}}
    return {"metadata": mark, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def _marked(message: Mapping[str, Any]) -> str | None:
    """What *message* was marked with; None if it is not one of ours."""
    mark = message.get("metadata") or {}
    if mark.get("event_type") != EVENT:
        return None
    return str((mark.get("event_payload") or {}).get("delivery", ""))


def _written(receipt: Receipt | None) -> str | None:
    return None if receipt is None else str(receipt)
