"""Projects, papers, datasets and batches in an accounts file; quiet hours, digests, and who hears "
"of the service."""

from datetime import date

import pytest

from notifier.core.account import Person
from notifier.core.money import Money
from notifier.files.accounts import read_accounts
from tests.files.test_accounts import LAB, PROGRAMS, YEARS, faults, one

PEOPLE = "    people: {pi: [mailto:a@example.edu], team: [mailto:t@example.edu]}\n"


def said(folder, lines):
    facts = one(folder, LAB + PEOPLE + lines).facts
    return {name: value for name, value in facts.items() if "/" in name or isinstance(value, tuple)}


def test_a_project_is_called_as_the_provider_calls_it_and_has_an_owner_and_a_budget(tmp_path):
    lines = "    projects:\n      Thesis 7: {owner: pi, monthly_budget: 80 USD}\n      proj_Ab1:\n"

    assert said(tmp_path, lines) == {
        "projects": ("Thesis 7", "proj_Ab1"),
        "projects/Thesis 7/owner": "pi",
        "projects/Thesis 7/monthly_budget": Money(80_000_000, "USD"),
    }


def test_a_project_rests_until_a_day_or_for_good(tmp_path):
    lines = (
        "    projects:\n      a: {paused: {until: 2027-03-01, because: sabbatical}}\n"
        "      b: {paused: {because: over}}\n"
    )

    assert said(tmp_path, lines) == {
        "projects": ("a", "b"),
        "projects/a/paused": True,
        "projects/a/paused_until": date(2027, 3, 1),
        "projects/a/paused_because": "sabbatical",
        "projects/b/paused": True,
        "projects/b/paused_because": "over",
    }


def test_papers_and_datasets_have_titles_and_days(tmp_path):
    lines = (
        "    papers:\n      - {id: bots, title: Review bots, published_on: 2026-11-03, concerns_security: true}\n"
        "    datasets:\n      - {id: traces, planned_on: 2027-01-15, approved_on: 2026-12-01}\n"
    )

    assert said(tmp_path, lines) == {
        "papers": ("bots",),
        "papers/bots/title": "Review bots",
        "papers/bots/published_on": date(2026, 11, 3),
        "papers/bots/concerns_security": True,
        "datasets": ("traces",),
        "datasets/traces/planned_on": date(2027, 1, 15),
        "datasets/traces/approved_on": date(2026, 12, 1),
    }


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("    projects: {a: {owner: pie}}\n", "7:27: there is no role `pie`; did you mean `pi`?"),
        (
            "    projects: {a: {monthly: 5}}\n",
            "7:20: `monthly` is not a field of a project; did you mean `monthly_budget`?",
        ),
        (
            "    projects: {a/b: {}}\n",
            "7:16: 'a/b': a project is called by its id or name at the provider, without a slash",
        ),
        ("    projects: {a: {paused: {until: 2027-03-01}}}\n", "7:28: `paused` needs `because`"),
        (
            "    projects: {a: {paused: {until: soon, because: x}}}\n",
            "7:36: 'soon' is not a date such as 2026-11-22",
        ),
        (
            "    projects: [a]\n",
            "7:15: `projects` has an entry for each by its name, `thesis-7: {owner: pi}`, and is not a list",
        ),
        ("    papers: {a: {title: x}}\n", "7:13: `papers` is a list, each paper beginning with `- id:`"),
        (
            "    batches: [{amount: 5, granted_on: 2026-11-02, expires_on: 2026-11-01}]\n",
            "7:63: the batch expires on 2026-11-01, before it came on 2026-11-02",
        ),
        ("    papers: [{title: x}]\n", "7:14: a paper needs `id`"),
        ("    papers: [{id: a}, {id: a}]\n", "7:13: `a` stands here twice; give each an `id` of its own"),
        ("    papers: [{id: a, titel: x}]\n", "7:22: `titel` is not a field of a paper; did you mean `title`?"),
        ("    datasets: [{id: a, approved_on: yes}]\n", "7:37: 'yes' is not a date such as 2026-11-22"),
        ("    batches: [{granted_on: 2026-10-20}]\n", "7:15: a batch needs `amount`"),
        (
            "    batches: [{amount: 5, id: a}, {amount: 6, id: a}]\n",
            "7:14: `a` stands here twice; give each an `id` of its own",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path, lines, expected):
    assert faults(tmp_path, LAB + PEOPLE + lines) == [expected]


def test_a_person_has_quiet_hours_a_digest_and_a_zone(tmp_path):
    line = (
        "    people:\n      pi: {reach: [mailto:a@example.edu], quiet: '20:00-08:00, sunday',"
        " digest: Friday 16:00, zone: America/New_York}\n"
        "      team: {reach: ['slack:#a'], quiet: [saturday, sunday], digest: off}\n"
    )
    people = one(tmp_path, LAB + line).account.people

    pi, team = people["pi"], people["team"]
    assert (pi.quiet, pi.digest, pi.zone) == ("20:00-08:00, sunday", "Friday 16:00", "America/New_York")
    assert (team.quiet, team.digest, team.zone) == ("saturday, sunday", "off", "")


def heard(folder, text):
    path = folder / "accounts.yaml"
    path.write_text(text, encoding="utf-8")
    people, found = {}, []
    read_accounts([(path, "accounts.yaml")], PROGRAMS, YEARS, found, people)
    return people, [str(fault) for fault in found]


def test_who_hears_of_the_service_is_no_account(tmp_path):
    text = LAB + "service: {people: {operator: [mailto:ops@example.edu]}}\n"

    assert heard(tmp_path, text) == ({"operator": Person(("mailto:ops@example.edu",))}, [])


def test_no_account_is_called_like_the_service(tmp_path):
    text = LAB.replace("id: lab", "id: notifier")

    assert heard(tmp_path, text)[1] == [
        "accounts.yaml:3:9: `notifier` is the service itself; who hears about it stands under `service:`"
    ]


@pytest.mark.parametrize(
    "line",
    ["account_name: x", "pi_name: x", "pi_position: x", "spend_limit: 5 USD", "last_spend_on: 2026-10-20",
     "labels_: {}", "members: [{id: a}]", "projects: {a: {spend: 5}}", "batches: [{amount: 5, left: 4}]"],
)  # fmt: skip
def test_only_what_people_say_stands_in_the_file(tmp_path, line):
    [fault] = faults(tmp_path, f"{LAB}    {line}\n")

    assert " is not a field of " in fault


def test_a_batch_may_expire_on_the_day_on_which_it_came(tmp_path):
    lines = "    batches: [{amount: 5, granted_on: 2026-11-02, expires_on: 2026-11-02}]\n"

    assert faults(tmp_path, LAB + lines) == []


def test_what_shows_how_a_value_is_written_is_none(tmp_path):
    lines = "    papers: [{id: a, title: …, planned_on: YYYY-MM-DD}]\n    projects: {a: {monthly_budget: … USD}}\n"

    assert [fault.partition(" only shows")[0] for fault in faults(tmp_path, LAB + lines)] == [
        "6:29: '…'",
        "6:44: 'YYYY-MM-DD'",
        "7:36: '… USD'",
    ]
