"""What an answer looked like, byte by byte: the same bytes need not be understood, compared and kept again."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.calendar import Day

_DAY, _DIGEST = 4, 16  # bytes of a token


class Seen:
    """The pages of an answer to one question, taken in one after the other.

    *today* is the UTC day of asking: the same bytes say something new on another day. *asked* is all that the
    answer depends on besides: address, key, query. It is mixed into the digest, and cannot be read out of it.
    """

    def __init__(self, today: Day, *asked: str) -> None:
        self._today = today
        self._digest = blake2b(digest_size=_DIGEST)
        for text in asked:
            self._mix(text.encode(errors="replace"))

    def take(self, raw: bytes) -> None:
        """Take in the next page."""
        self._mix(raw)

    def _mix(self, raw: bytes) -> None:
        self._digest.update(len(raw).to_bytes(8))  # so that two pages are not one long one
        self._digest.update(raw)

    @property
    def token(self) -> bytes:
        """What stands for everything taken in so far, for `Heard.seen`."""
        return self._today.to_bytes(_DAY) + self._digest.digest()

    def is_all_of(self, token: bytes) -> bool:
        """Whether *token* stands for exactly what was taken in so far: then no page is missing either."""
        return self.token == token


def day_of(token: bytes) -> Day | None:
    """The UTC day on which the answer behind *token* was given; None where there is none."""
    return int.from_bytes(token[:_DAY]) if len(token) == _DAY + _DIGEST else None
