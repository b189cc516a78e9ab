"""What an organization spends: daily totals dealt out to who spent them, and what is corrected afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import reduce
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from notifier.demo.provider.records import Credit

ZERO, SMALLEST = Decimal(0), Decimal("0.0001")
SATURDAY = 5
A_DAY = timedelta(days=1)
EXACT = Context(prec=100)  # Python's own 28 digits would round a sum


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum of *amounts*."""
    return reduce(EXACT.add, amounts, ZERO)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one project paid for one line item on one day in US dollars, with which key and by whom."""

    amount: Decimal
    project_id: str | None = None
    line_item: str | None = None
    api_key_id: str | None = None
    user_id: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Who makes *weight* parts of each day's costs, from the day *since* on.

    *per_dollar* is how many of *unit* (such as ``tokens``) one dollar buys.
    """

    weight: int
    project_id: str | None = None
    line_item: str | None = None
    api_key_id: str | None = None
    user_id: str | None = None
    since: date | None = None
    per_dollar: Decimal | None = None
    unit: str | None = None

    def of(self, amount: Decimal) -> Charge:
        """The charge of *amount*."""
        quantity = None if self.per_dollar is None else amount * self.per_dollar
        return Charge(
            amount, self.project_id, self.line_item, self.api_key_id, self.user_id, quantity, self.unit
        )  # fmt: skip


def dealt(total: Decimal, shares: Iterable[Share], day: date) -> tuple[Charge, ...]:
    """*total* dealt out to *shares*, to the last fraction; to nobody where there are none."""
    if not total:
        return ()
    active = [share for share in shares if share.since is None or share.since <= day]
    if not active:
        return (Charge(total),)
    weights = sum(share.weight for share in active)
    amounts = [(total * share.weight / weights).quantize(SMALLEST) for share in active[:-1]]
    amounts.append(EXACT.subtract(total, added(amounts)))
    return tuple(share.of(amount) for share, amount in zip(active, amounts, strict=True) if amount)


@dataclass(frozen=True, slots=True)
class _Correction:
    charge: Charge
    seen_from: date | None

    def concerns(self, charge: Charge) -> bool:
        return (charge.project_id, charge.line_item) == (self.charge.project_id, self.charge.line_item)


class Corrections:
    """What days were found to have cost afterwards. The one that was made last holds."""

    def __init__(self) -> None:
        self._by_day: dict[date, list[_Correction]] = {}

    def enter(self, day: date, charge: Charge, seen_from: date | None) -> None:
        """From *seen_from* on, *day* reads *charge* for its project and line item, and nothing else for these."""
        # Put in its place at once: who reads meanwhile, in another thread, sees the old list or the new one.
        self._by_day[day] = [*self._by_day.get(day, ()), _Correction(charge, seen_from)]

    def applied(self, day: date, charges: tuple[Charge, ...], seen_on: date | None) -> tuple[Charge, ...]:
        """*charges* of *day* as they read on *seen_on*; None is after every correction."""
        for correction in self._by_day.get(day, ()):
            if seen_on is None or correction.seen_from is None or correction.seen_from <= seen_on:
                charges = _corrected(charges, correction)
        return charges


def _corrected(charges: tuple[Charge, ...], correction: _Correction) -> tuple[Charge, ...]:
    """The new charge takes the place, and where it names none also the key and the user, of the first old one."""
    old = next((charge for charge in charges if correction.concerns(charge)), Charge(ZERO))
    new = replace(
        correction.charge,
        api_key_id=correction.charge.api_key_id or old.api_key_id,
        user_id=correction.charge.user_id or old.user_id,
    )
    return (*(charge for charge in charges if not correction.concerns(charge)), new)


def left_of(credits_: Sequence[Credit], cost_on: Callable[[date], Decimal], today: date) -> Decimal:
    """What is left of *credits_* on *today*, that day's costs paid: those that expire first pay first.

    A credit pays for the days from its granting to before its expiry; what no credit pays is owed by nobody here.
    """
    credits_ = sorted(credits_, key=lambda credit: credit.expires_on or date.max)
    left = [credit.amount for credit in credits_]
    day = min((credit.granted_on for credit in credits_), default=today + A_DAY)
    while day <= today:
        due = cost_on(day)
        for place, credit in enumerate(credits_):
            if _valid(credit, day):
                paid = min(due, left[place])
                left[place] -= paid
                due -= paid
        day += A_DAY
    return sum((rest for rest, credit in zip(left, credits_, strict=True) if _valid(credit, today)), ZERO)


def _valid(credit: Credit, day: date) -> bool:
    return credit.granted_on <= day and (credit.expires_on is None or day < credit.expires_on)


def spread(total: Decimal, since: date, until: date, seed: str) -> Callable[[date], Decimal]:
    """Daily costs that sum to exactly *total* from *since* to *until*, and go on at that pace.

    Raises:
        ValueError: *until* is before *since*.
    """
    if until < since:
        raise ValueError(f"nothing can be spent from {since} to {until}")
    days = [since + A_DAY * number for number in range((until - since).days + 1)]
    pace = total / sum(_weight(day, seed) for day in days)

    def usual(day: date) -> Decimal:
        return (pace * _weight(day, seed)).quantize(SMALLEST)

    rest = total - sum((usual(day) for day in days[:-1]), ZERO)

    def daily(day: date) -> Decimal:
        return rest if day == until else usual(day)

    return daily


def _weight(day: date, seed: str) -> int:
    """How busy *day* is, from 20 to 300: a hash of the seed; weekends have a fifth of a working day."""
    chance = blake2b(f"{seed} {day}".encode(), digest_size=2).digest()
    busy = 100 + int.from_bytes(chance, "big") % 201
    return busy // 5 if day.weekday() >= SATURDAY else busy
