"""Email by Twilio SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/mail-send.

The package `sendgrid` builds the request; it is sent by `notifier.net`, because the package's own client waits for
an answer for ever. What SendGrid has taken it cannot be asked about: its events tell later what became of a mail,
and find the delivery by the custom argument ``delivery``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from sendgrid.helpers.mail import (
    Attachment,
    Content,
    CustomArg,
    Email,
    Header,
    Mail,
    MailSettings,
    SandBoxMode,
    To,
)

from notifier.channels.mail.address import mailbox, read_sender
from notifier.channels.mail.attached import attached
from notifier.channels.mail.greeting import greeting
from notifier.channels.mail.headers import headers, subject
from notifier.channels.mail.html import html
from notifier.channels.mail.outline import outline
from notifier.channels.mail.plain import cut, plain
from notifier.channels.mail.text import text
from notifier.ports import CannotAsk, Examined, Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.message import Answer as Offered
    from notifier.net import Answer, Net
    from notifier.ports import Post

TAKEN, VALID = 202, 200  # 200 is the answer of sandbox mode, which sends nothing
NOT_TAKEN = 503  # of the answers from 500 up the only one that says that nothing was taken
FIRST_OF_SERVER = 500
MOST_QUOTED = 200
LONGEST_WAIT = 24 * 60 * 60
KEY, SENDER, REQUEST = "the key", "the sender", "the mail"
ADVICE = {
    KEY: "Make a new key with the right to send mail, in SendGrid under Settings, API Keys.",
    SENDER: "Verify the sender, or its domain, in SendGrid under Settings, Sender Authentication.",
    REQUEST: "Check the address, and SendGrid's status page: https://status.sendgrid.com.",
}
AT_FAULT = {401: KEY, 403: SENDER}
ABOUT_THE_POST = (400, 413)  # everything else below 500 would meet every other mail as well
LATER = (408, 429)


class SendGrid:
    """SendGrid's Mail Send API. *command* makes a command that a person can type of what a message offers.

    *sender* is ``notifier <notifier@example.edu>``, or an address alone. European accounts have another *url*:
    ``https://api.eu.sendgrid.com``.

    Raises:
        ValueError: *sender* has no address.
    """

    pace = 0

    def __init__(
        self,
        net: Net,
        key: str,
        sender: str,
        command: Callable[[Offered], str],
        url: str = "https://api.sendgrid.com",
    ) -> None:
        self._net, self._key, self._command = net, key, command
        self._sender, self._url = read_sender(sender), f"{url.rstrip('/')}/v3/mail/send"

    async def deliver(self, post: Post) -> str:
        """Hand *post* to SendGrid; the receipt is what SendGrid calls it."""
        answer = await self._tell(self._request(post).get())
        if answer.status != TAKEN:
            raise self._failure(answer)
        return plain(answer.headers.get("x-message-id", "")) or post.id

    async def find(self, post: Post) -> CannotAsk:  # noqa: ARG002  what was taken shows in events only
        """Nobody can be asked: what became of a mail is told later, by an event."""
        return CannotAsk.CANNOT_ASK

    async def examine(self, to: str, *, send: bool) -> list[Examined]:
        """Let SendGrid check a mail that it does not send; with *send*, send a greeting."""
        post = greeting(to)
        try:
            request = self._request(post)
            # https://www.twilio.com/docs/sendgrid/for-developers/sending-email/sandbox-mode
            request.mail_settings = MailSettings(sandbox_mode=SandBoxMode(enable=True))
            answer = await self._tell(request.get())
        except Undelivered as error:
            return [Examined("the connection", good=False, found=error.why, advice=ADVICE[REQUEST])]
        if answer.status != VALID:
            at_fault = AT_FAULT.get(answer.status, REQUEST)
            why = self._failure(answer).why.removesuffix(ADVICE[at_fault]).strip()
            return [Examined(at_fault, good=False, found=why, advice=ADVICE[at_fault])]
        checked = f"SendGrid would take mail from {self._sender.address} (checked without sending any)"
        findings = [
            Examined(KEY, good=True, found="SendGrid knows it"),
            Examined(SENDER, good=True, found=checked),
        ]
        return [*findings, *([await self._greet(post)] if send else [])]

    async def aclose(self) -> None:
        """Nothing of its own is open: the connections belong to `Net`."""

    async def _greet(self, post: Post) -> Examined:
        try:
            await self.deliver(post)
        except Undelivered as error:
            return Examined("the greeting", good=False, found=error.why, advice=ADVICE[REQUEST])
        return Examined("the greeting", good=True, found="SendGrid took it: look into the inbox")

    async def _tell(self, body: object) -> Answer:
        return await self._net.post_json(self._url, body=body, bearer=self._key)

    def _request(self, post: Post) -> Any:
        """*post* as SendGrid's v3 JSON, not yet written out.

        Raises:
            Undelivered: no mail can go to the address.
        """
        try:
            to = mailbox(post.to)
        except ValueError as error:
            raise Undelivered(f"{error}.", permanent=True, whole=True) from None
        page = outline(post.message, self._command)
        request = Mail(Email(self._sender.address, self._sender.name or None), To(to), subject(post))
        # Text first: SendGrid refuses it the other way round. The builder takes a text that begins like a key of
        # SendGrid for one and refuses it; behind an empty line it does not.
        request.add_content(Content("text/plain", f"\n{text(page)}"))
        request.add_content(Content("text/html", html(page)))
        for name, value in headers(post, self._sender.domain).items():
            request.add_header(Header(name, value))
        request.add_custom_arg(CustomArg("delivery", post.id))
        for file in reversed(attached(post.message)):  # the builder puts each before the others
            content = b64encode(file.content).decode()
            request.add_attachment(Attachment(content, file.name, file.type, "attachment"))
        return request

    def _failure(self, answer: Answer) -> Undelivered:
        """What an answer means that is not the one that was hoped for."""
        said = f"SendGrid answered {answer.status}{_quoted(answer, self._key)}."
        if answer.status >= FIRST_OF_SERVER:
            unknown = answer.status != NOT_TAKEN
            doubt = " It may have been taken." if unknown else ""
            return Undelivered(f"{said}{doubt}", unknown=unknown, whole=not unknown, again_in=_again_in(answer))
        if answer.status in LATER:
            return Undelivered(said, whole=True, again_in=_again_in(answer))
        advice = f" {ADVICE[AT_FAULT[answer.status]]}" if answer.status in AT_FAULT else ""
        return Undelivered(f"{said}{advice}", permanent=True, whole=answer.status not in ABOUT_THE_POST)


def _quoted(answer: Answer, key: str) -> str:
    """SendGrid's own words on one line: what is wrong with which field."""
    errors = answer.body.get("errors") if isinstance(answer.body, dict) else None
    parts = [_one(error) for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    words = cut("; ".join(part for part in parts if part).replace(key, "…"), MOST_QUOTED).rstrip(".")
    return f": {words}" if words else ""


def _one(error: dict[str, object]) -> str:
    field, message = error.get("field"), error.get("message")
    said = plain(message) if isinstance(message, str) else ""
    return f"{plain(field)}: {said}" if isinstance(field, str) and field else said


def _again_in(answer: Answer) -> int | None:
    """Seconds to wait, at most a day: what Retry-After says, or how far the limit's reset is.

    X-RateLimit-Reset is a moment by SendGrid's clock, and so is Date; nobody else's clock is needed.
    https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits
    """
    waits = _number(answer, "retry-after")
    if waits is None:
        reset, now = _number(answer, "x-ratelimit-reset"), _date(answer)
        waits = reset - now if reset is not None and now is not None else None
    return None if waits is None else min(max(waits, 1), LONGEST_WAIT)


def _number(answer: Answer, header: str) -> int | None:
    said = answer.headers.get(header, "").strip()
    return int(said) if re.fullmatch(r"[0-9]{1,12}", said) else None


def _date(answer: Answer) -> int | None:
    try:
        return int(parsedate_to_datetime(answer.headers.get("date", "")).timestamp())
    except (ValueError, OverflowError):
        return None
