"""Several alerts in one post: a line for each, what they share said once, and how the lines stand later."""

from dataclasses import replace
from datetime import date

from notifier.core.account import Account
from notifier.core.alert import Reason
from notifier.core.grouping import as_it_stands, compose_table
from notifier.core.letter import Letter
from notifier.core.message import Line, Message, Told
from tests.core.helpers import locale, moment
from tests.core.test_message import PROGRAM, Scene

NOW = moment("2026-11-22 14:05")
LETTER = Letter("missing", "help@example.edu", "", "", "Where are they?", "Hello", 0)
ONE = Message(
    "Credits have not arrived", "lab-1", Reason.OPENED, step="1 day after", next="Write.",
    contact="help@example.edu", link="https://example.edu", told="Told: team (#lab).", letter=LETTER,
    topic="Credits have not arrived",
)  # fmt: skip


def told(anchor=None):
    return Told(Reason.OPENED, NOW, "1 day after", anchor)


def scene():
    return Scene(Account("lab-1", locale("Europe/Berlin")), PROGRAM, None, NOW)


def table(*messages, **changed):
    return compose_table([(replace(message, **changed), told(), None) for message in messages])


def test_what_all_share_is_said_once_and_each_has_its_line_and_its_letter():
    said = table(ONE, replace(ONE, about="lab-2"))

    assert (said.title, said.next, said.contact, said.link, said.told) == (
        "Credits have not arrived · 2 accounts",
        "Write.",
        "help@example.edu",
        "https://example.edu",
        "Told: team (#lab).",
    )
    assert said.lines == (
        Line("lab-1", "Credits have not arrived", "", "1 day after", LETTER),
        Line("lab-2", "Credits have not arrived", "", "1 day after", LETTER),
    )
    assert said.letter is None
    assert (said.reason, said.step, said.topic) == (Reason.OPENED, "1 day after", "Credits have not arrived")


def test_what_differs_stands_in_the_lines_and_the_first_is_an_example():
    other = replace(
        ONE, about="lab-2", headline="12 % used", next="Plan.", contact="x@example.edu", link="", told="Told: PI.",
    )  # fmt: skip
    said = table(ONE, other)

    assert said.headline == "Credits have not arrived, and 1 more of this kind"
    assert said.topic == said.headline
    assert said.next == "For each of them, as for the first: Write."
    assert (said.contact, said.link, said.told) == ("", "", "")
    assert [line.headline for line in said.lines] == ["Credits have not arrived", "12 % used"]
    assert table(replace(ONE, next=""), other).next == ""


def test_the_date_of_a_line_is_said_in_its_accounts_words():
    said = compose_table([(ONE, told(date(2026, 11, 21).toordinal()), scene()), (ONE, told(), scene())])

    assert [line.date for line in said.lines] == ["21 November", ""]


def test_several_alerts_of_one_account_are_counted_as_alerts():
    assert table(ONE, ONE).about == "2 alerts"


def test_it_is_urgent_if_one_of_them_is_and_asks_for_nothing_if_all_are_over():
    done = replace(ONE, headline="Done: Credits have not arrived", reason=Reason.RESOLVED, step="", letter=None)
    closed = replace(done, headline="No longer watched: Credits have not arrived", reason=Reason.CLOSED)
    moved = replace(ONE, headline="Date moved: Credits have not arrived", reason=Reason.MOVED)

    assert table(ONE, replace(ONE, urgent=True)).urgent
    assert table(done, done).next == ""
    assert [line.state for line in table(done, closed, moved, replace(ONE, step="")).lines] == [
        "done", "no longer watched", "date moved", "open",
    ]  # fmt: skip
    assert {line.headline for line in table(done, closed, moved).lines} == {"Credits have not arrived"}


def test_a_line_shows_what_became_of_its_alert_and_the_others_stay():
    said = table(ONE, replace(ONE, about="lab-2"), replace(ONE, about="lab-3"))
    done = replace(ONE, headline="Done: Credits have not arrived", reason=Reason.RESOLVED, letter=None)
    worse = replace(ONE, step="1 week after", letter=None)
    now = as_it_stands(said, {0: done, 2: worse})

    assert [(line.state, line.letter) for line in now.lines] == [
        ("done", None),
        ("1 day after", LETTER),
        ("1 week after", LETTER),
    ]
    assert replace(now, lines=said.lines) == said


def test_a_line_says_what_its_alert_says_now():
    said = table(ONE, replace(ONE, about="lab-2"))
    used = replace(ONE, headline="Credits are running low, 95% used", step="95%")

    assert [line.headline for line in as_it_stands(said, {1: used}).lines] == [
        "Credits have not arrived",
        "Credits are running low, 95% used",
    ]


def test_a_row_of_what_was_open_at_enrolment_becomes_what_is_news():
    standing = Message(
        "Now watched", "lab", Reason.STANDING, rows=("Credits have not arrived (...)", "Summary due")
    )
    done = Message("Done: Credits have not arrived", "lab", Reason.RESOLVED)

    assert as_it_stands(standing, {0: done}).rows == ("Done: Credits have not arrived", "Summary due")
