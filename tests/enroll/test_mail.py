"""A mail is read the same however it was saved, and what is none is refused in a sentence, quickly."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.enroll.mails.hypertext import text_seen
from notifier.enroll.mails.languages import LANGUAGES
from notifier.enroll.mails.reading import MOST_FILE_BYTES, UnreadableMail, read_mail, read_mails
from tests.enroll.forms import LETTER, SENDER, forms
from tests.enroll.windows import WINDOWS

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = b"From: a@example.org\nTo: b@example.org\nDate: Mon, 11 Mar 2024 18:57:00 +0000\nMIME-Version: 1.0\n"
FORMS = {form.name: form for form in forms()}
EACH_FORM = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def _acceptance(form, zone):
    """The mail of *form* that accepts, and the levels that it stands in."""
    found = [(mail, levels) for levels in read_mails(form.raw, zone) for mail in levels if "granted" in mail.body]
    assert len(found) == 1, "each level has its own words only"
    return found[0]


@EACH_FORM
def test_the_head_is_the_original_one_in_every_form(form):
    mail, levels = _acceptance(form, BERLIN)

    assert form.sender == mail.sender
    assert form.recipient == mail.recipient
    assert form.subject == mail.subject
    assert form.sent == (mail.sent_at and mail.sent_at.strftime("%Y-%m-%d %H:%M %Z"))
    assert not mail.zone_assumed
    assert form.levels == len(levels)
    assert mail is levels[-1]


@EACH_FORM
def test_the_body_is_the_letter_without_its_head_in_every_form(form):
    text = _acceptance(form, BERLIN)[0].body

    assert text.split()[0] == "Hello,"
    assert "café" in text
    assert "GPT-9" not in text
    assert LETTER.split()[-1] == text.split()[-1]


@EACH_FORM
def test_the_zone_is_assumed_exactly_where_the_original_does_not_say_it(form):
    mail, _ = _acceptance(form, None)

    assert mail.zone_assumed == (not form.own_zone)


@EACH_FORM
def test_an_instant_is_the_same_wherever_its_reader_is(form):
    mail, _ = _acceptance(form, None)

    if form.own_zone and form.sent:
        assert mail.sent_at == datetime(2024, 3, 11, 12, 57, tzinfo=UTC)


def test_the_languages_are_those_that_are_known():
    assert len(WINDOWS) == len(LANGUAGES) == 13


def test_a_printed_date_without_a_known_zone_is_utc_and_says_so(printed):
    mail = read_mail(printed.encode(), None)

    assert mail.sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=UTC)
    assert mail.zone_assumed


def test_the_zone_of_a_raw_mail_is_not_assumed_and_its_day_is_in_utc_when_none_is_given():
    mail = read_mail(FORMS["eml: base64"].raw, None)

    assert mail.sent_at == datetime(2024, 3, 11, 12, 57, tzinfo=UTC)
    assert not mail.zone_assumed


def test_the_day_of_a_raw_mail_is_the_day_on_which_its_reader_saw_it():
    late = HEAD.replace(b"18:57:00", b"23:30:00") + b"\nHello"

    assert str(read_mail(late, BERLIN).sent_at.date()) == "2024-03-12"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Mon, 11 Mar 2024 at 13:57", "13:57"),
        ("Mar 11, 2024, 1:57 PM (3 days ago)", "13:57"),
        ("Monday, March 11, 2024 12:05 AM", "00:05"),
        ("The Team <t@example.org> Mon, Mar 11, 2024 at 12:05 PM", "12:05"),
        ("Date: Mon, 11 Mar 2024 12:57:00 +0000", "13:57"),
    ],
)
def test_dates_are_read_as_mail_programs_write_them(line, expected):
    mail = read_mail(f"Somebody <s@example.org>\n{line}\n\nHello".encode(), BERLIN)

    assert f"2024-03-11 {expected}" == mail.sent_at.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("line", ["Fri, Feb 30, 2024 at 1:57 PM", "Mon, Mar 11, 2024 at 25:61", "Mar 11"])
def test_an_impossible_date_is_no_date(line):
    assert read_mail(f"{line}\n\nHello".encode(), BERLIN).sent_at is None


def test_a_date_inside_the_letter_is_not_its_date():
    mail = read_mail(b"Hello,\n\nwe met on Mon, Mar 11, 2024 at 1:57 PM in Berlin.", BERLIN)

    assert mail.sent_at is None


def test_labelled_lines_are_read_as_outlook_copies_them():
    copied = (
        b"From: T <t@example.org>\nSent: Monday, March 11, 2024 1:57 PM\nTo: r@example.edu\nSubject: Hi\n\nHello"
    )

    mail = read_mail(copied, BERLIN)

    assert mail.sender == "t@example.org"
    assert mail.recipient == "r@example.edu"
    assert mail.subject == "Hi"
    assert mail.body.strip() == "Hello"


def test_a_display_name_that_looks_like_an_address_is_not_the_sender():
    forged = HEAD.replace(b"a@example.org", b'"noreply@mail.smapply.net <x@y>" <evil@example.net>') + b"\nHello"

    assert read_mail(forged, None).sender == "evil@example.net"


def test_a_display_name_that_looks_like_an_address_is_not_the_recipient():
    forged = HEAD.replace(b"b@example.org", b'"R <x@y>" <r@example.edu>') + b"\nHello"

    assert read_mail(forged, None).recipients == ("r@example.edu",)


def test_links_of_html_are_written_out_and_the_unseen_is_left_out():
    text = text_seen(
        '<script>a < b</script><p hidden>x<p>y</p></p>See <a href="https://example.org/f">this form</a>, '
        '<a href="https://example.org">example.org</a>, <a href="javascript:x()">run</a> &amp; 1 < 2'
    )

    assert " ".join(text.split()) == "See this form <https://example.org/f>, example.org, run & 1 < 2"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04\x00\x00", "packed"),
        (b"M\x00\x00", "NUL"),
        (b"x" * (MOST_FILE_BYTES + 1), "more than 20,971,520"),
        (HEAD + b"Content-Type: image/png\n\nx", "no text"),
        (HEAD + b'Content-Type: multipart/mixed; boundary="b' + b'"\n\n--b\nboundary' * 70, "too deeply"),
        (HEAD + b"\n" * 400_001 + b"x", "more than 400,000 lines"),
        (b"x\n" * 20_001, "more than 20,000 lines"),
        (b"x" * 2_000_001, "2,000,001 characters"),
        (b"\xd0\xcf\x11\xe0", ".msg"),
        (HEAD + b"\n--b" * 5_001, "too many parts"),
        (HEAD + b"Subject: " + b"x" * 3_000 + b"\n\nx", "too long"),
        (HEAD + b"X-A: b\rSubject: " + b"x" * 3_000 + b"\n\nx", "too long"),
    ],
)
def test_what_is_no_mail_is_refused_in_a_sentence(raw, expected):
    with pytest.raises(UnreadableMail) as refused:
        read_mail(raw, None)

    assert expected in str(refused.value)


def test_text_that_begins_like_headers_is_copied_text():
    copied = f"From: {SENDER}\nSent: Monday, March 11, 2024 1:57 PM\nTo: r@example.edu\nSubject: Hi\n\nHello"

    assert read_mail(copied.encode(), BERLIN).sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=BERLIN)


def test_a_plain_part_that_only_points_at_the_other_is_not_the_letter():
    mail = read_mail(FORMS["eml: a stub and HTML with a picture"].raw, None)

    assert "This mail is in HTML" not in mail.body


def test_blanks_of_the_source_are_not_seen_and_those_of_preformatted_text_are():
    assert text_seen("<p>one\n   two</p><pre>three\n  four</pre>five\n six").split("\n") == [
        *("", "one two", "", "three", "  four", "five six"),
    ]


@pytest.mark.parametrize("broken", [b"To: " + b"(" * 1_900, b"Date: Fri, 02 Oct 20000000000 08:30 +0000"])
def test_a_broken_header_counts_as_missing(broken):
    name = broken.split(b":")[0]
    lines = [broken if line.startswith(name) else line for line in HEAD.split(b"\n")]

    mail = read_mail(b"\n".join(lines) + b"\nHello", None)

    assert (mail.recipient is None) == (name == b"To")
    assert (mail.sent_at is None) == (name == b"Date")
    assert mail.body == "Hello"
