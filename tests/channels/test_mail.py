"""Whatever a message says, a mail results that every program can read, and its text says what its page says."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.channels.mail.address import read_sender
from notifier.channels.mail.headers import subject
from notifier.channels.mail.mime import mail
from notifier.core.alert import Reason
from notifier.core.message import Answer, Line, Section
from tests.channels.console_bench import typed
from tests.channels.contract import HOSTILE, LETTER, MESSAGE, hostile, sent
from tests.channels.mail_reader import Page, Read, acting, preview, words
from tests.channels.smtp_bench import SmtpBench

SENDER = read_sender("notifier <notifier@example.edu>")
SMUGGLED = (
    *(text for text, _ in HOSTILE.values()),
    "\r\nBcc: everybody@evil.example\r\n\r\nbody",
    "=?utf-8?q?a=0d=0aBcc=3a_everybody=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IHg=?= =?x?",
    "--=_0123456789abcdef0123456789abcdef.mixed--",
    "SG.aaaaaaaa.bbbbbbbb",
    ".\r\n.\n..",
    "x" * 1200,
    "é" * 300,
    "👩\u200d🔬" * 40,
    "-----",
    "https://evil.example/'\"><script>",
)
TEXTS = st.one_of(
    st.sampled_from(SMUGGLED), st.text(st.characters(), max_size=30), st.text("a =?\n\r.-<&\"'", max_size=30)
)
LETTERS = st.builds(
    replace,
    st.just(LETTER),
    name=TEXTS,
    subject=TEXTS,
    body=TEXTS,
    to=st.sampled_from(["help@example.edu", ""]),
    opens=st.just("https://example.edu/form"),
    blanks=st.integers(0, 3),
)
LINES = st.builds(Line, TEXTS, TEXTS, TEXTS, TEXTS, st.none() | LETTERS)
GRANTS = st.builds(Line, TEXTS, TEXTS, st.just("") | TEXTS, TEXTS, st.none(), st.none() | st.floats(-1, 2))
SECTIONS = st.builds(Section, TEXTS, TEXTS, st.lists(GRANTS, max_size=3).map(tuple))
MESSAGES = st.builds(
    replace,
    st.just(MESSAGE),
    **dict.fromkeys(("headline", "about", "say", "next", "contact", "link", "known", "told", "topic"), TEXTS),
    reason=st.sampled_from(Reason),
    urgent=st.booleans(),
    answers=st.lists(st.builds(Answer, TEXTS, st.just("record"), TEXTS), max_size=2).map(tuple),
    rows=st.lists(TEXTS, max_size=3).map(tuple),
    lines=st.lists(LINES, max_size=3).map(tuple),
    letter=st.none() | LETTERS,
    sections=st.lists(SECTIONS, max_size=2).map(tuple),
)
POSTS = st.builds(
    replace,
    st.just(sent(SmtpBench)),
    message=MESSAGES,
    topic=TEXTS,
    parent=st.none() | TEXTS,
    since=st.integers(0, 4_000_000_000),
)


def made(post, sender=SENDER):
    return Read(bytes(mail(post, sender, typed)))


def saying(**said):
    return made(replace(sent(SmtpBench), message=replace(MESSAGE, **said)))


@settings(max_examples=40, deadline=None)
@given(POSTS)
def test_any_message_makes_a_mail_that_a_strict_reader_takes(post):
    read = made(post)

    assert read.defects == []
    assert read.acts == []
    assert [str(read.mail[name]) for name in ("From", "To")] == [
        "notifier <notifier@example.edu>",
        "a.researcher@example.edu",
    ]
    assert read.mail.get_all("Bcc") is None


@settings(max_examples=40, deadline=None)
@given(POSTS)
def test_no_line_is_longer_than_mail_allows_and_nothing_needs_eight_bits(post):
    raw = made(post).raw

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert raw.isascii()
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?[bq]\?[^ ?]*\?=", head))


@given(TEXTS, st.booleans())
def test_a_subject_arrives_as_it_was_written_short_and_on_one_line(topic, begins):
    post = replace(sent(SmtpBench), topic=topic or "-", parent=None if begins else "")
    arrived = made(post).mail["Subject"]

    assert arrived == subject(post)
    assert len(arrived) <= 70
    assert not acting(arrived)


@settings(max_examples=40, deadline=None)
@given(POSTS)
def test_the_text_says_what_the_page_says(post):
    read = made(post)

    assert words(read.text) == words(Page(read.html).text)


@settings(max_examples=40, deadline=None)
@given(POSTS)
def test_each_letter_is_attached_and_the_same_post_makes_the_same_mail(post):
    letters = [post.message.letter, *(line.letter for line in post.message.lines)]
    kinds = ["message/rfc822" if letter.to else "text/plain" for letter in letters if letter]

    assert [part.get_content_type() for part in made(post).files.values()] == kinds
    assert made(post).raw == made(post).raw


@pytest.mark.parametrize(("text", "readable"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_in_text_and_page(text, readable):
    read = made(sent(SmtpBench, hostile(text)))

    assert readable in " ".join(read.text.split())
    assert readable in Page(read.html).text


def test_the_next_action_stands_right_below_the_title():
    read = saying(say="A long explanation. " * 50)

    assert read.text.startswith(f"{MESSAGE.title}\n\nNext: {MESSAGE.next}\n")
    assert MESSAGE.next in Page(read.html).text[:300]


def test_an_inbox_shows_the_title_and_the_next_action():
    assert preview(saying().html) == f"{MESSAGE.title}. {MESSAGE.next}"
    assert preview(saying(urgent=True).html).startswith("URGENT: Credits have not arrived")


def test_urgent_is_said_in_words():
    assert saying(urgent=True).text.startswith("URGENT: Credits have not arrived · lab")
    assert "<h1" in saying(urgent=True).html
    assert "URGENT" not in saying().text


def test_a_command_stands_on_a_line_of_its_own():
    assert '\nWhen done:\n    notifier record lab credits_granted "1000 USD"\n' in saying().text
    assert "notifier record lab credits_granted &quot;1000 USD&quot;</code></pre>" in saying().html


def test_a_question_keeps_its_mark():
    assert "\nArrived?\n    notifier" in saying(answers=(Answer("Arrived?", "record", "x"),)).text


def test_a_link_leads_where_it_says():
    assert ["https://example.edu/balance", "https://example.edu/balance", "leads"] in Page(saying().html).links


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "Settings, Organization", "data:text/html,x", "https://a b"]
)
def test_what_is_no_address_of_a_page_is_only_read(link):
    read = saying(link=link, letter=None)

    assert Page(read.html).links == []
    assert link in read.text


def test_blanks_in_a_letter_are_made_visible():
    assert 'class="blank"' in saying().html
    assert 'class="blank"' not in saying(letter=replace(LETTER, body="Nothing is open.\n", blanks=0)).html


def test_a_letter_can_be_opened_in_three_ways():
    links = {label: href for href, label, _ in Page(saying(link="").html).links}

    assert list(links) == ["Open in your mail program", "Gmail", "Outlook"]
    assert links["Open in your mail program"].startswith(
        "mailto:help@example.edu?cc=office%40example.edu&subject="
    )
    assert links["Gmail"].startswith("https://mail.google.com/mail/?view=cm&fs=1&to=help%40example.edu")
    assert links["Outlook"].startswith("https://outlook.office.com/mail/deeplink/compose?to=help%40example.edu")


def test_a_letter_too_long_for_a_link_has_the_file_and_the_others():
    links = Page(saying(link="", letter=replace(LETTER, body="long " * 1000)).html).links

    assert [label for _, label, _ in links] == ["Gmail", "Outlook"]


@pytest.mark.parametrize(
    ("blanks", "said"), [(0, "ready to send"), (1, "1 blank to fill in"), (2, "2 blanks to fill in")]
)
def test_a_letter_says_what_is_left_to_do_and_that_a_person_sends_it(blanks, said):
    text = saying(letter=replace(LETTER, blanks=blanks)).text

    assert f"\nLetter, {said}\nA person sends it. The attached file credits-not-allocated.eml opens as" in text


def test_a_text_for_a_page_is_pasted_there():
    paste = replace(LETTER, to="", cc="", opens="https://example.edu/form", blanks=0)
    read = saying(link="", letter=paste)

    assert "Letter, ready to paste\nA person pastes it into the page." in read.text
    assert "\nPaste at: https://example.edu/form\nSubject: Credits not received" in read.text
    assert [link[:2] for link in Page(read.html).links] == [["https://example.edu/form", "Open the page"]]
    assert read.files["credits-not-allocated.txt"].get_content().startswith("Credits not received - organization")


TABLE = (
    Line("lab", "Credits have not arrived", "1 April", "1 day after", LETTER),
    Line("Lab", "Credits have not arrived", "8 April", "done"),
    Line("läb & co", "Credits are late", "", "open", replace(LETTER, blanks=0)),
    Line(
        "lab", "Credits have not arrived", "1 April", "open", replace(LETTER, to="", opens="https://example.edu/f")
    ),
)


def test_several_alerts_are_a_table_with_headers():
    read = saying(lines=TABLE, letter=None)

    assert read.html.count('scope="col"') == 4
    assert (
        "\nFor       What                      Date     State\nlab       Credits have not arrived  1 April"
        in read.text
    )
    assert read.html.count("<tr><td") == len(TABLE) + 3  # and the layout


def test_a_column_that_says_nothing_is_left_out():
    same = tuple(replace(line, headline=MESSAGE.headline, date="") for line in TABLE)

    assert "\nFor       State\n" in saying(lines=same, letter=None).text


def test_each_line_has_a_letter_of_its_own_under_its_name():
    read = saying(lines=TABLE, letter=None)

    assert list(read.files) == [
        "lab.credits-not-allocated.eml",
        "lab-co.credits-not-allocated.eml",
        "lab.credits-not-allocated-2.txt",
    ]
    assert "\n- lab: lab.credits-not-allocated.eml, 1 blank to fill in\n" in read.text
    assert "\n- läb & co: lab-co.credits-not-allocated.eml, ready to send\n" in read.text
    assert "credits-not-allocated-2.txt, 1 blank to fill in; paste at https://example.edu/f\n" in read.text


def test_the_attached_letter_is_a_draft_that_nobody_has_sent():
    draft = saying().files["credits-not-allocated.eml"].get_content()

    assert draft.get_content_type() == "text/plain"
    assert draft["X-Unsent"] == "1"
    assert [draft["To"], draft["Cc"], draft["Subject"]] == [LETTER.to, LETTER.cc, LETTER.subject]
    assert [draft[name] for name in ("From", "Date", "Message-ID", "Auto-Submitted")] == [None] * 4
    assert draft.get_content().replace("\r\n", "\n") == LETTER.body


def test_what_a_name_smuggles_into_a_letter_does_not_act_there_either():
    text = "\x1b[31m\u202eevil\ud83d =?utf-8?q?=0d=0aBcc=3a_x?="
    draft = (
        saying(letter=replace(LETTER, subject=text, body=text)).files["credits-not-allocated.eml"].get_content()
    )

    assert draft["Subject"] == "[31m evil = ?utf-8?q?=0d=0aBcc=3a_x?="
    assert draft.get_content().startswith(" [31m evil") or draft.get_content().startswith("[31m")
    assert draft["Bcc"] is None
