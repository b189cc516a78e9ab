"""The time zones that mail programs write behind a date, where only one zone can be meant."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

_FURTHEST = 14 * 60  # minutes; no place on earth is further from Greenwich
# Hours east of Greenwich, and what is written for them. What two parts of the world use for different times
# is left out: CST, IST, BST, AST, SST, GST.
_SHORT_NAMES: Final = {
    0: "Z|UT|UTC|GMT|WET",
    1: "CET|MEZ|WEST",
    2: "CEST|MESZ|EET|OEZ|SAST",
    3: "EEST|OESZ|MSK",
    8: "HKT|SGT|AWST",
    9: "JST|KST",
    9.5: "ACST",
    10: "AEST",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
    -3: "BRT",
    -4: "EDT",
    -5: "EST|CDT",
    -6: "MDT",
    -7: "MST|PDT",
    -8: "PST|AKDT",
    -9: "AKST",
    -10: "HST",
}
_LONG_NAMES: Final = {
    0: "coordinated universal time|koordinierte weltzeit|greenwich mean time"
    "|western european time|western european standard time",
    1: "central european time|central european standard time|mitteleuropäische zeit|mitteleuropäische normalzeit"
    "|heure normale d'europe centrale|ora standard dell'europa centrale|hora estándar de europa central",
    2: "central european summer time|mitteleuropäische sommerzeit|heure d'été d'europe centrale"
    "|ora legale dell'europa centrale|hora de verano de europa central"
    "|eastern european time|eastern european standard time",
    3: "eastern european summer time",
    8: "china standard time|singapore standard time|中国标准时间",
    9: "japan standard time|日本標準時|korean standard time|한국 표준시",
    -4: "eastern daylight time",
    -5: "eastern standard time|central daylight time",
    -6: "mountain daylight time",
    -7: "mountain standard time|pacific daylight time",
    -8: "pacific standard time",
}
_HOURS: Final = {name: hours for hours, names in _SHORT_NAMES.items() for name in names.split("|")}
_NAMED: Final = {name: hours for hours, names in _LONG_NAMES.items() for name in names.split("|")}
# Outlook writes a Windows zone, `(UTC+01:00) Amsterdam, Berlin, …`: its offset is that of winter all year.
_WINDOWS: Final = {
    "amsterdam": "Europe/Berlin",
    "athens": "Europe/Bucharest",
    "beijing": "Asia/Shanghai",
    "belgrade": "Europe/Budapest",
    "brasilia": "America/Sao_Paulo",
    "brussels": "Europe/Paris",
    "canberra": "Australia/Sydney",
    "central time": "America/Chicago",
    "chennai": "Asia/Kolkata",
    "coordinated universal time": "UTC",
    "dublin": "Europe/London",
    "eastern time": "America/New_York",
    "helsinki": "Europe/Kyiv",
    "jerusalem": "Asia/Jerusalem",
    "kuala lumpur": "Asia/Singapore",
    "mountain time": "America/Denver",
    "osaka": "Asia/Tokyo",
    "pacific time": "America/Los_Angeles",
    "sarajevo": "Europe/Warsaw",
    "seoul": "Asia/Seoul",
}
_WINDOWS_ZONE = re.compile(r"\(UTC(?:[+-]\d\d:\d\d)?\)\s{0,3}(?P<place>[A-Za-z ]{3,40})")
_OFFSET = re.compile(
    r"\(?(?:UTC|GMT)?\s?(?P<sign>[+\u2212-])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?(?!\d)\)?"
)
_ABBREVIATION = re.compile(r"\(?(?P<name>[A-Z]{1,4})(?![\w+-])\)?")
_LONG_NAME = re.compile(r"\(?(?P<name>[^\W\d_][^()<>,;:\d]{4,40})\)?")


def zone_written(behind: str) -> tuple[tzinfo | None, int]:
    """Return the zone at the beginning of what stands *behind* a time, and where it ends there.

    Returns:
        None and 0 without a zone, or where the name is used for several.
    """
    start = len(behind) - len(behind.lstrip())
    if windows := _WINDOWS_ZONE.match(behind, start):
        key = _WINDOWS.get(windows["place"].strip().lower())
        return (ZoneInfo(key), windows.end()) if key else (None, 0)
    if offset := _OFFSET.match(behind, start):
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        return _east(minutes if offset["sign"] == "+" else -minutes, offset)
    if (short := _ABBREVIATION.match(behind, start)) and short["name"] in _HOURS:
        return _east(_HOURS[short["name"]] * 60, short)
    long = _LONG_NAME.match(behind, start)
    hours = _NAMED.get(long["name"].strip().replace("\u2019", "'").lower()) if long else None
    return (None, 0) if hours is None or long is None else _east(hours * 60, long)


def _east(minutes: float, words: re.Match[str]) -> tuple[tzinfo | None, int]:
    if abs(minutes) > _FURTHEST:
        return None, 0
    return (timezone(timedelta(minutes=minutes)) if minutes else UTC), words.end()
