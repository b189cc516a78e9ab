"""A share of a whole as a bar of letters: the eye sees how much, the words beside it say it."""

from __future__ import annotations

LENGTH = 20  # letters of a bar: with words beside it a line has 80
DRAWN, PLAIN = ("█", "░"), ("#", "-")  # of what is used and what is left


def bar(share: float, made_of: tuple[str, str] = DRAWN) -> str:
    """*share* of a whole as a bar. Only nothing is empty and only all of it is full, whatever it is rounded to."""
    full, empty = made_of
    length = filled(share, LENGTH)
    return full * length + empty * (LENGTH - length)


def filled(share: float, whole: int) -> int:
    """How many of *whole* equal pieces stand for *share*; between nothing and all, at least one on either side."""
    length = round(min(max(share, 0.0), 1.0) * whole)
    return min(max(length, 1), whole - 1) if 0 < share < 1 else length
