"""What stands above a mail: its subject, and the headers that name it and put it in its thread."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from notifier.channels.mail.plain import for_header

if TYPE_CHECKING:
    from notifier.ports import Post

MOST_SUBJECT = 70  # what a list of mails shows of a subject on a wide screen; telephones show half of it
AGAIN = "Re: "
MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")


def subject(post: Post) -> str:
    """The name of the thread; every mail of a thread has the same one, or Gmail would show several threads."""
    topic = for_header(post.topic or post.message.title, MOST_SUBJECT - len(AGAIN))
    return f"{AGAIN}{topic}" if post.parent is not None else topic


def message_id(post: Post, domain: str) -> str:
    """The name of the mail: one for each post, and the same one when it is sent again."""
    return f"<{post.id}@{domain}>"


def references(post: Post, domain: str) -> list[str]:
    """The mails that *post* goes on with, the oldest first.

    The first is one that was never sent: all mails of a thread name it, so that they stay together in every
    reader, also where one of them was lost or deleted.
    """
    root = f"<{post.thread or post.id}.thread@{domain}>"
    parent = [post.parent] if post.parent and MESSAGE_ID.fullmatch(post.parent) else []
    return [root, *parent]


def headers(post: Post, domain: str) -> dict[str, str]:
    """The headers of *post* that no recipient, sender or content decides."""
    thread = references(post, domain)
    said = {
        "Message-ID": message_id(post, domain),
        "References": " ".join(thread),
        "In-Reply-To": thread[-1],
        # No automatic answers, please: RFC 3834, section 5, and what Exchange reads instead:
        # https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if post.since:
        # The first attempt, not the clock: sent again, the mail is the same to the last byte.
        said["Date"] = format_datetime(datetime.fromtimestamp(post.since, UTC))
    if post.message.urgent:
        said["Importance"] = "high"
    return said
