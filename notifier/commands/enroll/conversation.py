"""What people say beside their mails while `enroll` takes these into the file: by answers, or by an option."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.commands.enroll.asking import ask_day, ask_rest
from notifier.commands.enroll.enrolling import NOTHING
from notifier.core.words import say_list
from notifier.enroll.acceptances.acceptance import Found
from notifier.enroll.acceptances.recognition import OF_THE_PI
from notifier.enroll.accounts.entries import ACCOUNT_FIELDS
from notifier.enroll.accounts.gaps import held_grant
from notifier.enroll.office.cells import day_of, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from notifier.commands.enroll.enrolling import Enrolling, Taken
    from notifier.commands.enroll.mailbox import Accepted
    from notifier.enroll.acceptances.acceptance import Acceptance, Understood
    from notifier.enroll.acceptances.recognition import Recognition
    from notifier.enroll.accounts.answers import Answers


class Conversation:
    """What a person is asked, each thing once, while acceptances are taken into the file."""

    def __init__(
        self, enrolling: Enrolling, known: Sequence[Recognition], account: str, grant: str | None, *, asks: bool
    ) -> None:
        self.enrolling, self.account, self.grant, self.asks = enrolling, account, grant, asks
        self.kinds = {each.program: each.kinds for each in known}
        self.asked = set[str]()  # of the account, and which grants

    def take(self, understood: Understood) -> Taken:
        """Take one acceptance, with what a person answers."""
        dated = _dated(understood) if self.asks else understood
        return self.enrolling.take(dated, self.account, self.grant, self.answers(dated))

    def answers(self, understood: Understood) -> Answers:
        day = understood.value("accepted_on")
        key = f"{understood.program} {day}"
        is_new = held_grant(self.enrolling.sheet.account(self.account), understood, self.grant) is None
        if not self.asks or key in self.asked or not (is_new or self.enrolling.update):
            return NOTHING
        missing = [
            ask
            for ask in self.enrolling.missing(understood, self.account, self.grant)
            if ask.name not in self.asked
        ]
        self.asked |= {key, *ACCOUNT_FIELDS, *OF_THE_PI}
        return ask_rest(missing, day, self.kinds[understood.program], self.enrolling.currency(self.account))


def _dated(understood: Understood) -> Understood:
    """The acceptance with its day, which cannot be left out."""
    ask = next((ask for ask in understood.asks if ask.name == "accepted_on"), None)
    if ask is None:
        return understood
    return _with_day(understood, ask_day(ask), "your answer")


def dated_by(option: str | None, file: Path, mails: Accepted) -> Accepted:
    """The acceptances of the day that *option* says, if any; the only one has that day where its mail says none.

    Ends if the option is no day, or none of theirs.
    """
    if option is None:
        return mails
    try:
        day = day_of(plain(option))
    except ValueError as error:
        stop(f"--accepted-on: {error}")
    if len(mails.found) > 1:
        return replace(mails, found=_of_day(day, file, mails))
    (acceptance,) = mails.found
    understood = acceptance.understood
    said = understood.value("accepted_on")
    if said not in {None, day}:
        stop(f"{file} says that the day is {said}, and --accepted-on says {day}; leave the option out")
    if said is None:
        understood = _with_day(understood, day, "--accepted-on")
    return replace(mails, found=[replace(acceptance, understood=understood)])


def _of_day(day: date, file: Path, mails: Accepted) -> list[Acceptance]:
    said = [each.understood.value("accepted_on") for each in mails.found]
    if day not in said:
        there = say_list([str(each or "no day") for each in dict.fromkeys(said)])
        stop(f"{file} has no acceptance of {day}; it has those of {there}")
    return [each for each, of in zip(mails.found, said, strict=True) if of == day]


def of_two_days(mails: Accepted, held: Mapping[str, object]) -> dict[str, dict[date, Acceptance]]:
    """The acceptances by program and day that are a day apart from another one: they are of one grant.

    That is not so where the account, as it is *held*, has a grant of each day.
    """
    by_program: dict[str, dict[date, Acceptance]] = {}
    for each in mails.found:
        day = each.understood.value("accepted_on")
        if isinstance(day, date):
            by_program.setdefault(each.understood.program, {}).setdefault(day, each)
    apart = {program: _a_day_apart(found) for program, found in by_program.items()}
    return {program: found for program, found in apart.items() if not _are_held(found, held)}


def _a_day_apart(found: Mapping[date, Acceptance]) -> dict[date, Acceptance]:
    days = {day.toordinal() for day in found}
    return {day: each for day, each in found.items() if {day.toordinal() - 1, day.toordinal() + 1} & days}


def _are_held(found: Mapping[date, Acceptance], held: Mapping[str, object]) -> bool:
    """Whether the account has a grant of the very day of each."""
    grants = {day: held_grant(held, each.understood) for day, each in found.items()}
    return all(grant is not None and str(grant.get("accepted_on")) == str(day) for day, grant in grants.items())


def _with_day(understood: Understood, day: date, words: str) -> Understood:
    return replace(
        understood,
        found=(*understood.found, Found("accepted_on", day, words)),
        asks=tuple(each for each in understood.asks if each.name != "accepted_on"),
    )
