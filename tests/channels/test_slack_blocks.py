"""A message as Slack's blocks: what stands where, within every limit, whatever names are in it."""

import json
import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.channels.slack.blocks import MOST_IN_ALL, STATES, bare, blocks, notification, shortened
from notifier.channels.slack.elements import link
from notifier.channels.slack.table import table
from notifier.channels.slack.text import cut, cut_escaped, escape, pieces, plain, plain_lines, quiet
from notifier.core.alert import Reason
from notifier.core.letter import Letter, compose_links, mailto
from notifier.core.message import Answer, Line, Message
from tests.channels.console_bench import typed
from tests.channels.contract import HOSTILE, LETTER, MESSAGE
from tests.channels.slack_blocks import acting, read, too_much, walk

READ = (
    "Credits have not arrived · lab",
    f"New: 1 day after. {MESSAGE.say}",
    "Next: Send the letter, or record the credits if they are there.",
    "the first row",
    "the second row",
    "Write to: help@example.edu",
    "Link: https://example.edu/balance",
    'When done: notifier record lab credits_granted "1000 USD"',
    "Letter, 1 blank to fill in; a person sends it.",
    "To: help@example.edu",
    "Cc: office@example.edu",
    "Subject: Credits not received - organization org-1",
    "Hello, Could you check whether the credits were allocated? [your name]",
    "Open the letter in your mail program",
    "Open it in Gmail",
    "Open it in Outlook",
    f"Known: {MESSAGE.known}",
    MESSAGE.told,
)


def body(message, belongs=""):
    return {"text": notification(message), "blocks": blocks(message, typed, belongs)}


def said(**fields):
    return read({"blocks": blocks(replace(MESSAGE, **fields), typed)})


def links(message):
    """Each link in the message *message* with the text that it has."""
    made = [part["text"] for part in walk(blocks(message, typed)) if part.get("type") == "mrkdwn"]
    rich = [(part["url"], part["text"]) for part in walk(blocks(message, typed)) if part.get("type") == "link"]
    return [*(tuple(each.strip("<>").replace("&amp;", "&").split("|")) for each in made), *rich]


def line(number, **fields):
    letter = replace(LETTER, subject=f"Credits not received - organization org-{number}")
    return replace(Line(f"lab-{number}", "Credits have not arrived", "1 April", "2 weeks after", letter), **fields)


def test_a_message_reads_from_top_to_bottom():
    assert read({"blocks": blocks(MESSAGE, typed)}) == " ".join(READ)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"urgent": True}, "URGENT: Credits have not arrived · lab"),
        ({"reason": Reason.ESCALATED}, "More pressing: 1 day after."),
        ({"reason": Reason.RESOLVED}, "Done."),
        ({"reason": Reason.CLOSED}, "No longer watched."),
        ({"reason": Reason.STANDING, "step": ""}, "Open when it was enrolled."),
    ],
)
def test_how_it_stands_is_said_in_words(fields, words):
    assert words in said(**fields)
    assert "URGENT" not in said(urgent=False)


def test_every_reason_has_its_words():
    assert set(STATES) == set(Reason)


@pytest.mark.parametrize("length", [10, 100, 200, 250, 300, 2_000])
def test_the_next_action_stands_within_the_first_300_characters(length):
    read_so = said(say="word " * (length // 5), next="Send the letter today.")

    assert read_so.index("Next: Send the letter today.") < 300


def test_a_notification_says_that_it_is_urgent_and_has_at_most_150_characters():
    text = notification(replace(MESSAGE, urgent=True, next="do it " * 40))

    assert text.startswith("URGENT: Credits have not arrived")
    assert text.endswith("…")
    assert len(text) == 150


def test_a_title_that_is_too_long_stands_below_in_full():
    title = "Credits " * 30
    [head, *rest] = blocks(replace(MESSAGE, headline=title), typed)

    assert len(head["text"]["text"]) == 150
    assert f"In full: {title}· lab" in read({"blocks": rest})


def test_links_open_the_whole_letter():
    assert links(MESSAGE) == [
        (mailto(LETTER), "Open the letter in your mail program"),
        *((url, f"Open it in {name}") for name, url in compose_links(LETTER)),
        ("https://example.edu/balance", "https://example.edu/balance"),
    ]


def test_a_letter_that_is_too_long_for_a_link_is_there_to_be_copied():
    text = "A sentence of the letter. " * 100
    message = replace(MESSAGE, letter=replace(LETTER, body=text), link="")

    assert links(message) == []
    assert text.strip() in read(body(message))
    assert "The letter is too long for a link" in read(body(message))


def test_a_text_for_a_page_is_there_to_be_copied_with_the_page():
    letter = replace(LETTER, to="", cc="", opens="https://example.edu/form?a=1&b=2")
    message = replace(MESSAGE, letter=letter, link="")

    assert links(message) == [("https://example.edu/form?a=1&b=2", "https://example.edu/form?a=1&b=2")]
    assert "Text to paste at https://example.edu/form?a=1&b=2, 1 blank to fill in" in read(body(message))
    assert "To:" not in read(body(message))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "slack://x", "x", "https://", "https://a b", "file:///etc"]
)
def test_what_is_no_page_is_no_link(url):
    assert [each["type"] for each in link(url, "the text")] == ["text"]


def test_a_link_holds_nothing_that_ends_it():
    [made] = link("https://example.edu/<x>|y?q=ü%20&z", "the text")

    assert made["url"] == "https://example.edu/%3Cx%3E%7Cy?q=%C3%BC%20&z"


@pytest.mark.parametrize("count", [2, 4, 25])
def test_a_table_has_one_line_for_each_alert(count):
    lines = tuple(line(number) for number in range(1, count + 1))
    message = replace(MESSAGE, lines=lines, letter=None, rows=())
    text = read(body(message))

    for each in lines:
        assert f"{each.about} · Credits have not arrived · 1 April · 2 weeks after" in text
    assert sum(url.startswith("mailto:") for url, _ in links(message)) == count
    assert too_much(body(message)) == []


def test_letters_of_a_table_that_do_not_fit_open_with_their_address_and_subject():
    lines = tuple(
        line(number, letter=replace(line(number).letter, body=f"word{' word' * 199}\n")) for number in range(1, 13)
    )
    message = replace(MESSAGE, lines=lines, letter=None, rows=(), link="")
    opened = [url for url, _ in links(message)]

    for each, url in zip(lines, opened, strict=True):
        assert url in (mailto(each.letter), mailto(replace(each.letter, cc="", body="")))
    short = sum("body=" not in url for url in opened)
    assert 0 < short < 12
    assert f"{short} letters do not fit here whole: the link opens with the address and the subject only." in read(
        body(message)
    )


def test_a_table_that_is_too_long_says_how_many_lines_are_missing():
    message = replace(
        MESSAGE, lines=tuple(line(number, headline="word " * 30) for number in range(1, 60)), rows=()
    )
    text = read(body(message))
    shown = text.count("· 2 weeks after")

    assert 0 < shown < 59
    assert f"{59 - shown} more do not fit into a message of Slack. To see all of them: notifier status" in text


def test_a_table_without_room_for_a_single_line_says_so():
    message = replace(MESSAGE, lines=(line(1, about="<!" * 15, headline="<!" * 15),) * 9, rows=(), say='"' * 900)
    [remark] = table(message, typed, 1_500)

    assert "9 more do not fit into a message of Slack." in read({"blocks": list(remark.blocks)})


def test_what_is_cut_says_how_much():
    assert cut("a" * 100, 100) == "a" * 100
    assert cut("a" * 101, 100) == f"{'a' * 52} … (cut here: 49 more characters)"
    assert "(cut here: " in said(say="word " * 1_000)


def test_what_had_to_be_left_out_is_named():
    letter = replace(LETTER, body='"\\' * 1_400)
    text = said(letter=letter, say='"' * 900, next='"' * 900, known='"' * 900, contact='"' * 300)

    assert "Left out, because a message in Slack can hold no more: " in text


def test_a_reply_leaves_out_what_stands_above():
    news = replace(MESSAGE, say="It is later now.", lines=(line(1), line(2)))
    above = replace(MESSAGE, lines=(line(1),))
    short = shortened(news, above)

    assert (short.known, short.told, short.contact, short.link, short.rows, short.letter) == (
        "",
        "",
        "",
        "",
        (),
        None,
    )
    assert (short.answers, [each.letter for each in short.lines]) == ((), [None, line(2).letter])
    assert shortened(news, None) is news
    new = replace(news, rows=("another",), answers=(), letter=replace(LETTER, body="Another."))
    assert (shortened(new, MESSAGE).rows, shortened(new, MESSAGE).letter) == (("another",), new.letter)


def test_as_text_it_says_the_same():
    text = bare(replace(MESSAGE, urgent=True, lines=(line(1),)), typed, "an earlier message")

    for words in (
        "URGENT: Credits have not arrived · lab",
        "Next: Send the letter",
        "Belongs to: an earlier message",
    ):
        assert words in text
    for words in (
        "- lab-1 · Credits have not arrived",
        "Write to: help@example.edu",
        "When done: notifier record",
    ):
        assert words in text
    assert "\n\nTo: help@example.edu\n" in text


@pytest.mark.parametrize(("text", "readable"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_act_in_no_part_of_a_message(text, readable):
    lines = (Line(text, text, text, text, replace(LETTER, subject=text, body=text)),)
    fields = dict.fromkeys(("headline", "about", "say", "next", "contact", "link", "known", "told", "step"), text)
    message = Message(
        reason=Reason.OPENED, **fields, lines=lines, rows=(text,), answers=(Answer(text, "do", text),)
    )
    for each in (message, replace(message, letter=lines[0].letter), replace(message, letter=LETTER)):
        made = body(each, text)
        assert acting(made) == []
        assert too_much(made) == []
        assert readable in read(made)
        assert acting({"text": bare(each, typed, text)}) == []


@pytest.mark.parametrize("text", ["*bold* _it_ ~no~ `code`", "```block```", "> quote", "&lt;!channel&gt;", "a&b"])
def test_markup_of_slack_is_read_as_it_stands(text):
    assert text in said(say=text)
    assert [part for part in walk(blocks(replace(MESSAGE, say=text, letter=None), typed)) if part.get("type") == "mrkdwn"] == []  # fmt: skip  # noqa: E501


def test_a_text_to_copy_is_the_letter_as_it_stands():
    letter = replace(LETTER, body="Dear <!here>,\n\n  indented :bomb: & more\n\tend\n")
    copied = [part for part in walk(blocks(replace(MESSAGE, letter=letter), typed)) if part.get("type") == "rich_text_preformatted"]  # fmt: skip  # noqa: E501

    assert "".join(each["text"] for each in copied[0]["elements"]).endswith(
        "\n\nDear <!here>,\n\n  indented :bomb: & more\n end"
    )


def test_pieces_make_up_the_text():
    text = "<!channel> <@U1|x> <#C1> :bomb: 12:30:45 a:b"

    assert "".join(pieces(text)) == text
    assert len(pieces(text)) > 5
    assert pieces("<!" * 500) == ["<\u2009!" * 500]


def test_texts_are_cleaned():
    assert plain("\x00a\u202eb\ud83dc\n d\u2028") == "a b c  d"
    assert plain_lines("\r\n a\r\n\n\tb \x07\n") == " a\n\n b"
    assert escape("<&>") == "&lt;&amp;&gt;"
    assert quiet(":bomb: & 10:30") == ":\u2009bomb: &amp; 10:30"
    assert cut_escaped("&" * 40, 150) == f"{'&amp;' * 29}…"


# -- whatever it holds -------------------------------------------------------------------------------------------

TRICKY = st.sampled_from(
    [*(text for text, _ in HOSTILE.values()), "<!", ":a:", '"', "\\", "&", "\n", "\u202e", "🎓"]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.builds(lambda text, times: text * times, TRICKY, st.integers(1, 900)),
    st.lists(TRICKY, max_size=8).map(" ".join),
)
LETTERS = st.builds(
    Letter, st.just("x"), st.sampled_from(["", "help@example.edu"]), TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 9)
)
LINES = st.builds(Line, TEXTS, TEXTS, TEXTS, TEXTS, st.none() | LETTERS)
MESSAGES = st.builds(
    Message,
    *(TEXTS, TEXTS, st.sampled_from(Reason), st.booleans()),
    *(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    answers=st.lists(st.builds(Answer, TEXTS, TEXTS, TEXTS), max_size=10).map(tuple),
    rows=st.lists(TEXTS, max_size=30).map(tuple),
    lines=st.lists(LINES, max_size=30).map(tuple),
    letter=st.none() | LETTERS,
)


@settings(max_examples=60, deadline=None)
@given(MESSAGES, TEXTS)
def test_any_message_is_within_slacks_limits_and_acts_on_nothing(message, belongs):
    made = body(message, belongs)

    assert too_much(made) == []
    assert acting(made) == []
    assert len(json.dumps(made["blocks"], ensure_ascii=False, separators=(",", ":"))) <= MOST_IN_ALL
    json.dumps(made).encode()
    text = bare(message, typed, belongs)
    assert too_much({"text": text}) == []
    assert acting({"text": text}) == []


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=[*string.printable, "<", ">", "&", ":", "ü", "🎓"], max_size=300), st.integers(50, 200))
def test_a_cut_never_splits_what_was_escaped(text, most):
    assert len(cut_escaped(text, most)) <= most
    assert cut_escaped(text, most).count("&") == sum(cut_escaped(text, most).count(f"&{name};") for name in ("amp", "lt", "gt"))  # fmt: skip  # noqa: E501
