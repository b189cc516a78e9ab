"""Email by SendGrid: requests are as SendGrid wants them, every answer means something, the key is kept."""

import base64
import email
from dataclasses import replace

import httpx
import pytest

from notifier.channels.mail.mime import mail
from notifier.core.message import Line
from notifier.ports import Examined, Undelivered
from tests.channels.contract import LETTER, MESSAGE, ask, sent
from tests.channels.mail_reader import STRICT, Read
from tests.channels.sendgrid_bench import KEY, SendGridBench, refused

POST = sent(SendGridBench)
AGAIN, WHOLE, PERMANENT, HOPELESS = (False, False), (False, True), (True, False), (True, True)


@pytest.fixture
def bench():
    return SendGridBench()


def deliver(bench, post=POST):
    channel = bench.channel()
    return ask(channel, channel.deliver(post))


def failing(bench, answer=None, post=POST, key=KEY):
    bench.far.answers += [answer] if answer is not None else []
    channel = bench.channel(key)
    with pytest.raises(Undelivered) as raised:
        ask(channel, channel.deliver(post))
    return raised.value


def test_the_receipt_is_what_sendgrid_calls_it(bench):
    assert deliver(bench) == "message-1"
    assert str(bench.far.asked[0].url) == "https://api.sendgrid.com/v3/mail/send"


def test_a_receipt_that_is_missing_is_the_posts_name(bench):
    bench.far.answers.append(httpx.Response(202))

    assert deliver(bench) == POST.id


def test_a_request_has_one_recipient_a_sender_and_the_deliverys_name(bench):
    deliver(bench)
    body = bench.far.bodies[0]

    assert body["from"] == {"name": "notifier", "email": "notifier@example.edu"}
    assert body["personalizations"] == [{"to": [{"email": "a.researcher@example.edu"}]}]
    assert body["custom_args"] == {"delivery": POST.id}
    assert body["subject"] == "Credits have not arrived · lab"


def test_a_sender_without_a_name_has_none(bench):
    channel = bench.channel()
    channel._sender = replace(channel._sender, name="")
    ask(channel, channel.deliver(POST))

    assert bench.far.bodies[0]["from"] == {"email": "notifier@example.edu"}


def test_it_says_the_same_as_a_mail_by_smtp(bench):
    deliver(bench)
    body, channel = bench.far.bodies[0], bench.channel()
    same = Read(bytes(mail(POST, channel._sender, channel._command)))

    assert [part["value"].strip() for part in body["content"]] == [
        same.text.strip(),
        same.html.replace("\r\n", "\n").strip(),
    ]
    assert {name: same.mail[name] for name in body["headers"]} == body["headers"]
    assert body["headers"]["Message-ID"] == f"<{POST.id}@example.edu>"


def test_each_letter_is_attached_under_its_name(bench):
    lines = (
        Line("lab", "a", letter=LETTER),
        Line("other", "b", letter=replace(LETTER, to="", opens="https://x.example/")),
    )
    deliver(bench, replace(POST, message=replace(MESSAGE, letter=None, lines=lines)))
    first, second = bench.far.bodies[0]["attachments"]

    assert [first["filename"], first["type"], first["disposition"]] == [
        "lab.credits-not-allocated.eml",
        "message/rfc822",
        "attachment",
    ]
    draft = email.message_from_bytes(base64.b64decode(first["content"]), policy=STRICT)
    assert [draft["X-Unsent"], draft["To"]] == ["1", LETTER.to]
    assert [second["filename"], second["type"]] == ["other.credits-not-allocated.txt", "text/plain"]


@pytest.mark.parametrize("title", ["SG.abcdefgh.ijklmnop", "", "-"])
def test_no_title_is_taken_for_a_key_and_refused(bench, title):
    assert deliver(bench, replace(POST, message=replace(MESSAGE, headline=title), topic="")) == "message-1"


@pytest.mark.parametrize("to", ["mailto:nobody", "mailto:a@b@c d", "console"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(bench, to):
    error = failing(bench, post=replace(POST, to=to))

    assert (error.permanent, error.whole) == HOPELESS
    assert bench.far.asked == []


@pytest.mark.parametrize(
    ("status", "meant", "unknown"),
    [
        *((status, PERMANENT, False) for status in (400, 413)),
        *((status, HOPELESS, False) for status in (200, 301, 401, 403, 404, 405, 415)),
        *((status, WHOLE, False) for status in (408, 429, 503)),
        *((status, AGAIN, True) for status in (500, 502, 504, 599)),
    ],
)
def test_each_answer_means_something(bench, status, meant, unknown):
    error = failing(bench, refused(status, "why not", "subject"))

    assert ((error.permanent, error.whole), error.unknown) == (meant, unknown)
    assert error.why.startswith(f"SendGrid answered {status}: subject: why not.")
    assert ("may have been taken" in error.why) == unknown
    assert len(bench.far.asked) == 1


def test_a_key_or_a_sender_that_is_refused_comes_with_advice(bench):
    assert failing(bench, refused(401, "no")).why.endswith("in SendGrid under Settings, API Keys.")
    assert failing(bench, refused(403, "no")).why.endswith("under Settings, Sender Authentication.")


NOW = "Mon, 01 Apr 2024 14:00:00 GMT"  # 1_711_980_000


@pytest.mark.parametrize(
    ("headers", "again_in"),
    [
        ({}, None),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "999999999"}, 86_400),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "1711980045", "Date": NOW}, 45),
        ({"X-RateLimit-Reset": "1711979000", "Date": NOW}, 1),
        ({"X-RateLimit-Reset": "1711980045"}, None),
        ({"X-RateLimit-Reset": "1711980045", "Date": "yesterday"}, None),
        ({"X-RateLimit-Reset": "x", "Date": NOW}, None),
        ({"Retry-After": "7", "X-RateLimit-Reset": "1711980045", "Date": NOW}, 7),
    ],
)
def test_a_limit_says_when_to_come_back_without_a_clock_of_our_own(bench, headers, again_in):
    assert failing(bench, httpx.Response(429, headers=headers)).again_in == again_in


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "",
        "[]",
        '{"errors": "no"}',
        '{"errors": [1, null, {"message": 1, "field": 2}, {}]}',
        '{"errors": [{"message": "\\u001b[31m\\nred", "field": null}]}',
    ],
)
def test_words_that_are_not_as_documented_do_no_harm(bench, body):
    why = failing(bench, httpx.Response(400, text=body)).why

    assert why in ("SendGrid answered 400.", "SendGrid answered 400: [31m red.")


def test_no_error_has_the_key(bench):
    error = failing(bench, refused(400, f"your key {KEY} " + "long " * 100))

    assert KEY not in error.why
    assert len(error.why) < 250
    assert KEY not in failing(bench, key="SG.another-key").why


@pytest.mark.parametrize(
    ("failure", "meant", "unknown"),
    [
        (httpx.ConnectError("x"), WHOLE, False),
        (httpx.ConnectTimeout("x"), WHOLE, False),
        (httpx.ReadTimeout("x"), WHOLE, True),
        (httpx.ReadError("x"), AGAIN, True),
        (httpx.WriteError("x"), AGAIN, True),
        (httpx.RemoteProtocolError("x"), AGAIN, True),
    ],
)
def test_without_a_connection_nothing_arrived_and_without_an_answer_nobody_knows(bench, failure, meant, unknown):
    error = failing(bench, failure)

    assert ((error.permanent, error.whole), error.unknown) == (meant, unknown)
    assert error.why.startswith("api.sendgrid.com ")
    assert len(bench.far.asked) == 1


# -- the examination ---------------------------------------------------------------------------------------------


def examined(bench, *, send=False, key=KEY, to=POST.to):
    channel = bench.channel(key)
    return ask(channel, channel.examine(to, send=send))


def test_an_examination_sends_nothing(bench):
    found = examined(bench)

    assert [(each.what, each.good) for each in found] == [("the key", True), ("the sender", True)]
    assert len(bench.far.asked) == 1
    assert bench.far.bodies == []


@pytest.mark.parametrize(
    ("status", "what"), [(401, "the key"), (403, "the sender"), (400, "the mail"), (500, "the mail")]
)
def test_an_examination_names_what_is_wrong_and_what_to_do(bench, status, what):
    bench.far.answers.append(refused(status, "why not"))
    (found,) = examined(bench, send=True)

    assert (found.what, found.good) == (what, False)
    assert found.found.startswith(f"SendGrid answered {status}: why not.")
    assert found.advice
    assert found.advice not in found.found


def test_an_examination_without_a_connection_is_a_finding(bench):
    bench.far.answers.append(httpx.ConnectError("x"))

    assert [(each.what, each.good) for each in examined(bench)] == [("the connection", False)]


def test_an_address_that_is_none_is_a_finding(bench):
    (found,) = examined(bench, to="mailto:nobody")

    assert found.good is False
    assert bench.far.asked == []


def test_a_greeting_arrives(bench):
    found = examined(bench, send=True)

    assert found[-1] == Examined("the greeting", good=True, found="SendGrid took it: look into the inbox")
    assert "Nothing is to be done." in bench.arrived()
    assert bench.acts() == []


def test_a_greeting_that_is_refused_is_a_finding(bench):
    bench.far.answers += [httpx.Response(200), refused(503, "busy")]

    assert [each.good for each in examined(bench, send=True)] == [True, True, False]
