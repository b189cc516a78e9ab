"""The headers of a mail: one recipient, a thread that holds, a name that lasts, no automatic answers."""

from dataclasses import replace

import pytest

from notifier.channels.mail.address import mailbox, read_sender
from notifier.channels.mail.mime import mail
from tests.channels.console_bench import typed
from tests.channels.contract import MESSAGE, sent
from tests.channels.mail_reader import Read
from tests.channels.smtp_bench import SmtpBench

FIRST = sent(SmtpBench)
SECOND = replace(FIRST, id="2" * 32, parent=f"<{FIRST.id}@example.edu>")
ROOT = f"<{FIRST.thread}.thread@example.edu>"


def headers(post=FIRST, sender="notifier <notifier@example.edu>"):
    return Read(bytes(mail(post, read_sender(sender), typed))).mail


def test_a_mail_goes_to_one_person_from_the_sender():
    assert headers()["To"] == "a.researcher@example.edu"
    assert headers()["From"] == "notifier <notifier@example.edu>"
    assert headers(sender="Fürsorge <n@example.edu>")["From"] == "Fürsorge <n@example.edu>"
    assert headers(sender="n@example.edu")["From"] == "n@example.edu"


def test_a_mail_is_named_after_its_delivery_at_the_senders_domain():
    assert headers()["Message-ID"] == f"<{FIRST.id}@example.edu>"


def test_all_mails_of_a_thread_name_one_root_that_was_never_sent():
    assert [headers()["References"], headers()["In-Reply-To"]] == [ROOT, ROOT]
    assert headers(SECOND)["References"] == f"{ROOT} {SECOND.parent}"
    assert headers(SECOND)["In-Reply-To"] == SECOND.parent


@pytest.mark.parametrize("receipt", ["14c5d75ce93.dfd.64b469", "<two> <names@x>", "<a@b>\r\nBcc: x", ""])
def test_a_receipt_that_names_no_mail_is_not_referred_to(receipt):
    assert headers(replace(SECOND, parent=receipt))["References"] == ROOT


def test_a_thread_keeps_its_subject():
    later = replace(SECOND, message=replace(MESSAGE, headline="Done: Credits have not arrived"))

    assert headers()["Subject"] == "Credits have not arrived · lab"
    assert headers(later)["Subject"] == "Re: Credits have not arrived · lab"


def test_a_long_subject_is_cut_visibly_and_the_same_in_the_whole_thread():
    topic = "Access to the models ends in a very long while, and this is about that · lab"
    first, second = (headers(replace(post, topic=topic))["Subject"] for post in (FIRST, SECOND))

    assert first == "Access to the models ends in a very long while, and this is about…"
    assert [len(first), second] == [66, f"Re: {first}"]


def test_without_a_topic_the_title_is_the_subject():
    assert headers(replace(FIRST, topic=""))["Subject"] == MESSAGE.title


def test_nothing_answers_a_mail_by_itself():
    assert headers()["Auto-Submitted"] == "auto-generated"
    assert headers()["X-Auto-Response-Suppress"] == "All"


def test_the_date_is_that_of_the_first_attempt():
    assert headers()["Date"] == "Mon, 01 Apr 2024 14:00:00 +0000"
    assert headers(replace(FIRST, since=0))["Date"] is None  # the mail server knows better


def test_only_what_is_urgent_is_important():
    assert headers()["Importance"] is None
    assert headers(replace(FIRST, message=replace(MESSAGE, urgent=True)))["Importance"] == "high"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mailto:a@example.edu", "a@example.edu"),
        ("a+b@Example.EDU", "a+b@example.edu"),
        ("mailto:a@bücher.example", "a@xn--bcher-kva.example"),
        ("o'brien@localhost", "o'brien@localhost"),
    ],
)
def test_an_address_is_brought_into_the_form_of_servers(text, address):
    assert mailbox(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "mailto:", "a", "@example.edu", "a@", "a b@example.edu", "a@b c", "a@example.edu\r\nRCPT TO:<b@c>"),
        *(
            "a>@example.edu",
            '"a"@example.edu',
            "ä@example.edu",
            "a@-example.edu",
            "a@ex_ample.edu",
            "a@[127.0.0.1]",
        ),
        *("a@x..edu", f"{'a' * 65}@example.edu", f"a@{'b.' * 130}edu", "a@b?subject=x", "a,b@example.edu"),
    ],
)
def test_what_no_mail_can_go_to_is_no_address(text):
    with pytest.raises(ValueError, match="address"):
        mailbox(text)


def test_a_sender_without_an_address_is_refused():
    with pytest.raises(ValueError, match=r"^'notifier' is not an address that a mail can go to$"):
        read_sender("notifier")


def test_a_name_cannot_bring_headers_with_it():
    assert read_sender("=?utf-8?q?a=0d=0aBcc=3a_x?= <n@example.edu>").name == "= ?utf-8?q?a=0d=0aBcc=3a_x?="
