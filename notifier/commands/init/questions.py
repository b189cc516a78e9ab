"""The questions of ``notifier init``: what a group says of itself, read and checked, asked or given as options."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import click

from notifier.commands.common import stop
from notifier.enroll.mails.mail import addresses_in
from notifier.environment import time_zone
from notifier.files.forms import filled_in, reach, zone
from notifier.files.positions import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LEFT_OUT = "leave out"
MOST_LETTERS = 200  # of an answer: a name or an institution, not a text
MOST_OF_AN_ID = 63  # letters, as of every id in files (`notifier.files.table`)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # as `enroll --id` wants it
_BLANKS = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a group says of itself, checked; None where it left something out."""

    account: str = "lab"
    zone: str = "UTC"
    pi_name: str | None = None
    pi_address: str | None = None
    team: str | None = None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question: which answer it is for, its words, and how the answer is read (ValueError: what is wrong)."""

    name: str
    asks: str
    read: Callable[[str], str]


def one_line(text: str) -> str:
    """*text* without blanks around it.

    Raises:
        ValueError: it holds what cannot be shown, is too long for one line, or only shows how one answers.
    """
    said = _BLANKS.sub(" ", text).strip(" ")
    odd = next((letter for letter in said if not letter.isprintable()), None)
    if odd is not None:
        raise ValueError(f"{said!r} holds a character that cannot be shown (U+{ord(odd):04X}); write it without")
    if len(said) > MOST_LETTERS:
        raise ValueError(f"this has {len(said):,} characters, {MOST_LETTERS} are the most")
    return filled_in(said)


def account_id(text: str) -> str:
    """The id of an account."""
    said = one_line(text)
    if _ID.fullmatch(said) and len(said) <= MOST_OF_AN_ID:
        return said
    letters = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
    fitting = "-".join(re.findall("[a-z0-9]+", letters))[:MOST_OF_AN_ID].strip("-") or "lab"
    raise ValueError(
        f"{said!r}: a name for commands has small letters, digits and hyphens; did you mean `{fitting}`?"
    )


def zone_name(text: str) -> str:
    """The name of a time zone; a city alone is answered with its zone."""
    said = one_line(text)
    wanted = said.replace(" ", "_").casefold()
    zones = sorted(available_timezones())
    near = [name for name in zones if wanted in {name.casefold(), name.casefold().rpartition("/")[2]}]
    if near and said not in near:
        raise ValueError(f"{said!r} is not a time zone such as Europe/Berlin; did you mean `{near[0]}`?")
    return zone(said)


def address(text: str) -> str:
    """An address of mail, as accounts files write it: ``mailto:…``."""
    said = one_line(text).removeprefix("mailto:")
    found = addresses_in(said)
    if found == (said,):
        return reach(f"mailto:{said}")
    hint = f"; did you mean `{found[0]}`?" if len(found) == 1 else ""
    raise ValueError(f"{said!r} is not an address such as a.researcher@example.edu{hint}")


def channel_or_address(text: str) -> str:
    """A Slack channel or an address of mail, as accounts files write it: ``slack:#…`` or ``mailto:…``."""
    said = one_line(text).removeprefix("slack:")
    if "@" in said[1:]:
        return address(said)
    if said.startswith("#") and re.fullmatch(r"[\w.-]+", said[1:]):
        return reach(f"slack:{said}")
    fitting = re.sub(r"[^\w.-]+", "-", said.lower()).strip("-")
    hint = f"; did you mean `#{fitting}`?" if fitting else ""
    raise ValueError(f"{said!r} is neither a channel such as #lab-grants nor an address{hint}")


QUESTIONS = (
    Question("account", "A short name for your account", account_id),
    Question("zone", "Your time zone", zone_name),
    Question("pi_name", "Name of the PI, who signs the letters", one_line),
    Question("pi_address", "Email address of the PI", address),
    Question("team", "The team's channel (#lab) or address", channel_or_address),
    Question("affiliation", "Institution and group, for the letters", one_line),
)


def answers(folder: Path, given: Mapping[str, str], *, yes: bool) -> Answers:
    """What is *given* by options; for the rest what a person answers, or the defaults where nobody is asked.

    Ends with everything that is wrong with the options.
    """
    found = _read(given)
    defaults = {"account": Answers().account, "zone": _zone_of_this_machine()}
    to_ask = [each for each in QUESTIONS if each.name not in given]
    if yes or sys.stdin is None or not sys.stdin.isatty():
        return Answers(**{**defaults, **found})
    if to_ask:
        click.echo(f"This sets up {folder}/ for the grants of your own group. Enter takes what")
        click.echo(f"stands in brackets; {folder}/accounts.yaml is where to change it later.\n")
    for number, question in enumerate(to_ask, start=1):
        answer = _ask(f"{number}/{len(to_ask)}", question, defaults.get(question.name, LEFT_OUT))
        found |= {question.name: answer} if answer is not None else {}
    return Answers(**{**defaults, **found})


def _read(given: Mapping[str, str]) -> dict[str, str]:
    """The options' answers; ends with everything that is wrong with them. One that is empty is left out."""
    found: dict[str, str] = {}
    wrong = []
    for question in QUESTIONS:
        text = given.get(question.name, "")
        try:
            found |= {question.name: question.read(text)} if text.strip() else {}
        except ValueError as error:
            option = "id" if question.name == "account" else question.name.replace("_", "-")
            wrong.append(f"--{option}: {error}")
    if wrong:
        stop("\n".join(wrong))
    return found


def _zone_of_this_machine() -> str:
    name = time_zone()
    try:
        return zone(name) if name else Answers().zone
    except ValueError:
        return Answers().zone


def _ask(number: str, question: Question, default: str) -> str | None:
    """Ask until the answer can be used; None if it is left out."""

    def read(text: str) -> str | None:
        said = text.strip() or default
        try:
            return None if said == LEFT_OUT else question.read(said)
        except ValueError as error:
            raise click.BadParameter(shown(str(error))) from None

    answer: str | None = click.prompt(f"{number} {question.asks}", default=default, value_proc=read)
    return answer
