"""The console: what it shows, and the record that says what it has told."""

import asyncio
import email
import email.policy
import json
import re
import resource
from dataclasses import replace
from io import TextIOWrapper

import pytest
from rich.console import Console as Terminal

from notifier.channels.console import Console
from notifier.core.alert import Reason
from notifier.core.message import Line
from notifier.ports import Post, Undelivered
from tests.channels.console_bench import ConsoleBench, typed
from tests.channels.contract import HOSTILE, LETTER, MESSAGE, POST, hostile

PANEL = """\
╭─ URGENT: Credits have not arrived · lab ─────────────────────────────────────╮
│ Accepted 11 March 2024. The program asks you to write after 3 weeks; that    │
│ was 1 April.                                                                 │
│ Next: Send the letter, or record the credits if they are there.              │
│ Write to: help@example.edu                                                   │
│ Link: https://example.edu/balance                                            │
│ Known: accepted on 11 March (accounts file, read 14:05 UTC); credits granted │
│ not recorded                                                                 │
│ Told: team (#lab-grants) and PI (A. Researcher); again on 8 April, 09:00 (1  │
│ week after).                                                                 │
│                                                                              │
│ Letter, 1 blank to fill in; a person sends it. Saved as                      │
│ letters/lab.1.late.eml                                                       │
│   To: help@example.edu                                                       │
│   Cc: office@example.edu                                                     │
│   Subject: Credits not received - organization org-1                         │
│                                                                              │
│   Hello,                                                                     │
│                                                                              │
│   Could you check whether the credits were allocated?                        │
│                                                                              │
│   [your name]                                                                │
╰──────────────────────────────────────────────────────────────────────────────╯
  When done:
    notifier record lab credits_granted "1000 USD"
"""


def tell(bench, post=POST):
    return asyncio.run(bench.channel().deliver(post))


def post(key=POST.key, **changed):
    return Post(key, replace(MESSAGE, **changed))


def lines_of(bench):
    return [json.loads(line) for line in bench.record.read_text(encoding="utf-8").splitlines()]


def test_a_message_is_a_box_with_everything_in_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bench = ConsoleBench(tmp_path.relative_to(tmp_path))
    tell(bench, post(urgent=True, rows=()))

    assert bench.text == PANEL


@pytest.mark.parametrize("width", [20, 40, 80, 100, 250])
def test_narrow_and_wide_terminals_show_every_word(tmp_path, width):
    bench = ConsoleBench(tmp_path, width=width)
    tell(bench)

    *box, question, command = bench.text.splitlines()
    assert {len(line) for line in box} == {min(width, 100)}
    assert [question, command] == ["  When done:", '    notifier record lab credits_granted "1000 USD"']
    for word in ("Credits", "Accepted", "Next:", "Told:", "allocated?"):
        assert word in bench.text


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"urgent": True}, "URGENT: Credits have not arrived · lab"),
        ({"reason": Reason.RESOLVED, "headline": "Done: Credits"}, "Done: Credits · lab"),
        ({"reason": Reason.CLOSED, "headline": "No longer watched: x"}, "No longer watched: x · lab"),
        ({"reason": Reason.STANDING, "headline": "This grant ended"}, "This grant ended · lab"),
        ({"reason": Reason.ESCALATED}, "Credits have not arrived · lab"),
    ],
)
def test_what_the_colour_means_stands_in_words(tmp_path, changed, title):
    bench = ConsoleBench(tmp_path)
    tell(bench, post(**changed))

    assert bench.text.splitlines()[0].startswith(f"╭─ {title} ─")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "33"),
        ({"urgent": True}, "31"),
        ({"reason": Reason.RESOLVED}, "32"),
        ({"reason": Reason.CLOSED}, "90"),
        ({"reason": Reason.STANDING}, "36"),
        ({"reason": Reason.RESOLVED, "urgent": True}, "31"),
    ],
)
def test_a_terminal_with_colours_shows_them(tmp_path, changed, code):
    bench = ConsoleBench(tmp_path, force_terminal=True, color_system="standard")
    tell(bench, post(**changed))

    assert bench.text.startswith(f"\x1b[{code}m╭─")


def test_a_table_has_a_line_and_a_saved_letter_for_each_alert(tmp_path):
    bench = ConsoleBench(tmp_path, width=100)
    lines = (
        Line("lab", "Credits have not arrived", "21 November", "1 day after", replace(LETTER, blanks=0)),
        Line("library/ä", "Credits have not arrived", "22 November", "1 day after", LETTER),
        Line("clinic", "Credits have not arrived", "", "done"),
    )
    tell(bench, post(letter=None, rows=(), lines=lines))
    text, [line] = bench.arrived(), lines_of(bench)

    assert "- lab: Credits have not arrived (21 November, 1 day after; letter ready)" in text
    assert "- library/ä: Credits have not arrived (22 November, 1 day after; letter has 1 blank)" in text
    assert "- clinic: Credits have not arrived (done)" in text
    assert "2 letters, a person sends them: saved in" in text
    files = [bench.letters / f"{name}.credits-not-allocated.eml" for name in ("lab", "library-ä")]
    assert line["letters"] == [str(file) for file in files]
    assert all(file.read_bytes().startswith(b"To: help@example.edu") for file in files)
    assert line["lines"][2] == "- clinic: Credits have not arrived (done)"


def test_a_message_of_one_sentence_has_no_empty_labels(tmp_path):
    bench = ConsoleBench(tmp_path)
    bare = replace(
        MESSAGE, say="", next="", contact="", link="", known="", told="", answers=(), rows=(), letter=None
    )
    tell(bench, Post(POST.key, bare))

    assert [":" in line for line in bench.text.splitlines()] == [False, False]


@pytest.mark.parametrize(
    ("blanks", "words"), [(0, "ready to send"), (1, "1 blank to fill in"), (3, "3 blanks to fill in")]
)
def test_a_letter_says_what_is_left_to_fill_in(tmp_path, blanks, words):
    bench = ConsoleBench(tmp_path)
    tell(bench, post(letter=replace(LETTER, blanks=blanks)))

    assert f"Letter, {words}; a person sends it." in bench.arrived()


def test_a_text_to_paste_says_where(tmp_path):
    bench = ConsoleBench(tmp_path)
    tell(bench, post(letter=replace(LETTER, to="", cc="", opens="https://example.edu/form")))

    assert "Paste at: https://example.edu/form Subject: Credits not received" in bench.arrived()
    assert lines_of(bench)[0]["mailto"] is None


@pytest.mark.parametrize(("text", "readable"), HOSTILE.values(), ids=HOSTILE)
def test_on_a_terminal_with_colours_nothing_but_our_own_sequences_acts(tmp_path, text, readable):
    bench = ConsoleBench(tmp_path, force_terminal=True, color_system="standard")
    tell(bench, hostile(text))
    ours = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;(?:id=\d+)?;(?:mailto:[\w.@%?&=~-]*)?\x1b\\", "", bench.text)

    assert [letter for letter in ours if not letter.isprintable()] == ["\n"] * ours.count("\n")
    assert readable.partition(" ")[0] in ours


def test_the_record_says_what_was_told_one_json_object_a_line(tmp_path):
    bench = ConsoleBench(tmp_path)
    tell(bench)
    tell(bench, post("other|lab|1|1|2|console", letter=None, headline="Zwölf \x1b[1mübrig"))

    assert lines_of(bench) == [
        {
            "key": POST.key,
            "title": "Credits have not arrived · lab",
            "reason": "opened",
            "step": "1 day after",
            "next": MESSAGE.next,
            "letter": str(tmp_path / "letters" / "lab.1.late.eml"),
            "mailto": lines_of(bench)[0]["mailto"],
        },
        {
            "key": "other|lab|1|1|2|console",
            "title": "Zwölf  [1mübrig · lab",
            "reason": "opened",
            "step": "1 day after",
            "next": MESSAGE.next,
            "letter": None,
            "mailto": None,
        },
    ]
    assert lines_of(bench)[0]["mailto"].startswith(
        "mailto:help@example.edu?cc=office%40example.edu&subject=Credits"
    )


def test_a_letter_is_saved_as_a_mail_that_a_program_opens(tmp_path):
    bench = ConsoleBench(tmp_path)
    tell(bench)
    raw = (tmp_path / "letters" / "lab.1.late.eml").read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)

    assert (mail["To"], mail["Cc"], mail["Subject"], mail["X-Unsent"]) == (
        "help@example.edu",
        "office@example.edu",
        LETTER.subject,
        "1",
    )
    assert (mail["Date"], mail["Message-ID"], mail["From"]) == (None, None, None)
    assert mail.get_content().replace("\r\n", "\n") == LETTER.body
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["lab.1.late.eml"]


def test_the_same_post_saved_twice_gives_the_same_bytes(tmp_path):
    first, second = ConsoleBench(tmp_path / "a"), ConsoleBench(tmp_path / "b")
    for bench in (first, second, second):
        tell(bench)

    assert [path.read_bytes() for path in second.letters.iterdir()] == [
        path.read_bytes() for path in first.letters.iterdir()
    ]


@pytest.mark.parametrize("key", ["../../etc|a/../b|..|1|1|console", "watch", "a|b", "|||"])
def test_a_letter_never_leaves_its_folder(tmp_path, key):
    bench = ConsoleBench(tmp_path)
    tell(bench, post(key))
    everything = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}

    assert everything == {"console.jsonl", "letters"}
    assert asyncio.run(bench.channel().find(post(key))) == key


def test_a_last_line_that_a_crash_tore_was_not_told(tmp_path):
    bench = ConsoleBench(tmp_path)
    tell(bench)
    whole = bench.record.read_bytes()
    bench.record.write_bytes(whole + b'{"key": "torn|lab|1|1|1|console", "ti')

    assert asyncio.run(bench.channel().find(post("torn|lab|1|1|1|console"))) is None
    assert bench.record.read_bytes() == whole
    tell(bench, post("torn|lab|1|1|1|console"))
    assert [line["key"] for line in lines_of(bench)] == [POST.key, "torn|lab|1|1|1|console"]


@pytest.mark.parametrize(
    "spoilt", [b"\x00\x00\x00\n", b"not json\n", b"[]\n", b'{"title": "x"}\n', b"\xff\n", b"\n"]
)
def test_a_spoilt_line_does_not_keep_the_service_from_starting(tmp_path, spoilt):
    bench = ConsoleBench(tmp_path)
    bench.record.write_bytes(spoilt)
    tell(bench)

    assert asyncio.run(bench.channel().find(POST)) == POST.key


def test_a_record_that_cannot_be_written_is_undelivered(tmp_path):
    bench = ConsoleBench(tmp_path)
    channel = bench.channel()
    bench.record.mkdir()
    with pytest.raises(Undelivered, match="the console or its record cannot be written: Is a directory"):
        asyncio.run(channel.deliver(POST))

    assert asyncio.run(channel.find(POST)) is None


def test_a_disk_that_fills_up_within_a_line_leaves_no_torn_line(tmp_path):
    bench = ConsoleBench(tmp_path)
    tell(bench)
    whole = bench.record.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, limits[1]))
    try:
        with pytest.raises(Undelivered, match="File too large"):
            tell(bench, post("other|lab|1|1|1|console", letter=None))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert bench.record.read_bytes() == whole


def test_a_letter_that_cannot_be_saved_is_undelivered_and_not_shown(tmp_path):
    bench = ConsoleBench(tmp_path)
    bench.letters.write_text("a file where the folder should be")
    with pytest.raises(Undelivered, match="File exists"):
        tell(bench)

    assert bench.text == ""


def test_a_terminal_that_lacks_a_letter_is_undelivered_not_a_crash(tmp_path):
    with (tmp_path / "out").open("wb") as raw, TextIOWrapper(raw, encoding="ascii") as stream:
        console = Console(Terminal(file=stream, width=80), tmp_path / "record", tmp_path / "letters", typed)
        with pytest.raises(Undelivered, match="cannot be written"):
            asyncio.run(console.deliver(POST))


def test_the_letters_of_two_items_are_two_files(tmp_path):
    bench = ConsoleBench(tmp_path)
    for item in ("first", "second"):
        tell(bench, post(f"p/unanswered|lab|1|{item}|1|1|console"))

    names = sorted(path.name for path in (tmp_path / "letters").iterdir())
    assert names == ["lab.1.unanswered.first.eml", "lab.1.unanswered.second.eml"]
