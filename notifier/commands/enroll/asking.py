"""What `enroll` asks a person: where they read their mail, how to call the account, what the mail omits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import click

from notifier.commands.init.questions import account_id, address, zone_name
from notifier.core.vocabulary import Kind
from notifier.core.words import say_list
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.office.cells import amount_of, day_of, plain
from notifier.environment import time_zone
from notifier.files.facts import read_value
from notifier.files.forms import zone
from notifier.files.positions import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from notifier.core.rule import Ask

T = TypeVar("T")
LEFT_OUT = "leave out"
BLANK = "…"
MOST_NAMED = 10  # accounts
WORDS = {
    "accepted_on": "Day of acceptance",
    "accepted_address": "Accepted address",
    "organization": "Organization id",
    "credits_requested": "Amount requested",
    "use_case": "Use case",
    "research_ends_on": "End of research",
    "affiliation": "Affiliation",
    "pi_name": "Name of the PI",
    "pi_position": "Position of the PI",
}
"""The facts that a person is asked for; of others is said that they are missing."""


def is_somebody_there() -> bool:
    """Whether a person can be asked: the input is a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask_zone() -> ZoneInfo:
    """Ask where the mail is read; Enter takes this machine's zone."""
    return ZoneInfo(_prompt("In which time zone do you read your mail?", zone_name, default=_zone_here()))


def ask_account(there: Sequence[str]) -> str:
    """Ask what to call the account; Enter takes the only one there is, or `lab`."""

    def read(text: str) -> str:
        return text if text in there else account_id(text)

    some = f" (there are {listed(there)})" if len(there) > 1 else ""
    return _prompt(f"A short name for the account{some}", read, default=there[0] if len(there) == 1 else "lab")


def listed(accounts: Sequence[str]) -> str:
    """``a, b and c``: as many accounts as a person reads."""
    if len(accounts) > MOST_NAMED:
        return f"{', '.join(accounts[:MOST_NAMED])}, and more"
    return say_list(accounts)


def ask_day(ask: Ask) -> date:
    """Ask for a date that cannot be left out."""
    return _prompt(f"{WORDS[ask.name]}: {ask.where}, such as 2026-03-31", lambda text: day_of(plain(text)))


def ask_rest(asks: Sequence[Ask], day: object, kinds: Mapping[str, Kind], currency: str) -> Answers:
    """Ask for what the mail of *day* does not say, one short question each; Enter leaves one out."""
    wanted = [ask for ask in asks if ask.name in WORDS]
    if wanted:
        click.echo(f"\nThe mail of {day} does not say this, and letters need it. Enter leaves it out.")
    found = {}
    for number, ask in enumerate(wanted, start=1):
        read = _reader(ask, kinds.get(ask.name, Kind.TEXT), currency)
        question = f"{number}/{len(wanted)} {WORDS[ask.name]}: {ask.where}"
        found[ask.name] = _prompt(question, _or_nothing(read), default=LEFT_OUT)
    return Answers(**{name: value for name, value in found.items() if value is not None})  # type: ignore[arg-type]  # each reader's kind


def read_answer(ask: Ask, kind: Kind, currency: str, text: str) -> str | date:
    """Read an answer as the accounts file takes it; a bare number is an amount in *currency*.

    Raises:
        ValueError: it is none, or has a character that cannot be seen; with what was probably meant.
    """
    said = plain(text)
    if ask.name == "accepted_address":
        return address(said).removeprefix("mailto:")
    if kind is Kind.DATE:
        return day_of(said)
    if kind is Kind.MONEY:
        return amount_of(said, currency)
    begins = ask.example.partition(BLANK)[0]
    if not said.startswith(begins) or BLANK in said:
        raise ValueError(f'"{said}" is not written as `{ask.example}`: {ask.where}')
    return str(read_value(kind, said, currency))


def _reader(ask: Ask, kind: Kind, currency: str) -> Callable[[str], str | date]:
    return lambda text: read_answer(ask, kind, currency, text)


def _or_nothing(read: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda text: None if text == LEFT_OUT else read(text)


def _prompt(question: str, read: Callable[[str], T], *, default: str | None = None) -> T:
    """Ask until the answer can be used."""

    def checked(text: str) -> T:
        try:
            return read(text.strip(" ") or default or "")
        except ValueError as error:
            raise click.BadParameter(shown(str(error))) from None

    answer: T = click.prompt(shown(question), default=default, value_proc=checked)
    return answer


def _zone_here() -> str:
    name = time_zone()
    try:
        return zone(name) if name else "UTC"
    except ValueError:
        return "UTC"
