"""How mails are written down: headers that arrive letter by letter, in lines that every mail server takes."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy

# Keeps an encoded word within its 75 characters (RFC 2047, 2): Python counts neither the space before it nor, in
# `Header`, its end.
LONGEST_LINE = 74


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject that arrives letter by letter.

    Python's own folding doubles a space here and there where only some words are encoded (seen in 3.11), and then
    a thread has two subjects.
    """

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return super().fold(policy=policy)
        words = Header(str(self), "utf-8", LONGEST_LINE, header_name="Subject")
        return f"Subject: {words.encode(linesep=policy.linesep)}{policy.linesep}"


class _Headers(HeaderRegistry):
    """The types of headers. Python makes a type anew for every header, a fifth of the time that a mail takes."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("subject", _Subject)
        self._made: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        key = name.lower()
        if key not in self._made:
            self._made[key] = super().__getitem__(name)
        return self._made[key]


POLICY = SMTP.clone(header_factory=_Headers(), max_line_length=LONGEST_LINE)
