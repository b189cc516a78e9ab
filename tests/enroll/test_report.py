"""The report shows each fact beside its words, fits a terminal, and cannot be used to deceive it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.enroll.acceptance import Found
from notifier.enroll.report import report


def test_facts_stand_in_one_column_above_their_words(understood):
    lines = report(understood)

    assert lines[0] == "Understood, and from which words:"
    assert lines[7:9] == [
        "  write_after              3 weeks",
        '                           "do not receive your credits within 3 weeks"',
    ]
    assert max(map(len, lines)) <= 80


def test_what_is_missing_comes_with_the_place_where_to_find_it(understood):
    lines = report(understood)

    assert lines[lines.index("Not in the mail, and letters need it:") + 1 :] == [
        "  organization             Settings, Organization, General",
        "  credits_requested        the amount asked for in your application",
        "  use_case                 one sentence from your application",
        "  research_ends_on         the timeline in your application",
    ]


def test_changed_wording_and_assumptions_come_last(understood):
    open_ended = replace(understood, not_found=("access_length",), assumptions=("The zone is UTC.",))

    assert report(open_ended)[-5:] == [
        "Not found: the wording may have changed, and the program's own terms count:",
        "  access_length",
        "",
        "Assumed:",
        "  The zone is UTC.",
    ]


@settings(deadline=None)  # a busy machine is no fault
@given(st.text())
def test_nothing_from_the_mail_moves_the_cursor(understood, words):
    found = Found("write_after", words, f"\x1b[2J{words}\u202e\r")

    lines = report(replace(understood, found=(found,), assumptions=(words,)))

    assert all(line.isprintable() for line in lines)
