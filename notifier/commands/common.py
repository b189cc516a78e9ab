"""What several commands need: where things are, what time it is pretended to be, how to end."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from notifier.clock import Clock
from notifier.files.positions import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.files.positions import Fault

MISTAKES, IMPOSSIBLE = 1, 2
YEARS = range(2000, 2200)  # in which anybody may pretend to be
SHIPPED_RULES = Path(__file__).resolve().parents[2] / "rules"
DEMO_STATE = Path("demo-state")


def moment(text: str | None) -> Moment:
    """The time that ``--now`` names, or the present. A date alone means noon UTC; a time without a zone is UTC."""
    if text is None:
        return Clock().now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        stop(f"--now {text!r} is not a time such as 2026-11-22 or 2026-11-22T14:05Z")
    if at.year not in YEARS:
        stop(f"--now {text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}")
    if len(text) == len("2026-11-22"):
        at = at.replace(hour=12)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def called() -> str:
    """How this program is called from here, as a person can type it."""
    python, here = Path(sys.executable), Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else python} -m notifier"


def user() -> str:
    """Who types this, as the record of what people did names them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the command line"  # a container's user may have no name


def stop(why: str) -> NoReturn:
    """End because the command cannot be carried out; *why* is for a person."""
    for line in why.splitlines():
        click.echo(shown(line), err=True)
    sys.exit(IMPOSSIBLE)


def refuse(faults: Sequence[Fault]) -> NoReturn:
    """End because of mistakes in files, each on its line as ``file:line:column: what is wrong``."""
    for fault in sorted(faults):
        click.echo(str(fault))
    click.echo(f"{len(faults)} mistake{'s' if len(faults) > 1 else ''}.", err=True)
    sys.exit(MISTAKES)
