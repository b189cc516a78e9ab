"""``notifier once``: one round of everything that is due, for cron and its like. Silent where nothing happens.

Exit codes: 0 all is read and told · 1 mistakes in files that people edit (accounts without one were looked after)
2 the command cannot be carried out · 3 something could not be read or told, or waits for a person, or it was
stopped; the next call goes on.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import structlog
from rich.console import Console as Terminal

from notifier.commands.common import MISTAKES, called, stop
from notifier.commands.run.house import House, furnish, open_store, plan
from notifier.commands.run.logged import log_to_stderr
from notifier.core.words import say_count, say_list
from notifier.flow.health import LeftOver, left_over, unread_because
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

LEFT = 3
MOST_UNREAD = 5  # sentences about what cannot be read; `status` has them all
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None


def once(options: Options) -> None:
    """Poll, judge and tell what is due, and end."""
    log_to_stderr()
    given = plan(options.rules, options.accounts, options.state)
    with ExitStack() as stack:
        try:
            house = furnish(given, open_store(given, stack), Terminal(highlight=False, soft_wrap=False))
            done = asyncio.run(_round(house))
            left, unread = house.store.read(lambda tx: (left_over(tx), unread_because(tx)))
        except StoreError as error:
            stop(str(error))
    for line in unread[:MOST_UNREAD]:
        click.echo(line, err=True)
    if left:
        click.echo(f"{_in_words(left)}: `{called()} status{given.hints.options}` says more.", err=True)
    mistakes = MISTAKES if given.files.account_faults else 0
    sys.exit(LEFT if left or not done else mistakes)


async def _round(house: House) -> bool:
    """One round; whether it came to its end. Ctrl-C and SIGTERM end it after what is being told."""
    whole = asyncio.create_task(house.service.once())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, whole.cancel)
    try:
        await whole
    except asyncio.CancelledError:
        click.echo("Stopped before everything was done; the next call goes on.", err=True)
        return False
    except StoreError:
        raise
    except Exception as error:  # whatever it is, the next call goes on
        log.exception("work failed", action="work_failed", error=type(error).__name__)
        return False
    finally:
        await house.aclose()
    return True


def _in_words(left: LeftOver) -> str:
    parts = [
        f"{say_count(left.unread, 'source')} could not be read" if left.unread else "",
        f"{say_count(left.untold, 'message')} could not be told" if left.untold else "",
        f"{say_count(left.held, 'edit')} would tell much and waits for a person" if left.held else "",
    ]
    return say_list([part for part in parts if part])
