"""What is remembered of letters by itself: that one was offered, when first, to whom it is, what it is called.

It is a reading of the source `SOURCE`, beside what people record of the same letter (`notifier.flow.record`): so
taking back that a letter was sent leaves what the service saw.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.calendar import Duration
from notifier.core.entry import RECORDED
from notifier.core.fact import item_fact
from notifier.core.facts import EMPTY, Reading
from notifier.core.letters import LETTERS, letters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.facts import Observed
    from notifier.core.letter import Letter
    from notifier.core.message import Message
    from notifier.flow.finding import Case
    from notifier.ports import Tx

SOURCE = LETTERS


def offered(tx: Tx, told: Iterable[Message], now: Moment) -> None:
    """Remember the letters that came with what was *told* at *now*.

    The day is that of the first time. To whom it is and what it is called are as they were offered last, until a
    person says that the letter was sent.
    """
    by_account: defaultdict[str, list[Letter]] = defaultdict(list)
    for letter in (letter for message in told for letter in _carried(message)):
        by_account[letter.account].append(letter)
    readings = tx.readings(by_account) if by_account else {}
    for account in tx.accounts(by_account) if by_account else ():
        remembered = _Remembered(readings.get(account.id, ()))
        today = date.fromordinal(account.locale.day_of(now))
        for letter in by_account[account.id]:
            remembered.take_in(letter, today)
        reading = remembered.reading(now)
        if reading is not None and tx.put_reading(account.id, reading):
            tx.wake(account.id)


def _carried(message: Message) -> Iterator[Letter]:
    """The letters that came with *message*; an older release froze them without saying whose they are."""
    for letter in (message.letter, *(line.letter for line in message.lines)):
        if letter is not None and letter.account:
            yield letter


@dataclass(slots=True)
class _Said:
    """What is said of the letters of one grant, and what of it is new."""

    facts: dict[str, Observed]
    sent: Mapping[str, Observed]
    news: dict[str, Observed]


class _Remembered:
    """What was remembered of an account's letters before, and what is to be now."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.before = next((each for each in readings if each.source == SOURCE), None)
        self.recorded = next((each for each in readings if each.source == RECORDED), None)
        self.of: dict[str, _Said] = {}

    def take_in(self, letter: Letter, today: date) -> None:
        """Remember *letter*, which was offered *today*."""
        said = self.of.setdefault(letter.grant, self._said(letter.grant))
        name = {fact: item_fact(LETTERS, letter.name, fact) for fact in ("drafted_on", "to", "subject", "sent_on")}
        seen: dict[str, Observed] = {name["to"]: letter.to or letter.opens, name["subject"]: letter.subject}
        if name["drafted_on"] not in said.facts:
            seen[name["drafted_on"]] = today
        elif said.sent.get(name["sent_on"]) is not None:
            return
        said.news |= {fact: value for fact, value in seen.items() if said.facts.get(fact) != value}
        said.facts |= seen

    def reading(self, now: Moment) -> Reading | None:
        """All that is remembered, each fact since it is so; None where nothing is new."""
        if not any(said.news for said in self.of.values()):
            return None
        account: Mapping[str, Observed] = EMPTY
        grants: dict[str, Mapping[str, Observed]] = {}
        since: dict[str, Moment] = {}
        for grant in {*self.of, *(self.before.grants if self.before else ()), ""}:
            said = self.of.get(grant) or self._said(grant)
            prefix = f"{grant}/" if grant else ""
            since |= {prefix + fact: self._since(prefix + fact) for fact in said.facts.keys() - said.news.keys()}
            if grant:
                grants[grant] = said.facts
            else:
                account = said.facts
        return Reading(SOURCE, now, account, grants, since=since)

    def _said(self, grant: str) -> _Said:
        return _Said(dict(_of(self.before, grant)), _of(self.recorded, grant), {})

    def _since(self, fact: str) -> Moment:
        assert self.before is not None
        return self.before.since.get(fact, self.before.at)


def _of(reading: Reading | None, grant: str) -> Mapping[str, Observed]:
    if reading is None:
        return EMPTY
    return reading.grants.get(grant, EMPTY) if grant else reading.account


# -- how letters stand -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LetterKnown:
    """One letter of a grant: when it was drafted, sent and answered, each None where that is not known.

    *follow_up_on* is the day on which its follow-up is due if no answer comes; None where none is waited for.
    *followed_up_on* is when the letter that follows it was sent.
    """

    name: str
    to: str = ""
    subject: str = ""
    sent_by: str = ""
    drafted_on: Day | None = None
    sent_on: Day | None = None
    answered_on: Day | None = None
    followed_up_on: Day | None = None
    follow_up_on: Day | None = None


def letters_known(case: Case) -> Iterator[LetterKnown]:
    """The letters of a grant that were drafted, sent or answered; those that wait for an answer first."""
    scene = case.scene
    follows = any(rule.each == LETTERS and not rule.off for rule in scene.program.rules)
    found = letters_of(scene.program.vocabulary, scene.facts.values)
    known = [_known(name, facts, scene.account.locale, follows=follows) for name, facts in found.items()]
    yield from sorted(known, key=lambda each: (each.follow_up_on is None, each.follow_up_on or 0, each.name))


def _known(name: str, facts: Mapping[str, object], locale: Locale, *, follows: bool) -> LetterKnown:
    to, subject, sent_by = (str(facts[fact] or "") for fact in ("to", "subject", "sent_by"))
    days = (_day(facts[fact]) for fact in ("drafted_on", "sent_on", "answered_on", "followed_up_on"))
    known = LetterKnown(name, to, subject, sent_by, *days)
    after = facts["follow_up_after"]
    waits = follows and known.answered_on is None and known.followed_up_on is None
    if not waits or known.sent_on is None or not isinstance(after, Duration):
        return known
    try:
        return replace(known, follow_up_on=locale.calendar.shift(known.sent_on, after, 1))
    except OverflowError:
        return known


def _day(value: object) -> Day | None:
    return value if isinstance(value, int) else None
