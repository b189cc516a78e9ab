"""How every grant stands now: what needs a person, what is known, what comes next. It decides nothing by itself.

Two looks, because an office has thousands of grants: `glances` finds the state of each in one line, `details`
everything else about one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.entry import Log
from notifier.core.message import say_hint
from notifier.core.scene import Scene
from notifier.core.spenders import Spenders, spenders
from notifier.flow.balance import Balance, balance
from notifier.flow.declare import SOURCE as DECLARED
from notifier.flow.declare import Declaration, enrolled
from notifier.flow.finding import Case, judged, said
from notifier.flow.headline import State, headline
from notifier.flow.letters import LetterKnown, letters_known
from notifier.flow.preview import life
from notifier.flow.provenance import Disagreement, Known, disagreements, known, known_of
from notifier.flow.record import Observations
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import Watched, failing, watched_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.core.account import Account, Grant, Override, Pause
    from notifier.core.calendar import Moment
    from notifier.core.message import Message
    from notifier.core.rule import Rulebook
    from notifier.flow.finding import OpenAlert
    from notifier.flow.preview import Coming

MOST_COMING = 3


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """One grant's state in one line. *case* is None where its program could not be read."""

    account: Account
    grant: str
    state: State
    headline: str
    case: Case | None = None
    said: Observations | None = None
    alerts: Sequence[OpenAlert] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AccountStatus:
    """One account with its grants, those that need a person first.

    *failing*: its sources that cannot be read, since when and why. *stale*: its file has mistakes, and what is
    shown is what it said before them.
    """

    account: Account
    grants: tuple[Glance, ...]
    failing: tuple[tuple[str, Moment, str], ...] = ()
    overrides: tuple[Override, ...] = ()
    stale: bool = False

    @property
    def state(self) -> State:
        """That of the grant that a person should look at first; an account may have none."""
        return min((grant.state for grant in self.grants), key=lambda state: state.rank, default=State.NO_GRANT)


@dataclass(frozen=True, slots=True, eq=False)
class Details:
    """What there is to say of one grant beyond its headline. *alerts* come with what a message would say now.

    *left* is what is known of the credits left, with source and age; *hint* what hints at the credits and proves
    nothing. *spenders* is who spends, list by list.
    """

    balance: Balance
    alerts: tuple[tuple[OpenAlert, Message], ...] = ()
    coming: tuple[Coming, ...] = ()
    facts: tuple[Known, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    letters: tuple[LetterKnown, ...] = ()
    pause: Pause | None = None
    left: Known | None = None
    hint: str = ""
    spenders: tuple[Spenders, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What everybody's state is found from, and how people are reached.

    *sound*: the rules have no mistakes, so judging by them counts.
    """

    rulebook: Rulebook
    snapshot: Snapshot = field(default_factory=Snapshot)
    sound: bool = True
    ways: Ways = CONSOLE_ONLY


def glances(
    basis: Basis, files: Iterable[Declaration], now: Moment, *, stale: Iterable[Declaration] = ()
) -> list[AccountStatus]:
    """Every account as the *files* declare it, and the *stale* ones; those that need a person first."""
    found = [_account(basis, each, now, stale=False) for each in files]
    found += [_account(basis, each, now, stale=True) for each in stale]
    return sorted(found, key=lambda each: (each.state.rank, each.account.id))


def last_good(snapshot: Snapshot, names: Iterable[str]) -> list[Declaration]:
    """What the files said of the accounts *names* when they were last read without mistakes."""
    found = []
    for name in sorted(snapshot.accounts.keys() & set(names)):
        before = next((each for each in snapshot.readings.get(name, ()) if each.source == DECLARED), None)
        facts = (before.account, before.grants) if before is not None else ()
        found.append(Declaration(snapshot.accounts[name], *facts))
    return found


def _account(basis: Basis, declaration: Declaration, now: Moment, *, stale: bool) -> AccountStatus:
    name, snapshot = declaration.account.id, basis.snapshot
    account = enrolled(declaration.account, snapshot.accounts.get(name), now)
    said_of_it = Observations(declaration, snapshot.readings.get(name, ()), snapshot.logs.get(name, Log()))
    unreadable = failing({key: said for key, said in snapshot.failures.items() if key[0] == name})
    readings = said_of_it.whole(now)
    known = {
        each.grant.id: each
        for each in watched_of(basis.rulebook, account, readings, now, unreadable.get(name, ()))
    }
    watched = account.grants or tuple(each.grant for each in known.values())
    grants = [_glance(basis, account, grant, known.get(grant.id), said_of_it, now) for grant in watched]
    return AccountStatus(
        account,
        tuple(sorted(grants, key=lambda each: each.state.rank)),
        tuple(snapshot.failing(account)),
        account.in_force(account.locale.day_of(now)),
        stale,
    )


def _glance(
    basis: Basis, account: Account, grant: Grant, known: Watched | None, said_of_it: Observations, now: Moment
) -> Glance:
    if known is None:
        missing = f"cannot be judged: the rules of its program `{grant.program}` cannot be read"
        return Glance(account, grant.id, State.UNREADABLE, missing)
    scene = Scene(account, known.program, known.facts, now, basis.ways)
    terms = basis.rulebook.programs[grant.program]
    case = Case(scene, grant, terms, basis.snapshot, known.leads, known.leads_program)
    alerts, unknown = judged(case)
    state, line = headline(case, alerts, unknown)
    if not basis.sound and state is not State.NEEDS_YOU:
        state, line = State.UNREADABLE, f"not judged, because the rules have mistakes; {line}"
    return Glance(account, grant.id, state, line, case, said_of_it, alerts)


def details(glance: Glance) -> Details | None:
    """Everything else about one grant; None where its program could not be read."""
    case = glance.case
    if case is None or glance.said is None:
        return None
    return Details(
        balance(case.scene),
        tuple((alert, said(case, alert)) for alert in glance.alerts),
        _coming(case),
        tuple(known(case, glance.said)),
        tuple(disagreements(case, glance.said)),
        tuple(letters_known(case)),
        glance.account.pause(glance.grant, case.today),
        next(iter(_of(case, "credits_left", glance.said)), None),
        say_hint(case.scene),
        tuple(spenders(case.scene)),
    )


def _of(case: Case, name: str, said_of_it: Observations) -> list[Known]:
    """What is known of the fact called *name*, if it has a value that can be read."""
    place = case.scene.vocabulary.place(name)
    found = known_of(case, [] if place is None else [place], said_of_it)
    return [each for each in found if each.value is not None and not each.unread]


def _coming(case: Case) -> tuple[Coming, ...]:
    """The next moments at which somebody is told, if nothing but time changes."""
    scene = replace(case.scene, program=case.terms)
    try:
        played = life(replace(case, scene=scene))
    except ValueError:  # a letter cannot be filled: `check` says which and why; the moments come all the same
        played = life(replace(case, scene=replace(scene, program=replace(case.terms, drafts={}))))
    return tuple(each for each in played.coming if each.at > case.scene.now)[:MOST_COMING]
