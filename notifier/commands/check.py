"""``notifier check``: every mistake of all files at once, before anybody is told by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from notifier.commands.common import SHIPPED_RULES, moment, refuse, stop
from notifier.core.account import Account, Grant
from notifier.core.calendar import Locale
from notifier.core.vocabulary import suggestion
from notifier.environment import is_configured
from notifier.files.accounts import accounts_files, read_accounts, years_around
from notifier.files.positions import Fault, Place
from notifier.files.rulebook import read_rulebook
from notifier.flow.declare import Declaration
from notifier.flow.judge import look
from notifier.flow.preview import rehearse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook

ACCOUNTS = Path("accounts.yaml")


def check(folder: Path | None, accounts: Path | None, now: str | None) -> None:
    """Check rules and drafts, then the accounts, then render every text for every account."""
    at = moment(now)
    configured_rules, configured_accounts = _configured()
    name, folder = (str(folder), folder) if folder else (configured_rules.name, configured_rules)
    if not folder.is_dir():
        stop(f"there is no folder {folder}")
    files = accounts_files(accounts or configured_accounts)
    if accounts is not None and not files:
        stop(f"there is no file {accounts}")
    faults: list[Fault] = []
    rulebook = read_rulebook(folder, name, faults)
    declared = read_accounts(files, rulebook.programs, years_around(at), faults)
    if not faults:
        faults += [*_unheld(rulebook, declared, name), *_unrenderable(rulebook, declared, at, name)]
    if faults:
        refuse(faults)
    click.echo(_summary(rulebook, declared, folder))


def _configured() -> tuple[Path, Path]:
    """The rules and the accounts that `run` would use; settings are only loaded where there are any."""
    if not is_configured():
        return SHIPPED_RULES, ACCOUNTS
    from notifier.commands.known import configured  # noqa: PLC0415  takes longer to import than a whole check

    settings = configured()
    return settings.rules, settings.accounts


def _unheld(rulebook: Rulebook, declared: Sequence[Declaration], name: str) -> Iterator[Fault]:
    """Roles that no account has, where they look like one that some account has."""
    held = {role for declaration in declared for role in declaration.account.people}
    for rule in {rule.id: rule for rule in rulebook.rules}.values():
        for _, role in rule.tell.values:
            near = "" if role in held else suggestion(role, held)
            if near:
                yield Fault(Place(name), f"rule `{rule.id}` tells `{role}`, a role that nobody has{near}")


def _unrenderable(rulebook: Rulebook, declared: Sequence[Declaration], now: Moment, name: str) -> Iterator[Fault]:
    """Every text that fails for an account, or for one of which nothing is known."""
    unknown = [_unknown(program) for program in rulebook.programs]
    for declaration in (*unknown, *declared):
        account = declaration.account
        for grant in account.grants:
            program = rulebook.programs[grant.program].under(account.in_force(account.locale.day_of(now)))
            facts = look(program, account, grant, [declaration.reading(now)], now)
            for rule, why in rehearse(program, account, facts, now):
                about = account.about(grant.id)
                yield Fault(Place(name), f"rule `{rule.id}` cannot be rendered for {about}: {why}")


def _unknown(program: str) -> Declaration:
    account = Account(
        "an account of which nothing is known", Locale(ZoneInfo("UTC")), grants=(Grant("1", program),)
    )
    return Declaration(account)


def _summary(rulebook: Rulebook, declared: Sequence[Declaration], folder: Path) -> str:
    def count(number: int, what: str) -> str:
        return f"{number} {what}{'' if number == 1 else 's'}"

    rules, drafts = len({rule.id for rule in rulebook.rules}), len(rulebook.drafts)
    found = ", ".join([count(len(rulebook.programs), "program"), count(rules, "rule"), count(drafts, "draft")])
    accounts = f" and {count(len(declared), 'account')}" if declared else ""
    return f"{folder}: {found}{accounts}: no mistakes."
