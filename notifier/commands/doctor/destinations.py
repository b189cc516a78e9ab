"""What `doctor` finds of the destinations that accounts name, by asking each of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.commands.common import called
from notifier.commands.doctor.block import MOST_NAMED, Block, some
from notifier.commands.misset import is_third_party
from notifier.core.audience import said
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_list
from notifier.destinations import Destinations
from notifier.net import Net
from notifier.ports import Examined
from notifier.settings import webhook_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.message import Answer
    from notifier.files.places import Files
    from notifier.settings import Settings

AT_ONCE = 8  # destinations that are looked at at the same moment


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


def not_looked_at() -> Iterator[Block]:
    """That destinations are not looked at while the settings cannot be used."""
    found = "they are looked at once the settings above are mended"
    yield Block("destinations", [Examined("", None, found)])


def of_destinations(settings: Settings, files: Files, *, send: bool, only: Sequence[str] = ()) -> Iterator[Block]:
    """Every destination that accounts name, and the fallback; with *send*, each is greeted.

    With *only*, those that these accounts name.
    """
    everything = _heard(settings, files)
    heard = {address: each for address, each in everything.items() if not only or each.roles.keys() & set(only)}
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
    if vain := [*_in_vain(settings, everything)]:
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
    if settings.fallback and not is_third_party(settings.fallback, files.rulebook):
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
            "", False, f"it cannot be told, and {some(whose.lost)} cannot be reached otherwise", _sentence(why)
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
