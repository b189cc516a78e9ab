"""The whole mail, as bytes: the same post always makes the same ones."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from notifier.channels.mail.address import header_of, mailbox
from notifier.channels.mail.attached import DRAFT, attached
from notifier.channels.mail.headers import headers, subject
from notifier.channels.mail.html import html
from notifier.channels.mail.outline import outline
from notifier.channels.mail.text import text
from notifier.core.mime import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.channels.mail.address import Sender
    from notifier.channels.mail.attached import Attached
    from notifier.core.message import Answer
    from notifier.ports import Post


def mail(post: Post, sender: Sender, command: Callable[[Answer], str]) -> EmailMessage:
    """*post* as a mail from *sender* to the one person that it is for.

    Raises:
        ValueError: no mail can go to the address. Nothing that a message says makes one impossible.
    """
    page = outline(post.message, command)
    made = EmailMessage(policy=POLICY)
    made["From"] = header_of(sender.name, sender.address)
    made["To"] = header_of("", mailbox(post.to))
    made["Subject"] = subject(post)
    for name, value in headers(post, sender.domain).items():
        made[name] = value
    # Quoted-printable keeps every line below 998 octets (RFC 5322, 2.1.1), whatever the text. The parts' ends are
    # named here, as chance would name them anew each time; `=_` stands in nothing that is quoted-printable.
    made.set_content(text(page), cte="quoted-printable")
    made.make_alternative(boundary=f"=_{post.id}.alternative")
    made.add_alternative(html(page), subtype="html", cte="quoted-printable")
    files = attached(post.message)
    if files:
        made.make_mixed(boundary=f"=_{post.id}.mixed")
    for file in files:
        _attach(made, file)
    return made


def _attach(made: EmailMessage, file: Attached) -> None:
    if file.type == DRAFT:
        # As it is: a message inside a message may not be encoded (RFC 2046, 5.2.1), and a draft has no need to be.
        letter = EmailMessage(policy=POLICY)
        letter["Content-Type"] = DRAFT
        letter.add_header("Content-Disposition", "attachment", filename=file.name)
        letter.set_payload(file.content.decode("ascii"))
        made.attach(letter)
        return
    maintype, _, subtype = file.type.partition("/")
    made.add_attachment(file.content, maintype, subtype, filename=file.name, params={"charset": "utf-8"})
