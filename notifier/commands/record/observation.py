"""What a person writes at the command line for a fact that they see: its value, or its day, checked."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.core.language.compile import in_currency
from notifier.core.money import Money
from notifier.core.observed import has_happened, is_nothing, refuse_before_acceptance
from notifier.core.vocabulary import Kind
from notifier.enroll.office.cells import day_of
from notifier.files.facts import read_value
from notifier.files.table import DATE, day

if TYPE_CHECKING:
    from notifier.core.calendar import Locale, Moment
    from notifier.core.facts import Observed
    from notifier.core.vocabulary import Fact

DAYS_AGO = {"today": 0, "yesterday": 1}
EXAMPLES = {  # how a person may write a value
    Kind.DATE: "2026-11-22",
    Kind.DURATION: "3 weeks",
    Kind.MONEY: "1000 USD",
    Kind.NUMBER: "12",
    Kind.TEXT: '"..."',
    Kind.TEXTS: '"..."',
    Kind.YESNO: "yes",
}
BALANCE, GRANT = "credits_left", "credits_granted"
MINUS = ("-", "\u2212")
WRITTEN = {Kind.NUMBER: "a number such as 12 or 0.5", Kind.YESNO: "yes or no"}
NOT_LONG_AGO = timedelta(days=180)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:\s*[A-Za-z]{3})?")
_LEADING_ZEROS = re.compile(r"0\d[\d.]*(?:\s*[A-Za-z]{3})?")


def checked(
    fact: Fact, text: str, own_day: str | None, on: str | None, locale: Locale, now: Moment, accepted: Observed
) -> tuple[Observed, date | None]:
    """The value of *fact* that *text* says, and the day that *on* says; *own_day* is the fact for it, if any.

    *accepted* is the day on which the grant was. Ends with all that is wrong with them.
    """
    faults: list[str] = []
    value: Observed = None
    day_of_it: date | None = None
    try:
        value = _came(observed(fact, text, locale, now), own_day)
        refuse_before_acceptance(fact.name, value, accepted)
    except ValueError as error:
        faults.append(f"{fact.name}: {error}")
    if on is not None and own_day is None:
        faults.append(f"{fact.name}: `--on` is for facts that have a day of their own; this one has none")
    elif on is not None and own_day is not None:
        try:
            day_of_it = observed_day(own_day, on, locale, now)
            refuse_before_acceptance(own_day, day_of_it, accepted)
        except ValueError as error:
            faults.append(f"--on {error}")
    if faults:
        stop("\n".join(faults))
    return value, day_of_it


def _came(value: Observed, own_day: str | None) -> Observed:
    """*value*, unless it says zero of what has a day on which it came: rules take zero for no."""
    if own_day is not None and is_nothing(value):
        raise ValueError(
            "0 counts as no; nothing came yet? then there is nothing to record (to take back: --undo)"
        )
    return value


def observed(fact: Fact, text: str, locale: Locale, now: Moment) -> Observed:
    """The value of *fact* that *text* says.

    Raises:
        ValueError: it says none; the message says how one is written.
    """
    if not text:
        asked = f" ({fact.ask})" if fact.ask else ""
        raise ValueError(f"say what it is{asked}, such as {EXAMPLES[fact.kind]}")
    match fact.kind:
        case Kind.DATE:
            return observed_day(fact.name, text, locale, now)
        case Kind.MONEY:
            return _amount(text, locale, may_be_below_zero=fact.name == BALANCE)
        case Kind.NUMBER | Kind.YESNO:
            with suppress(ValueError):
                return read_value(fact.kind, text.lower(), locale.currency)
            raise ValueError(f"{text!r} is not {WRITTEN[fact.kind]}")
        case _:
            return read_value(fact.kind, text, locale.currency)


def observed_day(fact: str, text: str, locale: Locale, now: Moment) -> date:
    """The day that *text* says, counted in the account's zone, for the fact called *fact*.

    Raises:
        ValueError: it says none, or one that is to come, of what the fact's name says has happened.
    """
    today = date.fromordinal(locale.day_of(now))
    if text.lower() in DAYS_AGO:
        return today - timedelta(days=DAYS_AGO[text.lower()])
    at = _day(text)
    if at > today and has_happened(fact):
        raise ValueError(f"{at} is still to come, but this is about what has happened{_meant(at, today)}")
    return at


def _day(text: str) -> date:
    """A day as files have it, or as lists may: 31.12.2026 too; not what can be read in two ways."""
    if DATE.fullmatch(text):
        return day(text)
    if any(letter.isdigit() for letter in text):
        return day_of(text)
    raise ValueError(f"{text!r} is not a date such as 2026-11-22, today or yesterday")


def _meant(at: date, today: date) -> str:
    """The same day of the year before, where that is not long ago: then a year was probably mistyped."""
    with suppress(ValueError):  # 29 February
        near = at.replace(year=at.year - 1)
        if timedelta(0) <= today - near <= NOT_LONG_AGO:
            return f"; did you mean {near}?"
    return f"; today is {today}"


def _amount(text: str, locale: Locale, *, may_be_below_zero: bool) -> Observed:
    positive = text.lstrip("".join(MINUS)).strip()
    is_below_zero = text.startswith(MINUS)
    if is_below_zero and not may_be_below_zero:
        raise ValueError(f"{text!r}: an amount is not below zero; did you mean {positive}?")
    if _LEADING_ZEROS.fullmatch(positive):  # what a shell leaves of `$1000`
        raise ValueError(f"{text!r} is not an amount such as 1000 USD; a shell eats what looks like `$1`")
    if _THOUSANDS.fullmatch(positive):
        raise ValueError(f"{text!r}: an amount has no comma; did you mean {text.replace(',', '')}?")
    amount = read_value(Kind.MONEY, positive, locale.currency)
    assert isinstance(amount, Money)
    if in_currency(amount, locale) is None:
        raise ValueError(f"no rate from {amount.currency} to {locale.currency} is stated under `rates:`")
    return amount._replace(micro=-amount.micro) if is_below_zero else amount


def doubt(left: Observed, granted: Observed, locale: Locale) -> str:
    """That a balance and a grant do not go together: one of the two is probably mistyped; '' where they do."""
    if not isinstance(left, Money) or not isinstance(granted, Money):
        return ""
    is_left, was_granted = in_currency(left, locale), in_currency(granted, locale)
    if is_left is None or was_granted is None or abs(is_left) <= was_granted:
        return ""
    if is_left < 0:
        return f"The balance, {left}, is further below zero than the {granted} granted: check the two numbers."
    return f"More is left, {left}, than the {granted} granted: check the two numbers."
