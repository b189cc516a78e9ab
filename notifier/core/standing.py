"""What is said when a grant is first watched: one message for everything that is open already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.known import say_figures
from notifier.core.message import (
    Answer,
    Message,
    answered_with,
    answers,
    compose,
    filler,
    hint_for,
    names_of,
    special,
)
from notifier.core.vocabulary import Kind
from notifier.core.words import say

if TYPE_CHECKING:
    from notifier.core.message import Told
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene

TO_ANSWER = "Answer what you know with the commands below, and do the rest"
TO_DO = "Do what is said there"


def compose_standing(found: list[tuple[Rule, Told, Scene]], scene: Scene, *, people: str) -> Message:
    """One message for everything that was already standing when the grant was enrolled; nothing else of the past.

    *found* are the rules, each with what happened and the scene of its own subject.

    A grant whose access is over is named as ended, with what is still owed. What a person knows (did the credits
    come, was the summary sent) is asked here, with the commands that answer.
    """
    locale, vocabulary = scene.account.locale, scene.program.vocabulary
    ends = vocabulary.place("access_ends_on")
    last = scene.facts.values[ends] if ends is not None else None
    ended = isinstance(last, int) and last < locale.day_of(scene.now)
    rows = tuple(_row(*each) for each in found)
    letters = [compose(*each, people=people).letter for each in found]
    letter = next((letter for letter in letters if letter), None)
    asked = _questions([(rule, about) for rule, _, about in found])
    when = f" on {say(last, Kind.DATE, locale, scene.now)}" if ended else ""
    return Message(
        headline=f"This grant ended{when}" if ended else "Now watched",
        about=scene.account.about(scene.facts.grant),
        reason=Reason.STANDING,
        say="Still owed:" if ended else "Already open when the grant was enrolled:",
        next=f"{TO_ANSWER if asked else TO_DO}; earlier reminders are not repeated.",
        known=say_figures(
            (rule, about, names_of(letter, about) if own is letter else ())
            for own, (rule, _, about) in zip(letters, found, strict=True)
        ),
        rows=rows,
        answers=asked,
        told=f"Told: {people}.",
        letter=letter,
        hint=next((hint for rule, _, about in found if (hint := hint_for(rule, about))), ""),
    )


def _row(rule: Rule, told: Told, scene: Scene) -> str:
    fill = filler(rule, told, scene)
    when = ""
    if told.anchor is not None:
        when = f" ({special('deadline', rule, told, scene)}, {special('from_today', rule, told, scene)})"
    return f"{fill(rule.title)}{when}. {fill(rule.next)}".strip()


def _questions(rules: list[tuple[Rule, Scene]]) -> tuple[Answer, ...]:
    """What only a person knows, each asked once, with the command that answers."""
    asked: dict[str, Answer] = {}
    for rule, scene in rules:
        fact = answered_with(rule, scene)
        for answer in answers(rule, scene, when=fact.ask or "When done") if fact else ():
            asked.setdefault(answer.rest, answer)
    return tuple(asked.values())
