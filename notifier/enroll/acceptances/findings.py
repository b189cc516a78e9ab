"""What stands in the body of a mail: each fact with the words that say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from notifier.core.calendar import parse_duration
from notifier.core.money import micro, parse_money
from notifier.core.vocabulary import Kind
from notifier.enroll.acceptances.recognition import Recognition
from notifier.enroll.mails.dates import day

LONGEST_WORDS: Final = 120  # characters that are shown of what a mail says

Value = str | date | tuple[str, ...]

_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&]|\band\b|\bor\b)\s*", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?://|mailto:)?(?:www\.)?", re.IGNORECASE)
_COMPARED: Final = ("contacts.", "links.")


@dataclass(frozen=True, slots=True)
class Found:
    """One fact, and the words of the mail that say it (at most 120 characters)."""

    name: str
    value: Value
    words: str
    ours: str = ""
    """What the program's own file says where the mail is out of date; it counts then."""
    aside: str = ""
    """What makes the words say this value, where they alone would say another: `in Europe/Berlin`."""


def said_by_the_body(body: str, recognition: Recognition) -> Iterator[Found]:
    """Find every fact that the program's patterns find, if its value can be one of its kind."""
    for name in recognition.patterns:
        match = recognition.pattern(name).search(body)
        value = None if match is None else _typed(recognition.kinds.get(name, Kind.TEXT), match["value"] or "")
        if match is not None and value:
            yield Found(name, value, _excerpt(match), _ours(recognition, name, value))


def shortened(words: str) -> str:
    """Return the first 120 characters."""
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"


def is_same_address(one: str, other: str) -> bool:
    """Whether two links, or addresses of mail, lead to the same place, however they are written."""
    return _place(one) == _place(other)


def _ours(recognition: Recognition, name: str, value: Value) -> str:
    ours = recognition.ours.get(name, "")
    is_stale = name.startswith(_COMPARED) and ours and not is_same_address(ours, str(value))
    return ours if is_stale else ""


def _place(address: str) -> str:
    host, slash, path = _SCHEME.sub("", address.strip(), count=1).rstrip("/").partition("/")
    return f"{host.casefold()}{slash}{path}"


def _typed(kind: Kind, text: str) -> Value | None:
    """Return the value as an accounts file writes it; None if the text cannot be such a value."""
    said = text.strip()
    try:
        match kind:
            case Kind.TEXTS:
                names = (part.strip(" .").lower().replace(" ", "-") for part in _BETWEEN_NAMES.split(said))
                return tuple(dict.fromkeys(name for name in names if name))
            case Kind.DATE:
                return day(said)
            case Kind.DURATION:
                parse_duration(said)
            case Kind.MONEY:
                parse_money(said)
            case Kind.NUMBER:
                micro(said)
            case _:
                pass
    except ValueError:
        return None
    return said


def _excerpt(match: re.Match[str]) -> str:
    """Return the matched words; of long ones the end of the value and what stands before it."""
    words = match[0]
    if len(words) <= LONGEST_WORDS:
        return words
    end = match.end("value") - match.start()
    if end < LONGEST_WORDS:
        return shortened(words)
    after = "…" if end < len(words) else ""
    return "…" + words[end - (LONGEST_WORDS - 1 - len(after)) : end] + after
