"""What a mail forwards or quotes is found, with its own head, and the words of each mail stay its own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.enroll.mails.quoting import depth_of, unquoted, without_common_quoting
from notifier.enroll.mails.reading import UnreadableMail, read_mail, read_mails
from tests.enroll.forms import FORWARDED_AT, LETTER, RECIPIENT, SUBJECT, WHO, eml, forward, plain

BERLIN = ZoneInfo("Europe/Berlin")
MARK = "---------- Forwarded message ---------"
DATE = "Mon, Mar 11, 2024 at 1:57 PM"
HEAD = f"From: {WHO}\nDate: {DATE}\nSubject: {SUBJECT}\nTo: <{RECIPIENT}>"


def _levels(text):
    (levels,) = read_mails(eml(forward(text, "News")), BERLIN)
    return levels


def test_the_outer_mail_keeps_its_own_head_and_words():
    outer, inner = _levels(f"See below.\n\n{MARK}\n{HEAD}\n\nHello")

    assert outer.sent_at == FORWARDED_AT
    assert outer.body.strip() == "See below."
    assert inner.sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=BERLIN)
    assert inner.sent_words == DATE
    assert inner.body.strip() == "Hello"


def test_a_mail_that_forwards_nothing_has_one_level():
    assert [mail.body.strip() for mail in _levels("From now on: wrote, sent, to.\n-----\nHello\n")] == [
        "From now on: wrote, sent, to.\n-----\nHello"
    ]


def test_a_mark_without_a_date_has_none_rather_than_the_forwards():
    _, inner = _levels(f"{MARK}\nFrom: {WHO}\n\nHello")

    assert inner.sent_at is None
    assert not inner.zone_assumed


def test_a_mark_without_a_head_is_a_level():
    _, inner = _levels(f"{MARK}\n\nHello")

    assert (inner.sender, inner.sent_at, inner.body.strip()) == (None, None, "Hello")


@pytest.mark.parametrize(
    "text",
    [
        "She wrote:\n\nHello",
        "To: you\nFrom: me\n\nHello",
        "Forwarded message\n\nHello",
        "Date: tomorrow\nSubject: lunch\n\nHello",
        "-- \nA. Researcher",
        "See the following:\n\n- 11 March 2024 13:57:\n- Hello",
    ],
)
def test_words_that_only_look_like_an_announcement_are_the_letters(text):
    assert len(_levels(f"Hi,\n\n{text}")) == 1


def test_an_answer_below_and_between_is_not_what_it_answers():
    outer, inner = _levels(f"On {DATE} {WHO} wrote:\n> One\n> two\nthree\n\nMine.\n\n> Four\n\nMine too.\n")

    assert inner.body.split() == ["One", "two", "three", "Four"]
    assert outer.body.split() == ["Mine.", "Mine", "too."]


def test_a_wrapped_head_is_read_to_its_end():
    wrapped = HEAD.replace(SUBJECT, "OpenAI API Researcher Access Program and a long subject\nAcceptance").replace(
        f"<{RECIPIENT}>", f"Somebody With A Rather Long Name <somebody@example.edu>,\n<{RECIPIENT}>"
    )

    _, inner = _levels(f"{MARK}\n{wrapped}\n\nHello")

    assert inner.subject.endswith("long subject Acceptance")
    assert inner.recipients == ("somebody@example.edu", RECIPIENT)
    assert inner.body.strip() == "Hello"


def test_a_head_right_below_a_head_is_the_one_of_the_next_mail():
    outlook = "From: A <a@example.edu>\nSent: Friday, October 2, 2026 10:30 AM\nTo: g@example.edu\nSubject: Fwd"

    levels = _levels(f"{outlook}\n\n{HEAD}\n\nHello")

    assert [mail.sent_at and mail.sent_at.year for mail in levels] == [2026, 2026, 2024]


def test_a_copied_forward_is_only_what_it_forwards():
    (levels,) = read_mails(f"{MARK}\n{HEAD}\n\n{LETTER}".encode(), BERLIN)

    assert [mail.sender for mail in levels] == ["noreply@mail.smapply.net"]


def test_the_head_of_a_copied_forward_is_not_the_originals():
    printed = "Fwd\n1 message\nA <a@example.edu>\nTo: g@example.edu\nFri, Oct 2, 2026 at 10:30 AM"

    (levels,) = read_mails(f"{printed}\n\n{MARK}\n{HEAD}\n\nHello".encode(), BERLIN)

    assert [mail.sent_at.year for mail in levels] == [2026, 2024]


def test_each_of_several_attached_mails_stands_in_the_result_once():
    outer = forward("Two mails.\n")
    for text in ("one", "two"):
        outer.add_attachment(forward(f"{text}\n", text))

    mails = read_mails(eml(outer), BERLIN)

    assert [[mail.body.strip() for mail in levels] for levels in mails] == [["Two mails.", "one"], ["two"]]


def test_an_attachment_that_cannot_be_read_does_not_take_the_mail_with_it():
    outer = forward("Hello\n")
    outer.add_attachment(b"\0", maintype="application", subtype="octet-stream", filename="x.eml")
    picture = forward()
    picture.set_content(b"x", maintype="image", subtype="png")
    outer.add_attachment(picture)

    ((mail,),) = read_mails(eml(outer), BERLIN)

    assert mail.body.strip() == "Hello"


@pytest.mark.parametrize(
    "raw",
    [
        ("\n".join(f"{'> ' * number}On {DATE} {WHO} wrote:" for number in range(33)) + "\nx").encode(),
        f"{MARK}\n".encode() * 33 + b"x",
    ],
    ids=["quoted", "marked"],
)
def test_more_than_thirty_two_mails_in_each_other_are_refused(raw):
    with pytest.raises(UnreadableMail, match="more than 32 times"):
        read_mails(raw, BERLIN)


def test_attachments_nested_deeper_than_thirty_two_are_refused():
    message = plain()
    for _ in range(33):
        outer = forward()
        outer.add_attachment(message)
        message = outer

    with pytest.raises(UnreadableMail, match="more than 32 times"):
        read_mail(eml(message), None)


def test_the_sent_time_is_in_utc_if_nobody_knows_the_zone():
    ((_, inner),) = read_mails(eml(forward(f"{MARK}\n{HEAD}\n\nHello")), None)

    assert inner.sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=UTC)
    assert inner.zone_assumed


@pytest.mark.parametrize("prefix", ["Fwd", "FW", "WG", "TR", "Re", "AW", "Odp", "转发"])
def test_of_a_forward_of_an_unknown_form_neither_date_nor_recipient_is_taken(prefix):
    unknown = f"----- Message transmis ----- De : {WHO}Envoyé : mardi 2 novembre 2021, 09:26:50 UTC+1\n\nHello"

    ((mail,),) = read_mails(eml(forward(unknown, f"{prefix}: {SUBJECT}")), BERLIN)

    assert (mail.sent_at, mail.recipients, mail.zone_assumed) == (None, (), False)
    assert mail.date_doubt == (
        f'"{prefix}:" in its subject says that it is not the original, whose own date was not found'
    )


def test_a_subject_with_a_colon_is_not_a_forward():
    ((mail,),) = read_mails(eml(forward("Hello", "Acceptance: welcome")), BERLIN)

    assert mail.sent_at == FORWARDED_AT


@given(st.lists(st.text("ab >\u3000", max_size=8), max_size=8), st.integers(0, 5))
def test_quoting_is_taken_off_as_often_as_it_was_put_on(lines, times):
    bare = [line.replace(">", "") for line in lines]
    quoted = ["> " * times + line for line in bare]

    assert without_common_quoting(quoted) == bare
    assert [unquoted(line, depth_of(line)) for line in quoted] == bare
