"""What people say beside their mails while `enroll` takes these into the file: by answers, or by an option."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.commands.enroll.asking import ask_day, ask_rest
from notifier.commands.enroll.enrolling import NOTHING
from notifier.enroll.acceptances.acceptance import Found
from notifier.enroll.acceptances.recognition import OF_THE_PI
from notifier.enroll.accounts.entries import ACCOUNT_FIELDS
from notifier.enroll.accounts.gaps import held_grant
from notifier.enroll.office.cells import day_of, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from notifier.commands.enroll.enrolling import Enrolling, Taken
    from notifier.commands.enroll.mailbox import Accepted
    from notifier.enroll.acceptances.acceptance import Understood
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
    """The one acceptance with the day that *option* says, if any; ends if it is none, or the mail says another."""
    if option is None:
        return mails
    (acceptance,) = mails.found
    understood = acceptance.understood
    try:
        day = day_of(plain(option))
    except ValueError as error:
        stop(f"--accepted-on: {error}")
    said = understood.value("accepted_on")
    if said not in {None, day}:
        stop(f"{file} says that the day is {said}, and --accepted-on says {day}; leave the option out")
    if said is None:
        understood = _with_day(understood, day, "--accepted-on")
    return replace(mails, found=[replace(acceptance, understood=understood)])


def _with_day(understood: Understood, day: date, words: str) -> Understood:
    return replace(
        understood,
        found=(*understood.found, Found("accepted_on", day, words)),
        asks=tuple(each for each in understood.asks if each.name != "accepted_on"),
    )
