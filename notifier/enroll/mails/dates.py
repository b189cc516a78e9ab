"""Dates as people and mail programs write them, in the languages of `languages`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final
from unicodedata import normalize

from notifier.enroll.mails.languages import AFTER_NOON, BEFORE_NOON, ENGLISH, LANGUAGES, numbered
from notifier.enroll.mails.zones import zone_written

LONGEST: Final = 300  # characters of a line that may hold a date

_MONTHS = {word: number for language in LANGUAGES for word, number in numbered(language.months)}
_WEEKDAYS = {word: number for language in LANGUAGES for word, number in numbered(language.weekdays)}
_NAMED_MONTH = rf"(?P<month>[^\W\d_]{{3,{max(map(len, _MONTHS))}}})"  # looked up: an alternation of all is slow
_ORDINAL = r"(?:\.|st|nd|rd|th|er|º)?"
_TO_YEAR = r"[.,]{0,2}[ -]{0,2}(?:de |del )?"
_DAYS: Final = tuple(
    re.compile(rf"(?<![\d.:/-]){pattern}", re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})\s?[-/.年년]\s?(?P<number>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일.]?",
        rf"(?P<day>\d{{1,2}}){_ORDINAL}[ -]{{0,2}}(?:de |of )?{_NAMED_MONTH}\b{_TO_YEAR}(?P<year>\d{{4}})(?!\d)",
        rf"\b{_NAMED_MONTH}\b\.? {{1,2}}(?P<day>\d{{1,2}}){_ORDINAL},? {{1,2}}(?P<year>\d{{4}})(?!\d)",
        r"(?P<first>\d{1,2})(?P<between>[./-]) ?(?P<second>\d{1,2})(?P=between) ?(?P<year>\d{4}|\d{2})(?!\d)",
    )
)
_TIME: Final = re.compile(
    r"(?P<zone>\s?(?:GMT|UTC)[+-]\d{1,2}(?::\d\d)?(?=\s))?(?P<gap>[^\d:]{0,24}?)(?P<hour>\d{1,2})\s?[:.h時时點点시]\s?(?P<minute>\d{2})(?:\s?[分분])?"
    r"(?:[:.]\d{2}(?:\s?[秒초])?)?(?!\d)(?:\s{0,2}(?P<half>[ap])\.?\s?m(?!\w)\.?)?(?:\s?Uhr\b)?",
    re.IGNORECASE,
)
_WEEKDAY: Final = re.compile(
    rf"\b(?P<name>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\b[.,]{{0,2}}\s{{0,2}}\Z", re.IGNORECASE
)
_ENGLISH_WEEKDAYS = dict(numbered(ENGLISH.weekdays))


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written somewhere in a text."""

    day: date | None
    """None if it can be read as two days, or is none at all: `doubt` says so."""
    at: time | None
    zone: tzinfo | None
    start: int
    end: int
    """Where it begins, with its weekday, and where it ends, with its zone."""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """When a mail was sent, as far as its own date says it."""

    moment: datetime | None = None
    words: str = ""
    """How the mail writes the moment; empty without one."""
    zone_assumed: bool = False
    doubt: str = ""
    day_moved: bool = False
    """Whether the moment's day, where it is expressed, is another than the one that is written."""


def sent_as_written(words: str, zone: tzinfo | None, day_order: str = "") -> Sent:
    """Return when a mail was sent whose date a person reads as *words*.

    A moment with a zone of its own is expressed in *zone*, so that its date is the date the reader saw. A
    moment without one is taken in *zone*. Without *zone* both are in UTC; for the latter that is assumed.
    """
    written = find_date(words, day_order)
    if written is None or written.day is None:
        return Sent(doubt=written.doubt if written else "")
    moment = datetime.combine(written.day, written.at or time(), written.zone or zone or UTC)
    return _sent(moment, plain(words).strip(), zone, assumed=written.zone is None and zone is None)


def sent_by_header(words: str, zone: tzinfo | None) -> Sent:
    """Return when a mail was sent whose `Date:` header is *words*: as RFC 5322 writes it, or anyhow."""
    instant = _header_instant(words[:LONGEST])
    return sent_as_written(words, zone) if instant is None else _sent(instant, words, zone)


def find_date(line: str, day_order: str = "") -> Written | None:
    """Find the first day, and the time behind it, in *line* (its first 300 characters).

    Args:
        line: As the mail writes it. Its positions count in `plain(line)`.
        day_order: How the language of the mail program means 11/03/2024: `dmy`, or nothing where only the
            weekday, or a number above twelve, can tell.
    """
    text = plain(line)
    match = min((found for days in _DAYS if (found := _first(days, text))), key=_place, default=None)
    if match is None:
        return None
    day, doubt = _day(match, text, day_order)
    clock = _TIME.match(text, match.end())
    at = _time(clock) if clock else None
    if clock and at is None:
        return None
    zone, behind = zone_written(text[clock.end() :]) if clock else (None, 0)
    if clock and clock["zone"] and not zone:
        zone, _ = zone_written(clock["zone"])
    end = (clock or match).end() + behind
    weekday = _WEEKDAY.search(text, 0, match.start())
    return Written(day, at, zone, (weekday or match).start(), end, doubt)


def plain(line: str) -> str:
    """Return the first 300 characters of *line*, with one way of writing blanks, digits and accents."""
    return normalize("NFKC", line[:LONGEST])[:LONGEST]


def day(words: str) -> date | None:
    """Return the day that *words* name, as `2024-03-11`, `11 March 2024` or `March 11, 2024`."""
    written = find_date(words)
    return None if written is None else written.day


def _header_instant(words: str) -> datetime | None:
    """Read a `Date:` header; None unless it says its offset, or a zone that RFC 5322 knows."""
    try:
        instant = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if instant.tzinfo is None and "-0000" in words:
        return instant.replace(tzinfo=UTC)  # RFC 5322: UTC, and nothing is said about the sender's zone
    return instant if instant.tzinfo is not None else None


def _sent(moment: datetime, words: str, zone: tzinfo | None, *, assumed: bool = False) -> Sent:
    try:
        here = moment.astimezone(zone or UTC)
    except OverflowError:  # a day before year 1 or after year 9999
        here = moment
    return Sent(here, words, zone_assumed=assumed, day_moved=here.date() != moment.date())


def _first(days: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = days.finditer(text)
    return next((each for each in matches if each.groupdict().get("month", "may").lower() in _MONTHS), None)


def _place(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), -match.end()


def _day(match: re.Match[str], text: str, day_order: str) -> tuple[date | None, str]:
    parts = match.groupdict()
    if parts.get("first"):
        return _numeric_day(match, text, day_order)
    number = int(parts["number"]) if parts.get("number") else _MONTHS[parts["month"].lower()]
    return _existing(int(parts["year"]), number, int(parts["day"])), ""


def _numeric_day(match: re.Match[str], text: str, day_order: str) -> tuple[date | None, str]:
    first, second, last = int(match["first"]), int(match["second"]), int(match["year"])
    short = len(match["year"]) <= 2  # noqa: PLR2004  digits
    if short and day_order == "ymd":
        return _existing(2000 + first, second, last), ""
    year = 2000 + last if short else last
    day_first, month_first = _existing(year, second, first), _existing(year, first, second)
    if match["between"] == "." or day_order == "dmy":
        return day_first, ""
    possible = {each for each in (day_first, month_first) if each is not None}
    weekday = _WEEKDAY.search(text, 0, match.start())
    number = _ENGLISH_WEEKDAYS.get(weekday["name"].lower()) if weekday else None
    if number:
        possible = {each for each in possible if each.isoweekday() == number} or possible
    if len(possible) == 1:
        return possible.pop(), ""
    return None, f"{match[0]} may be {day_first} or {month_first}" if possible else ""


def _existing(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:  # 31 February
        return None


def _time(match: re.Match[str]) -> time | None:
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if any(word in match["gap"] for word in BEFORE_NOON):
        half = "a"
    if any(word in match["gap"] for word in AFTER_NOON):
        half = "p"
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match["minute"]))
    except ValueError:  # 25:61
        return None
