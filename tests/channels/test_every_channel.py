"""What every channel promises: it tells, knows what it told, says why it could not; hostile text does not act."""

import asyncio

import pytest

from notifier.ports import CannotAsk, Undelivered
from tests.channels.console_bench import ConsoleBench
from tests.channels.contract import HOSTILE, POST, Kind, hostile

BENCHES = [Kind("console", ConsoleBench)]


@pytest.fixture(params=BENCHES, ids=[kind.name for kind in BENCHES])
def bench(request, tmp_path):
    return request.param.bench(tmp_path)


def test_what_was_delivered_is_found_by_its_receipt(bench):
    channel = bench.channel()
    before = asyncio.run(channel.find(POST))
    receipt = asyncio.run(channel.deliver(POST))

    assert before in (None, CannotAsk.CANNOT_ASK)
    assert isinstance(receipt, str)
    assert receipt
    assert asyncio.run(channel.find(POST)) in (receipt, CannotAsk.CANNOT_ASK)


def test_after_a_restart_it_still_knows(bench):
    receipt = asyncio.run(bench.channel().deliver(POST))

    assert asyncio.run(bench.channel().find(POST)) in (receipt, CannotAsk.CANNOT_ASK)


def test_another_post_is_not_found(bench):
    channel = bench.channel()
    asyncio.run(channel.deliver(POST))
    other = type(POST)(POST.key + "|other", POST.message)

    assert asyncio.run(channel.find(other)) in (None, CannotAsk.CANNOT_ASK)


def test_it_says_what_why_and_what_to_do_next(bench):
    asyncio.run(bench.channel().deliver(POST))
    message = POST.message

    for said in (message.title, message.say, message.next, message.contact, message.known, message.told):
        assert said in bench.arrived()
    for said in (*message.rows, message.letter.subject, "Could you check whether the credits were allocated?"):
        assert said in bench.arrived()


def test_a_failure_is_undelivered_and_nothing_is_taken_for_told(bench):
    channel = bench.channel()
    bench.break_off()
    with pytest.raises(Undelivered) as raised:
        asyncio.run(channel.deliver(POST))

    assert raised.value.why
    assert asyncio.run(channel.find(POST)) in (None, CannotAsk.CANNOT_ASK)
    bench.mend()
    receipt = asyncio.run(channel.deliver(POST))
    assert asyncio.run(channel.find(POST)) in (receipt, CannotAsk.CANNOT_ASK)


@pytest.mark.parametrize(("text", "readable"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_and_does_not_act(bench, text, readable):
    asyncio.run(bench.channel().deliver(hostile(text)))

    assert bench.acts() == []
    assert readable in bench.arrived()
