"""What could not be told is told elsewhere whole, with the cause, how often it was tried, and how to try again."""

from dataclasses import replace

import pytest

from notifier.core.alert import Reason
from notifier.core.delivery import Delivery
from notifier.core.letter import Letter
from notifier.core.message import Answer, Message, Told
from notifier.core.undelivered import compose_undelivered, place_of
from tests.core.helpers import moment

NOW = moment("2026-11-22 14:05")
LETTER = Letter("missing", "help@example.edu", "", "", "Where are they?", "Hello", 0)
POST = Message(
    "Credits have not arrived", "lab", Reason.OPENED, urgent=True, say="Accepted 11 March.", next="Write.",
    told="Told: team (#lab).", answers=(Answer("When done", "record", "lab credits_granted AMOUNT"),),
    letter=LETTER, topic="Credits are late",
)  # fmt: skip
LOST = Delivery(
    *(17, "p/late", "lab", "1", "", 1, 1, "slack:#lab", 3, Told(Reason.OPENED, NOW, None, None)),
    attempts=1, post=POST, why="#lab is archived.", tried_at=moment("2026-11-16 09:00"),
)  # fmt: skip


def test_everything_is_said_that_was_to_be_said_there():
    said = compose_undelivered(LOST, NOW)

    assert said == replace(
        POST,
        headline="Could not be told to #lab: Credits have not arrived",
        topic="Could not be told to #lab: Credits are late",
        reason=Reason.UNDELIVERED,
        say="Accepted 11 March. Tried once: #lab is archived.",
        told="Told here instead of #lab.",
        answers=(*POST.answers, Answer("To try #lab again, once it is mended", "retry", "D17")),
    )


def test_it_says_how_often_and_since_when_it_was_tried():
    said = compose_undelivered(replace(LOST, attempts=31, post=replace(POST, say="", topic="")), NOW)

    assert said.say == "Tried 31 times since 16 November, 09:00 UTC: #lab is archived."
    assert said.topic == "Could not be told to #lab: Credits have not arrived"


def test_tried_twice_is_more_than_once():
    said = compose_undelivered(replace(LOST, attempts=2), NOW)

    assert "Tried 2 times since 16 November, 09:00 UTC:" in said.say


def test_what_was_given_up_before_it_was_composed_is_named_by_its_rule():
    assert compose_undelivered(replace(LOST, post=None), NOW).title == "Could not be told to #lab: p/late · lab"


@pytest.mark.parametrize(
    ("destination", "place"),
    [("slack:#lab", "#lab"), ("mailto:a@example.edu", "a@example.edu"), ("console", "the console")],
)
def test_a_destination_is_named_as_people_call_it(destination, place):
    assert place_of(destination) == place
