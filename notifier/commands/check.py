"""``notifier check``: every mistake of all files at once, before anybody is told by them."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from notifier.clock import Clock
from notifier.commands.common import SHIPPED_RULES, moment, refuse, stop
from notifier.commands.misset import misset
from notifier.core.account import Account, Grant
from notifier.core.calendar import Locale
from notifier.core.vocabulary import suggestion
from notifier.environment import is_configured
from notifier.files.accounts import accounts_files, grant_place, read_accounts, years_around
from notifier.files.places import Files, Places
from notifier.files.positions import Fault, Place
from notifier.files.rulebook import read_rulebook, rule_places
from notifier.flow.declare import Declaration
from notifier.flow.preview import rehearse
from notifier.flow.subjects import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.rule import Rule, Rulebook
    from notifier.settings import Settings

ACCOUNTS = Path("accounts.yaml")
HAPPENED = ("accepted_on", "enrolled_on")  # days of a grant that cannot lie ahead
MOST_KEYS = 3  # that are named in one line


def check(folder: Path | None, accounts: Path | None, now: str | None) -> None:
    """Check rules and drafts, then the accounts, then render every text for every account."""
    at = moment(now)
    settings = _configured()
    places = Places(SHIPPED_RULES, ACCOUNTS, Path()) if settings is None else _set(settings)
    name = str(folder) if folder else places.rules_name
    folder = folder or places.rules
    if not folder.is_dir():
        stop(f"there is no folder {folder}")
    files = accounts_files(accounts or places.accounts)
    if accounts is not None and not files:
        stop(f"there is no file {accounts}")
    if not files and settings is not None and "accounts" in settings.model_fields_set:
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail; try `run --demo` first")
    faults: list[Fault] = []
    rulebook = read_rulebook(folder, name, faults)
    declared = read_accounts(files, rulebook.programs, years_around(at), faults)
    faults += _to_come(files, declared, max(at, Clock().now()))  # who pretends an earlier time expects no less
    if not faults:
        stand = _Stand(folder, name)
        faults += [*_unheld(rulebook, declared, stand), *_unrenderable(rulebook, declared, at, stand)]
    if faults:
        refuse(faults)
    click.echo(_summary(rulebook, declared, folder))
    _warn_of_keys(declared)
    for line in misset(settings, Files(rulebook, declared), places) if settings is not None else ():
        click.echo(line, err=True)


def _configured() -> Settings | None:
    """What is set for `run`; settings are only loaded where there are any."""
    if not is_configured():
        return None
    from notifier.commands.known import configured  # noqa: PLC0415  takes longer to import than a whole check

    return configured()


def _set(settings: Settings) -> Places:
    return Places(settings.rules, settings.accounts, settings.state)


class _Stand:
    """Where the rules of *folder* stand, as faults say it; read only if one is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    @cached_property
    def places(self) -> dict[str, Place]:
        """The place of each rule by its id."""
        return rule_places(self.folder, self.name)

    def of(self, rule: Rule) -> Place:
        """Where *rule* stands."""
        return self.places.get(rule.id, Place(self.name))


def _to_come(files: Sequence[tuple[Path, str]], declared: Sequence[Declaration], now: Moment) -> Iterator[Fault]:
    """Days of what has happened that lie ahead. Tomorrow may do: somewhere it has begun already."""
    for declaration in declared:
        account = declaration.account
        tomorrow = date.fromordinal(account.locale.day_of(now) + 1)
        for grant, said in declaration.grants.items():
            for fact in HAPPENED:
                at = said.get(fact)
                if isinstance(at, date) and at > tomorrow:
                    place = grant_place(files, account.id, grant, fact)
                    yield Fault(place, f"{fact} is {at}, which is still to come")


def _warn_of_keys(declared: Sequence[Declaration]) -> None:
    """Name the keys that accounts refer to and that are set nowhere: nothing is read with them."""
    names = dict.fromkeys(poll.key for declaration in declared for poll in declaration.account.sources if poll.key)
    if not names:
        return
    from notifier.commands.known import configured  # noqa: PLC0415  takes longer to import than a whole check

    settings = configured()
    missing = [name for name in names if settings.secret(name) is None]
    if missing:
        more = f" and {len(missing) - MOST_KEYS} more" if len(missing) > MOST_KEYS else ""
        named, are = ", ".join(missing[:MOST_KEYS]) + more, "is" if len(missing) == 1 else "are"
        click.echo(f"{named} {are} set nowhere, so the provider is not read: see .env.", err=True)


def _unheld(rulebook: Rulebook, declared: Sequence[Declaration], stand: _Stand) -> Iterator[Fault]:
    """Roles that no account has, where they look like one that some account has."""
    held = {role for declaration in declared for role in declaration.account.people}
    for rule in {rule.id: rule for rule in rulebook.rules}.values():
        for _, role in rule.tell.values:
            near = "" if role in held else suggestion(role, held)
            if near:
                yield Fault(stand.of(rule), f"rule `{rule.id}` tells `{role}`, a role that nobody has{near}")


def _unrenderable(
    rulebook: Rulebook, declared: Sequence[Declaration], now: Moment, stand: _Stand
) -> Iterator[Fault]:
    """Every text that fails for an account, or for one of which nothing is known."""
    unknown = [_unknown(program) for program in rulebook.programs]
    for declaration in (*unknown, *declared):
        account = declaration.account
        for grant in account.grants:
            program = rulebook.programs[grant.program].under(account.in_force(account.locale.day_of(now)))
            facts = look(program, account, grant, [declaration.reading(now)], now)
            for rule, why in rehearse(program, account, facts, now):
                about = account.about(grant.id)
                yield Fault(stand.of(rule), f"rule `{rule.id}` cannot be rendered for {about}: {why}")


def _unknown(program: str) -> Declaration:
    account = Account(
        "an account of which nothing is known", Locale(ZoneInfo("UTC")), grants=(Grant("1", program),)
    )
    return Declaration(account)


def _summary(rulebook: Rulebook, declared: Sequence[Declaration], folder: Path) -> str:
    def count(number: int, what: str) -> str:
        return f"{number} {what}{'' if number == 1 else 's'}"

    rules, drafts = len({rule.id for rule in rulebook.rules}), len(rulebook.drafts)
    programs = len([name for name in rulebook.programs if name])
    found = ", ".join([count(programs, "program"), count(rules, "rule"), count(drafts, "draft")])
    accounts = f" and {count(len(declared), 'account')}" if declared else ""
    return f"{folder}: {found}{accounts}: no mistakes."
