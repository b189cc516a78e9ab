"""Labels, pauses, overrides and common defaults of accounts files; every mistake in them has its place."""

from datetime import date, time
from pathlib import Path

import pytest

from notifier.core.account import Override, Pause, Person
from notifier.files.accounts import accounts_files, read_accounts
from notifier.files.rulebook import read_rulebook

PROGRAM = "openai-researcher-access"
RULE = f"{PROGRAM}/credits-not-allocated"
PROGRAMS = read_rulebook(Path(__file__).parents[2] / "rules", "rules", []).programs
LAB = f"""\
version: 1
accounts:
  - id: lab
    grants:
      - {{id: "1", program: {PROGRAM}, accepted_on: 2026-10-05}}
"""  # five lines: what a test adds to the account begins at line 6


def read(path):
    faults = []
    declared = read_accounts(accounts_files(path), PROGRAMS, range(2026, 2028), faults)
    return {each.account.id: each for each in declared}, [str(fault) for fault in sorted(faults)]


@pytest.fixture
def lab(tmp_path):
    """The account called lab with some lines more, which have no mistake."""

    def one(*lines):
        path = tmp_path / "accounts.yaml"
        path.write_text(LAB + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
        found, faults = read(path)
        assert faults == []
        return found["lab"].account

    return one


@pytest.fixture
def mistakes(tmp_path):
    def of(*lines):
        path = tmp_path / "accounts.yaml"
        path.write_text(LAB + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
        found, faults = read(path)
        assert found == {}
        return [fault.removeprefix(f"{path}:") for fault in faults]

    return of


def day(text):
    return date.fromisoformat(text).toordinal()


# -- what is read ---------------------------------------------------------------------------------------------


def test_labels_are_words_of_the_groups_own(lab):
    assert lab("labels: {department: informatics, strict_models: true}").labels == {
        "department": "informatics",
        "strict_models": "true",
    }


def test_a_pause_of_the_account_lasts_until_a_day_or_for_good(lab):
    assert lab("paused: {until: 2027-03-01, because: sabbatical}").paused == Pause("sabbatical", day("2027-03-01"))
    assert lab("paused: {because: sabbatical}").paused == Pause("sabbatical")


def test_a_pause_may_be_a_grants_own(tmp_path):
    path = tmp_path / "accounts.yaml"
    path.write_text(LAB.replace("2026-10-05}", "2026-10-05, paused: {because: a strike}}"), encoding="utf-8")
    account = read(path)[0]["lab"].account

    assert (account.paused, account.grants[0].paused) == (None, Pause("a strike"))


def test_where_the_grants_fields_stand_on_the_account_the_pause_is_the_accounts(tmp_path):
    path = tmp_path / "accounts.yaml"
    path.write_text(
        f"version: 1\naccounts:\n  - id: lab\n    program: {PROGRAM}\n    accepted_on: 2026-10-05\n"
        "    paused: {because: a strike}\n"
    )
    account = read(path)[0]["lab"].account

    assert (account.paused, account.grants[0].paused) == (Pause("a strike"), None)


def test_a_rule_is_switched_off_or_gets_other_fields(lab):
    account = lab(
        "overrides:",
        "  - {rule: credits-used, off: true, because: field work, until: 2027-02-28}",
        f"  - {{rule: {RULE}, set: {{steps: [3 days after], tell: [pi], draft: summary}}, because: holidays}}",
    )

    assert account.overrides == (
        Override("credits-used", "field work", "", day("2027-02-28")),
        Override(RULE, "holidays", '{"steps": ["3 days after"], "tell": ["pi"], "draft": "summary"}'),
    )
    assert [each.off for each in account.overrides] == [True, False]


def test_what_is_set_reads_the_rule_anew_under_its_old_id(lab):
    account = lab(f"overrides: [{{rule: {RULE}, set: {{title: Nothing yet, draft: summary}}, because: tone}}]")
    before, after = (
        next(rule for rule in program.rules if rule.id == RULE)
        for program in (PROGRAMS[PROGRAM], PROGRAMS[PROGRAM].under(account.overrides))
    )

    assert after.title.fill(str) == "Nothing yet"
    assert (after.condition.ladder, after.tell) == (before.condition.ladder, before.tell)


def test_people_have_a_position_and_a_language(tmp_path, lab):
    people = lab(
        "people: {pi: {name: Ada, position: PhD student, language: de-AT, reach: [mailto:a@b.example]}}"
    ).people

    assert people == {"pi": Person(("mailto:a@b.example",), "Ada", "PhD student", "de-AT")}
    facts = read(tmp_path / "accounts.yaml")[0]["lab"].facts
    assert (facts["pi_name"], facts["pi_position"]) == ("Ada", "PhD student")


# -- mistakes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("paused: {until: 2027-03-01}", "6:13: `paused` needs `because`"),
        ("paused: {becuase: x}", "6:14: `becuase` is not a field of `paused`; did you mean `because`?"),
        ("paused: true", "6:13: `paused` is a mapping of fields, not a value"),
        ("labels: [a]", "6:13: `labels` is a mapping of fields, not a list"),
        ("labels: {a: [b]}", "6:17: a single value is wanted here, not a list"),
        (
            "overrides: [{rule: credits-usd, off: true, because: x}]",
            "6:24: there is no rule `credits-usd` for the grants of this account; did you mean `credits-used`?",
        ),
        (
            "overrides: [{rule: credits-used, because: x}]",
            "6:17: an override says either `off: true` or `set: {…}`",
        ),
        (
            "overrides: [{rule: credits-used, off: false, because: x}]",
            "6:17: an override says either `off: true` or `set: {…}`",
        ),
        (
            "overrides: [{rule: credits-used, off: true, set: {tell: [pi]}, because: x}]",
            "6:17: an override says either `off: true` or `set: {…}`",
        ),
        (
            "overrides: [{rule: credits-used, set: {reachs: [50%]}, because: x}]",
            "6:44: `reachs` is not a field of a rule; did you mean `reaches`?",
        ),
        (
            "overrides: [{rule: credits-used, set: {when: credits_usd}, because: x}]",
            "6:50: there is no fact `credits_usd`; did you mean `credits_used`?",
        ),
        (
            "overrides: [{rule: credits-used, set: {id: other}, because: x}]",
            "6:44: `id` cannot be set otherwise: the alert is known by it",
        ),
        (
            "overrides: [{rule: credits-used, set: [a], because: x}]",
            "6:43: `set` is a mapping of the rule's fields, not a list",
        ),
        ("people: {pi: {language: german}}", "6:29: 'german' is not the code of a language such as en or de-AT"),
    ],
)
def test_a_mistake_has_its_place_and_what_was_probably_meant(mistakes, line, mistake):
    assert mistake in mistakes(line)


# -- an office: one file for each department ------------------------------------------------------------------

COMMON = """\
version: 1
calendars: {uni: {closed: [2026-12-24..2027-01-03]}}
defaults:
  time_zone: Europe/Berlin
  tell_at: "08:30"
  calendar: uni
  currency: EUR
  affiliation: Example University
  people: {office: mailto:grants@example.edu}
"""


def office(folder, common, **departments):
    (folder / "accounts.yaml").write_text(common, encoding="utf-8")
    (folder / "accounts").mkdir()
    for name, text in departments.items():
        (folder / "accounts" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read(folder / "accounts.yaml")


def test_common_defaults_hold_in_every_departments_file(tmp_path):
    found, faults = office(tmp_path, COMMON, physics=LAB)
    account = found["lab"].account

    assert faults == []
    assert (account.locale.zone.key, account.locale.tell_at, account.locale.currency) == (
        "Europe/Berlin",
        time(8, 30),
        "EUR",
    )
    assert not account.locale.calendar.is_open(day("2026-12-28"))
    assert account.people == {"office": Person(("mailto:grants@example.edu",))}
    assert found["lab"].facts["affiliation"] == "Example University"


def test_a_departments_own_defaults_win_field_by_field(tmp_path):
    own = LAB.replace(
        "accounts:", "defaults: {time_zone: Europe/Lisbon, people: {pi: mailto:a@b.example}}\naccounts:"
    )
    found, _ = office(tmp_path, COMMON, physics=own, zoology=LAB.replace("lab", "zoo"))
    physics, zoology = found["lab"].account, found["zoo"].account

    assert (physics.locale.zone.key, physics.locale.currency) == ("Europe/Lisbon", "EUR")
    assert list(physics.people) == ["office", "pi"]
    assert (zoology.locale.zone.key, list(zoology.people)) == ("Europe/Berlin", ["office"])


def test_faulty_common_defaults_are_said_once_and_every_account_is_left_out(tmp_path):
    wrong = COMMON.replace("Europe/Berlin", "Europe/Berlon")
    found, faults = office(tmp_path, wrong, physics=LAB, zoology=LAB.replace("lab", "zoo"))

    assert found == {}
    assert [fault.partition("accounts.yaml:")[2] for fault in faults] == [
        "4:14: 'Europe/Berlon' is not a time zone such as Europe/Berlin; did you mean `Europe/Berlin`?"
    ]


def test_what_the_rest_of_the_rule_does_not_allow_is_the_overrides_mistake(mistakes):
    line = "overrides: [{rule: access-ends, set: {steps: [30 days before]}, because: x}]"

    rule = "openai-researcher-access/access-ends"
    why = "`1 working day before` is not one of the rule's steps; did you mean `30 days before`?"
    assert mistakes(line) == [f"6:42: `{rule}` does not fit together with this: {why}"]


KEY = "sk-proj-" + "4711" * 8


@pytest.mark.parametrize(
    "line", [f"affiliation: my key is {KEY}", f"people: {{pi: {{name: {KEY}}}}}", f"labels: {{a: {KEY}}}"]
)
def test_a_key_that_was_pasted_somewhere_is_refused_and_never_repeated(mistakes, line):
    [mistake] = mistakes(line)

    assert mistake.endswith("looks like a key; a key never stands here, only its name, under `key: {env: NAME}`")
    assert "4711" not in mistake


def test_an_account_cannot_be_called_like_a_key(tmp_path):
    path = tmp_path / "accounts.yaml"
    path.write_text(LAB.replace("id: lab", f"id: {KEY}"), encoding="utf-8")
    found, faults = read(path)

    assert (found, len(faults)) == ({}, 1)
    assert "looks like a key" in faults[0]
    assert "4711" not in faults[0]
