"""``amend:`` in a rules file: a shipped rule with other fields, or off, and the shipped file stays as it is."""

import pytest

from tests.files.books import DRAFT, HEAD, book, rule

SHIPPED = HEAD + rule(draft="ask from on the day", urgent="from on the day")
NO_STEP = "is not one of the rule's steps"
OWN = "version: 1\nrules:\n  - amend: demo/late\n    because: ours\n"


def amended(folder, lines, shipped=SHIPPED):
    rulebook, faults = book(folder / "rules", {"ask": DRAFT}, demo=shipped, own=OWN + lines)
    return rulebook.programs["demo"].rules, [fault.removeprefix("rules/own.yaml:") for fault in faults]


def test_single_fields_are_replaced_and_the_rest_stays(tmp_path):
    [made], faults = amended(tmp_path, "    steps: [2 weeks before, on the day]\n    tell: [office]\n")

    assert faults == []
    assert (made.id, made.condition.ladder) == ("demo/late", ("2 weeks before", "on the day"))
    assert made.tell.values == ((0, "office"),)
    assert (made.draft.values, made.urgent.values) == (((1, "ask"),), ((1, "urgent"),))


def test_what_began_at_a_step_that_is_gone_begins_at_the_next_tighter_one(tmp_path):
    [made], faults = amended(tmp_path, "    steps: [1 week before, 2 days after]\n")

    assert faults == []
    assert made.draft.values == ((1, "ask"),)


def test_a_rule_can_be_off(tmp_path):
    [made], faults = amended(tmp_path, "    off: true\n")

    assert (made.off, faults) == (True, [])


def test_a_later_amendment_builds_on_an_earlier_one(tmp_path):
    again = "  - amend: late\n    because: more\n    steps: [3 days before]\n    draft: ask\n    urgent: true\n"
    more = "    tell: [office]\n" + again
    [made], faults = amended(tmp_path, more)

    assert faults == []
    assert (made.condition.ladder, made.tell.values) == (("3 days before",), ((0, "office"),))


def test_the_other_rules_keep_their_order(tmp_path):
    second = rule().replace("id: late", "id: second")
    rules, _ = amended(tmp_path, "    tell: [office]\n", SHIPPED + second)

    assert [each.id for each in rules] == ["demo/late", "demo/second"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("    stpes: [on the day]\n", ["5:5: `stpes` is not a field of a rule; did you mean `steps`?"]),
        ("", ["3:5: an amendment says either `off: true` or other fields of the rule"]),
        (
            "    off: true\n    tell: [pi]\n",
            ["3:5: an amendment says either `off: true` or other fields of the rule"],
        ),
        ("    id: other\n", ["5:5: `id` cannot be amended: the alert is known by it"]),
        ("    deadline: ends_onn\n", ["5:15: there is no fact `ends_onn`; did you mean `ends_on`?"]),
        (
            "    tell: [pi]\n  - amend: demo/lat\n    because: x\n    tell: [pi]\n",
            ["6:12: there is no rule `demo/lat` to amend; did you mean `demo/late`?"],
        ),
        (
            "    steps: [1 week before]\n",
            [f"3:5: `demo/late` does not fit together with this: `on the day` {NO_STEP}; there are 1 week before"],
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path, lines, expected):
    [made], faults = amended(tmp_path, lines)

    assert faults == expected
    assert made.condition.ladder == ("1 week before", "on the day")


def test_an_amendment_says_why(tmp_path):
    own = "version: 1\nrules:\n  - amend: demo/late\n    tell: [pi]\n"
    _, faults = book(tmp_path / "rules", {"ask": DRAFT}, demo=SHIPPED, own=own)

    assert faults == ["rules/own.yaml:3:5: an amendment needs `because`"]


def test_what_is_off_stays_off_until_it_is_said_to_be_on(tmp_path):
    more = "    off: true\n  - amend: demo/late\n    because: more\n    tell: [office]\n"
    [made], faults = amended(tmp_path, more)
    [again], _ = amended(tmp_path, more + "    off: false\n")

    assert (faults, made.off, made.tell.values, again.off) == ([], True, ((0, "office"),), False)


def test_an_amendment_names_a_rule(tmp_path):
    own = "version: 1\nrules:\n  - amend:\n    because: x\n    tell: [pi]\n"
    _, faults = book(tmp_path / "rules", {"ask": DRAFT}, demo=SHIPPED, own=own)

    assert faults == ["rules/own.yaml:3:5: an amendment names the rule that it changes: `amend: <program>/<rule>`"]


SERVICE = """\
version: 1
program: notifier
rules:
  - {id: failing, title: x, while: accounts_rejected > 0, tell: [operator]}
"""
HOUSE = """\
version: 1
rules:
  - {id: spent, title: x, threshold: spend(yesterday), reaches: [5 USD], tell: [team]}
"""


@pytest.mark.parametrize("program", ["", "program: other\n"])
def test_any_file_amends_rules_of_any_other(tmp_path, program):
    amends = "".join(
        f"  - {{amend: {name}, off: true, because: ours}}\n"
        for name in ("demo/late", "notifier/failing", "house/spent")
    )
    files = {"demo": SHIPPED, "service": SERVICE, "house": HOUSE}
    rulebook, faults = book(
        tmp_path / "rules", {"ask": DRAFT}, **files, aaa=f"version: 1\n{program}rules:\n{amends}"
    )

    assert faults == []
    off = {rule.id for each in rulebook.programs.values() for rule in each.rules if rule.off}
    on = {rule.id for each in rulebook.programs.values() for rule in each.rules if not rule.off}
    assert (off, on) == ({"demo/late", "notifier/failing", "house/spent"}, set())
