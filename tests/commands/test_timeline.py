"""``timeline``: what will be told over a grant's whole life, as of any moment and under any supposition."""

import json
import re
import shutil
from datetime import date

import pytest
from click.testing import CliRunner

from notifier.cli import main
from notifier.clock import Clock
from notifier.commands.common import SHIPPED_RULES
from notifier.core.calendar import utc
from notifier.core.money import Money
from notifier.files.places import Places, read_files
from notifier.flow.declare import declare
from notifier.store.store import Store
from tests.commands.conftest import PROGRAM

pytestmark = pytest.mark.usefixtures("five_rules")
ROW = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{4}-\d{2}-\d{2})\s+(came|passed|done|)\s*(.+?)\s{2,}")


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


@pytest.mark.parametrize("enrolled", ["2023-05-03", "2024-03-01", "2026-11-20"])
def test_an_ended_grant_owes_the_same_whenever_it_was_enrolled(call, here, enrolled):
    (here / "accounts.yaml").write_text(one("", f"accepted_on: 2023-05-02, enrolled_on: {enrolled}"))
    result = call("timeline", "--now", "2026-11-22")
    document = json.loads(call("timeline", "--now", "2026-11-22", "--format", "json").stdout)

    assert "This grant ended on 2 May 2024. Still owed: One-page summary is due." in result.stdout
    assert document["accounts"][0]["grants"][0]["owed"] == ["One-page summary is due"]
    assert "still owed: One-page summary is due" in call("status", "--now", "2026-11-22").stdout


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


OCTOBER_26 = 1_793_000_000  # 2026, in the morning
GRANTED = {"credits_granted": Money(10**9, "USD")}


def remembering(accounts, here, *acts):
    """A service that has read the accounts file on 26 October, and then carried out *acts*."""
    files = read_files(Places(SHIPPED_RULES, accounts, here / "state"), OCTOBER_26)
    store = Store.open(here / "state" / "notifier.db", lock=True)
    store.write(declare, files.declared, OCTOBER_26)
    for act in acts:
        store.write(act)
    store.close()


def late(result):
    """The rows about credits that have not arrived: day and state."""
    return [(day, state) for day, state, what in rows(result) if what.startswith("Credits have not arrived")]


def test_what_was_recorded_counts_from_then_on_and_what_came_before_stays(call, accounts, here):
    remembering(accounts, here, lambda tx: tx.record("lab", "2026", GRANTED, OCTOBER_26 + 9 * 86_400, "somebody"))
    result = call("timeline", "--account", "lab", "--now", "2026-11-22")
    document = json.loads(call("timeline", "--account", "lab", "--now", "2026-11-22", "--format", "json").stdout)
    states = [each["state"] for each in document["accounts"][0]["grants"][0]["coming"]]

    assert late(result) == [
        ("2026-10-19", "came"),
        ("2026-10-27", "came"),
        ("2026-11-02", "came"),
        ("2026-11-04", "done"),
    ]
    assert "Now known: credits granted 1,000.00 USD." in result.stdout
    assert states[:5] == ["came", "came", "came", "done", "coming"]
    assert late(call("timeline", "--account", "library/2026", "--now", "2026-11-22"))[-1] == ("2026-12-21", "")


def test_what_was_taken_back_counted_until_then(call, accounts, here):
    remembering(
        accounts,
        here,
        lambda tx: tx.record("lab", "2026", GRANTED, OCTOBER_26 + 86_400, "somebody"),
        lambda tx: tx.take_back("lab", "2026", ["credits_granted"], OCTOBER_26 + 9 * 86_400, "somebody"),
    )

    assert late(call("timeline", "--account", "lab", "--now", "2026-11-10")) == [
        ("2026-10-19", "came"),
        ("2026-10-27", "done"),
        ("2026-11-04", "came"),
        ("2026-11-09", "came"),
        ("2026-11-16", ""),
        ("2026-11-23", ""),
    ]


def test_what_is_supposed_goes_before_what_was_recorded(call, accounts, here):
    remembering(accounts, here, lambda tx: tx.record("lab", "2026", GRANTED, OCTOBER_26 + 9 * 86_400, "somebody"))
    supposed = ("--if", "credits_granted=1000 on 2026-10-28")

    assert late(call("timeline", "--account", "lab", "--now", "2026-11-22", *supposed)) == [
        ("2026-10-19", "came"),
        ("2026-10-27", "came"),
        ("2026-10-28", "done"),
    ]


def test_the_words_beside_past_days_are_explained_where_they_are_used(call, accounts):
    lab, library = (call("timeline", "--account", name).stdout for name in ("lab", "library/2023"))
    future = call("timeline", "--account", "lab", "--now", "2026-10-06").stdout

    assert "came: its moment is past\n" in lab
    assert "came: its moment is past; passed: before the grant was enrolled, so not told\n" not in lab
    assert "\npassed: before the grant was enrolled, so not told\n" in library
    assert "came:" not in future


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


AMOUNT_ON_A_WORD = (
    "--if credits_left: 'some on Monday' is not an amount such as 1000 USD or 12.50 EUR; "
    "a day is written as `on 2026-12-04`"
)

# -- choosing what to see --------------------------------------------------------------------------------------


def heads(result):
    """The accounts and grants that are shown."""
    assert result.exit_code == 0, result.output
    return [line.partition("  ")[0] for line in result.stdout.splitlines() if "told at" in line]


def test_accounts_and_single_grants_can_be_chosen(call, accounts):
    assert heads(call("timeline")) == ["lab", "library, grant 2023", "library, grant 2026"]
    assert heads(call("timeline", "--account", "library/2026")) == ["library, grant 2026"]
    assert heads(call("timeline", "--account", "library/2023", "--account", "lab")) == [
        "lab",
        "library, grant 2023",
    ]
    assert heads(call("timeline", "--account", "library/2026", "--account", "library/2023")) == heads(
        call("timeline", "--account", "library")
    )
    assert heads(call("timeline", "--account", "library/2026", "--account", "library")) == heads(
        call("timeline", "--account", "library")
    )


def test_everything_that_is_wrong_with_a_call_is_said_at_once(call, accounts):
    wrong = ("--account", "lob", "--account", "library/2025", "--from", "soon", "--if", "credits_granted")
    wrong += ("--if", "credits_granted=5 on 2026-02-30", "--if", "credits_grantd=5")
    result = call("timeline", *wrong, "--account", "lab", "--if", "credits_left=some on Monday")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "--from 'soon' is not a date such as 2026-11-22",
        "--if 'credits_granted' is not a fact and its value, such as \"credits_granted=1000 USD on 2026-12-04\"",
        "--if 'credits_granted=5 on 2026-02-30': there is no day 2026-02-30",
        "there is no account `lob` in accounts.yaml; did you mean `lab`?",
        "`library` has no grant `2025`; did you mean `2026`?",
        "--if credits_grantd: there is no such fact; did you mean `credits_granted`?",
        AMOUNT_ON_A_WORD,
    ]


def test_only_the_days_that_are_asked_for_are_shown(call, accounts):
    found = rows(call("timeline", "--account", "lab", "--from", "2027-09-21", "--until", "2027-09-28"))

    assert {day for day, _, _ in found} == {"2027-09-21", "2027-09-28"}
    assert (
        "Nothing is told in this time." in call("timeline", "--from", "2027-01-01", "--until", "2027-01-02").stdout
    )


def test_days_that_end_before_they_begin_are_refused(call, accounts):
    result = call("timeline", "--from", "2027-01-02", "--until", "2027-01-01")

    assert (result.exit_code, result.stderr) == (2, "--until 2027-01-01 lies before --from 2027-01-02\n")


def test_accounts_without_a_grant_and_files_without_an_account_say_what_to_do(call, here):
    (here / "accounts.yaml").write_text("version: 1\naccounts:\n  - {id: lab}\n")
    without_grant = call("timeline")
    (here / "accounts.yaml").write_text("version: 1\n")
    without_account = call("timeline")

    assert without_grant.stdout == "\nlab has no grant: `enroll` adds one from an acceptance mail.\n"
    assert without_account.exit_code == 2
    assert "there is no account in accounts.yaml yet: `enroll` adds one" in without_account.stderr


# -- supposing -------------------------------------------------------------------------------------------------


def test_what_is_supposed_stands_at_the_top_and_ends_the_reminders(call, accounts):
    supposed = ("--if", "credits_granted=1000 on 2026-12-04", "--if", "affiliation=A University")
    result = call("timeline", "--account", "lab", "--now", "2026-11-22", *supposed)
    late = [(day, state) for day, state, what in rows(result) if what.startswith("Credits have not arrived")]

    assert result.stdout.splitlines()[:2] == [
        "Supposing affiliation A University from now",
        "Supposing credits_granted 1,000.00 USD from 4 December 2026",
    ]
    assert late[-2:] == [("2026-11-23", ""), ("2026-12-04", "done")]
    assert "Now known: credits granted 1,000.00 USD." in result.stdout


def test_what_is_supposed_of_several_grants_is_said_once(call, accounts):
    result = call("timeline", "--if", "credits_granted=1000 on 2026-12-04")

    assert len(heads(result)) == 3
    assert result.stdout.count("Supposing") == 1


def test_supposing_changes_nothing_that_lasts(call, accounts):
    before = call("timeline", "--now", "2026-11-22").stdout
    call("timeline", "--now", "2026-11-22", "--if", "credits_granted=1000")

    assert call("timeline", "--now", "2026-11-22").stdout == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("credits_used=5", "--if credits_used: suppose what people record or declare; this is derived\n"),
        ("spend_limit=5", "suppose what people record or declare; this is polled from the provider\n"),
        ("enrolled_on=2026-01-01", "this is what tells grants apart\n"),
        ("credits_left=5 EUR", "--if credits_left: lab: no rate from EUR to USD is stated under `rates:`\n"),
        ("summary_submitted_on=soon", "--if summary_submitted_on: 'soon' is not a date such as 2026-11-22\n"),
    ],
)
def test_what_cannot_be_supposed_says_why(call, accounts, text, why):
    result = call("timeline", "--account", "lab", "--if", text)

    assert result.exit_code == 2
    assert result.stderr.endswith(why)


def test_an_unknown_fact_without_a_likeness_lists_what_there_is_once(call, accounts):
    result = call("timeline", "--if", "qqq=1", "--if", "zzz=2")

    assert result.stderr.count("there are organization, ") == 1
    assert "--if qqq: there is no such fact\n--if zzz: there is no such fact\n" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("write_after=10 weeks", "write_after 10 weeks from now"),
        ("granted_models=gpt-4, o1", "granted_models gpt-4 and o1 from now"),
        ("use_case=We look on models", "use_case We look on models from now"),
        ("use_case = day on  2026-12-04 ", "use_case day from 4 December 2026"),
        ("credits_expire_on=2027-01-31", "credits_expire_on 31 January 2027 from now"),
        (f"use_case={'x' * 200}", f"use_case {'x' * 79}… from now"),
    ],
)
def test_every_kind_of_fact_can_be_supposed(call, accounts, text, said):
    assert call("timeline", "--account", "lab", "--if", text).stdout.splitlines()[0] == f"Supposing {said}"


# -- in a terminal ---------------------------------------------------------------------------------------------

OTHERWISE = f"""\
version: 1
defaults: {{time_zone: Europe/Berlin}}
accounts:
  - id: lab
    people: {{pi: [mailto:a@example.edu], team: ["slack:#lab-grants"]}}
    paused: {{until: 2027-08-31, because: sabbatical}}
    overrides:
      - {{rule: no-spend-limit-before-the-end, off: true, because: we never pay}}
      - {{rule: credits-used, off: true, because: field work, until: 2026-12-31}}
    grants:
      - {{id: "2026", program: {PROGRAM}, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}}
"""


def test_eighty_columns_fold_no_word_and_keep_a_step_in_one_piece(accounts):
    result = CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(main, ["timeline", "--now", "2026-11-22"])
    lines = result.stdout.splitlines()
    steps = re.findall(r"\((?:on the day|[\w ]+ (?:before|after))\)", result.stdout)

    assert max(map(len, lines)) <= 80
    assert len(steps) == len(rows(result))
    assert "letter credits-not-allocated, 4 blanks " in result.stdout
    assert any(line.strip() == "(3 working days before)" for line in lines)


def test_what_a_pause_holds_and_what_is_off_is_named(call, here):
    (here / "accounts.yaml").write_text(OTHERWISE)
    lines = call("timeline", "--now", "2026-11-22").stdout.splitlines()
    held = [
        after.strip() for line, after in zip(lines, lines[2:], strict=False) if line.startswith("Mon 2026-11-23")
    ]

    assert held == ["held until 1 September 2027: sabbatical"]
    assert "Paused through 31 August 2027: sabbatical. Only what is urgent is told meanwhile;" in "\n".join(lines)
    assert "Off: no-spend-limit-before-the-end, because: we never pay." in lines
    assert "Off through 31 December: credits-used, because: field work." in lines
    assert not [line for line in lines if "Nothing stops paid usage" in line or line.startswith("Whenever")]


# -- for programs, and for calendars ---------------------------------------------------------------------------


def test_the_document_for_programs_has_these_keys_and_no_others(call, here):
    (here / "accounts.yaml").write_text(OTHERWISE)
    arguments = ("--now", "2026-11-22", "--from", "2026-11-23", "--until", "2026-11-23", "--format", "json")
    result = call("timeline", *arguments, "--if", "credits_expire_on=2027-01-31 on 2027-01-01")
    pi = {"role": "pi", "name": "", "reach": ["mailto:a@example.edu"]}
    team = {"role": "team", "name": "", "reach": ["slack:#lab-grants"]}

    assert json.loads(result.stdout) == {
        "version": 1,
        "now": "2026-11-22T12:00:00Z",
        "suppositions": [{"fact": "credits_expire_on", "value": "2027-01-31", "from": "2027-01-01"}],
        "accounts": [
            {
                "id": "lab",
                "zone": "Europe/Berlin",
                "people": [pi, team],
                "grants": [
                    {
                        "id": "2026",
                        "program": PROGRAM,
                        "ended_on": None,
                        "owed": [],
                        "asked": [],
                        "paused": {"because": "sabbatical", "until": "2027-08-31"},
                        "coming": [
                            {
                                "at": "2026-11-23T09:00:00+01:00",
                                "day": "2026-11-23",
                                "rule": f"{PROGRAM}/credits-not-allocated",
                                "step": "4 weeks after",
                                "anchor": "2026-10-26",
                                "state": "coming",
                                "reason": "escalated",
                                "title": "Credits have not arrived",
                                "say": "Accepted 5 October. The program asks you to write if there are no credits "
                                "3 weeks later: 26 October, 28 days ago.",
                                "next": "Record the credits if they are there; if not, send the letter from [the "
                                "address that the acceptance was sent to] once 26 October has passed.",
                                "to": [team, pi],
                                "letter": {
                                    "name": "credits-not-allocated",
                                    "to": "researcheraccess@openai.com",
                                    "subject": "Researcher Access credits not received - organization "
                                    "[organization id: Settings, Organization, General]",
                                    "blanks": 4,
                                },
                                "urgent": False,
                                "held_until": "2027-09-01",
                                "held_because": "sabbatical",
                            }
                        ],
                        "whenever": [],
                        "exceptions": [
                            {
                                "rule": f"{PROGRAM}/credits-used",
                                "off": True,
                                "set": None,
                                "because": "field work",
                                "until": "2026-12-31",
                            },
                            {
                                "rule": f"{PROGRAM}/no-spend-limit-before-the-end",
                                "off": True,
                                "set": None,
                                "because": "we never pay",
                                "until": None,
                            },
                        ],
                    }
                ],
            }
        ],
    }


def test_rules_that_depend_on_no_date_are_in_the_document_too(call, accounts):
    document = json.loads(call("timeline", "--account", "lab", "--format", "json").stdout)
    [rule] = document["accounts"][0]["grants"][0]["whenever"]

    assert (rule["rule"], rule["steps"]) == (f"{PROGRAM}/credits-used", ["50%", "80%", "95%", "100%"])
    assert [person["role"] for person in rule["to"]] == ["team", "pi"]


def days(path):
    """The days of the events in a calendar file."""
    return re.findall(rb"DTSTART;VALUE=DATE:(\d+)", path.read_bytes())


def test_a_calendar_file_has_what_is_to_come(call, accounts, here):
    result = call(
        "timeline", "--now", "2026-11-22", "--ics", "grant.ics", "--if", "summary_submitted_on=2027-09-01"
    )

    assert (
        result.stderr
        == f"Wrote {len(days(here / 'grant.ics'))} reminders to grant.ics: import it into your calendar.\n"
    )
    assert len(days(here / "grant.ics")) == len([row for row in rows(result) if not row[1]])
    assert days(here / "grant.ics")[0] == b"20261123"


def test_a_calendar_file_from_a_day_has_what_has_passed_since_too(call, accounts, here):
    call("timeline", "--account", "lab", "--now", "2026-11-22", "--ics", "g.ics", "--from", "2026-11-09")
    call("timeline", "--account", "lab", "--now", "2026-11-22", "--ics", "u.ics", "--until", "2026-11-30")

    assert days(here / "g.ics")[:3] == [b"20261109", b"20261116", b"20261123"]
    assert days(here / "u.ics") == [b"20261123"]


def test_nothing_that_is_done_becomes_a_reminder(call, accounts, here):
    supposed = ("--now", "2026-11-22", "--until", "2026-12-31", "--if", "credits_granted=1000 on 2026-12-04")
    result = call("timeline", "--account", "lab", "--ics", "grant.ics", *supposed)

    assert days(here / "grant.ics") == [b"20261123"]
    assert result.stderr == "Wrote 1 reminder to grant.ics: import it into your calendar.\n"


def test_a_calendar_without_a_reminder_says_so(call, accounts, here):
    result = call("timeline", "--now", "2030-01-01", "--ics", "grant.ics")

    assert result.stderr == "Wrote no reminder to grant.ics: nothing is to come.\n"
    assert days(here / "grant.ics") == []


def test_a_calendar_on_the_standard_output_stands_there_alone(call, accounts):
    result = call("timeline", "--ics", "-", "--now", "2026-11-22")

    assert result.stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")
    assert result.stdout_bytes.endswith(b"END:VCALENDAR\r\n")
    assert result.stderr == ""
    assert call("timeline", "--ics", "-", "--format", "json").exit_code == 2


def test_a_calendar_file_that_cannot_be_written_is_named(call, accounts, here):
    (here / "folder").mkdir()
    result = call("timeline", "--ics", "folder")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "folder cannot be written: Is a directory\n"


def test_what_was_recorded_a_moment_ago_counts_before_the_service_has_seen_it(call, accounts, here):
    accepted = date.fromordinal(utc(Clock().now()).toordinal() - 10)
    accounts.write_text(
        f"version: 1\naccounts:\n  - id: lab\n    program: {PROGRAM}\n    accepted_on: {accepted}\n",
        encoding="utf-8",
    )
    Store.open(here / "state" / "notifier.db", lock=True).close()

    assert "Credits have not arrived" in call("timeline").stdout
    assert call("record", "lab", "credits_granted", "1000", "USD").exit_code == 0
    assert "Credits have not arrived" not in call("timeline").stdout


def test_a_mistake_of_another_account_is_said_and_does_not_matter(call, accounts):
    text = accounts.read_text(encoding="utf-8")
    accounts.write_text(text.replace("accepted_on: 2023-05-02", "accepted_on: 2023-05-32"), encoding="utf-8")
    asked, all_of_them = call("timeline", "--account", "lab/2026"), call("timeline")

    assert (asked.exit_code, all_of_them.exit_code) == (0, 1)
    assert asked.stderr.startswith("Left out: accounts.yaml:14:70: there is no day 2023-05-32")
    assert "Credits have not arrived" in asked.stdout
    assert call("timeline", "--account", "library").exit_code == 1


def test_what_is_open_when_a_grant_is_enrolled_is_named_as_asked_in_one_message(call, accounts):
    accounts.write_text(one("", "accepted_on: 2026-09-01, enrolled_on: 2026-11-20"), encoding="utf-8")
    late = " ".join(call("timeline", "--now", "2026-11-21").stdout.split())
    accounts.write_text(one("", "accepted_on: 2026-09-01, enrolled_on: 2026-09-02"), encoding="utf-8")
    early = call("timeline", "--now", "2026-11-21").stdout

    said = "Open already when it was enrolled, on 20 November; asked in one message: Credits have not arrived."
    assert said in late
    assert "Open already" not in early
