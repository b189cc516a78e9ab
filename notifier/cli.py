"""The commands and their options. Each command's work is in `notifier.commands`, imported when it is called.

Exit codes: 0 done · 1 mistakes in files that people edit · 2 the command cannot be carried out as given.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path

import click

ACCOUNTS = click.option("--accounts", type=click.Path(path_type=Path), help="The accounts file [accounts.yaml].")
RULES = click.option("--rules", type=click.Path(path_type=Path), help="The rules folder [the shipped one].")
STATE = click.option("--state", type=click.Path(path_type=Path), help="Folder of the service's database [state].")
NOW = click.option("--now", metavar="TIME", help="Pretend it is this time: 2026-11-22 or 2026-11-22T14:05Z.")
DEMO = click.option("--demo", is_flag=True, help="On the demo's simulated grants.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="notifier")
def main() -> None:
    """Tell a research group, once and in time, what its grant of API credits asks of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows `?` for it


@main.command()
@RULES
@ACCOUNTS
@STATE
@click.option("--demo", is_flag=True, help="On simulated grants; ignores settings and accounts, reaches nobody.")
def run(rules: Path | None, accounts: Path | None, state: Path | None, *, demo: bool) -> None:
    """Watch the accounts, judge them by the rules, tell the right person."""
    from notifier.commands.run import run as command

    command(rules, accounts, state, demo=demo)


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@ACCOUNTS
@NOW
def check(folder: Path | None, accounts: Path | None, now: str | None) -> None:
    """Find every mistake in the rules of FOLDER, their drafts, and the accounts file."""
    from notifier.commands.check import check as command

    command(folder, accounts, now)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "account", required=True, metavar="ACCOUNT", help="What to call the account, such as lab.")
@click.option("--grant", metavar="ID", help="What to call the grant [the year of its acceptance].")
@click.option("--zone", metavar="ZONE", help="The group's time zone, such as Europe/Berlin.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@RULES
@ACCOUNTS
@NOW
def enroll(file: Path, account: str, **options: object) -> None:
    """Read the acceptance mail in FILE and add its grant to the accounts file."""
    from notifier.commands.enroll import Options
    from notifier.commands.enroll import enroll as command

    command(file, account, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.option("--account", metavar="ACCOUNT", help="Only this account.")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def timeline(**options: object) -> None:
    """Show what will be told over each grant's whole life, when, to whom, with which letter."""
    from notifier.commands.timeline import Options
    from notifier.commands.timeline import timeline as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("account")
@click.argument("fact")
@click.argument("value")
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--on", metavar="DATE", help="The day of it, where it has one [today, unless it is known].")
@STATE
@RULES
@ACCOUNTS
@DEMO
def record(account: str, fact: str, value: str, **options: object) -> None:
    """Record what you see: FACT of ACCOUNT is VALUE, such as `lab credits_granted "1000 USD"`."""
    from notifier.commands.record import Options
    from notifier.commands.record import record as command

    command(account, fact, value, Options(**options))  # type: ignore[arg-type]  # click has checked each
