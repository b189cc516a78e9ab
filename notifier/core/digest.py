"""What a digest says: who needs a person, what comes in the next weeks, who is fine, and whether the service is.

It is sent when all is well too: whoever misses it on its day knows that something is wrong with the service.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.message import Answer, Line, Message, Section
from notifier.core.words import say_count, say_day, say_list

if TYPE_CHECKING:
    from notifier.core.calendar import Locale, Moment

DAYS_AHEAD = 60
MOST_NEEDS, MOST_COMING, MOST_FINE, MOST_TROUBLES = 10, 10, 5, 5  # lines; the rest is a number


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines, the first of them, and how many there are in all."""

    lines: tuple[Line, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that a digest says of the accounts on which its recipient is named, the most pressing first.

    *needs* and *fine* are grants; *fine* lists them only where they are few, *states* says how many are how.
    *coming* are messages of the next `DAYS_AHEAD` days, *service* is what the service says of itself. *troubles*
    is what could not be told, *failing* the destinations that fail, *unread* the sources that cannot be read.
    *oldest* says which figures are the oldest, *rules* whether the rules were edited, *every* when the digest
    comes (``Monday at 08:00``). *watched* is how many accounts there are in all, for who runs the service.
    """

    accounts: int
    grants: int
    every: str
    needs: Listed = field(default_factory=Listed)
    coming: Listed = field(default_factory=Listed)
    fine: Listed = field(default_factory=Listed)
    states: tuple[tuple[str, int], ...] = ()
    service: Listed = field(default_factory=Listed)
    troubles: Listed = field(default_factory=Listed)
    failing: Listed = field(default_factory=Listed)
    unread: Listed = field(default_factory=Listed)
    oldest: str = ""
    rules: str = ""
    watched: int | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing at all needs anybody."""
        return not any(each.count for each in (self.needs, self.service, self.troubles, self.failing, self.unread))


def compose_digest(outlook: Outlook, locale: Locale, now: Moment) -> Message:
    """The digest of *outlook*, as of *now*; *locale* is the recipient's."""
    answers = [Answer("To see all of it", "status")]
    if outlook.troubles.count or outlook.failing.count:
        answers.append(Answer("To see what could not be told, and why", "deliveries"))
    return Message(
        headline=_headline(outlook),
        about=f"digest of {say_day(locale.day_of(now), locale, now)}",
        reason=Reason.DIGEST,
        say=_say(outlook),
        next=_next(outlook),
        known="; ".join(part for part in (outlook.oldest, outlook.rules) if part),
        told=(
            f"This comes every {outlook.every}, also when all is well: if it does not come, look whether notifier "
            "runs. `digest: off` beside your address in the accounts file ends it."
        ),
        answers=tuple(answers),
        sections=tuple(section for section in _sections(outlook) if section.say or section.lines),
    )


def _headline(outlook: Outlook) -> str:
    """``2 grants need you``, ``All is well, 1 message comes in 60 days``: who reads only this knows enough."""
    count = outlook.needs.count
    found = [f"{say_count(count, 'grant')} {'needs' if count == 1 else 'need'} you"] if count else []
    found += [f"{say_count(outlook.unread.count, 'source')} cannot be read"] if outlook.unread.count else []
    found += ["the service needs you"] if outlook.service.count else []
    lost = outlook.troubles.count or outlook.failing.count
    found += ["not everything could be told"] if lost else []
    line = say_list(found) or "All is well"
    return line[0].upper() + line[1:]


def _say(outlook: Outlook) -> str:
    """What is watched, and what comes: the sentence that proves that somebody watches."""
    said = ["All is well."] if outlook.is_well else []
    if outlook.watched is not None:
        said.append(f"The service watches {say_count(outlook.watched, 'account')}.")
    if outlook.accounts:
        grants = f"{say_count(outlook.grants, 'grant')} of {say_count(outlook.accounts, 'account')}"
        many, verb = outlook.coming.count, "is" if outlook.grants == 1 else "are"
        coming = f"{say_count(many, 'message')} {'comes' if many == 1 else 'come'}" if many else "nothing comes up"
        said.append(f"{grants} {verb} watched; {coming} in the next {DAYS_AHEAD} days.")
    return " ".join(said)


def _next(outlook: Outlook) -> str:
    """The most pressing of all, by its name."""
    if not outlook.needs.lines:
        return ""
    first = outlook.needs.lines[0]
    begin = "Start with" if outlook.needs.count > 1 else "Look after"
    return f"{begin} {first.about}: {first.headline}."


def _sections(outlook: Outlook) -> list[Section]:
    return [
        _section("Needs you", outlook.needs),
        _section(f"Coming in {DAYS_AHEAD} days", outlook.coming),
        replace(_section("Fine", outlook.fine), say=_fine(outlook)),
        _section("The service itself", outlook.service),
        _section("Could not be told", outlook.troubles),
        _section("Destinations that fail", outlook.failing),
        _section("Cannot be read", outlook.unread),
    ]


def _fine(outlook: Outlook) -> str:
    """``212 grants: 209 running, 2 paused and 1 over.``; nothing where none is fine."""
    if not outlook.fine.count:
        return ""
    said = say_list([f"{count:,} {state}" for state, count in outlook.states])
    return f"{say_count(outlook.fine.count, 'grant')}: {said}."


def _section(heading: str, listed: Listed) -> Section:
    left = listed.count - len(listed.lines)
    more = f"The first {len(listed.lines)}; {left:,} more are left out here." if left else ""
    return Section(f"{heading} ({listed.count:,})" if listed.count else heading, more, listed.lines)
