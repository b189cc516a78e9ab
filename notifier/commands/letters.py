"""What ``sent`` and ``answered`` share: which letter is meant, what is known of it, and the way to the inbox."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

from notifier.clock import Clock
from notifier.commands.common import stop, user
from notifier.commands.known import read_most, where
from notifier.commands.record.meant import find_account, find_grant
from notifier.commands.record.observation import observed_day
from notifier.commands.record.recorded import Words
from notifier.core.entry import Log
from notifier.core.fact import item_fact
from notifier.core.letter import write_letter
from notifier.core.letters import LETTERS, letters_of
from notifier.core.scene import Scene
from notifier.core.vocabulary import suggestion
from notifier.core.words import plain, say_day, say_list
from notifier.flow.declare import enrolled
from notifier.flow.record import RECORD, UNDO, Observations, observations
from notifier.flow.subjects import record_of, watched_of
from notifier.ports import Act
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from notifier.core.account import Grant
    from notifier.core.calendar import Moment
    from notifier.core.entry import Entry
    from notifier.core.facts import Observed
    from notifier.core.letter import Draft, Letter
    from notifier.core.rule import Rulebook
    from notifier.files.places import Places
    from notifier.ports import Tx

T = TypeVar("T")
MOST_NAMED = 10  # letters, where somebody names one that is not there


@dataclass(frozen=True, slots=True)
class Options:
    """The commands' options; each command has those that it needs."""

    grant: str | None = None
    on: str | None = None
    by: str | None = None
    undo: bool = False
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The letter that a person means, of one *grant*, and all that is *known* of its account at *now*."""

    places: Places
    rulebook: Rulebook
    known: Observations
    grant: Grant
    letter: str
    now: Moment

    @property
    def named(self) -> str:
        """How sentences name it: ``the letter credits-not-allocated of lab``."""
        return plain(f"the letter {self.letter} of {self.known.declaration.account.about(self.grant.id)}")

    @property
    def typed(self) -> str:
        """How commands name it."""
        account = self.known.declaration.account
        several = f" --grant {self.grant.id}" if len(account.grants) > 1 else ""
        return f"{account.id} {self.letter}{several}"

    @property
    def draft(self) -> Draft | None:
        """The draft that it is made of, while there is one."""
        return self.rulebook.programs[self.grant.program].drafts.get(self.letter)

    def name(self, fact: str) -> str:
        """What the record calls a fact of the letter."""
        return item_fact(LETTERS, self.letter, fact)

    def value(self, fact: str) -> Observed:
        """What is known of a fact of the letter, from whomever."""
        return self.known.value(self.grant.id, self.name(fact))

    def recorded(self, fact: str) -> Entry | None:
        """What people recorded last of a fact of the letter and have not taken back."""
        return self.known.log.counting(self.grant.id, self.name(fact))

    def said_with(self, fact: str) -> list[Entry]:
        """What was recorded of the letter together with *fact*, that first; none where nobody recorded that."""
        newest = self.recorded(fact)
        if newest is None:
            return []
        together = (newest.grant, newest.at, newest.by)
        others = [
            each
            for each in self.known.log.entries
            if (each.grant, each.at, each.by) == together and each.fact.startswith(self.name(""))
        ]
        return [newest, *(each for each in others if each is not newest and not each.undone)]

    def day(self, text: str | None, fact: str) -> date:
        """The day that ``--on`` names, or today; ends if it names none, or one that is to come."""
        try:
            return observed_day(fact, text or "today", self.known.declaration.account.locale, self.now)
        except ValueError as error:
            stop(f"--on {error}")

    def said_day(self, day: Observed) -> str:
        """A day as sentences say it."""
        locale = self.known.declaration.account.locale
        return say_day(day.toordinal(), locale, self.now) if isinstance(day, date) else "an unknown day"

    def follow_up_on(self, sent: date) -> str:
        """When the follow-up is due of what was *sent* then, in words; empty where no rule asks for it."""
        program, locale = self.rulebook.programs[self.grant.program], self.known.declaration.account.locale
        if self.draft is None or not any(rule.each == LETTERS for rule in program.rules):
            return ""
        day = locale.calendar.shift(sent.toordinal(), self.draft.follow_up_after, 1)
        return say_day(day, locale, self.now)

    def written(self) -> Letter | None:
        """The letter as it would be written now; None where its draft is gone, or cannot be filled."""
        if self.draft is None:
            return None
        for scene in self._scenes():
            try:
                return write_letter(self.draft, scene.names())
            except ValueError:
                continue
        return None

    def _scenes(self) -> Iterator[Scene]:
        """The grant as it is known; of a letter that follows another one, with what is known of that."""
        account = enrolled(self.known.declaration.account, None, self.now)
        watched = watched_of(self.rulebook, account, self.known.whole(self.now), self.now)
        for each in watched:
            if each.grant.id != self.grant.id:
                continue
            scene = Scene(account, each.program, each.facts, self.now)
            for rule in each.program.rules:
                if rule.each == LETTERS:
                    first = (name for name, draft in each.program.drafts.items() if draft.follow_up == self.letter)
                    yield from (replace(scene, facts=record_of(rule, each.facts, name)) for name in first)
            yield scene


def meant(account: str, letter: str, options: Options) -> Meant:
    """The letter that is called so; ends if there is none, and says what there is."""
    places, now = where(options.rules, options.accounts, demo=options.demo, state=options.state), Clock().now()
    files = read_most(places, now, [account])
    declaration = find_account(files, account)
    grant = find_grant(declaration.account, options.grant)
    known = Observations(declaration, (), Log())
    if places.database.exists():
        known = _in_store(places, lambda tx: observations(tx, declaration, now))
    found = Meant(places, files.rulebook, known, grant, letter, now)
    names = {*files.rulebook.programs[grant.program].drafts, *_offered(found)}
    if letter not in names:
        more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
        there = say_list([*sorted(names)[:MOST_NAMED], *more])
        stop(f"there is no letter `{letter}`{suggestion(letter, names) or f'; there are {there}'}")
    return found


def _offered(found: Meant) -> Iterable[str]:
    """The letters of which anything is known; a draft may have been taken out since."""
    account = enrolled(found.known.declaration.account, None, found.now)
    for each in watched_of(found.rulebook, account, found.known.whole(found.now), found.now):
        if each.grant.id == found.grant.id:
            yield from letters_of(each.program.vocabulary, each.facts.values)


def _in_store(places: Places, question: Callable[[Tx], T]) -> T:
    try:
        with closing(Store.open(places.database, lock=False)) as store:
            return store.write(question)
    except StoreError as error:
        stop(str(error))


def record(chosen: Meant, said: Mapping[str, Observed]) -> bool:
    """Leave what is *said* of the letter, by fact, in the inbox; False where it was all recorded before."""
    if all((entry := chosen.recorded(fact)) is not None and entry.value == value for fact, value in said.items()):
        return False
    _put(chosen, RECORD, {chosen.name(fact): value for fact, value in said.items()})
    return True


def take_back(chosen: Meant, fact: str, what: str) -> None:
    """Take back *fact* of the letter with what was said together with it; ends if nobody recorded it."""
    entries = chosen.said_with(fact)
    if not entries:
        stop(f"nobody has recorded that {chosen.named} {what}")
    _put(chosen, UNDO, dict.fromkeys((each.fact for each in entries), None))
    words = Words(chosen.known.declaration.account, chosen.now)
    when = chosen.said_day(entries[0].value)
    click.echo(f"Taken back: {chosen.named} {what} on {when}, {words.recorded(entries[0].at, entries[0].by)}.")


def _put(chosen: Meant, kind: str, said: Mapping[str, Observed]) -> None:
    account = chosen.known.declaration.account.id
    act = Act(uuid.uuid4().hex, kind, account, chosen.grant.id, said, chosen.now, user())
    _in_store(chosen.places, lambda tx: tx.put_act(act))
    chosen.places.wake.touch()
