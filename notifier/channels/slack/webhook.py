"""Slack through an incoming webhook: for a group that may not install an app.

It can only tell. What it told stays as it is, has no thread, and cannot be asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.channels.slack.answers import REFUSED_BLOCKS, Refusal, undelivered
from notifier.channels.slack.blocks import bare, blocks, notification
from notifier.channels.slack.doctor import examine_webhook
from notifier.channels.slack.wire import MOST_SECONDS, Hook
from notifier.ports import CannotAsk

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.message import Answer
    from notifier.ports import Examined, Post

WHERE = "the webhook's channel"


class SlackWebhook:
    """An incoming webhook at the secret address *url*; its channel was chosen when it was made.

    *command* makes a command that a person can type of what a message offers. A receipt only says that it was
    told.
    """

    # "Incoming webhooks: 1 per second", https://docs.slack.dev/apis/web-api/rate-limits
    pace = 1

    def __init__(self, url: str, command: Callable[[Answer], str], *, seconds: float = MOST_SECONDS) -> None:
        self._command = command
        self._hook = Hook(url, seconds)

    async def deliver(self, post: Post) -> str:
        """Tell *post* as a new message; it names what it goes on with."""
        belongs = post.topic if post.parent is not None else ""
        message = post.message
        try:
            try:
                content = {"text": notification(message), "blocks": blocks(message, self._command, belongs)}
                await self._hook.post({**content, "unfurl_links": False, "unfurl_media": False})
            except Refusal as refusal:
                if refusal.code not in REFUSED_BLOCKS:
                    raise
                # Nothing was told: without its blocks it is told once.
                await self._hook.post({"text": bare(message, self._command, belongs)})
        except Refusal as refusal:
            raise undelivered(refusal, WHERE, telling=True) from None
        return f"webhook/{post.id or post.key}"

    async def find(self, post: Post) -> CannotAsk:  # noqa: ARG002  whatever is asked
        """A webhook answers nothing."""
        return CannotAsk.CANNOT_ASK

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  a webhook has one channel
        """Whether the webhook lives, and what it cannot do; nothing is posted without *send*."""
        return await examine_webhook(self._hook, send=send)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._hook.aclose()
