"""The report shows each fact beside its words, fits a terminal, and cannot be used to deceive it."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.enroll.acceptances.acceptance import Acceptance, Ask, Found
from notifier.enroll.accounts.differences import Difference
from notifier.enroll.report import differing, missing, place_of, report

OURS = "https://platform.openai.com/settings/organization/billing/credit-grants"


def test_facts_stand_in_one_column_above_their_words(understood):
    lines = report(understood)

    assert lines[0] == "Understood, and from which words:"
    assert lines[7:9] == [
        "  write_after              3 weeks",
        '                           "do not receive your credits within 3 weeks"',
    ]
    assert max(map(len, lines)) <= 80


def _with_stale_link(understood, accepted_on):
    link = Found("links.balance", "https://beta.openai.com/account/usage", "at <https", ours=OURS)
    accepted = Found("accepted_on", accepted_on, "then")
    return replace(understood, found=(accepted, link), checked_on=date(2026, 11, 22))


def test_a_link_that_is_out_of_date_stands_beside_the_one_that_counts(understood):
    lines = report(_with_stale_link(understood, date(2024, 3, 11)))

    assert lines[-3:] == [
        "Out of date in the mail; ours count, checked 2026-11-22:",
        "  links.balance: the mail says https://beta.openai.com/account/usage;",
        f"  we use {OURS}",
    ]
    assert max(map(len, lines)) <= 80


def test_a_mail_that_is_newer_than_what_we_checked_may_know_better(understood):
    lines = report(_with_stale_link(understood, date(2026, 11, 23)))

    assert "Ours count, checked 2026-11-22; the mail is newer, so see which are right:" in lines


def test_changed_wording_names_what_counts_instead_and_assumptions_come_last(understood):
    open_ended = replace(
        understood,
        not_found=("write_after", "granted_models", "links.balance"),
        ours={"write_after": "3 weeks", "links.balance": "https://x.example"},
        assumptions=("The zone is UTC.",),
    )

    assert report(open_ended)[-7:] == [
        "It looks like an acceptance; not found in it:",
        "  write_after              3 weeks, the program's term",
        "  granted_models           left out",
        "  links.balance            https://x.example",
        "",
        "Assumed:",
        "  The zone is UTC.",
    ]


def test_what_is_missing_comes_with_the_line_where_it_belongs_and_the_place_where_to_find_it():
    asks = [Ask("organization", "org-…", "Settings, Organization, General"), Ask("use_case", "…", "word " * 20)]

    assert missing(list(zip(asks, ["accounts.yaml:24", ""], strict=True))) == [
        "Not in the mail, and letters need it:",
        "  organization  accounts.yaml:24  Settings, Organization, General",
        "  use_case                        word word word word word word word word word",
        "                                  word word word word word word word word word",
        "                                  word word",
    ]
    assert missing([]) == []


def test_a_difference_says_who_says_what():
    several = [Difference("use_case", None, "consent"), Difference("terms.write_after", "4 weeks", "3 weeks")]

    assert differing(several, {"use_case"}) == [
        "  use_case: nothing in the file, consent in your answer",
        "  terms.write_after: 4 weeks in the file, 3 weeks in the mail",
    ]


def test_a_place_in_the_file_is_named_only_where_there_are_several(understood):
    def place(message, messages, level, levels):
        return place_of(Acceptance(understood, message, messages, level, levels, zone_assumed=False))

    assert place(1, 1, 1, 1) == ""
    assert place(2, 3, 1, 1) == "message 2 of 3"
    assert place(1, 1, 2, 2) == "the mail forwarded in it"
    assert place(2, 3, 2, 2) == "message 2 of 3, the mail forwarded in it"


@settings(deadline=None)  # a busy machine is no fault
@given(st.text())
def test_nothing_from_the_mail_or_the_file_moves_the_cursor(understood, words):
    found = Found("write_after", words, f"\x1b[2J{words}\u202e\r", ours=words)
    hostile = replace(understood, found=(found,), assumptions=(words,), not_found=("x",), ours={"x": words})

    lines = report(hostile) + missing([(Ask("x", "…", words), words)])
    lines += differing([Difference("x", words, words)])

    assert all(line.isprintable() for line in lines)
