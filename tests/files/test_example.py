"""A whole accounts file, as an office keeps it by hand, beside the shipped rules and a group's own."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from notifier.core.account import Grant, Override, Pause, Person
from notifier.core.calendar import Duration
from notifier.core.money import Money
from notifier.files.accounts import read_accounts
from notifier.files.rulebook import read_rulebook

HERE = Path(__file__).parent
OPENAI, ANTHROPIC = "openai-researcher-access", "anthropic-external-researcher-access"
EXAMPLE = HERE / "example-accounts.yaml"


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    rules = tmp_path_factory.mktemp("all") / "rules"
    shutil.copytree(HERE.parents[1] / "rules", rules)
    shutil.copy(HERE.parent / "rules" / "examples" / "own.yaml", rules)
    faults = []
    rulebook = read_rulebook(rules, "rules", faults)
    assert faults == []
    return rulebook.programs


@pytest.fixture(scope="module")
def example(programs):
    faults, service = [], {}
    declared = read_accounts([(EXAMPLE, EXAMPLE.name)], programs, range(2024, 2031), faults, service)
    assert faults == []
    return {each.account.id: each for each in declared}, service


def day(text):
    return date.fromisoformat(text).toordinal()


def test_everybody_in_it_is_known(example):
    accounts, service = example

    assert service == {"operator": Person(("slack:#ops", "mailto:it@example.edu"), digest="Monday 07:30")}
    assert accounts["lab"].account.people == {
        "office": Person(("mailto:grants@example.edu",)),
        "pi": Person(
            ("mailto:a.researcher@example.edu",),
            "A. Researcher",
            language="en",
            quiet="20:00-08:00, saturday, sunday",
        ),
        "team": Person(("slack:#lab-grants",)),
    }


def test_what_is_said_of_the_account_and_its_items_is_all_there(example):
    assert example[0]["lab"].facts == {
        "account_name": "lab",
        "organization": "org-abc123",
        "ethics_approval_ends_on": date(2027, 6, 30),
        "pi_name": "A. Researcher",
        "projects": ("thesis-7", "demo", "Old things"),
        "projects/thesis-7/owner": "pi",
        "projects/thesis-7/monthly_budget": Money(80_000_000, "USD"),
        "projects/demo/owner": "team",
        "projects/demo/paused": True,
        "projects/demo/paused_until": date(2027, 3, 1),
        "projects/demo/paused_because": "sabbatical",
        "projects/Old things/name": "What is left of 2023",
        "projects/Old things/paused": True,
        "projects/Old things/paused_because": "over",
        "papers": ("review-bots", "jailbreaks"),
        "papers/review-bots/title": "Review bots",
        "papers/review-bots/published_on": date(2024, 11, 3),
        "papers/review-bots/submitted_on": date(2024, 11, 10),
        "papers/jailbreaks/title": "What models let through",
        "papers/jailbreaks/planned_on": date(2027, 2, 1),
        "papers/jailbreaks/concerns_security": True,
        "datasets": ("traces",),
        "datasets/traces/title": "Review traces",
        "datasets/traces/planned_on": date(2027, 3, 15),
        "datasets/traces/approved_on": date(2026, 11, 20),
    }


def test_what_is_said_of_its_grants_is_all_there(example):
    lab = example[0]["lab"]

    assert lab.account.grants == (Grant("2024", OPENAI), Grant("2026", OPENAI))
    assert lab.grants == {
        "2024": {
            "grant_id": "2024",
            "accepted_on": date(2024, 3, 11),
            "accepted_address": "a.researcher@example.edu",
            "credits_requested": Money(5_000_000_000, "USD"),
            "use_case": "How models explain code review",
            "granted_models": ("gpt-4",),
            "write_after": Duration(21, "days"),
            "batches": ("2024-03-28", "more"),
            "batches/2024-03-28/amount": Money(1_000_000_000, "USD"),
            "batches/2024-03-28/granted_on": date(2024, 3, 28),
            "batches/2024-03-28/expires_on": date(2025, 3, 31),
            "batches/more/amount": Money(500_000_000, "USD"),
            "batches/more/granted_on": date(2024, 9, 2),
            "batches/more/expires_on": date(2025, 9, 30),
            "credits_granted": Money(1_500_000_000, "USD"),
            "credits_granted_on": date(2024, 3, 28),
            "credits_expire_on": date(2025, 9, 30),
            "summary_submitted_on": date(2025, 2, 10),
            "renewed_by": "2026",
        },
        "2026": {"grant_id": "2026", "accepted_on": date(2026, 10, 5)},
    }


def test_two_programs_two_currencies_and_an_account_without_a_grant_stand_side_by_side(example):
    lab, clinic, library = (example[0][name].account for name in ("lab", "clinic", "library"))

    assert lab.overrides == (Override("credits-idle", "field work", until=day("2027-02-28")),)
    assert [(poll.source, poll.key) for poll in lab.sources] == [("openai", "LAB_OPENAI_ADMIN_KEY")]
    assert lab.labels == {"department": "informatics"}
    assert (clinic.locale.currency, clinic.locale.rates) == ("EUR", (("USD", 920_000),))
    assert clinic.grants == (Grant("1", ANTHROPIC),)
    assert clinic.locale.calendar == lab.locale.calendar
    assert not lab.locale.calendar.is_open(day("2026-12-28"))
    assert (library.grants, library.paused) == ((), Pause("begins in spring"))


def test_an_account_without_a_grant_sets_the_groups_own_rules_otherwise(example, programs):
    alone = programs[""].under(example[0]["library"].account.overrides)
    changed = {rule.id: rule.condition.ladder for rule in alone.rules if rule not in programs[""].rules}

    assert changed == {"own/spend-spike": ("5", "20")}
