"""The forms of single values in the accounts file: each function reads one, or says how it is written.

All of them raise ValueError, which becomes a fault at the value's place.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from notifier.core.money import micro
from notifier.core.quiet import parse_quiet
from notifier.core.vocabulary import Owner, suggestion
from notifier.core.weekly import parse_weekly
from notifier.files.facts import read_value
from notifier.files.table import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from notifier.core.facts import Observed
    from notifier.core.rule import Ask
    from notifier.core.vocabulary import Fact, Kind

ADDRESS = r"[^@\s]+@[^@\s]+"
REACH = re.compile(rf"mailto:{ADDRESS}|slack:(#[\w.-]+|[CGD][A-Z0-9]{{7,}}|{ADDRESS})")
NAMES_A_VARIABLE = "names a variable, such as LAB_OPENAI_ADMIN_KEY; the key itself never stands here"
NAME_OF_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACEHOLDER = re.compile(
    r"(?:org-|mailto:|slack:#?)?(?:…|\.\.\.)(?: [A-Z]{3})?|YYYY-MM-DD"
)  # shows how something is written


@cache
def holidays_of(text: str, years: tuple[int, ...]) -> frozenset[int]:
    """The public holidays of a country and region, such as ``DE-BE``, in *years*."""
    from holidays import country_holidays  # noqa: PLC0415  takes longer to import than a whole check

    country, _, region = text.partition("-")
    try:
        return frozenset(at.toordinal() for at in country_holidays(country, subdiv=region or None, years=years))
    except NotImplementedError as error:
        raise ValueError(f"{text!r} is not a country and region such as DE-BE: {error}") from None


def days(text: str) -> frozenset[int]:
    """A day, or a range of days such as ``2026-12-24..2027-01-03``."""
    first, _, last = text.partition("..")
    start, end = day(first.strip()), day((last or first).strip())
    if not timedelta(0) <= end - start <= timedelta(days=366):
        raise ValueError(f"{text!r} is not a range of days such as 2026-12-24..2027-01-03")
    return frozenset(range(start.toordinal(), end.toordinal() + 1))


def zone(text: str) -> str:
    """The name of a time zone."""
    zones = _zones()
    if text in zones:
        return text
    raise ValueError(f"{text!r} is not a time zone such as Europe/Berlin{suggestion(text, zones)}")


@cache
def _zones() -> set[str]:
    return available_timezones()


def hour(text: str) -> time:
    """An hour of the day."""
    if match := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text):
        return time(int(match[1]), int(match[2]))
    raise ValueError(f"{text!r} is not an hour of the day such as 09:00")


def currency(text: str) -> str:
    """A currency code."""
    if re.fullmatch("[A-Z]{3}", text):
        return text
    raise ValueError(f"{text!r} is not a currency such as USD")


def reach(text: str, third_parties: frozenset[str] = frozenset()) -> str:
    """An address at which a person can be reached; never that of somebody to whom only people write."""
    if text.partition(":")[2].lower() in third_parties:
        raise ValueError(f"{text!r} is the program's own address: only a person writes there, with a letter")
    if REACH.fullmatch(text):
        return text
    hint = f"; did you mean `mailto:{text}`?" if "@" in text and ":" not in text else ""
    if text.startswith("slack:@"):
        hint = "; Slack tells people by their email address: slack:a@example.edu"
    elif re.fullmatch(r"slack:[\w.-]+", text):
        hint = f"; did you mean `slack:#{text.removeprefix('slack:')}`?"
    raise ValueError(f"{text!r} is not an address such as mailto:a@example.edu or slack:#channel{hint}")


def language(text: str) -> str:
    """The code of a language (ISO 639, with or without a region)."""
    if re.fullmatch("[a-z]{2,3}(-[A-Z]{2})?", text):
        return text
    raise ValueError(f"{text!r} is not the code of a language such as en or de-AT")


def quiet(text: str) -> str:
    """Quiet hours and days, as they are written."""
    parse_quiet(text)
    return text


def digest(text: str) -> str:
    """When the weekly digest comes, as it is written, or ``off``."""
    parse_weekly(text)
    return text


def rate(text: str) -> int:
    """What one unit of a currency is worth, in micro-units."""
    if (rate := micro(text)) > 0:
        return rate
    raise ValueError(f"{text!r} is not a rate such as 0.92: what one unit is worth in the account's currency")


def filled_in(text: str) -> str:
    """A text that a person wrote, not the blank that stood there to be filled in."""
    if PLACEHOLDER.fullmatch(text):
        raise ValueError(f"{text!r} only shows how it is written; fill it in, or leave the line out")
    return text


def as_asked(text: str, asks: Iterable[Ask]) -> str:
    """A text that begins as one of the examples does, where these say how: ``org-…``."""
    heads = {ask.example.removesuffix("…"): ask for ask in asks if ask.example.endswith("…")}
    if heads and not text.startswith(tuple(heads)) and not PLACEHOLDER.fullmatch(text):
        head, ask = next(iter(heads.items()))
        raise ValueError(f"{text!r} does not begin with `{head}`; where to find it: {ask.where}")
    return text


def is_written(fact: Fact) -> bool:
    """Whether a file may state *fact*: what is neither polled nor derived."""
    return fact.owner in {Owner.DECLARED, Owner.RECORDED} and fact.kind.is_told


def value(kind: Kind, currency: str) -> Callable[[str], Observed]:
    """What reads a fact's value that a person has filled in; a bare number is an amount in *currency*."""
    return lambda text: read_value(kind, filled_in(text), currency)


def secret_name(text: str) -> str:
    """The name of a variable that holds a key. What is refused is never repeated: it may be the key itself."""
    if NAME_OF_SECRET.fullmatch(text):
        return text
    raise ValueError(f"`env:` {NAMES_A_VARIABLE}")


def one_of(text: str, known: Mapping[str, object], what: str) -> str:
    """*text*, if it is one of the names in *known*."""
    if text in known:
        return text
    there = ", ".join(sorted(known)) or "none"
    raise ValueError(f"there is no {what} `{text}`{suggestion(text, known) or f'; there are {there}'}")
