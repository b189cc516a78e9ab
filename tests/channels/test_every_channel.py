"""What every channel promises: it tells, knows what it told, says why it could not; hostile text does not act."""

from dataclasses import replace

import pytest

from notifier.core.alert import Reason
from notifier.core.message import Line
from notifier.ports import CannotAsk, Undelivered
from tests.channels.console_bench import ConsoleBench
from tests.channels.contract import HOSTILE, LETTER, POST, Kind, Wrong, ask, hostile, sent
from tests.channels.sendgrid_bench import SendGridBench
from tests.channels.slack_bench import SlackBench, WebhookBench
from tests.channels.smtp_bench import SmtpBench

BENCHES = [
    Kind("console", ConsoleBench),
    Kind("slack", SlackBench),
    Kind("slack webhook", WebhookBench),
    Kind("smtp", SmtpBench),
    Kind("sendgrid", SendGridBench),
]


@pytest.fixture(params=BENCHES, ids=[kind.name for kind in BENCHES])
def bench(request, tmp_path):
    bench = request.param.bench(tmp_path)
    yield bench
    bench.close()


def test_what_was_delivered_is_found_by_its_receipt(bench):
    channel = bench.channel()
    before = ask(channel, channel.find(sent(bench)))
    receipt = ask(channel, channel.deliver(sent(bench)))

    assert before in (None, CannotAsk.CANNOT_ASK)
    assert isinstance(receipt, str)
    assert receipt
    assert ask(channel, channel.find(sent(bench))) in (receipt, CannotAsk.CANNOT_ASK)


def test_after_a_restart_it_still_knows(bench):
    first = bench.channel()
    receipt = ask(first, first.deliver(sent(bench)))
    second = bench.channel()

    assert ask(second, second.find(sent(bench))) in (receipt, CannotAsk.CANNOT_ASK)


def test_another_post_is_not_found(bench):
    channel = bench.channel()
    ask(channel, channel.deliver(sent(bench)))
    other = replace(sent(bench), key=POST.key + "|other", id="f" * 32)

    assert ask(channel, channel.find(other)) in (None, CannotAsk.CANNOT_ASK)


def test_it_says_what_why_and_what_to_do_next(bench):
    channel = bench.channel()
    ask(channel, channel.deliver(sent(bench)))
    message = POST.message

    for said in (message.title, message.say, message.next, message.contact, message.known, message.told):
        assert said in bench.arrived()
    for said in (*message.rows, message.letter.subject, "Could you check whether the credits were allocated?"):
        assert said in bench.arrived()


def test_a_hint_and_who_spends_are_lines_of_their_own(bench):
    channel = bench.channel()
    hint, spends = "12.40 USD was spent: the credits may be there", "project thesis-7 61%, demo 20%"
    ask(
        channel,
        channel.deliver(sent(bench, replace(POST, message=replace(POST.message, hint=hint, spends=spends)))),
    )

    assert f"A hint, no proof: {hint}" in bench.arrived()
    assert f"Who spends: {spends}" in bench.arrived()


def test_a_failure_is_undelivered_and_nothing_is_taken_for_told(bench):
    channel = bench.channel()
    bench.break_off()
    with pytest.raises(Undelivered) as raised:
        ask(channel, channel.deliver(sent(bench)))

    assert raised.value.why
    assert ask(channel, channel.find(sent(bench))) in (None, CannotAsk.CANNOT_ASK)
    bench.mend()
    receipt = ask(channel, channel.deliver(sent(bench)))
    assert ask(channel, channel.find(sent(bench))) in (receipt, CannotAsk.CANNOT_ASK)


@pytest.mark.parametrize(("text", "readable"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_and_does_not_act(bench, text, readable):
    channel = bench.channel()
    ask(channel, channel.deliver(sent(bench, hostile(text))))

    assert bench.acts() == []
    assert readable in bench.arrived()


FAULTS = [(kind, name) for kind in BENCHES for name in kind.bench.faults]


@pytest.mark.parametrize(("kind", "name"), FAULTS, ids=[f"{kind.name}: {name}" for kind, name in FAULTS])
def test_each_failure_says_whether_when_and_for_whom_trying_again_can_help(kind, name, tmp_path, caplog):
    bench = kind.bench(tmp_path)
    try:
        go_wrong, wrong = kind.bench.faults[name]
        go_wrong(bench)
        channel, before = bench.channel(), bench.attempts
        with caplog.at_level("DEBUG"), pytest.raises(Undelivered) as raised:
            ask(channel, channel.deliver(sent(bench)))
        error = raised.value
        tried = bench.attempts - before
    finally:
        bench.close()

    assert Wrong(error.permanent, error.whole, error.unknown, error.again_in) == wrong
    assert tried <= 1, "a channel never tries again by itself"
    assert error.why == " ".join(error.why.split())
    assert not [secret for secret in bench.secrets if secret in f"{error.why} {error!r} {caplog.text}"]


@pytest.mark.parametrize("name", ["say", "next", "known", "headline", "hint", "spends"])
def test_what_is_too_long_arrives_and_is_seen_to_be_cut(bench, name):
    channel, long = bench.channel(), "a word and another " * 4_000
    post = replace(POST, message=replace(POST.message, **{name: long}))
    ask(channel, channel.deliver(sent(bench, post)))

    whole = " ".join(long.split()) in bench.arrived()
    assert whole or "…" in bench.arrived() or "left out" in bench.arrived()
    assert (
        "Could you check whether the credits were allocated?" in bench.arrived() or "left out" in bench.arrived()
    )


def test_a_table_has_a_line_for_each_alert(bench):
    channel = bench.channel()
    lines = tuple(
        Line(f"lab-{number}", "Credits are late", "21 November", "1 day after", LETTER) for number in range(4)
    )
    post = replace(POST, message=replace(POST.message, letter=None, rows=(), lines=lines))
    ask(channel, channel.deliver(sent(bench, post)))

    for number in range(4):
        assert f"lab-{number}" in bench.arrived()


def test_what_goes_on_with_a_thread_is_told_too_and_telling_it_again_changes_nothing_above(bench):
    channel = bench.channel()
    first = ask(channel, channel.deliver(sent(bench)))
    done = replace(POST.message, headline="Done: Credits have not arrived", reason=Reason.RESOLVED, letter=None)
    post = replace(POST, key="second", id="e" * 32, message=done, parent=first, above=done)
    for each in (post, replace(post, key="third", id="d" * 32)):
        channel = bench.channel()
        assert ask(channel, channel.deliver(sent(bench, each)))

    assert "Done: Credits have not arrived" in bench.arrived()
