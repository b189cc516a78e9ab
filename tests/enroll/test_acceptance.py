"""An acceptance is told from other mail, and every fact in it comes with the words that say it."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from notifier.enroll.acceptance import MOST_BODY, NotAnAcceptance, understand
from notifier.enroll.mail import read_mail
from notifier.enroll.recognition import Ask, Recognition, RecognitionError

BERLIN = ZoneInfo("Europe/Berlin")
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
}


def _understood(recognition, text):
    return understand(read_mail(text.encode(), BERLIN), [recognition])


def test_every_fact_of_the_mail_comes_with_its_words(understood):
    assert {found.name: (found.value, found.words) for found in understood.found} == EXPECTED


def test_every_shape_of_the_mail_says_the_same(shapes, recognition):
    values = {name: value for name, (value, _) in EXPECTED.items()}
    for shape, raw in shapes.items():
        understood = understand(read_mail(raw, BERLIN), [recognition])

        assert values == {found.name: found.value for found in understood.found}, shape
        assert understood.not_found == (), shape


def test_what_the_mail_does_not_say_is_named_and_not_guessed(understood):
    assert understood.missing == ("organization", "credits_requested", "use_case", "research_ends_on")
    assert understood.value("research_ends_on") is None
    assert understood.assumptions == ()


def test_changed_wording_is_named(printed, recognition):
    understood = _understood(recognition, printed.replace("within 3 weeks", "soon").replace("1-page", "short"))

    assert understood.not_found == ("write_after", "owed.summary")
    assert understood.value("write_after") is None


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


def test_a_mail_without_its_head_leaves_date_and_address_open(body, recognition):
    understood = _understood(recognition, body)

    assert understood.missing[:2] == ("accepted_on", "accepted_address")
    assert "sender (not named)" in understood.assumptions[0]


def test_an_assumed_zone_and_several_recipients_are_told(printed, recognition):
    text = printed.replace("To: a.researcher@example.edu", "To: a@example.edu, b@example.edu")

    understood = understand(read_mail(text.encode(), None), [recognition])

    assert understood.value("accepted_address") == "a@example.edu"
    assert understood.assumptions == (
        "The mail names no time zone: its date is taken as UTC.",
        "The mail went to 2 addresses: the first is taken.",
    )


REFUSAL = (
    "From: T <noreply@mail.smapply.net>\nTo: r@example.edu\nDate: Mon, 11 Mar 2024 12:57:00 +0000\n"
    "Subject: Your application\n\nWe are sorry: this time we cannot offer you a place in the program."
)


def test_a_refusal_from_the_same_sender_is_no_acceptance(recognition):
    with pytest.raises(NotAnAcceptance) as refused:
        _understood(recognition, REFUSAL)

    assert "sender (noreply@mail.smapply.net) matches; 0 of 6 phrases found" in str(refused.value)
    assert '"send us a 1-page summary"' in str(refused.value)


def test_one_phrase_and_the_known_sender_make_an_acceptance(recognition):
    text = REFUSAL.replace("We are sorry", "You have been granted access")

    assert _understood(recognition, text).program == "openai-researcher-access"


def test_one_phrase_from_a_stranger_makes_none(recognition):
    text = REFUSAL.replace("We are sorry", "You have been granted access").replace("smapply", "example")

    with pytest.raises(NotAnAcceptance, match="does not match; 1 of 6"):
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


def test_a_second_program_needs_no_code():
    recognition = Recognition.from_data(
        "national-fund",
        {
            "from": "@fund.example",
            "phrases": ["your grant was approved"],
            "find": {
                "credits_requested": r"for (?P<value>\d+ EUR)",
                "research_ends_on": r"until (?P<value>[^.]+)",
            },
            "ask": {"organization": {"example": "…", "where": "the console"}},
        },
    )
    text = "From: a@fund.example\nTo: b@c\n\nYour grant was approved for 900 EUR until 31 March 2027."

    understood = _understood(recognition, text)

    assert understood.value("credits_requested") == "900 EUR"
    assert understood.value("research_ends_on") == date(2027, 3, 31)
    assert understood.missing == ("accepted_on", "organization")


def test_a_date_that_cannot_be_read_is_not_found():
    recognition = Recognition("p", (), ("hello",), {"research_ends_on": "until (?P<value>[^.]+)"})

    assert _understood(recognition, "Hello, until spring.").not_found == ("research_ends_on",)


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


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"phrases": ["a"], "find": {"x": "("}}, "p: acceptance_mail.find.x: no regular expression: missing )"),
        ({"phrases": ["a"], "find": {"x": "a{99999999999}"}}, "find.x: no regular expression"),
        ({"phrases": ["a"], "find": {"x": "weeks"}}, "find.x: mark what counts with (?P<value>…)"),
        ({"phrases": ["a"], "find": {"x": 3}}, "find.x: a text is expected here, not 3"),
        ({"phrases": []}, "phrases: at least one"),
        ({"phrases": {"a": 1}}, "phrases: a list of texts"),
        ({"phrase": ["a"]}, "'phrase' is not known here; known: from, phrases, find, lists, ask"),
        ({"phrases": ["a"], "ask": {"x": {"where": "there"}}}, "ask.x: needs exactly"),
        (None, "keys with values are expected"),
    ],
)
def test_a_fault_in_the_program_s_data_is_named_with_its_key(data, expected):
    with pytest.raises(RecognitionError) as refused:
        Recognition.from_data("p", data)

    assert expected in str(refused.value)


def test_a_refusal_message_cannot_move_the_cursor():
    strange = Recognition("p", ("x@y",), ("a\x1b[2Jb",), asks=(Ask("a", "b", "c"),))

    with pytest.raises(NotAnAcceptance) as refused:
        _understood(strange, "Hello")

    assert "\x1b" not in str(refused.value)
