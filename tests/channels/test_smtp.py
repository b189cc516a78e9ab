"""Email by SMTP: how far a mail had come decides what its failure means; nothing is tried twice; secrets stay."""

import asyncio
import logging
from dataclasses import replace

import pytest

from notifier.channels.smtp import Smtp, SmtpServer, session
from notifier.channels.smtp import channel as outlet_module
from notifier.ports import Examined, Undelivered
from tests.channels.console_bench import typed
from tests.channels.contract import MESSAGE, ask, sent
from tests.channels.mail_reader import Read
from tests.channels.smtp_bench import SENDER, SmtpBench
from tests.channels.smtp_server import HANG_UP, PASSWORD, SILENCE, USER, Scripted, only_with_the_password, until

POST = sent(SmtpBench)
AGAIN, WHOLE, PERMANENT, HOPELESS = (False, False), (False, True), (True, False), (True, True)


@pytest.fixture
def bench():
    bench = SmtpBench()
    yield bench
    bench.close()


@pytest.fixture
def script():
    servers = []

    def made(**answers):
        servers.append(Scripted(**answers))
        return servers[-1]

    yield made
    for server in servers:
        server.close()


def channel(server, timeout=5, **options):
    options = {"security": "none", "patience": 0.15 if server.script.get(".") == SILENCE else 5, **options}
    return Smtp(SmtpServer("127.0.0.1", server.port, timeout=timeout, **options), SENDER, typed)


def failing(outlet, post=POST):
    with pytest.raises(Undelivered) as raised:
        ask(outlet, outlet.deliver(post))
    return raised.value


def several(outlet, *posts):
    """Tell *posts* one after the other, as one process does."""

    async def told():
        receipts = [await outlet.deliver(post) for post in posts]
        free = len(outlet._free)
        await outlet.aclose()
        return receipts, free

    return asyncio.run(told())


def test_the_receipt_is_the_mails_own_name(bench):
    outlet = bench.channel()

    assert ask(outlet, outlet.deliver(POST)) == f"<{POST.id}@example.edu>" == bench.mails[0].mail["Message-ID"]


def test_the_envelope_names_the_sender_and_one_recipient(bench):
    outlet = bench.channel()
    ask(outlet, outlet.deliver(POST))

    assert [mail[:2] for mail in bench.room.mails] == [("notifier@example.edu", ["a.researcher@example.edu"])]


def test_a_mail_arrives_byte_for_byte_and_sent_again_it_is_the_same(bench):
    post = replace(POST, message=replace(MESSAGE, say=".\n.hidden\n..", rows=(".", "..")))
    several(bench.channel(), post, post)

    first, second = (content for _, _, content in bench.room.mails)
    assert first == second
    assert "\n- .\n- ..\n" in Read(first).text


def test_one_connection_serves_what_is_told_in_a_row(bench):
    receipts, free = several(bench.channel(), *(replace(POST, id=f"{number:032x}") for number in range(5)))

    assert len(set(receipts)) == len(bench.mails) == 5
    assert (bench.room.sessions, free) == (1, 1)


def test_what_is_told_at_once_takes_a_few_connections(bench):
    outlet = bench.channel()

    async def told():
        await asyncio.gather(*(outlet.deliver(replace(POST, id=f"{number:032x}")) for number in range(12)))
        await outlet.aclose()

    asyncio.run(told())

    assert len(bench.mails) == 12
    assert bench.room.sessions <= outlet_module.MOST_CONNECTIONS


def test_a_connection_is_given_back_after_a_while(bench, monkeypatch):
    monkeypatch.setattr(outlet_module, "IDLE_SECONDS", 0.05)
    outlet = bench.channel()

    async def told():
        await outlet.deliver(POST)
        before = len(outlet._free)
        await asyncio.sleep(0.15)
        after = len(outlet._free)
        await outlet.deliver(POST)
        await outlet.aclose()
        return before, after

    assert asyncio.run(told()) == (1, 0)
    assert bench.room.sessions == 2


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(script):
    server = script(MAIL=["250 Ok", HANG_UP, "250 Ok"])
    several(channel(server), POST, POST)

    assert server.heard.count("connect") == 2
    assert len(server.contents) == 2
    assert server.heard.count("DATA") == 2


def test_a_server_that_says_it_shuts_down_is_called_again(script):
    server = script(MAIL=["250 Ok", "421 4.4.2 idle too long", "250 Ok"])
    several(channel(server), POST, POST)

    assert [server.heard.count("connect"), len(server.contents)] == [2, 2]


def test_it_says_goodbye(script):
    server = script()
    several(channel(server), POST)
    until(lambda: server.heard[-1] == "QUIT")

    assert server.heard == ["connect", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]


@pytest.mark.parametrize("answer", [HANG_UP, "500 what?", SILENCE])
def test_a_server_that_does_not_say_goodbye_is_left_all_the_same(script, answer, monkeypatch):
    monkeypatch.setattr(session, "GOODBYE_SECONDS", 0.05)

    assert several(channel(script(QUIT=answer)), POST)[1] == 1


def test_the_answer_to_a_whole_mail_may_take_longer(script):
    server = script(END=SILENCE)
    outlet = Smtp(SmtpServer("127.0.0.1", server.port, "none", timeout=5, patience=0.1), SENDER, typed)

    assert "did not answer within 0.1 seconds" in failing(outlet).why


# -- what a failure means ----------------------------------------------------------------------------------------

STAGES = {
    "connect": (WHOLE, HOPELESS, WHOLE),
    "EHLO": (WHOLE, HOPELESS, WHOLE),
    "AUTH": (WHOLE, HOPELESS, WHOLE),
    "MAIL": (WHOLE, HOPELESS, WHOLE),
    "RCPT": (AGAIN, PERMANENT, WHOLE),
    "DATA": (AGAIN, PERMANENT, AGAIN),
}  # what a refusal for now means, a refusal for ever, a broken connection: permanent, whole


def meaning(error):
    return error.permanent, error.whole


@pytest.mark.parametrize("stage", STAGES)
def test_a_refusal_for_now_is_tried_again(script, stage):
    server = script(**{stage: "450 4.2.0 greylisted, come back"})
    error = failing(channel(server, user=USER, password=PASSWORD))

    assert (meaning(error), error.unknown) == (STAGES[stage][0], False)
    assert "for now: 450 4.2.0" in error.why


@pytest.mark.parametrize("stage", STAGES)
def test_a_refusal_for_ever_is_not(script, stage):
    server = script(**{stage: "550 5.7.1 we do not like you"})
    error = failing(channel(server, user=USER, password=PASSWORD))

    assert (meaning(error), error.unknown) == (STAGES[stage][1], False)
    assert "refused" in error.why
    assert "550 5.7.1" in error.why


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_shuts_down_fails_as_a_whole(script, stage):
    error = failing(channel(script(**{stage: "421 4.3.2 shutting down"}), user=USER, password=PASSWORD))

    assert (meaning(error), error.unknown) == (WHOLE, False)


@pytest.mark.parametrize("stage", STAGES)
def test_a_broken_connection_before_the_mails_end_is_definite(script, stage):
    error = failing(channel(script(**{stage: HANG_UP}), user=USER, password=PASSWORD))

    assert (meaning(error), error.unknown) == (STAGES[stage][2], False)
    assert "hung up" in error.why


@pytest.mark.parametrize("stage", STAGES)
def test_silence_before_the_mails_end_is_definite_and_about_the_server(script, stage):
    error = failing(channel(script(**{stage: SILENCE}), 0.15, user=USER, password=PASSWORD))

    assert (meaning(error), error.unknown) == (WHOLE, False)
    assert "did not answer within 0.15 seconds" in error.why


@pytest.mark.parametrize("stage", [*STAGES, "END"])
@pytest.mark.parametrize("answer", ["garbage", "99", "HTTP/1.1 400 Bad Request", "\x00\xff"])
def test_what_is_no_smtp_is_a_failure_too(script, stage, answer):
    error = failing(channel(script(**{stage: answer}), user=USER, password=PASSWORD))

    assert error.unknown == (stage == "END")
    assert not error.permanent


@pytest.mark.parametrize(
    ("answer", "meant", "unknown"),
    [
        ("450 4.7.0 later", AGAIN, False),
        ("452 4.3.1 disk full", AGAIN, False),
        ("552 5.3.4 too big", PERMANENT, False),
        ("554 5.7.1 spam", PERMANENT, False),
        ("421 4.3.2 shutting down", WHOLE, False),
        (HANG_UP, AGAIN, True),
        (SILENCE, WHOLE, True),
    ],
)
def test_after_the_mails_end_only_an_answer_tells(script, answer, meant, unknown):
    server = script(END=answer)
    error = failing(channel(server))

    assert (meaning(error), error.unknown) == (meant, unknown)
    assert ("it may have arrived" in error.why) == unknown
    assert len(server.contents) == 1


def test_a_connection_that_breaks_before_the_mail_is_sent_is_definite(script, monkeypatch):
    ask_server = session.SMTP.execute_command

    async def and_break(client, *command, **options):
        answer = await ask_server(client, *command, **options)
        if command == (b"DATA",):
            client.close()
        return answer

    monkeypatch.setattr(session.SMTP, "execute_command", and_break)
    server = script()
    error = failing(channel(server))

    assert (meaning(error), error.unknown) == (AGAIN, False)
    assert not any(server.contents)


@pytest.mark.parametrize("stage", ["connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("answer", ["450 later", "550 never", HANG_UP])
def test_nothing_is_tried_twice(script, stage, answer):
    server = script(**{stage: answer})
    failing(channel(server, user=USER, password=PASSWORD))

    assert server.heard.count("." if stage == "END" else stage) == 1
    assert server.heard.count("connect") == 1


def test_after_a_failure_the_next_mail_has_a_connection_of_its_own(script):
    server = script(RCPT=["550 5.1.1 unknown", "250 Ok"])
    outlet = channel(server)
    failing(outlet)
    several(outlet, POST)

    assert server.heard.count("connect") == 2
    assert len(server.contents) == 1


def test_a_port_where_nobody_listens_fails_as_a_whole(script):
    server = script()
    server.close()
    error = failing(channel(server))

    assert (meaning(error), error.unknown) == (WHOLE, False)
    assert error.why == f"127.0.0.1:{server.port} refused the connection."


@pytest.mark.parametrize("to", ["mailto:not an address", "mailto:a@example.edu\r\nDATA", "mailto:ä@example.edu"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(script, to):
    server = script()
    error = failing(channel(server), replace(POST, to=to))

    assert (meaning(error), error.unknown) == (HOPELESS, False)
    assert "is not an address that a mail can go to." in error.why
    assert server.heard == []


# -- secrets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["AUTH", "MAIL", "RCPT", "DATA", "END"])
def test_no_error_and_no_log_has_the_password(script, stage, caplog):
    caplog.set_level(logging.DEBUG)
    echo = f"535 5.7.8 {USER} with {PASSWORD} (AGFsZXJ0cwB2ZXJ5LXNlY3JldC1wYXNzd29yZA==) refused"
    error = failing(channel(script(**{stage: echo}), user=USER, password=PASSWORD))

    assert PASSWORD not in error.why + caplog.text
    assert "AGFsZXJ0cwB2" not in error.why + caplog.text
    assert USER not in error.why
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert PASSWORD not in repr(SmtpServer("mail.test", 587, user=USER, password=PASSWORD))


def test_the_servers_words_are_quoted_on_one_short_line(script):
    words = "554-5.7.1 first\x1b[31m line\r\n554 5.7.1 second " + "long " * 100
    why = failing(channel(script(RCPT=words))).why

    assert "554 5.7.1 first [31m line 5.7.1 second long" in why
    assert why.isprintable()
    assert len(why) < 250


def test_one_sign_in_is_one_try(script):
    server = script(AUTH="535 5.7.8 no")
    error = failing(channel(server, user=USER, password=PASSWORD))

    assert server.heard.count("AUTH") == 1
    assert error.why == (
        f"127.0.0.1:{server.port} refused the sign-in: 535 5.7.8. "
        "Check user, password and encryption; many providers want a password made for programs."
    )


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_the_way_of_signing_in_is_the_servers(script, way):
    answers = {"PLAIN": "235 ok", "LOGIN": "334 UGFzc3dvcmQ6", "CRAM-MD5": "334 PDE4OTYuNjk3MTcwOTUyQG1haWw+"}
    server = script(EHLO=f"250-mail.test\r\n250 AUTH {way}", AUTH=answers[way])
    outlet = channel(server, user=USER, password=PASSWORD)
    if way == "PLAIN":
        several(outlet, POST)
    else:
        failing(outlet)  # the script answers 500 to what follows, which is no command

    assert server.heard.count("AUTH") == 1


def test_a_server_without_a_sign_in_is_named(script):
    server = script(EHLO="250-mail.test\r\n250 8BITMIME")
    error = failing(channel(server, user=USER, password=PASSWORD))

    assert meaning(error) == HOPELESS
    assert "offers no sign-in" in error.why


def test_no_password_travels_openly_to_another_machine(script, monkeypatch):
    monkeypatch.setattr(session.Session, "_is_here", lambda _: False)
    server = script()
    error = failing(channel(server, user=USER, password=PASSWORD))

    assert meaning(error) == HOPELESS
    assert "not encrypted; it was not sent" in error.why
    assert "AUTH" not in server.heard


def test_with_the_password_the_server_lets_in():
    bench = SmtpBench(authenticator=only_with_the_password, auth_require_tls=False)
    try:
        several(bench.channel(user=USER, password=PASSWORD), POST)
        error = failing(bench.channel(user=USER, password="wrong"))
    finally:
        bench.close()

    assert len(bench.mails) == 1
    assert meaning(error) == HOPELESS


# -- the examination ---------------------------------------------------------------------------------------------


def examined(outlet, *, send=False, to=POST.to):
    return ask(outlet, outlet.examine(to, send=send))


def test_an_examination_sends_nothing(script):
    server = script()
    found = examined(channel(server, user=USER, password=PASSWORD))

    assert [(each.what, each.good) for each in found] == [
        ("the connection", True),
        ("the sign-in", True),
        ("the sender", True),
        ("the recipient", True),
    ]
    assert server.heard[:6] == ["connect", "EHLO", "AUTH", "MAIL", "RCPT", "RSET"]
    assert server.contents == []


def test_an_examination_stops_where_it_fails_and_says_what_to_do(script):
    found = examined(channel(script(AUTH="535 5.7.8 no"), user=USER, password=PASSWORD), send=True)

    assert [each.good for each in found] == [True, False, None, None]
    assert found[1].found.endswith("refused the sign-in: 535 5.7.8.")
    assert found[1].advice.startswith("Check user, password and encryption")
    assert found[2].found == "not tried"


def test_a_server_that_wants_a_sign_in_first_is_answered_with_that(script):
    found = examined(channel(script(MAIL="530 5.7.0 Authentication required")))

    assert [each.good for each in found] == [True, False, None]
    assert found[1].advice.startswith("Check user, password and encryption")


def test_an_address_that_is_none_is_found_without_asking(script):
    server = script()

    assert [each.good for each in examined(channel(server), to="mailto:nobody")] == [False]
    assert server.heard == []


def test_a_server_that_trips_over_a_taken_back_mail_is_reported(script):
    found = examined(channel(script(RSET=HANG_UP)))

    assert [each.good for each in found] == [True, True, True, False]


def test_a_greeting_arrives(bench):
    found = examined(bench.channel(), send=True)

    assert found[-1] == Examined("the greeting", good=True, found="the server took it: look into the inbox")
    assert bench.mails[0].mail["Subject"] == "A greeting · notifier"
    assert "Nothing is to be done." in bench.arrived()


def test_a_greeting_that_is_refused_is_a_finding(bench):
    bench.break_off()
    found = examined(bench.channel(), send=True)

    assert [each.good for each in found] == [True, True, True, False]
    assert "451 4.3.0" in found[-1].found
