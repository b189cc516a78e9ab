"""Values as a person reads them: dates, amounts, shares, distances in days. Plain words, nothing to guess."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, Day, Locale, Moment, utc
from notifier.core.facts import Unread
from notifier.core.money import Money
from notifier.core.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence


NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode's controls, formats, half characters, line ends


def plain(text: str, keep: str = "") -> str:
    """*text* with a space for each character that acts instead of being read, but for those to *keep*.

    Names come from outside: they must not move a cursor, turn a line around or end a header.
    """
    if text.isprintable():  # none of these is, and nearly every text is: this is much quicker than looking
        return text
    return "".join(
        letter if letter in keep or unicodedata.category(letter) not in NOT_SHOWN else " " for letter in text
    )


class Blank(str):
    """A known fact without a value, visible in a text: ``[organization id: Settings, Organization, General]``.

    It counts as no, so that a draft can ask ``{% if organization %}``.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


def say_day(day: Day, locale: Locale, now: Moment) -> str:
    """``11 March 2024``, or ``11 March`` in the year in which it is said."""
    at = date.fromordinal(day)
    year = "" if at.year == date.fromordinal(locale.day_of(now)).year else f" {at.year}"
    return f"{at.day} {at:%B}{year}"


def say_time(moment: Moment, now: Moment) -> str:
    """``14:05 UTC`` on the same UTC day, else ``3 November, 14:05 UTC``."""
    at, today = utc(moment), utc(now)
    if at.date() == today.date():
        return f"{at:%H:%M} UTC"
    year = "" if at.year == today.year else f" {at.year}"
    return f"{at.day} {at:%B}{year}, {at:%H:%M} UTC"


def say_local_time(moment: Moment, locale: Locale, now: Moment) -> str:
    """``1 December, 09:00`` in the account's zone; ``never`` where the moment is `FOREVER`."""
    if moment >= FOREVER:
        return "never"
    return f"{say_day(locale.day_of(moment), locale, now)}, {datetime.fromtimestamp(moment, locale.zone):%H:%M}"


def say_distance(day: Day, locale: Locale, now: Moment) -> str:
    """``today``, ``in 13 days``, ``3 days ago``: counted in calendar days of the account's zone."""
    days = day - locale.day_of(now)
    if days == 0:
        return "today"
    length = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
    return f"in {length}" if days > 0 else f"{length} ago"


def say_number(value: float, step: str = "") -> str:
    """A number as its step is written: a share as percent, else with at most one decimal."""
    if step.endswith("%"):
        return f"{value:.0%}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def say_count(number: int, what: str) -> str:
    """``1 message``, ``1,234 messages``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def say_list(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def say(value: object, kind: Kind, locale: Locale, now: Moment, *, step: str = "") -> str:
    """One value of a record in words; the caller has dealt with none and unread."""
    if isinstance(value, Unread):
        return "not readable"
    match value, kind:
        case int(), Kind.DATE:
            return say_day(value, locale, now)
        case int(), Kind.MONEY:
            return str(Money(value, locale.currency))
        case ((int() | float()), Kind.NUMBER):
            return say_number(value, step)
        case tuple(), _ if kind is Kind.TEXTS:
            return say_list([str(text) for text in value])
    return ("yes" if value else "no") if kind is Kind.YESNO else str(value)


def iso(moment: Moment) -> str:
    """*moment* in ISO 8601, UTC, for records and logs."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
