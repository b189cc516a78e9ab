"""What a timeline shows: the chosen grants, each with its life as it is known now and as it is supposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.commands.known import remembered
from notifier.commands.timeline.course import course
from notifier.commands.timeline.supposed import scenes, suppose, unknown
from notifier.core.scene import Scene
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_list
from notifier.flow.declare import enrolled
from notifier.flow.finding import Case
from notifier.flow.preview import life
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import watched_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.commands.known import Remembered
    from notifier.commands.timeline.supposed import Supposed, Supposition
    from notifier.core.account import Account, Grant
    from notifier.core.audience import Ways
    from notifier.core.calendar import Day, Moment
    from notifier.core.entry import Log
    from notifier.core.facts import Reading
    from notifier.files.places import Files, Places
    from notifier.flow.preview import Coming, Life

MOST_NAMED = 10  # accounts, where somebody names one that is not there


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked to be seen: as of *now*, from the day *since* through *until* (None: without an end)."""

    now: Moment
    since: Day | None = None
    until: Day | None = None

    def covers(self, each: Coming) -> bool:
        """Whether *each* falls into the days that were asked for."""
        return (self.since or 0) <= each.day and (self.until is None or each.day <= self.until)


@dataclass(frozen=True, slots=True)
class SeenGrant:
    """One grant of a timeline: its life, of which *coming* is what was asked for, and what is *supposed*."""

    grant: Grant
    life: Life
    coming: tuple[Coming, ...]
    supposed: tuple[Supposed, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One account of a timeline with those of its grants that were asked for."""

    account: Account
    grants: tuple[SeenGrant, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One account that was asked for, with all that is said of it, and those of its grants that were asked for."""

    account: Account
    readings: Sequence[Reading]
    log: Log
    grants: tuple[Case, ...]


def choose(
    files: Files, places: Places, names: Sequence[str], now: Moment, faults: list[str], reached: Ways
) -> list[Chosen]:
    """The accounts and grants that *names* ask for (``lab``, ``lab/2026``; none: all), as they are known now.

    *reached* is how people are told.
    """
    wanted = _wanted(files, places, names, faults)
    meant = [each for each in files.declared if each.account.id in wanted]
    known = remembered(places, meant, now)
    return [_chosen(files, each, wanted[each.declaration.account.id], now, reached) for each in known]


def _chosen(files: Files, known: Remembered, wanted: set[str], now: Moment, reached: Ways) -> Chosen:
    account = enrolled(known.declaration.account, known.before, now)
    there = {each.grant.id: each for each in watched_of(files.rulebook, account, known.readings, now)}
    grants = []
    for grant in account.grants:
        if grant.id in wanted:
            watched = there[grant.id]
            terms = files.rulebook.programs[grant.program]
            scene = Scene(account, terms, watched.facts, now, reached)
            grants.append(Case(scene, grant, terms, Snapshot(), watched.leads, watched.leads_program))
    return Chosen(account, known.readings, known.log, tuple(grants))


def _wanted(files: Files, places: Places, names: Sequence[str], faults: list[str]) -> dict[str, set[str]]:
    ids = {each.account.id: [grant.id for grant in each.account.grants] for each in files.declared}
    if not ids:
        stop(f"there is no account in {places.accounts} yet: `enroll` adds one from an acceptance mail")
    wanted: dict[str, set[str]] = {} if names else {account: set(grants) for account, grants in ids.items()}
    for name in names:
        account, _, grant = name.partition("/")
        if account not in ids:
            near = suggestion(account, ids) or f"; there are {say_list(list(ids)[:MOST_NAMED])}"
            faults.append(f"there is no account `{account}` in {places.accounts}{near}")
        elif grant and grant not in ids[account]:
            near = suggestion(grant, ids[account]) or f"; there are {say_list(ids[account]) or 'none'}"
            faults.append(f"`{account}` has no grant `{grant}`{near}")
        else:
            wanted.setdefault(account, set()).update([grant] if grant else ids[account])
    return wanted


def look_ahead(
    chosen: Sequence[Chosen], written: Sequence[Supposition], asked: Asked, faults: list[str]
) -> list[Seen]:
    """Play every chosen grant with what is supposed; ends with *faults* and all that is wrong with that."""
    known = [case.scene for each in chosen for case in each.grants]
    faults += unknown(written, known) if known else []
    supposed = [[suppose(written, case.scene, faults) for case in each.grants] for each in chosen]
    if faults:
        stop("\n".join(dict.fromkeys(faults)))
    seen = []
    for each, of_account in zip(chosen, supposed, strict=True):
        grants = [
            _play(each, case, of_grant, asked) for case, of_grant in zip(each.grants, of_account, strict=True)
        ]
        seen.append(Seen(each.account, tuple(grants)))
    return seen


def _play(chosen: Chosen, case: Case, supposed: Sequence[Supposed], asked: Asked) -> SeenGrant:
    known, grant = case.scene, case.grant
    by_now = scenes(known, grant, chosen.readings, supposed)
    played = life(case, by_now, course(known, grant, chosen.readings, chosen.log, supposed))
    return SeenGrant(grant, played, tuple(filter(asked.covers, played.coming)), tuple(supposed))
