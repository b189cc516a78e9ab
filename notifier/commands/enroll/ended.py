"""Which of the grants that were just enrolled have ended already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.commands.sheet import outermost
from notifier.core.scene import Scene
from notifier.core.words import say_day
from notifier.files.accounts import accounts_files, read_accounts, years_around
from notifier.flow.declare import enrolled
from notifier.flow.finding import Case
from notifier.flow.preview import life
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from notifier.commands.enroll.enrolling import Taken
    from notifier.core.calendar import Moment
    from notifier.core.rule import Program
    from notifier.flow.declare import Declaration

STILL_OWED = "; `timeline` shows what is still owed."


def ended(accounts: Path, programs: Mapping[str, Program], taken: Sequence[Taken], now: Moment) -> str:
    """Say in one line which of the grants that were written have ended already; nothing if none has."""
    written = {(each.account, each.grant) for each in taken if each.is_written}
    if not written:
        return ""
    declared = read_accounts(accounts_files(outermost(accounts)), programs, years_around(now), [])
    days = [day for each in declared for day in _days(each, programs, written, now)]
    if not days:
        return ""
    if len(written) == 1:
        return f"This grant ended on {days[0]}{STILL_OWED}"
    some = "One of these grants has" if len(days) == 1 else f"{len(days)} of these grants have"
    return f"{some} ended{STILL_OWED}"


def _days(
    declaration: Declaration, programs: Mapping[str, Program], written: set[tuple[str, str]], now: Moment
) -> Iterator[str]:
    """The days on which those of the account's grants ended that are over."""
    account = enrolled(declaration.account, None, now)
    for grant in account.grants:
        if (account.id, grant.id) in written:
            program = programs[grant.program]
            facts = look(program, account, grant, [declaration.reading(now)], now)
            case = Case(Scene(account, program, facts, now), grant, program, Snapshot())
            day = life(case).ended_on
            if day is not None:
                yield say_day(day, account.locale, now)
