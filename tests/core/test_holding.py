"""One message asks what becomes of an edit that would tell much; it says how much, and shows some of it."""

import pytest

from notifier.core.alert import Reason
from notifier.core.hold import Hold, Stage
from notifier.core.holding import compose_held
from notifier.core.message import Answer

AT = 1_700_000_000
HOLD = Hold(3, AT, "The rules were edited", Stage.WAITING, 1_234)


def test_it_says_why_how_much_and_shows_a_sample():
    message = compose_held(HOLD, 1_234, ["Credits have not arrived · lab"], AT)

    assert message.title == "1,234 messages are held · notifier"
    assert message.say.startswith("The rules were edited, 22:13 UTC. That would tell 1,234 messages at once")
    assert message.rows == ("Credits have not arrived · lab", "and 1,233 more")
    assert message.answers == (Answer("To tell them", "release", "3"), Answer("To tell none of them", "drop", "3"))
    assert message.reason is Reason.HELD


def test_a_sample_that_is_everything_has_no_rest():
    assert compose_held(HOLD, 2, ["one", "two"], AT).rows == ("one", "two")


def test_one_message_is_spoken_of_as_one():
    message = compose_held(Hold(3, AT, "The rules were edited", Stage.WAITING, 1), 1, ["one"], AT)
    said = " ".join([message.headline, message.say, message.next, *(each.when for each in message.answers)])

    assert message.headline == "1 message is held"
    assert "That would tell 1 message at once, so it has not gone out yet." in said
    assert said.endswith("It is: Look whether it is meant; then tell it, or not. To tell it Not to tell it")
    assert compose_held(Hold(3, AT, "x", Stage.DROPPED, 1, "ada"), 0, [], AT).headline == "1 message was dropped"


@pytest.mark.parametrize("stage", [Stage.RELEASED, Stage.DROPPED])
def test_what_was_answered_before_anybody_was_asked_asks_nothing(stage):
    message = compose_held(Hold(3, AT, "x", stage, 30, "ada"), 0, [], AT)

    assert (message.headline, message.say) == (f"30 messages were {stage}", "By ada, 22:13 UTC.")
    assert message.answers == ()
