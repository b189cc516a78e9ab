"""What `notifier doctor` finds out of Slack, without posting anything unless it is asked to."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from notifier.channels.slack.doctor import NEEDED
from tests.channels.contract import ask
from tests.channels.slack_bench import SlackBench
from tests.channels.slack_server import Fault, refuses

MANIFEST = Path(__file__).parents[2] / "slack-app.yaml"


@pytest.fixture
def bench():
    bench = SlackBench()
    yield bench
    bench.close()


def examine(bench, to=SlackBench.to, *, send=False, **options):
    channel = bench.channel(**options)
    return ask(channel, channel.examine(to, send=send))


def test_a_destination_that_is_as_it_should_be(bench):
    found = examine(bench)

    assert [(each.what, each.good, each.found, each.advice) for each in found] == [
        ("the token", True, "It belongs to the bot notifier in the Slack of Example <Lab>.", ""),
        ("the permissions", True, "All that are needed are there.", ""),
        ("the destination", True, "#lab-grants is there, and the bot is a member.", ""),
    ]
    assert bench.slack.messages == []


def test_a_greeting_is_posted_only_when_asked_for(bench):
    found = examine(bench, send=True)

    assert (found[-1].what, found[-1].found) == ("a greeting", "It was posted to #lab-grants.")
    assert [message["text"] for message in bench.slack.messages] == [
        "A greeting from notifier: messages for this destination arrive here."
    ]


def test_nobody_is_greeted_where_the_bot_is_no_member(bench):
    found = examine(bench, "slack:#strangers", send=True)

    assert (found[-1].good, found[-1].found) == (False, "The bot is not a member of #strangers.")
    assert "/invite" in found[-1].advice


@pytest.mark.parametrize("scope", NEEDED)
def test_each_missing_permission_is_named_with_what_is_lost(bench, scope):
    bench.slack.scopes.discard(scope)
    missing = [each for each in examine(bench) if each.what.startswith("the permission ")]

    assert [(each.what, each.good) for each in missing] == [(f"the permission {scope}", False)]
    assert NEEDED[scope] in missing[0].found
    assert f"add {scope} to the Bot Token Scopes" in missing[0].advice


def test_permissions_that_slack_does_not_name_are_not_found_out(bench):
    bench.slack.faults.append(Fault("auth.test", 200, '{"ok":true,"team":"T","user":"u"}'))

    assert [(each.what, each.good) for each in examine(bench)][1] == ("the permissions", None)


@pytest.mark.parametrize(
    ("to", "good", "found"),
    [
        ("slack:#old", False, "#old is archived in Slack."),
        ("slack:#nowhere", False, "Slack knows no channel #nowhere that the bot can see."),
        (
            "slack:person@example.edu",
            True,
            "person@example.edu is A. Person in Slack, who is written to in person.",
        ),
        ("slack:nobody@example.edu", False, "Slack knows nobody with the address nobody@example.edu."),
        ("slack:@handle", False, "@handle is no address in Slack."),
        ("slack:U0PERSON01", True, "U0PERSON01 is there, and the bot is a member."),
    ],
)
def test_a_destination_is_looked_at(bench, to, good, found):
    last = examine(bench, to)[-1]

    assert (last.what, last.good, last.found) == ("the destination", good, found)
    assert bool(last.advice) != good
    assert bench.slack.messages == []


def test_looking_at_a_person_opens_no_conversation(bench):
    examine(bench, "slack:person@example.edu")

    assert bench.slack.asked("conversations.open") == []


def test_a_person_who_has_left_is_named(bench):
    bench.slack.people["person@example.edu"]["deleted"] = True

    assert examine(bench, "slack:person@example.edu")[-1].found == (
        "A. Person (person@example.edu) has left this Slack."
    )


def test_a_channel_that_the_bot_may_not_look_up_is_not_found_out(bench):
    bench.slack.scopes.discard("channels:read")

    assert examine(bench)[-1].good is None


def test_a_token_that_slack_refuses_ends_it(bench):
    [found] = examine(bench, token="xoxb-2-revoked")

    assert (found.what, found.good, found.found) == ("the token", False, "Slack does not accept the token.")
    assert found.advice.startswith("In Slack's app settings")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("auth.test", 503, "busy", {"Content-Type": "text/html"}),
        Fault("auth.test", reset=True),
        refuses("auth.test", "internal_error"),
        Fault("auth.test", 200, "[]"),
    ],
)
def test_a_slack_that_does_not_answer_is_not_found_out(bench, fault):
    bench.slack.faults.append(fault)
    [found] = examine(bench)

    assert (found.what, found.good, found.advice) == ("the token", None, "Try again in a while.")


def test_the_app_asks_for_the_permissions_that_are_needed_and_no_others():
    scopes = YAML(typ="safe").load(MANIFEST.read_text())["oauth_config"]["scopes"]

    assert list(scopes) == ["bot"]
    assert set(scopes["bot"]) == set(NEEDED)
