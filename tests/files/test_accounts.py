"""``accounts.yaml``: who, where, which grants. A faulty account is named and left out, the others are read."""

import json
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.account import Grant, Person
from notifier.core.calendar import Duration
from notifier.core.money import Money
from notifier.files.accounts import accounts_files, read_accounts, years_around
from notifier.files.rulebook import read_rulebook

PROGRAM = "openai-researcher-access"
SHIPPED = read_rulebook(Path(__file__).parents[2] / "rules", "rules", []).programs
PROGRAMS = {PROGRAM: SHIPPED[PROGRAM]}
YEARS = range(2024, 2031)
LAB = f"""\
version: 1
accounts:
  - id: lab
    program: {PROGRAM}
    accepted_on: 2026-10-05
"""  # five lines: what a test adds to the account begins at line 6


def read(folder, *texts):
    paths = [(folder / f"{number}.yaml", f"{number}.yaml") for number in range(len(texts))]
    for (path, _), text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    faults = []
    return read_accounts(paths, PROGRAMS, YEARS, faults), [str(fault) for fault in sorted(faults)]


def one(folder, text):
    declared, faults = read(folder, text)
    assert faults == []
    return declared[0]


def faults(folder, text):
    return [fault.removeprefix("0.yaml:") for fault in read(folder, text)[1]]


def day(text):
    return date.fromisoformat(text).toordinal()


def test_with_one_grant_its_fields_may_stand_on_the_account(tmp_path):
    lab = one(
        tmp_path, LAB + "    enrolled_on: 2026-10-06\n    granted_models: [gpt-4, o3]\n    organization: org-1\n"
    )

    assert lab.account.grants == (Grant("1", PROGRAM, day("2026-10-06")),)
    assert lab.account.sources == ()
    assert lab.facts == {"account_name": "lab", "organization": "org-1"}
    assert lab.grants == {
        "1": {
            "grant_id": "1",
            "accepted_on": date(2026, 10, 5),
            "enrolled_on": date(2026, 10, 6),
            "granted_models": ("gpt-4", "o3"),
        }
    }


def test_defaults_hold_where_the_account_says_nothing_else(tmp_path):
    text = f"""\
version: 1
defaults:
  time_zone: Europe/Berlin
  tell_at: 8:30
  currency: EUR
  people:
    office: [mailto:grants@example.edu]
accounts:
  - {{id: a, people: {{pi: {{name: "A.  Researcher", reach: [mailto:a@example.edu, "slack:#a"]}}}}}}
  - {{id: b, time_zone: America/New_York, tell_at: "17:00", currency: USD, people: {{office: "slack:#b"}}}}
  - {{id: c, program: {PROGRAM}, accepted_on: 2026-10-05}}
"""
    declared, found = read(tmp_path, text)
    locales = [each.account.locale for each in declared]

    assert found == []
    assert [(locale.zone.key, locale.tell_at, locale.currency) for locale in locales] == [
        ("Europe/Berlin", time(8, 30), "EUR"),
        ("America/New_York", time(17), "USD"),
        ("Europe/Berlin", time(8, 30), "EUR"),
    ]
    assert declared[0].account.people == {
        "office": Person(("mailto:grants@example.edu",)),
        "pi": Person(("mailto:a@example.edu", "slack:#a"), "A. Researcher"),
    }
    assert declared[0].facts["pi_name"] == "A. Researcher"
    assert declared[1].account.people == {"office": Person(("slack:#b",))}


def test_without_defaults_the_zone_is_utc_and_the_hour_nine(tmp_path):
    locale = one(tmp_path, LAB).account.locale

    assert (locale.zone.key, locale.tell_at, locale.currency) == ("UTC", time(9), "USD")


def test_a_calendar_has_the_holidays_of_a_region_and_closed_ranges(tmp_path):
    calendars = "calendars: {berlin: {holidays: DE-BE, closed: [2026-12-24..2027-01-03, 2026-05-22]}}\n"
    text = LAB.replace("accounts:", f"{calendars}accounts:") + "    calendar: berlin\n"
    calendar = one(tmp_path, text).account.locale.calendar

    closed = ["2026-03-08", "2027-03-08", "2026-10-03", "2026-12-24", "2027-01-03", "2026-05-22", "2030-12-25"]
    opened = ["2026-12-23", "2027-01-04", "2026-11-18", "2026-05-21"]  # 18 November: Saxony's, not Berlin's
    assert [calendar.is_open(day(text)) for text in closed] == [False] * len(closed)
    assert [calendar.is_open(day(text)) for text in opened] == [True] * len(opened)


def test_the_years_of_holidays_surround_the_present():
    assert list(years_around(1_795_392_000)) == list(range(2024, 2031))  # 2026-11-23


@pytest.mark.parametrize(
    ("calendar", "fault"),
    [
        ("{holidays: DE-XX}", "'DE-XX' is not a country and region such as DE-BE: Entity `DE` does not"),
        ("{holidays: Atlantis}", "'Atlantis' is not a country and region such as DE-BE: Country Atlantis not"),
        ("{holidays: ''}", "'' is not a country and region such as DE-BE"),
        ("{closed: 2027-01-03..2026-12-24}", "'2027-01-03..2026-12-24' is not a range of days such as"),
        ("{closed: 2026-01-01..2028-01-01}", "'2026-01-01..2028-01-01' is not a range of days such as"),
        ("{closed: Christmas}", "'Christmas' is not a date such as 2026-11-22"),
        ("{holliday: DE}", "`holliday` is not a field of a calendar; did you mean `holidays`?"),
    ],
)
def test_a_mistake_in_a_calendar_leaves_out_every_account_of_its_file(tmp_path, calendar, fault):
    declared, found = read(tmp_path, LAB.replace("accounts:", f"calendars: {{x: {calendar}}}\naccounts:"))

    assert declared == []
    assert fault in found[0]
    assert found[0].startswith("0.yaml:2:")
    assert len(found) == 1


def test_faulty_defaults_are_no_reason_to_judge_in_another_zone(tmp_path):
    faulty = LAB.replace("accounts:", "defaults: {time_zone: Utopia}\naccounts:")
    declared, found = read(tmp_path, faulty, LAB.replace("lab", "other"))

    assert [each.account.id for each in declared] == ["other"]
    assert found == ["0.yaml:2:23: 'Utopia' is not a time zone such as Europe/Berlin"]


def test_batches_add_up_in_the_accounts_currency(tmp_path):
    text = (
        LAB
        + """\
    currency: EUR
    rates: {USD: {rate: 0.92, stated_on: 2026-11-01}}
    batches:
      - {amount: 1000 USD, granted_on: 2026-10-20, expires_on: 2027-10-31}
      - {amount: 500, granted_on: 2026-10-10}
      - {amount: 12.50 EUR, expires_on: 2027-03-31}
"""
    )
    lab = one(tmp_path, text)

    assert lab.account.locale.rates == (("USD", 920_000),)
    assert lab.grants["1"] == {
        "grant_id": "1",
        "accepted_on": date(2026, 10, 5),
        "batches": ("2026-10-20", "2026-10-10", "3"),
        "batches/2026-10-20/amount": Money(1_000_000_000, "USD"),
        "batches/2026-10-20/granted_on": date(2026, 10, 20),
        "batches/2026-10-20/expires_on": date(2027, 10, 31),
        "batches/2026-10-10/amount": Money(500_000_000, "EUR"),
        "batches/2026-10-10/granted_on": date(2026, 10, 10),
        "batches/3/amount": Money(12_500_000, "EUR"),
        "batches/3/expires_on": date(2027, 3, 31),
        "credits_granted": Money(1_432_500_000, "EUR"),
        "credits_granted_on": date(2026, 10, 10),
        "credits_expire_on": date(2027, 10, 31),
    }


def test_the_grants_own_terms_are_stated_of_it(tmp_path):
    lab = one(tmp_path, LAB + "    terms: {write_after: 4 weeks, access_length: P6M}\n")

    assert lab.grants["1"]["write_after"] == Duration(28, "days")
    assert lab.grants["1"]["access_length"] == Duration(6, "months")


def test_a_grant_is_renewed_by_the_one_that_says_so(tmp_path):
    text = f"""\
version: 1
accounts:
  - id: lab
    key: {{env: LAB_KEY}}
    grants:
      - {{id: "2026", program: {PROGRAM}, accepted_on: 2026-10-05, renews: "2024"}}
      - {{id: 2024, program: {PROGRAM}, accepted_on: 2024-03-11}}
"""
    lab = one(tmp_path, text)

    assert [grant.id for grant in lab.account.grants] == ["2026", "2024"]
    assert [(poll.source, poll.key) for poll in lab.account.sources] == [("openai", "LAB_KEY")]
    assert lab.grants["2024"]["renewed_by"] == "2026"
    assert "renewed_by" not in lab.grants["2026"]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        (
            "    time_zone: Berlin\n",
            ["6:16: 'Berlin' is not a time zone such as Europe/Berlin; did you mean `Europe/Berlin`?"],
        ),
        ("    tell_at: 25:00\n", ["6:14: '25:00' is not an hour of the day such as 09:00"]),
        ("    calendar: tu\n", ["6:15: there is no calendar `tu`; there are none"]),
        ("    currency: usd\n", ["6:15: 'usd' is not a currency such as USD"]),
        ("    rates: {EUR: 0.9}\n", ["6:18: a rate is a mapping of fields, not a value"]),
        ("    rates: {eur: {rate: 0.9}}\n", ["6:13: 'eur' is not a currency such as USD"]),
        (
            "    rates: {EUR: {rate: 0}}\n",
            ["6:25: '0' is not a rate such as 0.92: what one unit is worth in the account's currency"],
        ),
        ("    rates: {EUR: {rate: x}}\n", ["6:25: 'x' is not an amount"]),
        (
            "    people: {PI: mailto:a@example.edu}\n",
            ["6:14: 'PI': an id has small letters, digits and hyphens; did you mean `pi`?"],
        ),
        (
            "    people: {pi: a@example.edu}\n",
            [
                ("6:18: 'a@example.edu' is not an address such as mailto:a@example.edu or slack:#channel;"
                " did you mean `mailto:a@example.edu`?")
            ],
        ),

        (
            "    people: {pi: slack:@ada}\n",
            [
                (
                    "6:18: 'slack:@ada' is not an address such as mailto:a@example.edu or slack:#channel; "
                    "Slack tells people by their email address: slack:a@example.edu"
                )
            ],
        ),
        (
            "    people: {pi: slack:lab-grants}\n",
            [
                (
                    "6:18: 'slack:lab-grants' is not an address such as mailto:a@example.edu or slack:#channel; "
                    "did you mean `slack:#lab-grants`?"
                )
            ],
        ),
        (
            "    people: {pi: [mailto:ResearcherAccess@openai.com]}\n",
            [
                ("6:19: 'mailto:ResearcherAccess@openai.com' is the program's own address: "
                "only a person writes there, with a letter")
            ],
        ),
        (
            "    people: {pi: {reach: mailto:researcheraccess@openai.com}}\n",
            [
                ("6:26: 'mailto:researcheraccess@openai.com' is the program's own address: "
                "only a person writes there, with a letter")
            ],
        ),
        (
            "    people: {pi: {name: A, mail: b}}\n",
            ["6:28: `mail` is not a field of a person"],
        ),
        ("    batches: [{granted_on: 2026-10-10}]\n", ["6:15: a batch needs `amount`"]),
        (
            "    batches: [{amount: 5 EUR}]\n",
            ["6:24: there is no rate from EUR to USD; state one under `rates:`"],
        ),
        (
            "    batches: [{amount: 5 USD, expires: 2027-01-01}]\n",
            ["6:31: `expires` is not a field of a batch; did you mean `expires_on`?"],
        ),
        (
            "    terms: {write_after: soon}\n",
            ["6:26: 'soon' is not a duration such as 3 weeks, 2w, P3W, 5 working days, 12 months"],
        ),
        (
            "    terms: {write_aftr: 3 weeks}\n",
            ["6:13: `write_aftr` is not a field of `terms`; did you mean `write_after`?"],
        ),
        ("    renews: x\n", ["6:13: there is no other grant `x` on this account"]),
        ("    labels: [a]\n", ["6:13: `labels` is a mapping of fields, not a list"]),
        ("    spend_limit: 50 USD\n", ["6:5: `spend_limit` is not a field of an account"]),
        (
            "    enroled_on: 2026-10-06\n",
            ["6:5: `enroled_on` is not a field of an account; did you mean `enrolled_on`?"],
        ),
        ("    credits_requested: lots\n", ["6:24: 'lots' is not an amount such as 1000 USD or 12.50 EUR"]),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place(tmp_path, added, expected):
    declared, found = read(tmp_path, LAB + added, LAB.replace("lab", "other"))

    assert found == [f"0.yaml:{fault}" for fault in expected]
    assert [each.account.id for each in declared] == ["other"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1: the file is empty"]),
        ("accounts: []", ["1:1: an accounts file needs `version`"]),
        ("version: 3\naccounts: []", ["1:10: this release reads version 1, not 3"]),
        (
            "version: 1\nacounts: []",
            ["2:1: `acounts` is not a field of an accounts file; did you mean `accounts`?"],
        ),
        ("version: 1\naccounts: [lab]", ["2:12: an account is a mapping of fields, not a value"]),
        ("version: 1\naccounts: [{}]", ["2:12: an account needs `id`"]),
        (LAB.replace("2026-10-05", "soon"), ["5:18: 'soon' is not a date such as 2026-11-22"]),
        (
            LAB.replace("accepted_on", "acepted_on"),
            [
                "3:5: an account needs `accepted_on`",
                "5:5: `acepted_on` is not a field of an account; did you mean `accepted_on`?",
            ],
        ),
        (
            LAB.replace(PROGRAM, "openai"),
            ["4:14: there is no program `openai`; there are openai-researcher-access"],
        ),
    ],
)
def test_a_mistake_of_the_whole_file_or_account_is_said_with_its_place(tmp_path, text, expected):
    assert faults(tmp_path, text) == expected


def test_every_mistake_in_a_list_of_grants_is_said_once(tmp_path):
    text = f"""\
version: 1
accounts:
  - id: lab
    grants:
      - {{id: a, program: {PROGRAM}, accepted_on: 2026-01-01, renews: a}}
      - {{id: a, program: {PROGRAM}, accepted_on: 2025-01-01, foo: 1}}
      - {{program: {PROGRAM}, accepted_on: 2024-01-01}}
      - {{id: My Grant, program: x}}
      - 2026
"""
    assert faults(tmp_path, text) == [
        "5:7: there are two grants `a`",
        "5:85: there is no other grant `a` on this account",
        "6:77: `foo` is not a field of a grant",
        "7:9: a grant needs `id`",
        "8:14: 'My Grant': an id has small letters, digits and hyphens; did you mean `my-grant`?",
        "8:33: there is no program `x`; there are openai-researcher-access",
        "9:9: a grant is a mapping of fields, not a value",
    ]


def test_people_are_reached_by_channel_by_its_id_or_by_address(tmp_path):
    reach = ["slack:a+b@example.edu", "slack:C0123ABCD", "slack:#lab-grants.2", "mailto:a@example.edu"]
    declared = one(tmp_path, f"{LAB}    people: {{pi: {json.dumps(reach)}}}\n")

    assert declared.account.people["pi"].reach == tuple(reach)


def test_one_id_in_two_files_is_a_mistake_of_the_second(tmp_path):
    declared, found = read(tmp_path, LAB, "# more\n" + LAB)

    assert [each.account.id for each in declared] == ["lab"]
    assert found == ["1.yaml:4:5: account `lab` stands at 0.yaml:3:5 already"]


SECRET = "sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7"


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        (
            f"    key: {SECRET}\n",
            (
                "6:10: `key: {env: NAME}` names a variable, such as LAB_OPENAI_ADMIN_KEY;"
                " the key itself never stands here"
            ),
        ),
        (
            f"    key: {{env: {SECRET}}}\n",
            "6:16: `env:` names a variable, such as LAB_OPENAI_ADMIN_KEY; the key itself never stands here",
        ),
        (f"    key: {{env: A, {SECRET}: }}\n", None),
        (f"    time_zone: {SECRET}\n", None),
        (f"    tell_at: {SECRET}\n", None),
        (f"    currency: {SECRET}\n", None),
        (f"    calendar: {SECRET}\n", None),
        (f"    people: {{pi: {SECRET}}}\n", None),
        (f"    people: {{{SECRET}: mailto:a@example.edu}}\n", None),
        (f"    people: {{team: https://hooks.slack.com/services/T0/B0/{SECRET[8:]}}}\n", None),
        (f"    batches: [{{amount: {SECRET}}}]\n", None),
        (f"    renews: {SECRET}\n", None),
        (f"    {SECRET}: x\n", None),
        (f"    rates: {{EUR: {{rate: {SECRET}}}}}\n", None),
        (f"    terms: {{write_after: {SECRET}}}\n", None),
        (f"    enrolled_on: {SECRET}\n", None),
    ],
)
def test_a_pasted_key_is_refused_and_never_shown(tmp_path, added, fault):
    declared, found = read(tmp_path, LAB + added)

    assert declared == []
    assert found == [f"0.yaml:{fault}"] if fault else len(found) == 1
    assert SECRET[8:].lower() not in "".join(found).lower()


@pytest.mark.parametrize("name", ["id", "program", "accepted_on"])
def test_a_key_in_place_of_an_id_is_never_shown_either(tmp_path, name):
    lines = [f"    {name}: {SECRET}" if f"{name}: " in line else line for line in LAB.splitlines()]
    text = "\n".join(lines).replace("    id", "  - id")

    assert SECRET[8:].lower() not in "".join(faults(tmp_path, text)).lower()


def test_an_office_has_a_folder_beside_the_file_or_instead_of_it(tmp_path):
    (tmp_path / "accounts").mkdir()
    for name in ("b.yaml", "a.yaml", "notes.txt"):
        (tmp_path / "accounts" / name).write_text("")
    path = tmp_path / "accounts.yaml"
    folder = [tmp_path / "accounts" / "a.yaml", tmp_path / "accounts" / "b.yaml"]

    assert accounts_files(path) == [(file, str(file)) for file in folder]
    assert accounts_files(tmp_path / "accounts") == [(file, str(file)) for file in folder]
    path.write_text("")
    assert accounts_files(path) == [(file, str(file)) for file in [path, *folder]]
    assert accounts_files(tmp_path / "other.yaml") == []


PIECES = [
    "id: a",
    "program: x",
    "grants:",
    "- ",
    "  ",
    "\n",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "key",
    "people",
    "batches",
    "1",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_stands_in_the_file_reading_it_never_raises(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "random-accounts.yaml"
    path.write_text("version: 1\naccounts:\n  - id: lab\n    " + text, encoding="utf-8")
    found = []
    declared = read_accounts([(path, "accounts.yaml")], PROGRAMS, YEARS, found)

    assert [each.account.id for each in declared] in ([], ["lab"])
    assert declared or found
