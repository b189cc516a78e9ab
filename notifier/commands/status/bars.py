"""Two bars of one length, credits and time, one above the other: the eye sees which is ahead, the words say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.bars import DRAWN, PLAIN, bar
from notifier.core.words import say_count, say_day
from notifier.flow.balance import say_credits

if TYPE_CHECKING:
    from notifier.core.calendar import Locale, Moment
    from notifier.flow.balance import Balance


def strokes(encoding: str) -> tuple[str, str]:
    """The letters that a bar is made of: plain ones where *encoding* has no others."""
    try:
        "".join(DRAWN).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return PLAIN
    return DRAWN


def credits_line(balance: Balance, locale: Locale, made_of: tuple[str, str]) -> str:
    """Credits used, as a bar with words; words alone where that is not known."""
    words, share = say_credits(balance, locale), balance.used_share
    return words if share is None else f"{bar(share, made_of)}  {words}"


def time_line(balance: Balance, locale: Locale, now: Moment, made_of: tuple[str, str]) -> str:
    """Time gone, as a bar with words; words alone where no end is known."""
    share, left = balance.gone_share, balance.days_left
    if share is None or left is None or balance.ends is None:
        return "the end of access is not known"
    ends = say_day(balance.ends, locale, now)
    words = f"over since {ends}" if left < 0 else f"{share:.0%} gone, {say_count(left, 'day')} left, until {ends}"
    return f"{bar(share, made_of)}  {words}"


def pace_line(balance: Balance, locale: Locale, now: Moment) -> str:
    """What it means that the credits go faster than the time, or that this is too early to say; else nothing."""
    until = balance.lasts_until
    if balance.too_early:
        return "no pace yet: credits have to be used for a week before it tells anything"
    if not balance.ahead:
        return ""
    if balance.used_up:
        return "ahead of time: the credits are used before access ends"
    if balance.outlasts:
        return "ahead of time so far; at the usual pace of late the credits outlast access"
    if until is None or balance.ends is None:
        return "ahead of time so far; no usual pace is known"
    early, on = say_count(balance.ends - until, "day"), say_day(until, locale, now)
    ends = f"at the usual pace the credits end on {on}{_range(balance, locale, now)}"
    return f"ahead of time: {ends}, {early} before access ends"


def _range(balance: Balance, locale: Locale, now: Moment) -> str:
    """`` (four times in five between 13 and 30 June)``: how sure the date is, where that is known."""
    if balance.runs_out is None or balance.runs_out.earliest is None:
        return ""
    latest = balance.runs_out.latest
    last = f"and {say_day(latest, locale, now)}" if latest is not None else "and an open end"
    return f" (four times in five between {say_day(balance.runs_out.earliest, locale, now)} {last})"
