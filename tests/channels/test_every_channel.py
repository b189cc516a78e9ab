"""What every channel promises: it tells, knows what it told, says why it could not; hostile text does not act."""

from dataclasses import replace

import pytest

from notifier.ports import CannotAsk, Undelivered
from tests.channels.console_bench import ConsoleBench
from tests.channels.contract import HOSTILE, POST, Kind, ask, hostile, sent
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
