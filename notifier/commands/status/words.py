"""Parts of a status in words: how a telling went, how old a number is, what a pause or an override means."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.audience import said as role_said
from notifier.core.calendar import FOREVER, SECONDS_A_DAY
from notifier.core.entry import RECORDED, said_by
from notifier.core.facts import UNREAD
from notifier.core.known import SOURCES, say_none
from notifier.core.money import Money
from notifier.core.words import say, say_day, say_list, say_local_time, say_time
from notifier.flow.finding import How
from notifier.flow.provenance import not_read_yet

if TYPE_CHECKING:
    from notifier.core.account import Override, Pause
    from notifier.core.alert import AlertHold
    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.delivery import Destination
    from notifier.core.facts import Observed
    from notifier.core.scene import Scene
    from notifier.core.spenders import Spenders
    from notifier.core.vocabulary import Fact
    from notifier.flow.finding import OpenAlert, Telling
    from notifier.flow.letters import LetterKnown
    from notifier.flow.provenance import Known
    from notifier.flow.record import Statement

LONG_AGO = 60  # days: what is older is said by its date
AGES = ((SECONDS_A_DAY, "day"), (3600, "hour"), (60, "minute"))


def say_age(at: Moment, locale: Locale, now: Moment) -> str:
    """``just now``, ``5 minutes ago``, ``3 hours ago``, ``2 days ago``; then the date."""
    age = now - at
    if age >= LONG_AGO * SECONDS_A_DAY:
        return say_day(locale.day_of(at), locale, now)
    for seconds, word in AGES:
        if age >= seconds:
            number = age // seconds
            return f"{number} {word}{'' if number == 1 else 's'} ago"
    return "just now"


def say_value(known: Known, locale: Locale, now: Moment) -> str:
    """A fact's value; where there is none, whose word is missing."""
    if known.value is UNREAD:
        return "not readable"
    if known.value is None:
        return say_none(known.fact)
    return say(known.value, known.fact.kind, locale, now)


def say_as_of(known: Known, locale: Locale, now: Moment) -> str:
    """``as of 3 hours ago (openai)``: how old a number is, and where it came from."""
    age = f"as of {say_age(known.at, locale, now)} " if known.at is not None else ""
    return f"{age}({say_source(known.source, known.by)})"


def say_figures_age(scene: Scene) -> str:
    """``figures: openai, 3 hours ago``: where what is left comes from, else the costs; '' where nobody told."""
    places = [scene.program.vocabulary.place(name) for name in ("credits_left", "costs")]
    told = [scene.facts.reading_of(place) for place in places if place is not None]
    reading = next((each for each in told if each is not None), None)
    if reading is None:
        return ""
    return f"figures: {say_source(reading.source)}, {say_age(reading.at, scene.account.locale, scene.now)}"


def say_shares(found: Spenders, locale: Locale, now: Moment) -> str:
    """``thesis-7 61%, demo 20%, others 19% (openai, 3 hours ago)``."""
    age = say_age(found.reading.at, locale, now)
    return f"{', '.join(found.named)} ({say_source(found.reading.source)}, {age})"


def say_source(source: str, by: str = "") -> str:
    """Where a value came from; who recorded it, if a person did, or with which secret it was pushed."""
    return said_by(by) if by and source == RECORDED else SOURCES.get(source, source)


def say_statement(statement: Statement, fact: Fact, locale: Locale, now: Moment) -> str:
    """What one side says: ``1,000.00 USD (recorded by ada, 2 days ago)``."""
    since = "not read by the service yet" if not_read_yet(statement) else say_age(statement.at, locale, now)
    source = say_source(statement.source, statement.by)
    return f"{say_observed(statement.value, fact, locale, now)} ({source}, {since})"


def say_observed(value: Observed, fact: Fact, locale: Locale, now: Moment) -> str:
    """An observed value as a person reads it, in the currency in which it was stated."""
    if value is None:
        return "none"
    if isinstance(value, date):
        return say_day(value.toordinal(), locale, now)
    return str(value) if isinstance(value, Money) else say(value, fact.kind, locale, now)


def say_telling(telling: Telling, locale: Locale, now: Moment) -> str:
    """What became of a message at one destination."""
    at = say_local_time(telling.at, locale, now)
    why = f": {telling.why}" if telling.why else ""
    tries = f"{telling.attempts} time{'' if telling.attempts == 1 else 's'}"
    until = f" until {at}" if telling.at < FOREVER else ""
    words = {
        How.TOLD: f"told {say_day(locale.day_of(telling.at), locale, now)}",
        How.DUE: "not told yet",
        How.FAILING: f"not told yet{why}; tried {tries}, again {at}",
        How.HELD: f"held{until}{why}" if why else "held until a person releases it",
        How.DROPPED: f"not told{why}",
        How.GIVEN_UP: f"given up{why}",
    }
    return f"{words[telling.how]} ({telling.destination})"


def say_tellings(alert: OpenAlert, locale: Locale, now: Moment) -> str:
    """What people said of an alert, and who was told of it, or why nobody was."""
    told = "; ".join(say_telling(each, locale, now) for each in alert.tellings) or "told before"
    if alert.silent:
        told = "it is back, and not told again"
    owner = f"handed over to {role_said(alert.owner)}" if alert.owner else ""
    return "; ".join(filter(None, (say_hold(alert.hold, locale, now), owner, told)))


def say_hold(hold: AlertHold | None, locale: Locale, now: Moment) -> str:
    """``acknowledged by ada until 3 December, 09:00 (on it)``; '' where nobody has said anything."""
    if hold is None:
        return ""
    because = f" ({hold.because})" if hold.because else ""
    return f"{hold.kind} by {hold.by} until {say_local_time(hold.until, locale, now)}{because}"


def say_pause(pause: Pause, whose: str, locale: Locale, now: Moment) -> str:
    """That only what is urgent is told, until when and why."""
    until = (
        f" until {say_day(pause.until, locale, now)}"
        if pause.until is not None
        else " until the file says otherwise"
    )
    return f"{whose} is paused{until}: {pause.because}. Only what is urgent is told."


def say_letter(letter: LetterKnown, locale: Locale, now: Moment) -> str:
    """How a letter stands: ``sent 3 November by ada to …; follow-up on 17 November``."""

    def on(day: Day) -> str:
        return say_day(day, locale, now)

    to = f" to {letter.to}" if letter.to else ""
    if letter.sent_on is None:
        drafted = f", drafted {on(letter.drafted_on)}" if letter.drafted_on is not None else ""
        return f"not sent yet{drafted}{to}"
    by = f" by {letter.sent_by}" if letter.sent_by else ""
    words = [f"sent {on(letter.sent_on)}{by}{to}"]
    if letter.answered_on is not None:
        words.append(f"answered {on(letter.answered_on)}")
    elif letter.followed_up_on is not None:
        words.append(f"followed up {on(letter.followed_up_on)}")
    elif letter.follow_up_on is not None:
        since = "on" if letter.follow_up_on > locale.day_of(now) else "due since"
        words.append(f"no answer yet; follow-up {since} {on(letter.follow_up_on)}")
    else:
        words.append("no answer yet")
    return "; ".join(words)


def say_override(override: Override, locale: Locale, now: Moment) -> str:
    """Which rule holds otherwise for an account, until when and why."""
    until = f" until {say_day(override.until, locale, now)}" if override.until is not None else ""
    what = "is off" if override.off else f"has its own {say_list(list(json.loads(override.fields)))}"
    return f"rule {override.rule} {what}{until}: {override.because}"


def say_failing(destination: Destination, now: Moment) -> str:
    """What is wrong with a destination, since when, and when it is tried again."""
    again = f"; tried again {say_time(destination.next_slot, now)}" if destination.next_slot > now else ""
    times = "once" if destination.failures == 1 else f"{destination.failures:,} times"
    since = say_time(destination.failing_since, now)
    return f"{destination.name} has failed {times} since {since}{again}: {destination.why}"
