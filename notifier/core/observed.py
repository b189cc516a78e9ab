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
HAPPENED = re.compile(r"(?<!plann)(?<!expect)(?<!schedul)(?:ed|sent|spend|refund|paid|made|done|held|given)_on")
GRANTED_ON = "granted_on"  # so ends the name of a day on which something was granted
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
        if value.toordinal() > today and HAPPENED.search(fact.rpartition("/")[2]):
            raise ValueError(f"{value} is still to come, but this is about what has happened")
        if fact.endswith(GRANTED_ON) and isinstance(accepted, date) and value < accepted:
            raise ValueError(f"{value} is before the grant was accepted, on {accepted}")
        return
    if isinstance(value, Money) and value.micro < 0 and fact not in BALANCES:
        raise ValueError(f"an amount is not below zero, as {value} is")
    nothing = value.micro == 0 if isinstance(value, Money) else value == 0 and value is not False
    if came and nothing:
        raise ValueError("0 counts as no; where nothing came yet there is nothing to say")
