"""``notifier doctor``: whether everything that is named can be told and read, and what to do where it cannot.

Exit codes: 0 all is well · 1 something is to be mended · 2 the command cannot be carried out.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import called, stop
from notifier.core.audience import said
from notifier.core.vocabulary import suggestion
from notifier.core.words import plain, say_list
from notifier.destinations import Destinations
from notifier.files.accounts import accounts_files, third_parties
from notifier.files.places import Places, read_files
from notifier.files.positions import shown
from notifier.net import Net
from notifier.ports import Examined
from notifier.settings import SettingsError, read_settings, unknown_names, webhook_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from notifier.core.message import Answer
    from notifier.files.places import Files
    from notifier.settings import Settings

AT_ONCE = 8  # destinations that are looked at at the same moment
MOST_NAMED = 3  # accounts, of those that share a destination
WORDS = {True: "well", False: "to mend", None: "unclear"}
NAME = re.compile(r"NOTIFIER_\w+")


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    send: bool = False
    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that was looked at: its *title*, what was found, and what else there is to say *below*."""

    title: str
    found: Sequence[Examined]
    below: tuple[str, ...] = ()

    @property
    def to_mend(self) -> int:
        """How much of it somebody has to do something about."""
        return sum(each.good is False or (each.good is None and bool(each.advice)) for each in self.found)


@dataclass(slots=True)
class Heard:
    """Who hears at one destination: the roles by account. *lost* are those who cannot be reached at all."""

    roles: dict[str, list[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    fallback: bool = False

    def __str__(self) -> str:
        named = [f"{account} ({say_list(roles)})" for account, roles in self.roles.items()]
        more = len(named) - MOST_NAMED
        named = named[:MOST_NAMED] + ([f"{more:,} more account{'s' if more > 1 else ''}"] if more > 0 else [])
        return say_list(named + (["what could not be told elsewhere"] if self.fallback else []))


def doctor(options: Options) -> None:
    """Look at settings, files, keys, the state folder and each destination; with *send*, greet each of these."""
    settings, wrong = _settings()
    rules, accounts = options.rules or settings.rules, options.accounts or settings.accounts
    places = Places(rules, accounts, options.state or settings.state)
    if not accounts_files(places.accounts):
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail")
    files = read_files(places, Clock().now())
    blocks = [
        _of_settings(settings, wrong, places, files),
        _of_files(files),
        *_of_keys(settings, files),
        _of_state(places.state),
        *(_not_looked_at() if wrong else _of_destinations(settings, files, send=options.send)),
    ]
    for block in blocks:
        _show(block)
    _end(sum(block.to_mend for block in blocks), greeted=options.send or settings.ways.leads_to is None)


def _settings() -> tuple[Settings, list[str]]:
    """The settings, and what is wrong with them; then those that can be read."""
    try:
        return read_settings(), []
    except SettingsError as error:
        if error.settings is None:
            stop(str(error))
        return error.settings, str(error).splitlines()


# -- what stands in files ----------------------------------------------------------------------------------------


def _of_settings(settings: Settings, wrong: Sequence[str], places: Places, files: Files) -> Block:
    used = {name for declaration in files.declared for _, name in declaration.account.sources}
    if files.account_faults:  # what an account that is left out uses is used all the same
        texts = [path.read_text(encoding="utf-8", errors="replace") for path, _ in accounts_files(places.accounts)]
        used |= {name for text in texts for name in NAME.findall(text)}
    faults = [_fault(line) for line in (*wrong, *unknown_names(used), *_strangers(settings, files))]
    return Block("settings", faults or [Examined("", True, "they can be used")])


def _strangers(settings: Settings, files: Files) -> Iterator[str]:
    if _is_strange(settings.fallback, files):
        yield "NOTIFIER_FALLBACK is a contact of a program, whom only a person writes to: name an address of yours"


def _is_strange(address: str, files: Files) -> bool:
    """Whether *address* is outside of the house: only letters go there, and a person sends them."""
    return address.partition(":")[2].lower() in third_parties(files.rulebook.programs.values())


def _fault(line: str) -> Examined:
    """A sentence that says what is wrong, and what to do."""
    return Examined("", False, line)


def _of_files(files: Files) -> Block:
    faults = sorted([*files.rule_faults, *files.account_faults])
    count = len(files.declared)
    well = Examined("", True, f"{count:,} account{'' if count == 1 else 's'} can be used")
    return Block("rules and accounts", [_fault(str(fault)) for fault in faults] or [well])


def _of_keys(settings: Settings, files: Files) -> Iterator[Block]:
    """The keys that accounts name; which are there."""
    users: dict[str, list[str]] = {}
    for declaration in files.declared:
        for _, name in declaration.account.sources:
            users.setdefault(name, []).append(declaration.account.id)
    if not users:
        return
    where = f"the environment, .env and the folder {settings.secrets}"
    missing = [
        Examined(name, False, f"it is in none of {where}, so {_some(accounts)} cannot be read",
                 advice=f"Put the key there under this name, or take `key:` out of {_some(accounts)}.")
        for name, accounts in users.items() if settings.secret(name) is None
    ]  # fmt: skip
    well = Examined("", True, f"{say_list(list(users)[:MOST_NAMED])}: all of them are set")
    yield Block("keys of accounts", missing or [well])


def _some(accounts: Sequence[str]) -> str:
    more = len(accounts) - MOST_NAMED
    return say_list([*accounts[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])])


def _of_state(folder: Path) -> Block:
    """Whether the service can write its database, letters and record."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    good = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    if good:
        found = "it can be written" if there == folder else "`run` makes it"
        return Block(f"the state folder {folder}", [Examined("", True, found)])
    advice = "Let the user who starts `run` write there, or name another folder as NOTIFIER_STATE."
    return Block(f"the state folder {folder}", [Examined("", False, "it cannot be written", advice)])


# -- destinations ------------------------------------------------------------------------------------------------


def _not_looked_at() -> Iterator[Block]:
    found = "they are looked at once the settings above are mended"
    yield Block("destinations", [Examined("", None, found)])


def _of_destinations(settings: Settings, files: Files, *, send: bool) -> Iterator[Block]:
    heard = _heard(settings, files)
    if settings.ways.leads_to is None:
        yield _console(heard)
        return
    if not heard:
        found = "no account names anybody, so the console hears everything"
        yield Block(
            "destinations", [Examined("", False, found, "Name people under `people:` in the accounts file.")]
        )
    told = [address for address in heard if settings.leads_to(address)]
    examined = dict(zip(told, asyncio.run(look(told, settings, send=send)), strict=True))
    for address, whose in heard.items():
        if address in examined:
            yield Block(f"{address}, for {whose}, {_by(settings, address)}", examined[address])
        else:
            yield Block(f"{address}, for {whose}", [_not_told(settings, address, whose)])
    if vain := [*_in_vain(settings, heard)]:
        yield Block("webhooks", vain)


def _heard(settings: Settings, files: Files) -> dict[str, Heard]:
    """Every destination that accounts name, and the fallback, each once."""
    found: dict[str, Heard] = {}
    for declaration in files.declared:
        account = declaration.account
        for role, person in account.people.items():
            lost = settings.ways.to(person.reach) is None
            for address in person.reach:
                whose = found.setdefault(address, Heard())
                whose.roles.setdefault(account.id, []).append(said(role))
                whose.lost += [f"{said(role)} of {account.id}"] if lost else []
    if settings.fallback and not _is_strange(settings.fallback, files):
        found.setdefault(settings.fallback, Heard()).fallback = True
    return found


async def look(addresses: Sequence[str], settings: Settings, *, send: bool) -> list[Sequence[Examined]]:
    """What each of *addresses* is found to be, some of them at the same moment; what was opened is closed."""
    net = Net()
    destinations, turns = Destinations(settings, net, None, _typed), asyncio.Semaphore(AT_ONCE)

    async def one(address: str) -> Sequence[Examined]:
        channel = destinations.channel(address)
        assert channel is not None
        async with turns:
            try:
                return await channel.examine(address, send=send)
            except Exception as error:  # noqa: BLE001  its words may hold a secret: only its kind is said
                return [
                    Examined("the channel", False, f"a fault in it: {type(error).__name__}", "Please report it.")
                ]

    try:
        return await asyncio.gather(*map(one, addresses))
    finally:
        await destinations.aclose()
        await net.aclose()


def _typed(answer: Answer) -> str:
    return f"{called()} {answer.verb} {answer.rest}".rstrip()


def _by(settings: Settings, address: str) -> str:
    if address.startswith("mailto:"):
        return f"by the mail server {settings.smtp_host}" if settings.smtp_host else "by SendGrid"
    return f"by {webhook_name(address)}" if settings.webhook(address) is not None else "by the bot in Slack"


def _not_told(settings: Settings, address: str, whose: Heard) -> Examined:
    """An address that is not used: to be mended only where somebody has no other."""
    why = settings.why_not(address)
    if whose.lost:
        return Examined(
            "", False, f"it cannot be told, and {_some(whose.lost)} cannot be reached otherwise", _sentence(why)
        )
    return Examined("", None, f"it is not used: {why}")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _in_vain(settings: Settings, heard: dict[str, Heard]) -> Iterator[Examined]:
    """Webhooks of channels that nobody names: most of them are misspelt."""
    wanted = {webhook_name(address) for address in heard if address.startswith("slack:")}
    for ending in settings.slack_webhook:
        name = webhook_name(ending)
        if name not in wanted:
            yield Examined(name, False, f"no account names such a channel{suggestion(name, wanted)}",
                           "Call it like the channel in the accounts file, or take it out.")  # fmt: skip


def _console(heard: dict[str, Heard]) -> Block:
    """Nothing is configured: what is used, and which lines would change that."""
    channel = next((each for each in heard if each.startswith("slack:#")), "slack:#lab-grants")
    domain = next((each.rpartition("@")[2] for each in heard if each.startswith("mailto:")), "example.edu")
    below = (
        "Nothing is set that leads to a channel or an inbox. For a channel in Slack, put this line into .env:",
        f"  {webhook_name(channel)}=https://hooks.slack.com/services/…",
        "The address is made at api.slack.com/apps: Create New App, Incoming Webhooks, Add New Webhook.",
        "Or, for mail, these lines:",
        f"  NOTIFIER_SMTP_HOST=smtp.{domain}",
        "  NOTIFIER_SMTP_USER=…",
        "  NOTIFIER_SMTP_PASSWORD=…",
        f"  NOTIFIER_MAIL_FROM=notifier@{domain}",
        "Then call `doctor` again.",
    )
    return Block("the console", [Examined("", True, "it shows every message where `run` runs")], below)


# -- saying it ---------------------------------------------------------------------------------------------------


def _show(block: Block) -> None:
    click.echo(shown(block.title))
    for each in block.found:
        what = f"{each.what}: " if each.what else ""
        click.echo(f"  {WORDS[each.good]:<8} {shown(f'{what}{each.found}')}")
        if each.advice:
            click.echo(f"  {'':<8} {shown(each.advice)}")
    for line in block.below:
        click.echo(f"  {plain(line)}")
    click.echo()


def _end(to_mend: int, *, greeted: bool) -> None:
    hint = (
        "" if greeted else f" Nothing was sent; `{called()} doctor --send` sends a greeting to each destination."
    )
    click.echo(f"{f'To mend: {to_mend}.' if to_mend else 'All is well.'}{hint}")
    sys.exit(1 if to_mend else 0)
