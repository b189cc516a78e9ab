"""A mistake in a rule is answered with the place where it stands, what is wrong, and what was probably meant."""

import pytest

from notifier.core.rule import Staged
from tests.files.books import HEAD, book, rule

FUNCTIONS = "`earliest of`, `latest of`, `any(…)`, `count(…)`, `spend(…)`, `read_on(…)`"
CONDITIONS = "`change`, `deadline`, `threshold`, `unreadable`, `while`"
SHARE = {"deadline": None, "steps": None, "threshold": "credits_used / credits_granted", "reaches": "[50%]"}
UNITS = "is not a duration such as 3 weeks, 2w, P3W, 5 working days, 12 months"

# Line 10 is `id`, then title, deadline, steps and tell; what a case adds begins at line 15.
MISTAKES = [
    # expressions, plain and quoted
    ({"deadline": "ends_onn"}, "12:15: there is no fact `ends_onn`; did you mean `ends_on`?"),
    ({"deadline": '"ends_onn"'}, "12:16: there is no fact `ends_onn`; did you mean `ends_on`?"),
    ({"deadline": "1 week after ends_onn"}, "12:28: there is no fact `ends_onn`; did you mean `ends_on`?"),
    ({"deadline": "'1 week after ends_onn'"}, "12:29: there is no fact `ends_onn`; did you mean `ends_on`?"),
    (
        {"deadline": "earliest of ends_on, acepted_on"},
        "12:36: there is no fact `acepted_on`; did you mean `accepted_on`?",
    ),
    ({"deadline": "credits_granted"}, "12:15: this is an amount; it should be a date"),
    ({"deadline": "3 weeks + ends_on"}, "12:15: a date is moved with words: `3 weeks after accepted_on`"),
    ({"deadline": "3 weks after ends_on"}, "12:17: `weks` is not a unit of time; did you mean `weeks`?"),
    ({"deadline": "ends_on +"}, "12:24: it ends where a value should come"),
    (
        {"deadline": "today"},
        "12:15: there is no `today`: say from when and until when with `starting` and `ending`",
    ),
    ({"deadline": "[ends_on]"}, "12:15: a single value is wanted here, not a list"),
    (
        {"deadline": "soon(ends_on)"},
        f"12:15: there is no function `soon(…)`; there are {FUNCTIONS}",
    ),
    ({"unless": "credits_granted = 3 USD"}, "15:29: `=` is not a comparison; did you mean `==`?"),
    (
        {"unless": "credits_granted && ends_on"},
        "15:29: `&` is not part of the language; did you mean `and`?",
    ),
    ({"unless": "pi_name > organization"}, "15:13: a text has no order; compare it with == or !="),
    ({"unless": '"credits_granted > 5 USD and X"'}, "15:42: `X`: names are written in small letters"),
    (
        {"when": "'gpt-4' in use_case"},
        "15:19: is not YAML: put the whole value in quotes, not only its beginning",
    ),
    (
        {"when": "\"'gpt-4' in use_case\""},
        "15:12: `in` looks for a text in a list of texts; this looks for a text in a text",
    ),
    ({"starting": "3 weeks"}, "15:15: this is a duration; it should be a date"),
    ({"ending": "credits_left"}, "15:13: this is an amount; it should be a date"),
    # steps and levels
    ({"steps": "[1 weak before]"}, f"13:13: '1 weak' {UNITS}"),
    ({"steps": "[0 days before]"}, "13:13: 0 days before is `on the day`"),
    ({"steps": "[1 week before, 7 days before]"}, "13:12: `1 week before` stands here twice"),
    (
        {"steps": '[1 week before, "every week after, 99 times"]'},
        "13:28: a step may repeat 1 to 60 times, not 99",
    ),
    ({"steps": None}, "12:15: `deadline` needs `steps:`"),
    ({"steps": "[]"}, "12:15: `deadline` needs `steps:`"),
    ({**SHARE, "reaches": "[50 USD]"}, "14:14: `50 USD` is an amount, the threshold is a number"),
    (
        {**SHARE, "falls_to": "[20%]"},
        "15:15: a threshold has `reaches` or `falls_to`, not both",
    ),
    ({**SHARE, "threshold": "credits_left", "reaches": "[lots]"}, "14:15: there is no fact `lots`"),
    (
        {**SHARE, "threshold": "accepted_on"},
        "13:16: this is a date; it should be a number or an amount or a duration",
    ),
    # which condition
    (
        {"deadline": None, "steps": None},
        f"10:5: a rule asks exactly one of {CONDITIONS}; this asks none",
    ),
    (
        {"threshold": "credits_used", "reaches": "[50%]"},
        "10:5: a rule asks exactly one of `change`, `deadline`, `threshold`, `unreadable`, `while`; this asks 2",
    ),
    ({"reaches": "[50%]"}, "15:5: `reaches` is not a field of a rule; did you mean `for_each`?"),
    ({**SHARE, "steps": "[1 week before]"}, "12:5: `steps` is not a field of a rule"),
    # texts
    ({"title": None}, "10:5: a rule needs `title`"),
    (
        {"title": '"Late {{ ends_onn }}"'},
        "11:21: there is no fact `ends_onn` to put into a text; did you mean `ends_on`?",
    ),
    (
        {"say": "Late since {{ ends_onn }}, {{ b"},
        "15:24: there is no fact `ends_onn` to put into a text; did you mean `ends_on`?",
    ),
    ({"say": '"{% if ends_on %}"'}, "15:11: `{%` is not part of a name such as {{ accepted_on }}"),
    ({"next": "'go {{ends_on}} }}'"}, "15:27: `}}` is not part of a name such as {{ accepted_on }}"),
    (
        {**SHARE, "say": '"It ends {{ deadline }}."'},
        "15:10: `deadline` is for rules with a `deadline`; this one has `{{ value }}`",
    ),
    ({"say": "Late: write"}, "15:14: is not YAML: put the text in quotes for its colon, or mend the indentation"),
    # who and how
    ({"tell": None}, "10:5: a rule says who hears: `tell: [team, pi]`"),
    ({"tell": "[]"}, "14:11: a rule says who hears: `tell: [team, pi]`"),
    ({"tell": "[The Team]"}, "14:12: 'The Team' is not a role such as team, pi or office"),
    (
        {"tell": "[team from 2 weeks before]"},
        "14:12: `2 weeks before` is not one of the rule's steps; did you mean `1 week before`?",
    ),
    ({"tell": "{team: 1}"}, "14:11: a single value is wanted here, not a mapping"),
    ({"contact": "generall"}, "15:14: there is no contact `generall`; did you mean `general`?"),
    ({"contact": "x"}, "15:14: there is no contact `x`; there are general"),
    ({"link": "balanse"}, "15:11: there is no link `balanse`; did you mean `balance`?"),
    ({"draft": "aks"}, "15:12: there is no draft `aks`; did you mean `ask`?"),
    (
        {"draft": "ask from on day"},
        "15:12: `on day` is not one of the rule's steps; did you mean `on the day`?",
    ),
    ({"urgent": "maybe"}, "15:13: 'maybe' is neither true nor false"),
    (
        {"urgent": "from the day"},
        "15:13: `the day` is not one of the rule's steps; did you mean `on the day`?",
    ),
    # fields
    ({"titel": "x"}, "15:5: `titel` is not a field of a rule; did you mean `title`?"),
    ({"contcat": "general"}, "15:5: `contcat` is not a field of a rule; did you mean `contact`?"),
]


@pytest.mark.parametrize(("fields", "fault"), MISTAKES, ids=[str(fields) for fields, _ in MISTAKES])
def test_a_mistake_is_said_with_its_place(tmp_path, fields, fault):
    rulebook, faults = book(tmp_path / "rules", demo=HEAD + rule(**fields))

    assert [f"rules/demo.yaml:{fault}"] == faults
    assert rulebook.rules == []


def test_all_mistakes_of_a_rule_are_said_at_once(tmp_path):
    _, faults = book(
        tmp_path / "rules",
        demo=HEAD + rule(title="'{{ x }}'", unless="ends", contact="nobody", urgent="perhaps", tel="[pi]"),
    )

    assert faults == [
        "rules/demo.yaml:11:16: there is no fact `x` to put into a text",
        "rules/demo.yaml:15:13: there is no fact `ends`; did you mean `ends_on`?",
        "rules/demo.yaml:16:14: there is no contact `nobody`; there are general",
        "rules/demo.yaml:18:5: `tel` is not a field of a rule; did you mean `tell`?",
    ]


def test_what_is_no_rule_has_one_mistake_and_not_five(tmp_path):
    _, faults = book(tmp_path / "rules", demo=HEAD + "  - credits-late\n")

    assert faults == ["rules/demo.yaml:10:5: a rule is a mapping of fields, not a value"]


def test_two_rules_of_one_name_are_a_mistake(tmp_path):
    _, faults = book(tmp_path / "rules", demo=HEAD + rule() + rule())

    assert faults == ["rules/demo.yaml:15:9: there are two rules `demo/late`"]


def test_a_rule_is_what_its_fields_say(tmp_path):
    fields = {
        "say": "'Until {{ ends_on }}'",
        "next": "Write.",
        "contact": "general",
        "link": "balance",
        "draft": "ask from on the day",
        "tell": "[team, pi from on the day]",
        "urgent": "from 1 week before",
        "unless": "grant.renewed_by",
    }
    rulebook, faults = book(tmp_path / "rules", demo=HEAD + rule(**fields))
    (made,) = rulebook.rules

    assert faults == []
    assert made.id == "demo/late"
    assert made.condition.ladder == ("1 week before", "on the day")
    assert (made.contact, made.link) == ("general", "balance")
    assert Staged(((0, "team"), (1, "pi"))) == made.tell
    assert Staged(((1, "ask"),)) == made.draft
    assert Staged(((0, "urgent"),)) == made.urgent


@pytest.mark.parametrize(
    ("written", "staged"), [("true", ((0, "urgent"),)), ("yes", ((0, "urgent"),)), ("no", ()), ("false", ())]
)
def test_urgent_is_yes_no_or_from_a_step(tmp_path, written, staged):
    rulebook, faults = book(tmp_path / "rules", demo=HEAD + rule(urgent=written))

    assert faults == []
    assert [Staged(staged)] == [made.urgent for made in rulebook.rules]


def test_a_step_may_be_named_in_other_words_than_it_is_written(tmp_path):
    rulebook, faults = book(tmp_path / "rules", demo=HEAD + rule(tell="[team from P7D before]"))

    assert faults == []
    assert [Staged(((0, "team"),))] == [made.tell for made in rulebook.rules]
