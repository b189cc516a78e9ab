"""One acceptance taken into an accounts file, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifier.commands.common import stop
from notifier.core.calendar import utc
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.accounts.changes import Changes
from notifier.enroll.accounts.entries import wanted
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.accounts.gaps import held_grant, stated
from notifier.enroll.accounts.ids import as_id, is_id
from notifier.enroll.accounts.refusals import AlreadyEnrolled
from notifier.enroll.printable import printable
from notifier.files import forms

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from notifier.commands.sheet import Sheet
    from notifier.core.calendar import Moment
    from notifier.core.rule import Ask
    from notifier.enroll.acceptances.acceptance import Understood
    from notifier.enroll.accounts.differences import Difference

NOTHING = Answers()


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `enroll`."""

    grant: str | None = None
    accepted_on: str | None = None
    zone: str | None = None
    update: bool = False
    yes: bool = False
    rules: Path | None = None
    accounts: Path | None = None
    now: str | None = None

    @property
    def of_one(self) -> str:
        """What makes no sense for several acceptances, as the middle of a sentence; empty if nothing does not."""
        if self.grant:
            return "--grant names one grant"
        return "--accepted-on names one day" if self.accepted_on else ""


class UndatedError(EnrollError):
    """The mail gives no day of acceptance; the text says why, and what to do."""

    def __init__(self, understood: Understood) -> None:
        why = f": {understood.date_doubt}" if understood.date_doubt else ""
        super().__init__(
            f"The mail gives no date of acceptance{why}. Save it with its head, or as .eml, or say "
            "the day: --accepted-on 2026-03-31."
        )


class End(Enum):
    """What became of an acceptance."""

    ADDED = auto()
    CHANGED = auto()
    THERE = auto()
    DIFFERS = auto()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one acceptance: its grant, and what the file says otherwise of it, or of its account."""

    end: End
    account: str
    grant: str
    differing: tuple[Difference, ...] = ()
    answered: frozenset[str] = frozenset()
    """Of the fields that differ those that a person answered; the others stand in the mail."""

    @property
    def is_written(self) -> bool:
        """Whether the accounts file changes."""
        return self.end in {End.ADDED, End.CHANGED}


class Enrolling:
    """Acceptances taken into one accounts file, one after another; `text` is the file after all of them.

    *zone* is where the mails are read, if anybody has said so.
    """

    def __init__(self, sheet: Sheet, zone: ZoneInfo | None, now: Moment, *, update: bool) -> None:
        self.sheet, self._zone, self._now, self.update = sheet, zone, now, update
        self._reached = set[str]()
        self._changes = Changes(sheet.file, zone.key if zone else "UTC")

    def take(
        self, understood: Understood, account: str, grant: str | None = None, answers: Answers = NOTHING
    ) -> Taken:
        """Add the grant; change it if the account holds it and says otherwise, where that is wanted.

        Raises:
            UndatedError: the mail has no date.
            EnrollError: the id of the account is none, or there is no place for it.
        """
        for kind, name in (("account", account), ("grant", grant)):
            if name is not None and not is_id(name):
                raise EnrollError(
                    f"{printable(name)!r} cannot be the id of the {kind}: small letters, digits and hyphens; "
                    f"did you mean `{as_id(name) or 'lab'}`?"
                )
        if understood.value("accepted_on") is None:
            raise UndatedError(understood)
        said = replace(answers, pi_address=self._reach(understood, account, grant))
        wish = wanted(self._without_stated(understood, account, grant), said)
        if self._zone and not self._changes.knows(account):
            wish = replace(wish, account={**wish.account, "time_zone": self._zone.key})
        try:
            end, (name, differing) = End.ADDED, self._changes.add(account, grant, self._today(account), wish)
        except AlreadyEnrolled as there:
            end, name, differing = End.DIFFERS if there.differences else End.THERE, there.grant, there.differences
            if self.update and there.differences:
                end, (name, differing) = End.CHANGED, self._changes.update(account, None, wish)
        answered = frozenset(each.field for each in differing if wish.is_answered(each.field))
        return Taken(end, account, name, differing, answered)

    def currency(self, account: str) -> str:
        """In which currency the bare amounts of an account are."""
        return self._changes.currency(account)

    @property
    def text(self) -> str:
        """The accounts file after all.

        Raises:
            EnrollError: it would not mean what it means now plus the grants.
        """
        return self._changes.text()

    def missing(self, understood: Understood, account: str, grant: str | None) -> list[Ask]:
        """What letters need and neither the mail nor the accounts file says."""
        known = stated(self.sheet.account(account), self.sheet.defaults, understood, grant)
        return [ask for ask in (*understood.asks, *understood.signatures) if ask.name not in known]

    def _without_stated(self, understood: Understood, account: str, grant: str | None) -> Understood:
        asks = tuple(ask for ask in self.missing(understood, account, grant) if ask in understood.asks)
        return replace(understood, asks=asks)

    def _reach(self, understood: Understood, account: str, grant: str | None) -> str | None:
        """Where the pi is reached, if the account names nobody at all: as for a new one, the accepted address."""
        held, address = self.sheet.account(account), understood.value("accepted_address")
        knows_somebody = held.get("people") or self.sheet.defaults.get("people") or account in self._reached
        if not held or knows_somebody or held_grant(held, understood, grant) is not None:
            return None
        self._reached.add(account)
        return str(address) if address else None

    def _today(self, account: str) -> date:
        of_the_file = known_zone(self.sheet, account) if self.sheet.account(account) else None
        return utc(self._now).astimezone(of_the_file or self._zone or ZoneInfo("UTC")).date()


def given_zone(name: str | None) -> ZoneInfo | None:
    """The zone that an option names; ends if there is none of that name."""
    try:
        return ZoneInfo(forms.zone(name)) if name else None
    except ValueError as error:
        stop(f"--zone: {error}")


def known_zone(sheet: Sheet, account: str) -> ZoneInfo | None:
    """The zone that the accounts file gives an account, or every account."""
    name = sheet.zone_name(account)
    return ZoneInfo(forms.zone(name)) if name else None
