"""Of an .mbox every mail is read; what cannot be read is left out and named."""

import pytest

from notifier.enroll.mails.mbox import messages_in
from notifier.enroll.mails.reading import UnreadableMail, read_mails
from tests.enroll.forms import eml, forward

LINE = b"From a@example.org Mon Mar 11 12:57:00 2024\n"
BROKEN = b"Content-Type: image/png\nFrom: a@example.org\n\nx\n"


def _box(*mails: bytes) -> bytes:
    return b"\n".join(LINE + mail for mail in mails)


def _mail(text: str) -> bytes:
    return eml(forward(f"{text}\n", text)).replace(b"\r\n", b"\n")


def test_every_mail_is_one_message_in_its_order():
    mails = read_mails(_box(_mail("one"), _mail("two"), _mail("three")), None)

    assert [levels[0].subject for levels in mails] == ["one", "two", "three"]
    assert [levels[0].body.strip() for levels in mails] == ["one", "two", "three"]
    assert mails.left_out == ()


def test_a_broken_mail_is_left_out_and_named():
    mails = read_mails(_box(_mail("one"), BROKEN, _mail("three")), None)

    assert [levels[0].subject for levels in mails] == ["one", "three"]
    assert mails.left_out == ("Mail 2 of 3: The mail holds no text: neither a plain nor an HTML part.",)


def test_broken_mails_alone_are_refused_with_the_first_reason():
    with pytest.raises(UnreadableMail) as refused:
        read_mails(_box(BROKEN, BROKEN), None)

    assert str(refused.value).startswith("None of its 2 mails can be read. Mail 1 of 2: The mail holds no text")


def test_from_at_the_beginning_of_a_line_is_the_letters_own():
    letter = b">From here\n>>From there\n> From a quotation\n\nFrom me at 12:57 to you\n\nFrom\n"

    (message,) = messages_in(_box(b"A: b\n\n" + letter))

    assert message.split(b"\n")[2:7] == [
        *(b"From here", b">From there", b"> From a quotation", b"", b"From me at 12:57 to you"),
    ]


@pytest.mark.parametrize("below", [b"Hello\n" + LINE + b"A: b\n", b"Hello\n\n" + LINE + b"and so on\n"])
def test_a_mail_begins_below_an_empty_line_and_with_a_header(below):
    assert len(messages_in(_box(b"A: b\n\n" + below))) == 1


def test_a_letter_that_begins_with_from_is_no_mbox():
    (levels,) = read_mails(b"From Monday at 12:57 on we meet.\n\nHello", None)

    assert levels[0].body.startswith("From Monday")


def test_more_than_two_thousand_mails_are_refused():
    with pytest.raises(UnreadableMail, match="The file holds 2,001 mails; at most 2,000 are read"):
        read_mails((LINE + b"A: b\n\nx\n\n") * 2_001, None)
