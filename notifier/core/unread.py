"""What stands in a record for a fact whose source failed, or whose last value is too old to count."""

from __future__ import annotations

from typing import Final


class Unread:
    """The type of `UNREAD`: a fact whose source failed, or whose last value is too old to count."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNREAD"

    def __bool__(self) -> bool:
        raise TypeError("unread is neither yes nor no")


UNREAD: Final = Unread()
