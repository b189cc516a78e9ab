"""The `.mbox` form: many mails one after the other, each below a line `From …` with a time in it."""

import re
from typing import Final

from notifier.enroll.mails.mail import UnreadableMail

MOST_MESSAGES: Final = 2_000
_BEGIN = re.compile(rb"(?:\A|(?<=\n\n))From [^\n]{0,200}\d\d:\d\d[^\n]{0,100}\n(?=[A-Za-z][A-Za-z0-9-]{0,60}:)")
_ESCAPED = re.compile(rb"^>(?=>{0,50}From )", re.MULTILINE)


def messages_in(raw: bytes) -> list[bytes]:
    """Return the mails of an `.mbox`, each as an `.eml`; none if *raw*, with LF line ends, is no `.mbox`.

    Raises:
        UnreadableMail: more than 2,000.
    """
    begins = list(_BEGIN.finditer(raw)) if raw.startswith(b"From ") else []
    if not begins or begins[0].start():
        return []
    if len(begins) > MOST_MESSAGES:
        raise UnreadableMail(
            f"The file holds {len(begins):,} mails; at most {MOST_MESSAGES:,} are read. Export one folder."
        )
    ends = [*(begin.start() for begin in begins[1:]), len(raw)]
    pairs = zip(begins, ends, strict=True)
    return [_ESCAPED.sub(b"", raw[begin.end() : end]) for begin, end in pairs]
