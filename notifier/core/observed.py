"""What an observation cannot say, whoever makes it: a day to come of what has happened, nothing of what came."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.money import Money

if TYPE_CHECKING:
    from notifier.core.calendar import Day
    from notifier.core.facts import Observed

# A name that ends in one of these is about something that has happened: it cannot have a day that is to come.
_HAPPENED = re.compile(r"(?<!plann)(?<!expect)(?<!schedul)(?:ed|sent|spend|refund|paid|made|done|held|given)_on")
_GRANTED_ON = "granted_on"  # so ends the name of a day on which something was granted
# What may be below zero: a balance that is overdrawn.
BALANCES = frozenset({"credits_left", "balance", "granted_balance", "paid_balance"})


def refuse_observed(fact: str, value: Observed, today: Day, accepted: Observed = None, *, came: bool) -> None:
    """Let *value* pass as an observation of *fact* that is made on *today*.

    *accepted* is the day on which the grant was, where it is the grant's fact. *came* says that there is a day on
    which it came: then zero is no observation, because rules take it for no.

    Raises:
        ValueError: it cannot have been observed; the message says why.
    """
    if isinstance(value, date):
        if value.toordinal() > today and has_happened(fact):
            raise ValueError(f"{value} is still to come, but this is about what has happened")
        refuse_before_acceptance(fact, value, accepted)
        return
    if isinstance(value, Money) and value.micro < 0 and fact not in BALANCES:
        raise ValueError(f"an amount is not below zero, as {value} is")
    if came and is_nothing(value):
        raise ValueError("0 counts as no; where nothing came yet there is nothing to say")


def has_happened(fact: str) -> bool:
    """Whether *fact* is the day of something that has happened, so that it cannot be to come."""
    return _HAPPENED.search(fact.rpartition("/")[2]) is not None


def refuse_before_acceptance(fact: str, at: Observed, accepted: Observed) -> None:
    """Let *at* pass as *fact*, unless that is the day of what a grant gave and the grant was *accepted* later.

    Raises:
        ValueError: it was.
    """
    if fact.endswith(_GRANTED_ON) and isinstance(at, date) and isinstance(accepted, date) and at < accepted:
        raise ValueError(f"{at} is before the grant was accepted, on {accepted}")


def is_nothing(value: Observed) -> bool:
    """Whether *value* is zero, which rules take for no; not where it is itself a no."""
    return value.micro == 0 if isinstance(value, Money) else value == 0 and value is not False
