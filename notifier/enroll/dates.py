"""Dates as people and mail programs write them in English."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = rf"""
    (?: (?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,?\s+ )?
    (?: (?P<month>{_MONTH})\s+(?P<day>\d{{1,2}}),?
      | (?P<day_first>\d{{1,2}})\.?\s+(?P<month_second>{_MONTH}),? )
    \s+(?P<year>\d{{4}})
"""
_TIME = r",?\s+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?:\s*(?P<half>[ap])\.?m\.?)?"
_WRITTEN_DAY = re.compile(rf"\b{_DAY}\b", re.IGNORECASE | re.VERBOSE)
_WRITTEN_MOMENT = re.compile(rf"\b{_DAY}{_TIME}(?!\w)", re.IGNORECASE | re.VERBOSE)
_LONGEST = 200  # characters of a date header worth looking at


def find_moment(line: str) -> re.Match[str] | None:
    """Find where *line* writes a day and a time, such as `Mon, Mar 11, 2024 at 1:57 PM`."""
    return _WRITTEN_MOMENT.search(line)


def moment(words: str, zone: tzinfo | None) -> tuple[datetime | None, bool]:
    """Return the moment that *words* name, and whether its zone had to be assumed.

    A moment with a zone of its own is expressed in *zone*, so that its date is the date the reader
    saw. A moment without one is taken in *zone*; without *zone* in UTC, which is the assumption.
    """
    short = words[:_LONGEST]
    instant = _header_instant(short)
    if instant is not None:
        return _expressed_in(zone, instant), False
    match = find_moment(short)
    written = None if match is None else _written_moment(match, zone or UTC)
    return written, written is not None and zone is None


def day(words: str) -> date | None:
    """Return the day that *words* name, as `2024-03-11`, `11 March 2024` or `March 11, 2024`."""
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        match = _WRITTEN_DAY.search(words)
        return None if match is None else _written_day(match)


def _header_instant(words: str) -> datetime | None:
    """Read a `Date:` header as RFC 5322 writes it; None unless it says its offset."""
    try:
        instant = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if instant.tzinfo is None and "-0000" in words:
        return instant.replace(tzinfo=UTC)  # RFC 5322: UTC, and nothing is said about the sender's zone
    return instant if instant.tzinfo is not None else None


def _expressed_in(zone: tzinfo | None, instant: datetime) -> datetime:
    try:
        return instant if zone is None else instant.astimezone(zone)
    except OverflowError:  # a day before year 1 or after year 9999
        return instant


def _written_day(match: re.Match[str]) -> date | None:
    month = (match["month"] or match["month_second"])[:3].lower()
    try:
        return date(int(match["year"]), _MONTHS.index(month) + 1, int(match["day"] or match["day_first"]))
    except ValueError:  # 31 February
        return None


def _written_moment(match: re.Match[str], zone: tzinfo) -> datetime | None:
    written = _written_day(match)
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return None if written is None else datetime.combine(written, time(hour, int(match["minute"])), zone)
    except ValueError:  # 25:61
        return None
