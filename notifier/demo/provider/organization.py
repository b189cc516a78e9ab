"""An organization at the simulated provider: who it is, what it spends, which keys open it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from notifier.demo.provider.books import A_DAY, ZERO, Charge, Corrections, added, dealt, left_of, spread
from notifier.demo.provider.records import AdminKey, Project, ProjectKey, SpendLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from decimal import Decimal

    from notifier.demo.provider.books import Share
    from notifier.demo.provider.records import Credit, Invite, Model, SpendAlert, User


@dataclass(frozen=True, slots=True)
class Organization:
    """Who answers to the admin key *key*: what it costs each UTC day from *started* on, and what it consists of.

    *amounts_as_text* sends amounts as JSON strings, as the real provider sometimes does. *id* stands in the header
    ``openai-organization``; without one there is no header. *key* reads everything, unless *admin_keys* has a
    record of its own for it. *paid_method* pays when the credits are gone; *usage_limit_cents* is the most that
    the provider lets a calendar month cost.
    """

    key: str
    started: date
    daily: Callable[[date], Decimal]
    spend_limit_cents: int | None = None
    amounts_as_text: bool = False
    id: str | None = None
    projects: tuple[Project, ...] = ()
    users: tuple[User, ...] = ()
    invites: tuple[Invite, ...] = ()
    admin_keys: tuple[AdminKey, ...] = ()
    spend_alerts: tuple[SpendAlert, ...] = ()
    spend_limit_enforcing: bool = True
    shares: tuple[Share, ...] = ()
    credits: tuple[Credit, ...] = ()
    paid_method: bool = False
    usage_limit_cents: int | None = None
    models: tuple[Model, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)

    @classmethod
    def having_spent(cls, total: Decimal, *, key: str, since: date, until: date, **also: Any) -> Self:
        """One that has spent exactly *total* from *since* to *until* (both included), and goes on like that.

        Days differ, weekends are quiet; the same key and dates give the same days. *also* are other fields.

        Raises:
            ValueError: *until* is before *since*.
        """
        return cls(key, since, spread(total, since, until, seed=key), **also)

    def charges_on(self, day: date, seen_on: date | None = None) -> tuple[Charge, ...]:
        """What *day* costs as it reads on *seen_on*; None is after every correction."""
        total = self.daily(day) if day >= self.started else ZERO
        return self.corrections.applied(day, dealt(total, self.shares, day), seen_on)

    def cost_on(self, day: date, seen_on: date | None = None) -> Decimal:
        """What *day* costs altogether, in US dollars."""
        return added(charge.amount for charge in self.charges_on(day, seen_on))

    def correct(
        self,
        day: date,
        project: str | None,
        line_item: str | None,
        amount: Decimal,
        *,
        api_key: str | None = None,
        seen_from: date | None = None,
    ) -> None:
        """Let *day* read *amount* for *project* and *line_item*: at once, or from the day *seen_from* on."""
        self.corrections.enter(day, Charge(amount, project, line_item, api_key), seen_from)

    def cost_of_month(self, today: date, project: str | None = None) -> Decimal:
        """What the calendar month of *today* has cost up to that day: altogether, or only *project*."""
        days = (today.replace(day=number) for number in range(1, today.day + 1))
        charges = (charge for day in days for charge in self.charges_on(day, today))
        return added(each.amount for each in charges if project in {None, each.project_id})

    def credit_left(self, today: date) -> Decimal:
        """What is left of the credits on *today*."""
        return left_of(self.credits, lambda day: self.cost_on(day, today), today)

    @property
    def spend_limit(self) -> SpendLimit | None:
        """The organization's own limit for a month."""
        if self.spend_limit_cents is None:
            return None
        return SpendLimit(self.spend_limit_cents, self.spend_limit_enforcing)

    def project(self, id_: str, today: date) -> Project | None:
        """The project *id_*, if it was made by *today*; archived ones are still there."""
        return next((each for each in self.projects if each.id == id_ and each.created_on <= today), None)

    def every_admin_key(self) -> tuple[AdminKey, ...]:
        """The admin keys, with *key* first where no record of its own stands for it."""
        if any(each.value == self.key for each in self.admin_keys):
            return self.admin_keys
        return (AdminKey("key_main", "notifier", self.key, self.started), *self.admin_keys)

    def openings(self) -> Iterator[tuple[str, AdminKey | ProjectKey, Project | None]]:
        """Every key that opens something: its value, its record, and for a project's key the project."""
        for key in self.every_admin_key():
            yield key.value, key, None
        for project in self.projects:
            for project_key in project.keys:
                yield project_key.value, project_key, project

    def last_used_on(self, key: ProjectKey, today: date) -> date | None:
        """When *key* was used last, up to *today*: as its record says, or the last day with costs made with it."""
        if key.last_used_on is not None or not any(share.api_key_id == key.id for share in self.shares):
            return key.last_used_on
        day = today
        while day >= max(self.started, key.created_on):
            if any(charge.api_key_id == key.id for charge in self.charges_on(day, today)):
                return day
            day -= A_DAY
        return None
