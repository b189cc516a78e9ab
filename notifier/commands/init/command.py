"""``notifier init``: a rules folder, an accounts file and `.env` for one's own group.

Nothing that exists is changed. A file appears whole or not at all, `.env` last. Whoever was interrupted calls it
again, and what is missing is added.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.check import check
from notifier.commands.common import SHIPPED_RULES, called, stop
from notifier.commands.init.questions import answers
from notifier.commands.init.starting import accounts_text, env_lines, env_text, rules_texts
from notifier.commands.known import configured
from notifier.environment import DOTENV, PREFIX, variable
from notifier.files.accounts import accounts_files
from notifier.files.places import Places, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.commands.init.questions import Answers

MAIL = "acceptance.eml"
PRIVATE, ORDINARY = 0o600, 0o666  # the second is narrowed by the umask
WHAT = {
    "accounts.yaml": "people and how to reach them; grants",
    "own.yaml": "rules of your own, as examples",
    "README.md": "how to edit the letters",
    ".env": "settings; for your eyes only",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options: an answer each, and whether to ask for the others."""

    account: str | None = None
    zone: str | None = None
    pi_name: str | None = None
    pi_address: str | None = None
    team: str | None = None
    affiliation: str | None = None
    yes: bool = False


def init(folder: Path, options: Options) -> None:
    """Set up *folder*, check what is there then, and say which commands come next."""
    given = {name: text for name, text in asdict(options).items() if isinstance(text, str)}
    try:
        rules, accounts = _places(folder)
        said = _set_up(folder, rules, accounts, given, yes=options.yes)
    except OSError as error:
        stop(f"{error.filename} cannot be used: {error.strerror or error}")
    click.echo()
    check(rules, accounts, None)
    if said and not (said.pi_name or said.pi_address or said.team):
        click.echo(f"Nobody is named there yet: fill in `people:` in {accounts}.")
    _say_next(rules, accounts, said.account if said else _first_account(rules, accounts))


def _set_up(folder: Path, rules: Path, accounts: Path, given: dict[str, str], *, yes: bool) -> Answers | None:
    """Ask and write; returns the answers, None where nothing is asked. Who stops it hears what was written."""
    before = _files(rules, accounts)
    try:
        said = None if accounts_files(accounts) else answers(folder, given, yes=yes)
        if said is None:
            unused = " The answers given here are not used." if given else ""
            click.echo(f"{accounts} stays as it is, so nothing is asked.{unused}")
        click.echo()
        _write(rules, accounts, said)
    except (click.Abort, KeyboardInterrupt):
        written = ", ".join(str(path) for path in sorted(_files(rules, accounts) - before))
        again = "Call it again, and what is missing is added."
        stop(f"\nWritten so far: {written}. {again}" if written else "\nNothing was written.")
    return said


def _files(rules: Path, accounts: Path) -> set[Path]:
    """The whole files that are there of those that this command may write."""
    known = (DOTENV, accounts, *rules.rglob("*"))
    return {path for path in known if path.is_file() and not path.name.endswith(".part")}


def _places(folder: Path) -> tuple[Path, Path]:
    """Where rules and accounts shall be. Accounts that count already go on counting where they are."""
    rules, accounts = folder / "rules", folder / "accounts.yaml"
    if not str(folder).isprintable() or "${" in str(folder):
        stop(f"a folder of this name cannot stand in .env: {str(folder)!r}; name another, such as group")
    if Path(os.path.realpath(rules)).is_relative_to(SHIPPED_RULES):
        stop(f"{rules} is the folder that notifier ships; name another for your own, such as group")
    in_the_way = next((path for path in (rules, *rules.parents) if path.exists() and not path.is_dir()), None)
    if in_the_way is not None:
        stop(f"{in_the_way} is a file, and no folder: name another for your own, such as group")
    if not os.path.lexists(DOTENV) and accounts_files(known := configured().accounts):
        accounts = known
    return rules, accounts


def _write(rules: Path, accounts: Path, said: Answers | None) -> None:
    """Write what is missing, and name each file as it was found."""
    texts = {rules / name: text for name, text in rules_texts().items()}
    if said is not None:
        texts[accounts] = accounts_text(said)
    texts[DOTENV] = env_text(rules, accounts, said.team if said is not None else None)
    for path, text in texts.items():
        if os.path.lexists(path):
            click.echo(f"  kept     {path}")
        else:
            _create(path, text, PRIVATE if path == DOTENV else ORDINARY)
            click.echo(f"  written  {path!s:<44}  {_what(path)}")


def _what(path: Path) -> str:
    kinds = {".txt": "a letter", ".yaml": "a program's rules"}
    return WHAT.get(path.name) or kinds.get(path.suffix, "")


def _create(path: Path, text: str, mode: int) -> None:
    """Write a new file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # left by somebody who was interrupted, perhaps with another mode
    part.touch(mode, exist_ok=False)
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _say_next(rules: Path, accounts: Path, account: str | None) -> None:
    """The three commands that come next, as they have to be typed here."""
    options = "".join(f" --{name} {quote(str(path))}" for name, path in _not_set(rules, accounts))
    which = f" --id {account}" if account else ""
    click.echo("\nWhat comes next, from this folder:")
    for why, command in (
        ("Add your grant from its acceptance mail, saved as .eml or its text in a file.", f"enroll {MAIL}{which}"),
        ("See everything that will be told over its life, when and to whom.", "timeline"),
        ("Watch it.", "run"),
    ):
        click.echo(f"\n{why}\n  {called()} {command}{options}")


def _not_set(rules: Path, accounts: Path) -> Iterator[tuple[str, Path]]:
    """What the settings do not name, so that commands need an option for it. Says how that can be spared."""
    settings, lines = configured(), env_lines(rules, accounts)
    apart = [
        (name, path)
        for name, path, known in (("rules", rules, settings.rules), ("accounts", accounts, settings.accounts))
        if os.path.realpath(known) != os.path.realpath(path)
    ]
    wins = [f"{PREFIX}{name}".upper() for name, _ in apart if variable(f"{PREFIX}{name}".upper())]
    to_add = [lines[setting] for name, _ in apart if (setting := f"{PREFIX}{name}".upper()) not in wins]
    if wins:
        click.echo(
            f"\n{' and '.join(wins)} of the environment won over .env, so the commands below name the files."
        )
    if to_add:
        click.echo(f"\n{DOTENV} stays as it is. With these lines in it the commands below need no options:")
        click.echo("".join(f"\n  {line}" for line in to_add).lstrip("\n"))
    yield from apart


def _first_account(rules: Path, accounts: Path) -> str | None:
    """An account that is there already."""
    declared = read_files(Places(rules, accounts, configured().state), Clock().now()).declared
    return declared[0].account.id if declared else None
