"""The state of a grant in one line: whoever reads only that line knows what to do, or that there is nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.account import is_part
from notifier.core.calendar import Duration
from notifier.core.facts import UNREAD
from notifier.core.words import say_day, say_distance, say_list, say_local_time
from notifier.flow.balance import balance
from notifier.flow.finding import How, frozen, said, still_owed
from notifier.flow.letters import letters_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.rule import Rule
    from notifier.flow.balance import Balance
    from notifier.flow.finding import Case, OpenAlert

MOST_NAMED = 2  # alerts in one line


class State(StrEnum):
    """How a grant stands, in the order in which a person should look; the last is that of an account."""

    NEEDS_YOU = "needs you"
    UNREADABLE = "not readable"
    ENDS_SOON = "ends soon"
    WAITS = "waits"
    FINE = "fine"
    PAUSED = "paused"
    OVER = "over"
    NO_GRANT = "without a grant"

    @property
    def rank(self) -> int:
        """The place in that order, from 0."""
        return list(State).index(self)


def headline(case: Case, alerts: Sequence[OpenAlert], unknown: Sequence[Rule]) -> tuple[State, str]:
    """The state and the line that says it. *alerts* and *unknown* as `notifier.flow.finding.judged` found them."""
    pause = case.scene.account.pause(case.grant.id, case.today)
    pressing = [alert for alert in alerts if alert.urgent or (alert.pressing and pause is None)]
    standing = balance(case.scene)
    if standing.days_left is not None and standing.days_left < 0:
        return _ended(case, standing, alerts, unknown)
    if pressing:
        return State.NEEDS_YOU, f"needs you: {_named(case, pressing)}"
    silent = [name for name, _, _ in case.snapshot.failing(case.scene.account) if not is_part(name)]
    if unknown or silent:  # without a part of a source everything else can be judged
        return State.UNREADABLE, _unreadable(case, unknown)
    if pause is not None:
        until = f" until {_day(case, pause.until)}" if pause.until is not None else ""
        resting = f"; {_count(len(alerts), 'alert')} open" if alerts else ""
        return State.PAUSED, f"paused{until}: {pause.because}{resting}"
    return _lifetime(case, standing, alerts)


def _ended(
    case: Case, standing: Balance, alerts: Sequence[OpenAlert], unknown: Sequence[Rule]
) -> tuple[State, str]:
    """Over, with what is still owed; what cannot be read is not said to be settled."""
    assert standing.ends is not None
    ended = f"ended on {_day(case, standing.ends)}"
    owed = [alert for alert in alerts if still_owed(case, alert)]
    if owed:
        return State.NEEDS_YOU, f"{ended}; still owed: {_named(case, owed)}"
    if alerts:
        return State.NEEDS_YOU, f"{ended}; {_named(case, alerts)}"
    if unknown:
        return State.UNREADABLE, f"{ended}; {_unreadable(case, unknown)}"
    return State.OVER, f"over since {_day(case, standing.ends)}, nothing owed"


def _lifetime(case: Case, standing: Balance, alerts: Sequence[OpenAlert]) -> tuple[State, str]:
    """Where a grant is between its acceptance and its end, while nothing presses."""
    left = standing.days_left
    if left is not None and any(alert.anchor == standing.ends for alert in alerts):
        others = [alert for alert in alerts if still_owed(case, alert)]
        more = f"; {_named(case, others)}" if others else ""
        return (
            State.ENDS_SOON,
            f"ends {say_distance(case.today + left, case.scene.account.locale, case.scene.now)}" + more,
        )
    if _awaits_credits(case):
        return State.WAITS, ", ".join(["waiting for credits", *_promises(case)])
    words = ["running"]
    if standing.used_share is not None:
        words.append(f"{standing.used_share:.0%} used")
    if standing.is_doubtful:
        words.append("more left than granted: check the two numbers")
    if standing.ahead:
        words.append("ahead of time")
    if left is not None:
        words.append("last day" if left == 0 else f"{_count(left, 'day')} left")
    return State.FINE, ", ".join(words)


def _awaits_credits(case: Case) -> bool:
    """Whether the program gives credits and nobody has recorded them."""
    place = case.scene.program.vocabulary.places["credits_granted"]
    asked = any(place in rule.condition.places() for rule in case.terms.rules)
    return asked and case.scene.facts.values[place] is None


def _promises(case: Case) -> list[str]:
    """By when the program promises the credits, and when one should write; what is past is not said."""
    words = []
    for name, meaning in (("credits_promised_within", "promised by"), ("write_after", "write after")):
        day = _after_acceptance(case, name)
        if day is not None and day >= case.today:
            words.append(f"{meaning} {_day(case, day)}")
    return words


def _after_acceptance(case: Case, name: str) -> Day | None:
    vocabulary, values = case.scene.program.vocabulary, case.scene.facts.values
    place, accepted = vocabulary.place(name), values[vocabulary.places["accepted_on"]]
    length = values[place] if place is not None else None
    if not isinstance(length, Duration) or not isinstance(accepted, int):
        return None
    try:
        return case.scene.account.locale.calendar.shift(accepted, length, 1)
    except OverflowError:
        return None


def _unreadable(case: Case, unknown: Sequence[Rule]) -> str:
    """Which source is silent and since when; else which facts cannot be judged."""
    now, facts, locale = case.scene.now, case.scene.facts, case.scene.account.locale
    failing = case.snapshot.failing(case.scene.account)
    if failing:
        return say_list(
            [f"{name} not readable since {say_hour(since, locale, now)}" for name, since, _ in failing]
        )
    read = {reading.source: reading.at for reading in facts.readings}
    sources = case.scene.account.readings
    if never := [name for name in sources if name not in read]:
        return f"not read yet: {say_list(never)} has not answered"
    if sources:
        oldest = min(read[name] for name in sources)
        return f"not readable: the last figures are of {say_hour(oldest, locale, now)}, too old to count"
    return f"not readable: {say_list(_unread(case, unknown))}"


def say_hour(moment: Moment, locale: Locale, now: Moment) -> str:
    """``14:05`` on the day in the account's zone on which it is said, else ``3 November, 14:05``."""
    told = say_local_time(moment, locale, now)
    return told.rpartition(", ")[2] if locale.day_of(moment) == locale.day_of(now) else told


def _unread(case: Case, unknown: Sequence[Rule]) -> list[str]:
    """The facts without a readable value that keep rules from being judged, as people call them."""
    asked = dict.fromkeys(place for rule in unknown for place in rule.condition.places())
    named = case.scene.program.vocabulary.facts
    return [named[place].name.replace("_", " ") for place in asked if case.scene.facts.values[place] is UNREAD]


def _named(case: Case, alerts: Sequence[OpenAlert]) -> str:
    """The first alerts by their titles, each with its letter, and how many more there are."""
    words = [_with_letter(case, alert) for alert in alerts[:MOST_NAMED]]
    more = [f"{len(alerts) - MOST_NAMED} more"] if len(alerts) > MOST_NAMED else []
    return "; ".join([*words, *more])


def _with_letter(case: Case, alert: OpenAlert) -> str:
    message = said(case, alert)
    words, letter = [message.headline], frozen(alert.posted) or message.letter
    if letter is not None:
        sent_on = next((each.sent_on for each in letters_known(case) if each.name == letter.name), None)
        ready = "letter ready" if not letter.blanks else f"letter has {_count(letter.blanks, 'blank')}"
        words.append(ready if sent_on is None else f"letter sent {_day(case, sent_on)}")
    if any(each.how is How.GIVEN_UP for each in alert.tellings):
        words.append("not told everywhere")
    return ", ".join(words)


def _day(case: Case, day: Day) -> str:
    return say_day(day, case.scene.account.locale, case.scene.now)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
