"""Several alerts of one event in one post: a table with a line for each, and how the lines stand later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.message import BEFORE_THE_TITLE, OVER, Line, Message
from notifier.core.words import say_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.message import Told
    from notifier.core.scene import Scene

STATES = {
    Reason.RESOLVED: "done",
    Reason.CLOSED: "no longer watched",
    Reason.MOVED: "date moved",
    Reason.ACKNOWLEDGED: "acknowledged",
    Reason.SNOOZED: "snoozed",
    Reason.HANDED_OVER: "handed over",
}


def compose_table(found: Sequence[tuple[Message, Told, Scene | None]], known: str = "") -> Message:
    """One message for several alerts of one rule, each with what it would say alone; the first speaks for all.

    What differs from alert to alert stands in its line; each line has its own letter. *known* says how old the
    figures in the lines are.
    """
    messages = [message for message, _, _ in found]
    first = messages[0]
    same = _alike(messages, "headline")
    over = all(message.reason in OVER for message in messages)
    urgent = any(message.urgent for message in messages)
    count = f"{len(found)} accounts" if len({message.about for message in messages}) == len(found) else ""
    return Message(
        headline=first.headline if same else f"{first.headline}, and {len(found) - 1} more of this kind",
        about=count or f"{len(found)} alerts",
        reason=first.reason,
        urgent=urgent,
        step=first.step,
        next="" if over else first.next if _alike(messages, "next") else _each(first.next),
        contact=first.contact if _alike(messages, "contact") else "",
        link=first.link if _alike(messages, "link") else "",
        known=known,
        told=first.told if _alike(messages, "told") else "",
        lines=tuple(_line(*each) for each in found),
        topic=first.topic if same else f"{first.topic}, and {len(found) - 1} more of this kind",
    )


def _alike(messages: Sequence[Message], name: str) -> bool:
    return len({getattr(message, name) for message in messages}) == 1


def _each(text: str) -> str:
    """What is to be done where it is not the same for all: that of the first, as an example."""
    return f"For each of them, as for the first: {text}" if text else ""


def _line(message: Message, told: Told, scene: Scene | None) -> Line:
    date = ""
    if told.anchor is not None and scene is not None:
        date = say_day(told.anchor, scene.account.locale, scene.now)
    return Line(message.about, _without_prefix(message), date, state_of(message), message.letter)


def state_of(message: Message) -> str:
    """How one alert stands, in a word or two: its step while it is open."""
    return STATES.get(message.reason, message.step or "open")


def _without_prefix(message: Message) -> str:
    return message.headline.removeprefix(BEFORE_THE_TITLE.get(message.reason, ""))


def as_it_stands(post: Message, news: Mapping[int, Message]) -> Message:
    """*post*, which told several alerts, with what became of some of them since: by their place in it, from 0."""
    if post.lines:
        lines = [_renewed(line, news.get(place)) for place, line in enumerate(post.lines)]
        return replace(post, lines=tuple(lines))
    rows = [news[place].headline if place in news else row for place, row in enumerate(post.rows)]
    return replace(post, rows=tuple(rows))


def _renewed(line: Line, message: Message | None) -> Line:
    if message is None:
        return line
    over = message.reason in OVER
    return replace(
        line,
        headline=_without_prefix(message),
        state=state_of(message),
        letter=None if over else message.letter or line.letter,
    )
