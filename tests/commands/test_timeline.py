"""``timeline``: what will be told over a grant's whole life, as of any moment."""

import re
import shutil

import pytest

from notifier.commands.common import SHIPPED_RULES
from notifier.core.money import Money
from notifier.flow.declare import declare
from notifier.service import Places, read_files
from notifier.store.store import Store
from tests.commands.conftest import PROGRAM

ROW = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d{2}-\d{2})\s+(came|passed|)\s*(.+?)\s{2,}")


def rows(result):
    """Each line of the table: day, state, what."""
    assert result.exit_code == 0, result.output
    return [found.groups() for line in result.stdout.splitlines() if (found := ROW.match(line))]


def one(text, grant):
    """An accounts file with one grant."""
    return f"version: 1\n{text}accounts:\n  - {{id: lab, program: {PROGRAM}, {grant}}}\n"


def test_a_grant_enrolled_at_its_acceptance_shows_its_whole_life(call, accounts):
    found = rows(call("timeline", "--account", "lab", "--now", "2026-11-22"))
    credits_late = [(day, state) for day, state, what in found if what.startswith("Credits have not arrived")]

    assert credits_late == [
        ("2026-10-19", "came"),
        ("2026-10-27", "came"),
        ("2026-11-02", "came"),
        ("2026-11-09", "came"),
        ("2026-11-16", "came"),
        ("2026-11-23", ""),
    ]
    assert ("2027-10-05", "", "urgent: Free access ends today (on the day)") in found
    assert sorted(day for day, _, _ in found) == [day for day, _, _ in found]


def test_the_same_life_at_another_moment(call, accounts):
    before = rows(call("timeline", "--account", "lab", "--now", "2026-10-06"))
    after = rows(call("timeline", "--account", "lab", "--now", "2028-01-01"))

    assert [(day, what) for day, _, what in before] == [(day, what) for day, _, what in after]
    assert {state for _, state, _ in before} == {""}
    assert {state for _, state, _ in after} == {"came"}


def test_a_step_is_told_from_its_hour_on(call, accounts):
    states = {}
    for now in ("2026-11-23T07:59Z", "2026-11-23T08:00Z"):
        found = rows(call("timeline", "--account", "lab", "--now", now))
        states[now] = next(state for day, state, _ in found if day == "2026-11-23")

    assert states == {"2026-11-23T07:59Z": "", "2026-11-23T08:00Z": "came"}


def test_an_ended_grant_is_named_as_ended_with_what_is_still_owed(call, accounts):
    result = call("timeline", "--account", "library", "--now", "2026-11-22")
    states = {state for day, state, _ in rows(result) if day < "2026"}

    assert "library, grant 2023" in result.stdout
    assert "This grant ended on 2 May 2024. Still owed: One-page summary is due." in result.stdout
    assert states == {"passed"}


def test_an_ended_grant_that_owes_nothing_says_so(call, here):
    ended = "accepted_on: 2023-05-02, enrolled_on: 2026-11-20, summary_submitted_on: 2024-05-01"
    (here / "accounts.yaml").write_text(one("", ended))

    assert (
        "This grant ended on 2 May 2024. Nothing is owed any more."
        in call("timeline", "--now", "2026-11-22").stdout
    )


def test_a_rule_that_depends_on_no_date_is_named_below_the_table(call, accounts):
    line = next(
        line for line in call("timeline", "--account", "lab").stdout.splitlines() if line.startswith("Whenever")
    )

    assert "Credits are running low" in line
    assert "50%, 80%, 95% and 100%" in line


@pytest.mark.parametrize("tell_at", ["00:30", "02:30", "09:00"])
@pytest.mark.parametrize(
    ("accepted", "zone", "night"),
    [
        ("2027-03-06", "Europe/Berlin", "2027-03-28"),  # in this night 02:30 does not exist
        ("2026-10-03", "Europe/Berlin", "2026-10-25"),  # in this one it comes twice
        ("2027-02-20", "America/New_York", "2027-03-14"),
    ],
)
def test_a_step_keeps_its_date_in_the_nights_that_change_the_clock(call, here, tell_at, accepted, zone, night):
    (here / "accounts.yaml").write_text(
        one(f"defaults: {{time_zone: {zone}, tell_at: '{tell_at}'}}\n", f"accepted_on: {accepted}")
    )
    found = rows(call("timeline", "--now", "2026-11-22"))

    assert night in [day for day, _, what in found if what.startswith("Credits have not arrived")]


def test_working_days_of_the_accounts_calendar_count(call, here):
    calendar = "calendars: {x: {closed: [2027-09-28..2027-10-04]}}\ndefaults: {calendar: x}\n"
    (here / "accounts.yaml").write_text(one(calendar, "accepted_on: 2026-10-05"))
    found = rows(call("timeline", "--now", "2026-11-22"))

    assert "2027-09-27" in [day for day, _, what in found if "1 working day before" in what]


@pytest.mark.parametrize(
    ("account", "why"),
    [
        ("lob", "there is no account `lob` in accounts.yaml; did you mean `lab`?\n"),
        ("chemistry", "there is no account `chemistry` in accounts.yaml; there are lab and library\n"),
    ],
)
def test_an_unknown_account_is_named_with_what_was_meant(call, accounts, account, why):
    result = call("timeline", "--account", account)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", why)


def test_of_many_accounts_only_some_are_named(call, here):
    many = "\n".join(f"  - {{id: account-{number}}}" for number in range(50))
    (here / "accounts.yaml").write_text(f"version: 1\naccounts:\n{many}\n")

    assert len(call("timeline", "--account", "x").stderr) < 250


def test_mistakes_in_files_come_first(call, accounts):
    accounts.write_text(accounts.read_text().replace("organization", "organisation"))
    result = call("timeline")

    assert result.exit_code == 1
    assert result.stdout.endswith(
        "5:5: `organisation` is not a field of an account; did you mean `organization`?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [([], "`enroll` makes one from an acceptance mail"), (["--demo"], "start it once with `run --demo`")],
)
def test_without_an_accounts_file_it_says_how_to_get_one(call, arguments, hint):
    result = call("timeline", *arguments)

    assert result.exit_code == 2
    assert hint in result.stderr


def test_what_was_recorded_counts(call, accounts, here):
    now = 1_793_000_000  # October 2026
    files = read_files(Places(SHIPPED_RULES, accounts, here / "state"), now)
    store = Store.open(here / "state" / "notifier.db", lock=True)
    store.write(declare, files.declared, now)
    store.write(lambda tx: tx.record("lab", "2026", {"credits_granted": Money(10**9, "USD")}, now, "somebody"))
    store.close()
    lab, library = (rows(call("timeline", "--account", name)) for name in ("lab", "library"))

    assert "Credits have not arrived" not in str(lab)
    assert "Credits have not arrived" in str(library)


def test_what_rules_say_does_not_act_on_the_terminal(call, accounts, here):
    rules = shutil.copytree(SHIPPED_RULES, here / "rules")
    title = '"Late [bold]indeed[/] [/x] \\e[31m"'
    (rules / "own.yaml").write_text(
        f"version: 1\nrules:\n  - id: late\n    title: {title}\n    deadline: accepted_on\n"
        "    steps: [on the day]\n    tell: [team]\n"
    )
    result = call("timeline", "--account", "lab", "--rules", "rules")

    assert result.exit_code == 0
    assert "Late [bold]indeed[/] [/x]" in result.stdout
    assert "\x1b" not in result.stdout


def test_names_of_people_do_not_act(call, accounts):
    name = '"[bold]A[/] [/x] :bomb: \\e[31m\\u202e"'
    accounts.write_text(accounts.read_text().replace("A. Researcher", name))
    result = call("timeline", "--account", "lab")

    assert result.exit_code == 0
    assert "[bold]A[/] [/x] :bomb:" in result.stdout
    assert [letter for letter in result.stdout if not letter.isprintable() and letter != "\n"] == []
