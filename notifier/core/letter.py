"""A prefilled email to a third party: draft → `Letter` → ``mailto:`` and ``.eml``, for a person to send.

Nothing in the product sends a letter by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import quote

from notifier.core.calendar import WORKING_DAYS, Duration
from notifier.core.mime import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_MAILTO = 1_900  # characters: above about 2,000 some mail programs and browsers cut the link
MOST_SUBJECT = 200
FOLLOW_UP_AFTER = Duration(10, WORKING_DAYS)
_AGAIN = re.compile(r"^(?:Re:\s*){2,}", re.IGNORECASE)  # an answer to an answer is an answer
_BLANK = re.compile(r"\[[^\[\]\n]+\]")


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A letter's template, from ``rules/drafts/<name>.txt``.

    *to* is an email address, or *opens* is the page on which the text is to be pasted. *subject* and *body* make
    the text from the names that a draft may use; they raise ValueError where the template cannot be filled.
    *follow_up* is the draft of the letter that follows so long (*follow_up_after*) without an answer. *names* are
    the facts that subject and body use: ``organization``, ``letter.sent_on``.
    """

    name: str
    subject: Callable[[Mapping[str, object]], str]
    body: Callable[[Mapping[str, object]], str]
    to: str = ""
    cc: str = ""
    opens: str = ""
    follow_up: str = ""
    follow_up_after: Duration = FOLLOW_UP_AFTER
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be read, completed and sent by a person; *blanks* is how many gaps it still has.

    *account* and *grant* are those in whose name it is written; empty where nobody has said.
    """

    name: str
    to: str
    cc: str
    opens: str
    subject: str
    body: str
    blanks: int
    account: str = ""
    grant: str = ""


def write_letter(draft: Draft, names: Mapping[str, object]) -> Letter:
    """Fill *draft* from *names*. What stands in square brackets, from a fact or from the draft, is a blank.

    Raises:
        ValueError: the draft cannot be filled.
    """
    said = _AGAIN.sub("Re: ", " ".join(draft.subject(names).split()))
    subject = _whole(said[:MOST_SUBJECT])
    body = _whole("\n".join(draft.body(names).strip().splitlines()) + "\n")
    blanks = len(_BLANK.findall(subject)) + len(_BLANK.findall(body))
    return Letter(draft.name, draft.to, draft.cc, draft.opens, subject, body, blanks)


def _whole(text: str) -> str:
    """*text* without half characters, which a provider's names may hold and no mail can."""
    return text.encode("utf-8", "replace").decode()


def mailto(letter: Letter) -> str | None:
    """The letter as a link that opens a mail program (RFC 6068); None where it is too long, or a text to paste."""
    query = _query([("cc", letter.cc), ("subject", letter.subject), ("body", letter.body.replace("\n", "\r\n"))])
    link = f"mailto:{quote(letter.to, safe='@')}?{query}"
    return link if letter.to and len(link) <= MOST_MAILTO else None


def compose_links(letter: Letter) -> tuple[tuple[str, str], ...]:
    """The letter as links that open a compose window on the web, each with the name of the service.

    The forms are undocumented by their owners and have been the same for years. None for a text to paste.
    """
    if not letter.to:
        return ()
    gmail = [("view", "cm"), ("fs", "1"), ("to", letter.to), ("cc", letter.cc), ("su", letter.subject)]
    outlook = [("to", letter.to), ("cc", letter.cc), ("subject", letter.subject)]
    return (
        ("Gmail", f"https://mail.google.com/mail/?{_query([*gmail, ('body', letter.body)])}"),
        (
            "Outlook",
            f"https://outlook.office.com/mail/deeplink/compose?{_query([*outlook, ('body', letter.body)])}",
        ),
    )


def _query(fields: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields if value)


def eml(letter: Letter, sender: str) -> bytes:
    """The letter as a file that a mail program opens as an unsent message (``X-Unsent: 1``).

    It has no Date and no Message-ID: those are made when a person sends it.
    """
    mail = EmailMessage(policy=POLICY)
    fields = {"To": letter.to, "Cc": letter.cc, "From": sender, "Subject": letter.subject, "X-Unsent": "1"}
    for name, value in fields.items():
        if value:
            mail[name] = _one_line(value)
    mail.set_content(letter.body, cte="quoted-printable")
    return bytes(mail)


def _one_line(value: str) -> str:
    """*value* as nothing but a header's text: `=?` would begin an encoded word, which may hide a line break."""
    return " ".join(value.split()).replace("=?", "= ?")
