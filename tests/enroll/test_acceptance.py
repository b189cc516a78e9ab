"""An acceptance is told from other mail, and every fact in it comes with the words that say it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifier.core.vocabulary import Kind
from notifier.enroll.acceptances.acceptance import MOST_BODY, NotAnAcceptance, acceptances, understand
from notifier.enroll.acceptances.recognition import Ask, Recognition, recognition_of
from notifier.enroll.mails.mail import Mail
from notifier.enroll.mails.reading import read_mail
from notifier.files.rulebook import read_rulebook

BERLIN = ZoneInfo("Europe/Berlin")
RULES = Path(__file__).parents[2] / "rules"
GUIDELINES = "You will still be subject to our [Community Guidelines](#)."
EXPECTED = {
    "program": ("openai-researcher-access", "Welcome to OpenAI's Researcher Access Program"),
    "accepted_on": (date(2024, 3, 11), "Mon, Mar 11, 2024 at 1:57 PM"),
    "accepted_address": ("a.researcher@example.edu", "To: a.researcher@example.edu"),
    "write_after": ("3 weeks", "do not receive your credits within 3 weeks"),
    "credits_promised_within": ("2 weeks", "credits are typically allocated 1-2 weeks"),
    "access_length": ("12 months", "or the 12 months have passed"),
    "granted_models": (("gpt-4",), "granted access exclusively to GPT-4"),
    "contacts.general": ("researcheraccess@openai.com", "please email researcheraccess@openai.com"),
    "contacts.technical": (
        "help.openai.com",
        "technical difficulties (limits, models, errors) please chat with help.openai.com",
    ),
    "links.members": (
        "https://platform.openai.com/account/members",
        "account settings, using this link: <https://platform.openai.com/account/members",
    ),
    "links.balance": (
        "https://beta.openai.com/account/usage",
        "credit balance at <https://beta.openai.com/account/usage",
    ),
    "links.papers": (
        "https://forms.gle/SfPEkQYdLZWfYTjo8",
        "use this form to submit your published papers to us: <https://forms.gle/SfPEkQYdLZWfYTjo8",
    ),
    "owed.summary": ("1-page summary", "send us a 1-page summary"),
    "owed.papers": ("submit your published papers", "use this form to submit your published papers"),
    "owed.datasets": ("Datasets of generated text need our approval",) * 2,
    "owed.guidelines": ("Community Guidelines", "subject to our [Community Guidelines"),
}


def _shipped():
    faults = []
    rulebook = read_rulebook(RULES, "rules", faults)
    assert faults == []
    return rulebook.programs["openai-researcher-access"]


@pytest.fixture(scope="module")
def recognition():
    return recognition_of(_shipped())


@pytest.fixture(scope="module")
def printed():
    """A mail in which everything stands that the shipped patterns look for."""
    return f"{(Path(__file__).parent / 'acceptance.txt').read_text(encoding='utf-8')}\n{GUIDELINES}\n"


@pytest.fixture(scope="module")
def understood(printed, recognition):
    return _understood(recognition, printed)


def _understood(recognition, text):
    return understand(read_mail(text.encode(), BERLIN), [recognition])


def test_every_fact_of_the_mail_comes_with_its_words(understood):
    assert {found.name: (found.value, found.words) for found in understood.found} == EXPECTED


def test_every_fact_that_is_looked_for_stands_in_the_mail(understood):
    assert understood.not_found == ()


def test_what_the_mail_does_not_say_is_named_and_not_guessed(understood):
    asked = ("organization", "credits_requested", "use_case", "research_ends_on", "affiliation")
    assert asked == tuple(ask.name for ask in understood.asks)
    assert tuple(ask.name for ask in understood.signatures) == ("pi_name", "pi_position")
    assert understood.missing == (*asked, "pi_name", "pi_position")
    assert understood.value("research_ends_on") is None
    assert understood.assumptions == ()


def test_changed_wording_is_named_and_the_program_s_own_terms_count_instead(printed, recognition):
    changed = printed.replace("within 3 weeks", "soon").replace("1-page", "short").replace("GPT-4", "something")
    understood = _understood(recognition, changed.replace("your credit balance at", "it at"))

    assert understood.not_found == ("write_after", "granted_models", "links.balance", "owed.summary")
    assert understood.value("write_after") is None
    assert understood.ours == {
        "write_after": "3 weeks",
        "links.balance": "https://platform.openai.com/settings/organization/billing/credit-grants",
    }


def test_of_links_that_are_out_of_date_the_program_s_own_count(understood):
    ours = {found.name: found.ours for found in understood.found if found.ours}

    assert ours == {
        "links.members": "https://platform.openai.com/settings/organization/people",
        "links.balance": "https://platform.openai.com/settings/organization/billing/credit-grants",
    }
    assert understood.checked_on == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("ours", "is_stale"),
    [
        ("https://beta.openai.com/account/usage", False),
        ("HTTP://www.Beta.OpenAI.com/account/usage/", False),
        ("https://beta.openai.com/account/Usage", True),
        ("https://openai.com/account/usage", True),
        ("mailto:beta.openai.com/account/usage", False),
    ],
)
def test_a_link_is_the_same_however_it_is_written(printed, recognition, ours, is_stale):
    other = replace(recognition, ours={"links.balance": ours})

    found = next(each for each in _understood(other, printed).found if each.name == "links.balance")

    assert bool(found.ours) == is_stale


@pytest.mark.parametrize("words", ["1\u20132 weeks", "1 to 2 weeks", "1 -2 weeks", "2 weeks", "1\u20112\n weeks"])
def test_the_later_end_of_a_span_counts(printed, recognition, words):
    understood = _understood(recognition, printed.replace("1-2 weeks", words))

    assert understood.value("credits_promised_within") == "2 weeks"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("GPT-4 and GPT-3.5", ("gpt-4", "gpt-3.5")),
        ("GPT-4, text-davinci-003, and o1", ("gpt-4", "text-davinci-003", "o1")),
        ("GPT 4", ("gpt-4",)),
        ("gpt-4-32k", ("gpt-4-32k",)),
    ],
)
def test_models_become_a_list_of_their_names(printed, recognition, words, expected):
    understood = _understood(recognition, printed.replace("exclusively to GPT-4", f"to {words}"))

    assert understood.value("granted_models") == expected


def test_words_that_name_no_model_are_not_taken_for_one(printed, recognition):
    understood = _understood(recognition, printed.replace("exclusively to GPT-4", "to everything there is"))

    assert "granted_models" in understood.not_found


def test_a_mail_without_its_head_leaves_date_and_address_open(printed, recognition):
    understood = _understood(recognition, printed[printed.index("Hello,") :])

    assert understood.missing[:2] == ("accepted_on", "accepted_address")
    assert "sender (not named)" in understood.assumptions[0]


def test_an_assumed_zone_and_several_recipients_are_told(printed, recognition):
    text = printed.replace("To: a.researcher@example.edu", "To: a@example.edu, b@example.edu")

    understood = understand(read_mail(text.encode(), None), [recognition])

    assert understood.value("accepted_address") == "a@example.edu"
    assert understood.assumptions == (
        "The mail names no time zone: its date is taken as UTC; --zone says otherwise.",
        "The mail went to 2 addresses: the first is taken.",
    )


REFUSAL = (
    "From: T <noreply@mail.smapply.net>\nTo: r@example.edu\nDate: Mon, 11 Mar 2024 12:57:00 +0000\n"
    "Subject: Your application\n\nWe are sorry: this time we cannot offer you a place in the program."
)


def test_a_refusal_from_the_same_sender_is_no_acceptance(recognition):
    with pytest.raises(NotAnAcceptance) as refused:
        _understood(recognition, REFUSAL)

    lines = str(refused.value).splitlines()
    assert lines[2:4] == ["  sender (noreply@mail.smapply.net) matches", "  0 of 6 phrases found; not found:"]
    assert '    "send us a 1-page summary"' in lines


def test_one_phrase_and_the_known_sender_make_an_acceptance(recognition):
    text = REFUSAL.replace("We are sorry", "You have been granted access")

    assert _understood(recognition, text).program == "openai-researcher-access"


def test_one_phrase_from_a_stranger_makes_none(recognition):
    text = REFUSAL.replace("We are sorry", "You have been granted access").replace("smapply", "example")

    with pytest.raises(NotAnAcceptance, match="does not match\n  1 of 6 phrases"):
        _understood(recognition, text)


def test_half_of_the_phrases_from_a_stranger_make_an_acceptance(recognition):
    phrases = (
        "YOU\u2019LL  RECEIVE credits to\nuse the API; you have been granted access; send us a 1-page summary"
    )

    understood = _understood(recognition, f"From: x@example.net\n\n{phrases}")

    assert "recognized by its phrases" in understood.assumptions[0]


def test_a_domain_may_stand_for_its_senders(recognition):
    whole = replace(recognition, senders=("@mail.smapply.net",))

    assert _understood(whole, REFUSAL.replace("We are sorry", "you have been granted access"))


def test_without_any_program_nothing_is_an_acceptance(printed):
    with pytest.raises(NotAnAcceptance, match="no acceptance mail of a known program"):
        understand(read_mail(printed.encode(), None), [])


def test_the_program_with_most_of_its_phrases_is_taken(printed, recognition):
    other = Recognition("other-program", (), ("Welcome to", "granted access", "a phrase that is not there"))

    assert understand(read_mail(printed.encode(), None), [other, recognition]).program == recognition.program


def test_two_programs_that_fit_equally_are_both_named(printed, recognition):
    with pytest.raises(NotAnAcceptance, match="openai-researcher-access and twin equally"):
        understand(read_mail(printed.encode(), None), [recognition, replace(recognition, program="twin")])


FUND = """\
version: 1
program: national-fund
checked_on: 2027-01-05
contacts: {general: grants@fund.example}
facts:
  report_within: {default: 6 months}
  clusters: {type: number, ask: How many clusters?}
acceptance_mail:
  from: "@fund.example"
  phrases: [your grant was approved]
  find:
    credits_requested: 'for (?P<value>\\d+ EUR)'
    research_ends_on: 'until (?P<value>\\d+ \\w+ \\d+)'
    report_within: 'report within (?P<value>\\d+ \\w+)'
    contacts.general: 'ask (?P<value>\\S+@\\S+\\w)'
  ask:
    organization: {example: prj-…, where: the console}
    pi_name: {example: …, where: who signs}
rules:
  - {id: report, title: A report, deadline: report_within after accepted_on, steps: [on the day], tell: [pi]}
"""
FUNDED = """\
From: a@fund.example
To: b@c

Your grant was approved for 900 EUR until 31 March 2027. Or ask us@fund.example.
"""


@pytest.fixture
def fund(tmp_path):
    """A program that is nothing but a file."""
    (tmp_path / "fund.yaml").write_text(FUND, encoding="utf-8")
    faults = []
    rulebook = read_rulebook(tmp_path, "rules", faults)
    assert faults == []
    return recognition_of(rulebook.programs["national-fund"])


def test_a_second_program_needs_no_code(fund, recognition):
    understood = understand(read_mail(FUNDED.encode(), BERLIN), [recognition, fund])

    assert understood.program == "national-fund"
    assert understood.value("credits_requested") == "900 EUR"
    assert understood.value("research_ends_on") == date(2027, 3, 31)
    assert understood.not_found == ("report_within",)
    assert understood.ours == {"report_within": "6 months"}
    assert understood.missing == ("accepted_on", "organization", "pi_name")
    assert [found.ours for found in understood.found if found.ours] == ["grants@fund.example"]


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        (Kind.DATE, "spring", None),
        (Kind.DATE, "31 March 2027", date(2027, 3, 31)),
        (Kind.DURATION, "a while", None),
        (Kind.DURATION, "2 weeks", "2 weeks"),
        (Kind.MONEY, "plenty", None),
        (Kind.MONEY, "900 EUR", "900 EUR"),
        (Kind.NUMBER, "many", None),
        (Kind.NUMBER, "7", "7"),
        (Kind.TEXT, "spring", "spring"),
    ],
)
def test_a_value_that_cannot_be_of_its_kind_is_not_found(kind, words, expected):
    recognition = Recognition("p", (), ("hello",), {"x": "until (?P<value>[^.]+)"}, kinds={"x": kind})
    understood = _understood(recognition, f"Hello, until {words}.")

    assert (understood.value("x"), understood.not_found) == (expected, () if expected else ("x",))


def test_long_words_are_shortened_around_the_value():
    recognition = Recognition("p", (), ("hello",), {"a": "hello.*(?P<value>the value)", "b": "(?P<value>hello).*"})

    found = _understood(recognition, f"Hello {'x ' * 200}the value {'y ' * 100}").found

    assert [len(each.words) <= 120 for each in found] == [True, True, True]
    assert found[1].words.startswith("…")
    assert found[1].words.endswith("the value")
    assert found[2].words.startswith("Hello")
    assert found[2].words.endswith("…")


def test_only_the_beginning_of_an_endless_mail_is_searched(printed, recognition):
    understood = _understood(recognition, printed.replace("Colleagues", "x" * MOST_BODY))

    assert "links.members" in understood.not_found
    assert "Only the first 200,000 characters" in understood.assumptions[0]


def test_a_refusal_message_cannot_move_the_cursor():
    strange = Recognition("p", ("x@y",), ("a\x1b[2Jb",), asks=(Ask("a", "b", "c"),))

    with pytest.raises(NotAnAcceptance) as refused:
        _understood(strange, "Hello")

    assert "\x1b" not in str(refused.value)


def _mail(body, day, *, sender="noreply@mail.smapply.net"):
    at = datetime(2024, 3, 11, 12, tzinfo=UTC) + timedelta(days=day)
    return Mail(sender, ("r@example.edu",), "", at, f"day {day}", zone_assumed=False, body=body)


ACCEPTED = "Welcome to OpenAI's Researcher Access Program"


def test_of_a_forward_the_innermost_acceptance_counts(recognition):
    """So the date of the forward, and of an acceptance that only quotes it, never does."""
    levels = [_mail(ACCEPTED, 9), _mail(ACCEPTED, 5), _mail(ACCEPTED, 0), _mail("Are you coming to lunch?", -1)]

    (found,) = acceptances([levels], [recognition])

    assert found.understood.value("accepted_on") == date(2024, 3, 11)
    assert (found.level, found.levels, found.message, found.messages) == (3, 4, 1, 1)


def test_the_acceptances_of_a_file_come_in_order_of_date_and_one_without_a_date_last(recognition):
    undated = replace(_mail(ACCEPTED, 0), sent_at=None, sent_words="")
    messages = [[undated], [_mail(ACCEPTED, 400)], [_mail("Lunch?", 1)], [_mail(ACCEPTED, 0)]]

    found = acceptances(messages, [recognition])

    assert [each.message for each in found] == [4, 2, 1]


def test_a_file_without_an_acceptance_says_what_the_nearest_mail_lacks(recognition):
    near = "You have been granted access."
    messages = [[_mail("Lunch?", 0)], [_mail(near, 1, sender="x@example.net")], [_mail("Dinner?", 2)]]

    with pytest.raises(NotAnAcceptance, match="1 of 6 phrases found"):
        acceptances(messages, [recognition])


def test_a_date_that_is_not_taken_says_why(printed, recognition):
    doubtful = replace(_mail(printed, 0), sent_at=None, date_doubt="11/03/2024 may be two days")

    assert (
        "The date of the mail is not taken: 11/03/2024 may be two days."
        in understand(doubtful, [recognition]).assumptions
    )
