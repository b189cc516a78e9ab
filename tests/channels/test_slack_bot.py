"""Slack as a bot: one message that changes, a thread below it, nothing twice, and failures that say what to do."""

import asyncio
import logging
import socket
from contextlib import closing
from dataclasses import replace

import pytest

from notifier.channels.slack.answers import MEANINGS, REFUSED_BLOCKS
from notifier.channels.slack.bot import SlackBot
from notifier.core.alert import Reason
from notifier.ports import CannotAsk, Undelivered
from tests.channels.console_bench import typed
from tests.channels.contract import MESSAGE, POST, ask, sent
from tests.channels.slack_bench import SlackBench
from tests.channels.slack_blocks import read
from tests.channels.slack_server import TOKEN, Fault, refuses

WORSE = replace(MESSAGE, headline="Credits are long overdue", reason=Reason.ESCALATED, step="2 weeks after")
HTML = {"Content-Type": "text/html"}
LONG = {"seconds": 0.2}


@pytest.fixture
def bench():
    bench = SlackBench()
    yield bench
    bench.close()


def nth(number, **fields):
    """The post with this number in the thread of `POST`."""
    return replace(POST, to=SlackBench.to, id=f"{number:032x}", key=f"{POST.key}|{number}", **fields)


def tell(bench, post, **options):
    channel = bench.channel(**options)
    return ask(channel, channel.deliver(post))


def find(bench, post):
    channel = bench.channel()
    return ask(channel, channel.find(post))


def fails(bench, post, **options):
    with pytest.raises(Undelivered) as raised:
        tell(bench, post, **options)
    return raised.value


def marks(bench):
    return [message["metadata"]["event_payload"]["delivery"] for message in bench.slack.messages]


def test_a_new_message_carries_its_mark_and_a_notification(bench):
    receipt = tell(bench, nth(1))
    [message] = bench.slack.messages

    assert receipt == f"C0LABGRANTS/{message['ts']}/{message['ts']}"
    assert message["metadata"] == {
        "event_type": "notifier_delivery",
        "event_payload": {"delivery": nth(1).id},
    }
    assert message["text"] == MESSAGE.summary
    assert len(message["text"]) <= 150


def test_what_comes_later_changes_the_message_and_stands_in_its_thread(bench):
    first = tell(bench, nth(1))
    second = tell(bench, nth(2, message=WORSE, parent=first, above=WORSE))
    third = tell(bench, nth(3, message=WORSE, parent=second, above=WORSE))
    parent, *replies = bench.slack.messages

    assert "Credits are long overdue" in read(parent)
    assert marks(bench) == [nth(1).id, nth(2).id, nth(3).id]
    assert [reply["thread_ts"] for reply in replies] == [parent["ts"], parent["ts"]]
    assert second.split("/")[1] == third.split("/")[1] == parent["ts"]
    assert len(bench.slack.in_channel()) == 1


@pytest.mark.parametrize("worse", [True, False])
def test_a_reply_is_seen_in_the_channel_only_if_it_is_worse(bench, worse):
    first = tell(bench, nth(1))
    tell(bench, nth(2, message=WORSE, parent=first, above=WORSE, worse=worse))

    assert [reply["broadcast"] for reply in bench.slack.replies()] == [worse]


def test_a_reply_is_short_where_the_message_above_says_the_rest(bench):
    first = tell(bench, nth(1))
    tell(bench, nth(2, message=WORSE, parent=first, above=WORSE))
    tell(bench, nth(3, message=WORSE, parent=first))
    _, short, whole = bench.slack.messages

    for said in (WORSE.title, WORSE.say, WORSE.next):
        assert said in read(short)
    for said in (WORSE.letter.subject, WORSE.known, WORSE.told, WORSE.contact):
        assert said not in read(short)
        assert said in read(whole)


def test_posts_of_other_threads_are_changed_too(bench):
    first, other = tell(bench, nth(1)), tell(bench, nth(2))
    done = replace(MESSAGE, headline="Done: credits are there", reason=Reason.RESOLVED)
    tell(bench, nth(3, others=((first, done), (other, WORSE), ("of another channel", WORSE))))

    assert [read(message)[:23] for message in bench.slack.messages] == [
        "Done: credits are there",
        "Credits are long overdu",
        "Credits have not arrive",
    ]
    assert bench.slack.replies() == []


@pytest.mark.parametrize(
    "code", ["message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "is_archived"]
)
def test_where_the_message_above_cannot_be_changed_the_thread_begins_anew(bench, code):
    first = tell(bench, nth(1))
    bench.slack.faults.append(refuses("chat.update", code))
    second = tell(bench, nth(2, message=WORSE, parent=first, above=WORSE))
    _, anew = bench.slack.messages

    assert second == f"C0LABGRANTS/{anew['ts']}/{anew['ts']}"
    assert WORSE.letter.subject in read(anew)
    assert f"Belongs to: {POST.topic}" in read(anew)
    third = tell(bench, nth(3, message=WORSE, parent=second, above=WORSE))
    assert third == f"C0LABGRANTS/{anew['ts']}/{bench.slack.messages[2]['ts']}"


@pytest.mark.parametrize("code", ["thread_not_found", "message_not_found", "cannot_reply_to_message"])
def test_where_nobody_can_reply_the_thread_begins_anew(bench, code):
    first = tell(bench, nth(1))
    bench.slack.faults.append(refuses("chat.postMessage", code))
    second = tell(bench, nth(2, parent=first))

    assert second == f"C0LABGRANTS/{bench.slack.messages[1]['ts']}/{bench.slack.messages[1]['ts']}"
    assert marks(bench) == [nth(1).id, nth(2).id]


def test_a_reply_to_a_deleted_message_is_found_where_it_landed(bench):
    first = tell(bench, nth(1))
    bench.slack.messages.clear()
    second = tell(bench, nth(2, parent=first))
    [landed] = bench.slack.messages

    assert second == f"C0LABGRANTS/{landed['ts']}/{landed['ts']}"
    assert find(bench, nth(2, parent=first)) == second


def test_a_thread_in_an_archived_channel_goes_on_where_people_are_told_now(bench):
    first = tell(bench, replace(nth(1), to="slack:#office"))
    bench.slack.channels["C0OFFICE001"]["is_archived"] = True
    second = tell(bench, nth(2, message=WORSE, parent=first, above=WORSE))

    assert second.startswith("C0LABGRANTS/")
    assert [message["channel"] for message in bench.slack.messages] == ["C0OFFICE001", "C0LABGRANTS"]


def test_a_receipt_of_another_channel_begins_a_thread(bench):
    receipt = tell(bench, nth(1, parent="demo/late|lab|1|1|1|console", above=WORSE))

    assert receipt.startswith("C0LABGRANTS/")
    assert bench.slack.asked("chat.update") == []


LOST = {
    "a reset before it arrived": (Fault("chat.postMessage", reset=True), False),
    "a reset after it arrived": (Fault("chat.postMessage", reset=True, after=True), True),
    "a hang before it arrived": (Fault("chat.postMessage", hang=0.3), False),
    "a hang after it arrived": (Fault("chat.postMessage", hang=0.3, after=True), True),
    "an error page": (Fault("chat.postMessage", 503, "<html>busy</html>", HTML), False),
    "an error page after it arrived": (Fault("chat.postMessage", 502, "<html>", HTML, after=True), True),
    "an error of Slack's": (Fault("chat.postMessage", 500, '{"ok":false,"error":"internal_error"}'), False),
    "an error of Slack's with status 200": (refuses("chat.postMessage", "fatal_error"), False),
    "a page with status 200": (Fault("chat.postMessage", 200, "<html>login</html>", HTML), False),
    "no JSON": (Fault("chat.postMessage", 200, "{oops", after=True), True),
    "a list": (Fault("chat.postMessage", 200, "[1]", after=True), True),
    "plain text": (Fault("chat.postMessage", 200, "ok", {"Content-Type": "text/plain"}, after=True), True),
    "no UTF-8": (Fault("chat.postMessage", 200, "{}", {"Content-Type": "application/json; charset=x"}), False),
}


@pytest.mark.parametrize("in_thread", [False, True], ids=["a new message", "a reply"])
@pytest.mark.parametrize(("fault", "arrived"), LOST.values(), ids=LOST)
def test_after_a_lost_answer_slack_is_asked_and_nothing_comes_twice(bench, fault, arrived, in_thread):
    first = tell(bench, nth(1)) if in_thread else None
    post = nth(2, parent=first, above=MESSAGE if in_thread else None)
    before = len(bench.slack.asked("chat.postMessage"))
    bench.slack.faults.append(replace(fault))
    failure = fails(bench, post, **LONG)

    assert (failure.unknown, failure.permanent, failure.whole) == (True, False, False)
    assert len(bench.slack.asked("chat.postMessage")) == before + 1
    found = find(bench, post)
    assert (found is not None) == arrived
    if found is None:
        found = tell(bench, post)
    assert find(bench, post) == found
    assert marks(bench).count(post.id) == 1


@pytest.mark.parametrize("fault", [Fault("chat.update", 503, "busy", HTML), Fault("chat.update", reset=True)])
def test_a_change_that_was_lost_is_made_again_and_the_reply_comes_once(bench, fault):
    first = tell(bench, nth(1))
    bench.slack.faults.append(replace(fault))
    post = nth(2, message=WORSE, parent=first, above=WORSE)
    failure = fails(bench, post)

    assert not failure.unknown  # nothing new was told yet
    assert find(bench, post) is None
    tell(bench, post)
    assert marks(bench) == [nth(1).id, nth(2).id]
    assert "Credits are long overdue" in read(bench.slack.messages[0])


def test_a_change_that_slack_never_takes_does_not_keep_the_reply_back(bench):
    first = tell(bench, nth(1))
    bench.slack.faults.append(refuses("chat.update", "msg_too_long"))
    tell(bench, nth(2, message=WORSE, parent=first, above=WORSE))

    assert marks(bench) == [nth(1).id, nth(2).id]


def test_a_change_that_is_refused_for_all_that_is_told_there_ends_it(bench):
    first = tell(bench, nth(1))
    bench.slack.faults.append(refuses("chat.update", "token_revoked"))
    failure = fails(bench, nth(2, message=WORSE, parent=first, above=WORSE))

    assert (failure.permanent, failure.whole) == (True, True)
    assert marks(bench) == [nth(1).id]


def test_too_much_waits_as_long_as_slack_asks_for(bench):
    body = '{"ok":false,"error":"ratelimited"}'
    bench.slack.faults.append(Fault("chat.postMessage", 429, body, {"Retry-After": "17"}))
    failure = fails(bench, nth(1))

    assert (failure.again_in, failure.whole, failure.permanent, failure.unknown) == (17, True, False, False)
    assert len(bench.slack.asked("chat.postMessage")) == 1


def test_too_much_may_also_be_said_with_status_200(bench):
    bench.slack.faults.append(replace(refuses("chat.postMessage", "ratelimited"), headers={"Retry-After": "3"}))
    failure = fails(bench, nth(1))

    assert (failure.again_in, failure.whole, failure.unknown) == (3, True, False)


@pytest.mark.parametrize(("said", "seconds"), [("", None), ("soon", None), ("-3", None), ("999999999", 86_400)])
def test_a_time_to_wait_that_makes_no_sense_is_not_taken(bench, said, seconds):
    bench.slack.faults.append(Fault("chat.postMessage", 429, "", {"Retry-After": said, **HTML}))

    assert fails(bench, nth(1)).again_in == seconds


@pytest.mark.parametrize("method", ["chat.update", "conversations.list"])
def test_too_much_of_anything_waits_too(bench, method):
    first = tell(bench, nth(1))
    bench.slack.faults.append(Fault(method, 429, "{}", {"Retry-After": "5"}))
    failure = fails(bench, nth(2, parent=first, above=WORSE))

    assert (failure.again_in, failure.whole, failure.unknown) == (5, True, False)


@pytest.mark.parametrize("code", sorted(set(MEANINGS) - REFUSED_BLOCKS - {"ratelimited", "rate_limited"}))
def test_each_refusal_of_slack_says_what_it_means(bench, code):
    bench.slack.faults.append(refuses("chat.postMessage", code, needed="chat:write"))
    failure, meaning = fails(bench, nth(1)), MEANINGS[code]

    assert (failure.permanent, failure.whole, failure.unknown) == (
        meaning.permanent,
        meaning.whole,
        meaning.perhaps,
    )
    assert failure.why.endswith(".")
    assert "{" not in failure.why
    assert len(bench.slack.asked("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("slack:#old", "#old is archived in Slack: name another channel in the accounts file, or unarchive it."),
        ("slack:#strangers", "The bot is not a member of #strangers: invite it there (/invite in the channel)."),
        ("slack:#nowhere", "Slack knows no channel #nowhere that the bot can see: check the spelling"),
        ("slack:C0NOWHERE1", "Slack knows no channel C0NOWHERE1 that the bot can see"),
        ("slack:nobody@example.edu", "Slack knows nobody with the address nobody@example.edu: write the address"),
        ("slack:@handle", "@handle is no address in Slack: write slack:#channel, or the email address"),
        ("slack:", "an empty address is no address in Slack"),
    ],
)
def test_a_destination_that_cannot_be_told_says_what_to_do(bench, to, why):
    failure = fails(bench, replace(nth(1), to=to))

    assert failure.why.startswith(why)
    assert (failure.permanent, failure.whole, failure.unknown) == (True, True, False)


@pytest.mark.parametrize(
    ("to", "channel"),
    [
        ("slack:#office", "C0OFFICE001"),
        ("slack:C0OFFICE001", "C0OFFICE001"),
        ("slack:person@example.edu", "D0PERSON01"),
        ("slack:U0PERSON01", "D0PERSON01"),
    ],
)
def test_an_address_leads_to_a_channel(bench, to, channel):
    post = replace(nth(1), to=to)
    receipt = tell(bench, post)

    assert receipt.startswith(f"{channel}/")
    assert find(bench, post) == receipt


def test_a_channel_is_looked_up_once(bench):
    bench.slack.page = 1
    channel = bench.channel()

    async def tell_two():
        await channel.deliver(nth(1))
        await channel.deliver(nth(2))

    ask(channel, tell_two())
    assert len(bench.slack.asked("conversations.list")) == len(bench.slack.channels)


def test_of_two_channels_with_a_name_the_one_in_use_is_told(bench):
    new = {"id": "C0ANEW00001", "name": "old", "is_member": True, "is_archived": False}
    older = {"id": "C0AOLD00001", "name": "old", "is_member": True, "is_archived": True}
    bench.slack.channels |= {new["id"]: new, older["id"]: older}

    assert tell(bench, replace(nth(1), to="slack:#Old")).startswith("C0ANEW00001/")


def test_a_channel_that_slack_forgot_is_looked_up_anew(bench):
    channel = bench.channel()
    ask(channel, channel.deliver(nth(1)))
    moved = bench.slack.channels.pop("C0LABGRANTS")
    bench.slack.channels["C0ANEW00001"] = moved | {"id": "C0ANEW00001"}
    with pytest.raises(Undelivered, match="Slack knows no channel #lab-grants"):
        ask(channel, channel.deliver(nth(2)))

    assert ask(channel, channel.deliver(nth(3))).startswith("C0ANEW00001/")


def test_without_the_permission_to_look_up_channels_a_name_is_told_but_not_asked(bench):
    bench.slack.scopes.discard("channels:read")
    receipt = tell(bench, nth(1))

    assert receipt.startswith("C0LABGRANTS/")
    assert find(bench, nth(1)) is CannotAsk.CANNOT_ASK


def test_without_the_permission_for_private_channels_the_public_ones_are_found(bench):
    bench.slack.scopes.discard("groups:read")
    receipt = tell(bench, nth(1))

    assert find(bench, nth(1)) == receipt


@pytest.mark.parametrize("in_thread", [False, True], ids=["a channel", "a thread"])
@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found", "no_permission"])
def test_what_the_bot_may_not_read_cannot_be_asked(bench, code, in_thread):
    first = tell(bench, nth(1)) if in_thread else None
    method = "conversations.replies" if in_thread else "conversations.history"
    bench.slack.faults.append(refuses(method, code))

    assert find(bench, nth(2, parent=first)) is CannotAsk.CANNOT_ASK


@pytest.mark.parametrize(
    "fault",
    [
        Fault("conversations.history", 503, "busy", HTML),
        Fault("conversations.history", reset=True),
        Fault("conversations.history", 429, "{}", {"Retry-After": "9"}),
        refuses("conversations.history", "internal_error"),
        refuses("conversations.history", "invalid_auth"),
    ],
    ids=["an error page", "a reset", "too much", "an error of Slack's", "a token that is refused"],
)
def test_a_slack_that_does_not_answer_is_not_an_answer(bench, fault):
    tell(bench, nth(1))
    bench.slack.faults.append(replace(fault))
    with pytest.raises(Undelivered) as raised:
        find(bench, nth(1))

    assert not raised.value.unknown


def test_a_channel_is_read_to_its_end_from_before_the_first_attempt(bench):
    receipts = [tell(bench, nth(number)) for number in range(1, 6)]
    bench.slack.page = 2

    assert find(bench, nth(1)) == receipts[0]
    assert find(bench, nth(9)) is None
    assert {fields["oldest"] for fields in bench.slack.asked("conversations.history")} == {str(POST.since - 300)}
    assert find(bench, nth(1, since=POST.since + 310)) is None


def test_a_channel_without_end_cannot_be_asked(bench):
    for number in range(1, 28):
        bench.slack.messages.append(
            {"channel": "C0LABGRANTS", "ts": f"1711980{number:03d}.000100", "text": "chat"}
        )
    bench.slack.page = 1

    assert find(bench, nth(1)) is CannotAsk.CANNOT_ASK


def test_the_marks_of_others_are_not_ours(bench):
    tell(bench, nth(1))
    [message] = bench.slack.messages
    message["metadata"] = {"event_type": "somebody_elses", "event_payload": {"delivery": nth(1).id}}
    assert find(bench, nth(1)) is None

    message["metadata"] = {"event_type": "notifier_delivery", "event_payload": None}
    assert find(bench, nth(1)) is None


def test_blocks_that_slack_refuses_are_told_as_text_instead_once(bench):
    bench.slack.faults.append(refuses("chat.postMessage", "invalid_blocks"))
    receipt = tell(bench, nth(1, message=replace(MESSAGE, urgent=True)))
    [message] = bench.slack.messages

    assert "blocks" not in message
    for said in (f"URGENT: {MESSAGE.title}", MESSAGE.say, MESSAGE.next, *MESSAGE.rows, MESSAGE.letter.subject):
        assert said in read(message)
    assert find(bench, nth(1)) == receipt


def test_a_message_that_slack_takes_in_no_form_is_given_up_alone(bench):
    bench.slack.faults.append(replace(refuses("chat.postMessage", "msg_blocks_too_long"), times=2))
    failure = fails(bench, nth(1))

    assert (failure.permanent, failure.whole, failure.unknown) == (True, False, False)
    assert len(bench.slack.asked("chat.postMessage")) == 2


def test_a_refusal_that_nobody_knows_is_tried_again(bench):
    bench.slack.faults.append(refuses("chat.postMessage", "brand_new_reason"))
    failure = fails(bench, nth(1))

    assert failure.why == "Slack refuses it for a reason that is not known here (brand_new_reason)."
    assert (failure.permanent, failure.whole, failure.unknown) == (False, False, False)


@pytest.mark.parametrize("code", ["<script>", "a" * 61, "", "x y"])
def test_what_slack_calls_a_reason_is_not_shown_if_it_is_none(bench, code):
    bench.slack.faults.append(refuses("chat.postMessage", code))

    assert fails(bench, nth(1)).why == "Slack refuses it for a reason that is not known here (without a name)."


@pytest.mark.parametrize(
    ("scheme", "why"),
    [("http", "Slack could not be reached: the connection was refused."), ("https", "Slack could not")],
)
def test_a_slack_that_is_not_there_was_not_told(scheme, why):
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        channel = SlackBot(TOKEN, typed, f"{scheme}://127.0.0.1:{closed.getsockname()[1]}/api/")
        with pytest.raises(Undelivered) as raised:
            ask(channel, channel.deliver(sent(SlackBench, POST)))

    assert raised.value.why.startswith(why)
    assert (raised.value.whole, raised.value.permanent, raised.value.unknown) == (True, False, False)


def test_a_slack_that_cannot_prove_who_it_is_was_not_told(bench):
    channel = SlackBot(TOKEN, typed, f"{bench.slack.root.replace('http:', 'https:')}/api/")
    with pytest.raises(Undelivered, match="could not prove who it is") as raised:
        ask(channel, channel.deliver(nth(1)))

    assert (raised.value.whole, raised.value.unknown) == (True, False)


def test_no_token_is_sent_to_where_slack_points(bench):
    to = f"{bench.slack.root}/api/chat.postMessage"
    bench.slack.faults.append(Fault("conversations.list", 307, "", {"Location": to}))
    failure = fails(bench, nth(1))

    assert failure.why.startswith("Slack's address led elsewhere")
    assert bench.slack.asked("chat.postMessage") == []


@pytest.mark.parametrize("token", ["", " ", "xoxb-1\nX-Evil: 1", "xoxb-ü", "xoxb 1"])
def test_a_token_that_is_none_is_not_sent(bench, token):
    failure = fails(bench, nth(1), token=token)

    assert (failure.permanent, failure.whole) == (True, True)
    assert bench.slack.calls == []
    assert "copy it again" in failure.why


@pytest.mark.parametrize("fault", [None, *(fault for fault, _ in LOST.values())])
def test_no_failure_and_no_log_shows_the_token(bench, fault, caplog):
    caplog.set_level(logging.DEBUG)
    bench.slack.faults += [replace(fault)] if fault else []
    secret = "xoxb-2-wrong-secret" if fault is None else TOKEN
    failure = fails(bench, nth(1), token=secret, **LONG)

    assert secret not in failure.why
    assert secret not in caplog.text
    assert bench.slack.root not in failure.why


def test_no_proxy_is_taken_from_the_environment(bench, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert tell(bench, nth(1))


def test_several_at_once_share_a_session(bench):
    channel = bench.channel()

    async def tell_all():
        return await asyncio.gather(*(channel.deliver(nth(number)) for number in range(1, 9)))

    assert len(set(ask(channel, tell_all()))) == 8


def test_closing_twice_closes_once(bench):
    channel = bench.channel()
    ask(channel, channel.deliver(nth(1)))

    assert ask(channel, channel.aclose()) is None
