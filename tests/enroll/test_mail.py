"""A mail is read the same however it was saved, and what is none is refused in a sentence, quickly."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.enroll.acceptance import NotAnAcceptance, understand
from notifier.enroll.hypertext import text_seen
from notifier.enroll.mail import MOST_BYTES, UnreadableMail, read_mail

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = b"From: a@example.org\nTo: b@example.org\nDate: Mon, 11 Mar 2024 18:57:00 +0000\nMIME-Version: 1.0\n"
SHAPES = [
    "copied",
    "copied, CRLF",
    "copied, byte order mark",
    "copied, Latin-1",
    "copied, Windows",
    "copied, UTF-16",
    "copied, narrow blank before PM",
    "eml, quoted-printable",
    "eml, base64",
    "eml, 8bit",
    "eml, Windows charset",
    "eml, LF",
    "eml, byte order mark",
    "eml, plain and HTML and attachment",
    "eml, HTML only",
]


def test_every_shape_is_listed(shapes):
    assert list(shapes) == SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_the_head_is_the_same_in_every_shape(shapes, shape):
    mail = read_mail(shapes[shape], BERLIN)

    assert mail.sender == "noreply@mail.smapply.net"
    assert mail.recipient == "a.researcher@example.edu"
    assert mail.subject == "OpenAI API Researcher Access Program Acceptance"
    assert mail.sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=BERLIN)
    assert not mail.zone_assumed


@pytest.mark.parametrize("shape", SHAPES)
def test_the_body_is_the_letter_without_its_head(shapes, shape):
    text = read_mail(shapes[shape], BERLIN).body

    assert text.split()[0] == "Hello,"
    assert "café" in text
    assert "GPT-9" not in text


def test_a_printed_date_without_a_known_zone_is_utc_and_says_so(printed):
    mail = read_mail(printed.encode(), None)

    assert mail.sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=UTC)
    assert mail.zone_assumed


def test_the_zone_of_a_raw_mail_is_its_own_when_none_is_given(shapes):
    mail = read_mail(shapes["eml, base64"], None)

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
        (b"PK\x03\x04\x00\x00", "NUL"),
        (b"x" * (MOST_BYTES + 1), "at most 2,097,152"),
        (HEAD + b"Content-Type: image/png\n\nx", "no text"),
        (HEAD + b'Content-Type: multipart/mixed; boundary="b' + b'"\n\n--b\nboundary' * 50, "too deeply"),
        (HEAD + b"\n" * 70_000 + b"x", "lines"),
        (HEAD + b"Subject: " + b"x" * 3_000 + b"\n\nx", "too long"),
        (HEAD + b"X-A: b\rSubject: " + b"x" * 3_000 + b"\n\nx", "too long"),
        (HEAD.replace(b"b@example.org", b"(" * 1_900) + b"\nx", "broken"),
    ],
)
def test_what_is_no_mail_is_refused_in_a_sentence(raw, expected):
    with pytest.raises(UnreadableMail) as refused:
        read_mail(raw, None)

    assert expected in str(refused.value)


def _html(piece: str) -> bytes:
    return HEAD + b"Content-Type: text/html\n\n" + piece.encode() * (1_500_000 // len(piece))


MULTIPART = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n'
EXHAUSTING = {
    **{
        f"html {piece}": _html(piece) for piece in ("<", "<!--x>", "<![a>", "<a x='>", "<a ", "x</a>", "<p>", "&#")
    },
    "a slow charset": HEAD + b"Content-Type: text/plain; charset=punycode\n\n-" + b"a" * 1_000_000,
    "15,000 parts": MULTIPART + b"--b\n\nx\n" * 15_000,
    "mails in mails": HEAD + b"Content-Type: message/rfc822\n\n" * 300 + b"x",
    "long part headers": MULTIPART + (b"--b\nContent-Type: text/plain" + b"; a=b" * 300 + b"\n\nx\n") * 1_000,
    "half dates": b"Mar 11, 2024 " * 100_000,
    "half addresses": b"a <" * 500_000,
}


@pytest.mark.parametrize("raw", EXHAUSTING.values(), ids=EXHAUSTING)
@pytest.mark.timeout(20)  # reading backwards and forwards would take minutes
def test_a_mail_made_to_exhaust_its_reader_is_refused(raw, recognition):
    with pytest.raises((UnreadableMail, NotAnAcceptance)):
        understand(read_mail(raw, None), [recognition])


@settings(deadline=None)  # a busy machine is no fault
@given(st.binary(max_size=2_000))
def test_random_bytes_are_read_or_refused(recognition, raw):
    _read_or_refused(raw, recognition)


PIECES = [
    *(b"From: a@b", b"To: <", b"Date: Mon, 31 Dec 9999 23:59:59 -2359", b"Subject: =?utf-8?b?4?=", b"\n", b"\r"),
    *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html; charset=\x00", b"--b", b"--b--"),
    *(b"Content-Type: ;;=;", b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: x-uuencode"),
    *(b" ", b"=", b"\xff\xfe", b"begin 644 x", b"Content-Type: message/rfc822", b"<a href=\x1b[2J>", b"&#xD800;"),
]


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=25,
    ),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_broken_mails_are_read_or_refused(recognition, pieces, line_end):
    _read_or_refused(b"From: a@b" + line_end + b"To: c@d" + line_end + line_end.join(pieces), recognition)


def _read_or_refused(raw, recognition):
    try:
        mail = read_mail(raw, BERLIN)
        mail.body.encode()  # no lone surrogates
        mail.subject.encode()
        understand(mail, [recognition])
    except (UnreadableMail, NotAnAcceptance):
        pass
