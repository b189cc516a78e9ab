"""Slack through a webhook: it tells, names what a message goes on with, and says plainly what it cannot do."""

import logging
from dataclasses import replace

import pytest

from notifier.channels.slack.answers import MEANINGS
from notifier.ports import CannotAsk, Undelivered
from tests.channels.contract import MESSAGE, POST, ask
from tests.channels.slack_bench import WebhookBench
from tests.channels.slack_blocks import read
from tests.channels.slack_server import Fault

TEXT = {"Content-Type": "text/html"}


@pytest.fixture
def bench():
    bench = WebhookBench()
    yield bench
    bench.close()


def tell(bench, post=POST, **options):
    channel = bench.channel(**options)
    return ask(channel, channel.deliver(post))


def fails(bench, **options):
    with pytest.raises(Undelivered) as raised:
        tell(bench, **options)
    return raised.value


def answers(bench, status, body, **more):
    bench.slack.faults.append(Fault("webhook", status, body, TEXT, **more))


def test_what_comes_later_is_a_message_that_names_what_it_belongs_to(bench):
    receipt = tell(bench)
    tell(bench, replace(POST, id="2", parent=receipt, above=MESSAGE))
    first, second = bench.slack.hooked

    assert f"Belongs to: {POST.topic}" in read(second)
    assert "Belongs to" not in read(first)
    for said in (MESSAGE.title, MESSAGE.known, MESSAGE.letter.subject):
        assert said in read(second)


def test_it_cannot_be_asked(bench):
    channel = bench.channel()
    tell(bench)

    assert ask(channel, channel.find(POST)) is CannotAsk.CANNOT_ASK
    assert len(bench.slack.calls) == 1


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (404, "no_service", "Slack does not know the webhook any more: make a new one"),
        (403, "invalid_token", "Slack does not know the webhook any more: make a new one"),
        (404, "no_team", "Slack does not know the webhook any more: make a new one"),
        (403, "action_prohibited", "The administrators of this Slack do not let the bot write"),
        (410, "channel_is_archived", "the webhook's channel is archived in Slack"),
        (404, "channel_not_found", "Slack knows no channel the webhook's channel"),
    ],
)
def test_a_webhook_that_is_over_says_what_to_do(bench, status, body, why):
    answers(bench, status, body)
    failure = fails(bench)

    assert failure.why.startswith(why)
    assert (failure.permanent, failure.whole, failure.unknown) == (True, True, False)
    assert len(bench.slack.calls) == 1


@pytest.mark.parametrize("body", ["invalid_payload", "no_text", "too_many_attachments"])
def test_a_message_that_slack_does_not_take_is_given_up_alone(bench, body):
    answers(bench, 400, body)
    failure = fails(bench)

    assert (failure.permanent, failure.whole, failure.unknown) == (True, False, False)


def test_blocks_that_slack_refuses_are_told_as_text_instead_once(bench):
    answers(bench, 400, "invalid_blocks")
    tell(bench)
    [message] = bench.slack.hooked

    assert "blocks" not in message
    assert MESSAGE.letter.subject in read(message)


def test_too_much_waits_as_long_as_slack_asks_for(bench):
    bench.slack.faults.append(Fault("webhook", 429, "rate_limited", {"Retry-After": "30", **TEXT}))
    failure = fails(bench)

    assert (failure.again_in, failure.whole, failure.permanent, failure.unknown) == (30, True, False, False)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("webhook", 503, "<html>busy</html>", TEXT),
        Fault("webhook", 500, "rollup_error", TEXT),
        Fault("webhook", 200, "<html>login</html>", TEXT),
        Fault("webhook", reset=True),
        Fault("webhook", reset=True, after=True),
        Fault("webhook", hang=0.3, after=True),
    ],
    ids=["an error page", "an error of Slack's", "a login page", "a reset", "a reset after it arrived", "a hang"],
)
def test_after_a_lost_answer_nobody_knows(bench, fault):
    bench.slack.faults.append(replace(fault))
    failure = fails(bench, seconds=0.2)

    assert (failure.unknown, failure.permanent, failure.whole) == (True, False, False)
    assert len(bench.slack.calls) == 1


@pytest.mark.parametrize("path", ["", "\n", " x"])
def test_an_address_that_is_none_is_not_asked(bench, path):
    channel = type(bench.channel())(path, lambda _: "")
    with pytest.raises(Undelivered, match="copy it again") as raised:
        ask(channel, channel.deliver(POST))

    assert raised.value.permanent


def test_no_failure_and_no_log_shows_the_address(bench, caplog):
    caplog.set_level(logging.DEBUG)
    tell(bench)
    secret = "/services/T1/B1/another-secret"
    failure = fails(bench, path=secret)

    assert failure.why == MEANINGS["no_service"].why
    for said in (failure.why, caplog.text):
        assert "secret" not in said
        assert bench.slack.root not in said


def test_examining_posts_nothing_and_says_what_a_webhook_cannot_do(bench):
    channel = bench.channel()
    lives, losses = ask(channel, channel.examine("", send=False))

    assert (lives.good, lives.found) == (True, "It answers; nothing was posted.")
    assert losses.found.startswith("A webhook cannot change or thread what it told")
    assert bench.slack.hooked == []


def test_examining_can_send_a_greeting(bench):
    channel = bench.channel()
    found = ask(channel, channel.examine("", send=True))

    assert found[0].found == "A greeting was posted."
    assert [message["text"] for message in bench.slack.hooked] == [
        "A greeting from notifier: messages for this destination arrive here."
    ]


def test_examining_a_webhook_that_is_over_says_what_to_do(bench):
    channel = bench.channel("/services/T1/B1/gone")
    [found] = ask(channel, channel.examine("", send=False))

    assert (found.good, found.found) == (False, "Slack does not know the webhook any more.")
    assert found.advice.startswith("Make a new one in the app's settings")


def test_examining_a_slack_that_does_not_answer_finds_nothing_out(bench):
    answers(bench, 503, "busy now, sorry")
    channel = bench.channel()
    [found] = ask(channel, channel.examine("", send=False))

    assert (found.good, found.advice) == (None, "Try again in a while.")
