"""Two bars of one length, credits and time, one above the other: the eye sees which is ahead, the words say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.money import Money
from notifier.core.words import say_day

if TYPE_CHECKING:
    from notifier.core.calendar import Locale, Moment
    from notifier.flow.balance import Balance

LENGTH = 20  # letters of a bar: with words beside it a line has 80
DRAWN, PLAIN = ("█", "░"), ("#", "-")  # of what is used and what is left


def strokes(encoding: str) -> tuple[str, str]:
    """The letters that a bar is made of: plain ones where *encoding* has no others."""
    try:
        "".join(DRAWN).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return DRAWN


def bar(share: float, made_of: tuple[str, str]) -> str:
    """*share* of a whole as a bar. Only nothing is empty and only all of it is full, whatever it is rounded to."""
    full, empty = made_of
    length = round(min(max(share, 0.0), 1.0) * LENGTH)
    if 0 < share < 1:
        length = min(max(length, 1), LENGTH - 1)
    return full * length + empty * (LENGTH - length)


def credits_line(balance: Balance, locale: Locale, made_of: tuple[str, str]) -> str:
    """Credits used, as a bar with words; words alone where that is not known."""
    granted = "" if balance.granted is None else str(Money(balance.granted, locale.currency))
    share = balance.used_share
    if balance.is_doubtful and balance.left is not None:
        return (
            f"{Money(balance.left, locale.currency)} left, more than the {granted} granted: check the two numbers"
        )
    if share is None or balance.used is None or balance.granted is None:
        left = "" if balance.left is None else f"; {Money(balance.left, locale.currency)} left"
        if not balance.readable:
            return f"{granted} granted; how much is used could not be read" if granted else "could not be read"
        return f"{granted} granted; how much is used is not known" if granted else f"not recorded yet{left}"
    over = balance.used - balance.granted
    words = f"{share:.0%} used, {Money(-over, locale.currency)} of {granted} left"
    if over > 0:
        words = f"{share:.0%} used, {Money(over, locale.currency)} more than the {granted} granted"
    return f"{bar(share, made_of)}  {words}"


def time_line(balance: Balance, locale: Locale, now: Moment, made_of: tuple[str, str]) -> str:
    """Time gone, as a bar with words; words alone where no end is known."""
    share, left = balance.gone_share, balance.days_left
    if share is None or left is None or balance.ends is None:
        return "the end of access is not known"
    ends = say_day(balance.ends, locale, now)
    words = f"over since {ends}" if left < 0 else f"{share:.0%} gone, {days(left)} left, until {ends}"
    return f"{bar(share, made_of)}  {words}"


def pace_line(balance: Balance, locale: Locale, now: Moment) -> str:
    """What it means that the credits go faster than the time, or that this is too early to say; else nothing."""
    until = balance.lasts_until
    if balance.too_early:
        return "no pace yet: credits have to be used for a week before it tells anything"
    if not balance.ahead:
        return ""
    if until is None or balance.ends is None:
        return "ahead of time: the credits are used before access ends"
    early = days(balance.ends - until)
    return f"ahead of time: at this pace the credits end on {say_day(until, locale, now)}, {early} before access"


def days(number: int) -> str:
    """``1 day``, ``1,205 days``."""
    return f"{number:,} day{'' if number == 1 else 's'}"
