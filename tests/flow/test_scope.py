"""Which rules are asked of which subjects: of every grant, once for an account, of every item of a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from notifier.core.account import Account, Person
from notifier.core.calendar import Locale
from notifier.core.costs import Costs
from notifier.core.delivery import Delivery
from notifier.core.facts import UNREAD, Reading
from notifier.core.money import Money
from notifier.core.rule import Rulebook
from notifier.core.subject import Subject
from notifier.core.vocabulary import SERVICE_PROGRAM
from notifier.flow.declare import Declaration
from notifier.flow.subjects import behind, failing, heard_from, items_of, questions, record_of, watched_of

from .books import account, listed, look, poll, rulebook, without
from .conftest import BERLIN, World, at

FIRST = """\
  - {id: late, title: Late, while: not credits_granted, tell: [team]}
  - {id: silent, title: Silent, unreadable: any, tell: [team]}
  - {id: model, title: Model, for_each: granted_models, while: not granted_model.visible, tell: [team]}
"""
SECOND = """\
  - {id: late, title: Late, while: not credits_granted, tell: [team]}
  - {id: person, title: "{{ member.name }}", for_each: members, while: member.is_service_account, tell: [team]}
"""
OWN = """\
  - {id: label, title: Label, while: labels.tier == "b", tell: [team]}
  - {id: paper, title: "{{ paper.title }}", for_each: papers, while: paper.published_on, tell: [team]}
  - {id: low, title: Low, while: account.credits_left < 10 USD, tell: [team]}
  - {id: used, title: Used, while: credits_used > 5 USD, tell: [team]}
  - {id: each, title: Each, for_each: grants, while: grant.renewed_by, tell: [team]}
"""
TWO = (("g1", "first", "2026-03-02"), ("g2", "second", "2026-05-04"))


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    return rulebook(tmp_path / "rules", first=FIRST, second=SECOND, own=OWN)


def asked(book: Rulebook, declared: Declaration, *readings: Reading) -> list[str]:
    """The subjects that are asked, each as ``rule grant item``."""
    said = [declared.reading(at("2026-06-01 09:00")), *readings]
    return [
        " ".join(filter(None, (question.subject.rule, question.subject.grant, question.subject.item)))
        for watched in watched_of(book, declared.account, said, at("2026-06-01 12:00"))
        for question in questions(declared.account, watched)
    ]


def test_a_rule_of_a_grant_is_asked_of_each_and_one_of_the_account_once(book: Rulebook):
    assert sorted(asked(book, account(*TWO))) == [
        "first/late g1",
        "first/silent",
        "own/each g1",
        "own/each g2",
        "own/label",
        "own/low",
        "own/used g1",
        "own/used g2",
        "second/late g2",
    ]


def test_two_grants_of_one_program_are_asked_the_account_s_rules_once(book: Rulebook):
    grants = ("g1", "first", "2026-03-02"), ("g2", "first", "2026-05-04")

    assert [each for each in asked(book, account(*grants)) if each.startswith("first")] == [
        "first/late g1",
        "first/late g2",
        "first/silent",
    ]


def test_items_are_asked_one_by_one(book: Rulebook):
    declared = account(*TWO, facts=listed(papers={"a": {}, "b": {}}))
    declared = replace(
        declared, grants={**declared.grants, "g1": {**declared.grants["g1"], "granted_models": ("m",)}}
    )
    provider = Reading("openai", at("2026-06-01 09:00"), listed(members={"m1": {}, "m2": {}}, models={}))

    assert {each for each in asked(book, declared, provider) if each.count(" ")} >= {
        "own/paper a",
        "own/paper b",
        "first/model g1 m",
        "second/person m1",
        "second/person m2",
    }


def test_an_account_without_a_grant_is_judged_by_a_group_s_own_rules_that_ask_nothing_of_one(book: Rulebook):
    declared = account(facts=listed(papers={"a": {}}))

    assert sorted(asked(book, declared)) == ["own/label", "own/low", "own/paper a"]


def test_the_service_s_own_account_is_judged_by_its_own_rules_alone(tmp_path: Path):
    rules = "  - {id: rejected, title: Rejected, while: rules_rejected, tell: [operator]}\n"
    book = rulebook(tmp_path / "rules", first=FIRST, own=OWN, **{SERVICE_PROGRAM: rules})
    itself = Declaration(Account(SERVICE_PROGRAM, Locale(BERLIN), {"operator": Person(())}))

    assert asked(book, itself) == ["notifier/rejected"]


def test_a_grant_whose_program_has_no_file_is_not_watched(book: Rulebook):
    declared = account(("g1", "gone", "2026-03-02"))

    assert asked(book, declared) == []


def test_the_newest_grant_speaks_for_the_account(book: Rulebook):
    declared = account(*TWO)
    watched = watched_of(book, declared.account, [declared.reading(0)], at("2026-06-01 12:00"))

    assert [(each.grant.id, each.leads, each.leads_program) for each in watched] == [
        ("g1", False, True),
        ("g2", True, True),
    ]


def test_steps_before_the_day_of_enrolment_are_passed_and_for_the_account_before_that_of_its_first_grant(
    book: Rulebook,
):
    declared = account(*TWO)
    later = replace(declared.account.grants[1], enrolled_on=date(2026, 5, 5).toordinal())
    both = replace(declared.account, grants=(declared.account.grants[0], later))
    since = {
        (question.rule.id, question.subject.grant): question.heard_from
        for watched in watched_of(book, both, [declared.reading(0)], at("2026-06-01 12:00"))
        for question in questions(both, watched)
    }

    assert since["own/used", "g1"] == at("2026-03-02 00:00")
    assert since["own/used", "g2"] == at("2026-05-05 00:00")
    assert since["own/label", ""] == at("2026-03-02 00:00")
    assert heard_from(replace(later, enrolled_on=None), both.locale) == 0


def test_a_grant_of_which_nobody_says_when_it_was_accepted_is_not_the_newest(book: Rulebook):
    declared = account(*TWO)
    said = {name: {key: value for key, value in facts.items() if name == "g1" or key != "accepted_on"}
            for name, facts in declared.grants.items()}  # fmt: skip
    watched = watched_of(
        book, declared.account, [replace(declared, grants=said).reading(0)], at("2026-06-01 12:00")
    )

    assert [(each.grant.id, each.leads) for each in watched] == [("g1", True), ("g2", False)]


def test_behind_a_subject_stands_the_grant_that_is_asked_it(book: Rulebook):
    declared = account(*TWO)
    watched = watched_of(book, declared.account, [declared.reading(0)], at("2026-06-01 12:00"))

    def found(rule: str, grant: str) -> tuple[str, str] | None:
        behind_it = behind(Subject(rule, "lab", grant), watched)
        return None if behind_it is None else (behind_it[0].grant.id, behind_it[1].id)

    assert found("own/label", "") == ("g2", "own/label")
    assert found("first/silent", "") == ("g1", "first/silent")
    assert found("own/used", "g1") == ("g1", "own/used")
    assert found("own/used", "g3") is None
    assert found("first/late", "g2") is None
    assert found("own/gone", "") is None


def test_a_label_that_says_no_is_no_label(book: Rulebook):
    declared = account(*TWO, labels={"tier": "b", "consent": "No", "old": "off"})
    watched = watched_of(book, declared.account, [], at("2026-06-01 12:00"))[0]
    place = watched.program.vocabulary.places["labels"]

    assert watched.facts.values[place] == {"tier": "b"}


def test_what_cannot_be_read_is_known_by_account():
    assert failing({("a", "openai"): (5, "busy"), ("a", "other"): (6, "gone"), ("b", "openai"): (7, "busy")}) == {
        "a": (("openai", "busy"), ("other", "gone")),
        "b": (("openai", "busy"),),
    }


def test_the_record_of_an_item_that_is_gone_knows_its_name_alone(book: Rulebook):
    declared = account(*TWO, facts=listed(papers={"a": {"title": "Attention"}}))
    watched = watched_of(book, declared.account, [declared.reading(0)], at("2026-06-01 12:00"))[1]
    rule = next(each for each in watched.program.rules if each.id == "own/paper")
    title = rule.vocabulary.places["paper.title"]

    assert record_of(rule, watched.facts, "a").values[title] == "Attention"
    assert record_of(rule, watched.facts, "gone").values[title] == "gone"
    record = record_of(rule, watched.facts, "a")
    assert record_of(rule, record, "b") is record  # it is one of an item already


@pytest.mark.parametrize(("value", "items"), [(None, ()), (UNREAD, None)])
def test_a_list_that_nobody_tells_has_no_items_and_of_one_that_is_unread_nothing_is_known(
    book: Rulebook, value: object, items: object
):
    declared = account(*TWO)
    watched = watched_of(book, declared.account, [], at("2026-06-01 12:00"))[1]
    rule = next(each for each in watched.program.rules if each.id == "second/person")
    values = list(watched.facts.values)
    values[rule.vocabulary.collections["members"][0]] = value

    assert items_of(rule, replace(watched.facts, values=tuple(values))) == items


# -- told once ------------------------------------------------------------------------------------------------


def grants_told(deliveries: list[Delivery]) -> list[tuple[str, str]]:
    return [(each.rule, each.grant) for each in deliveries]


def test_a_grant_that_is_added_does_not_tell_the_account_s_rules_again(world: World, tmp_path: Path):
    world.rulebook = rulebook(tmp_path / "rules", first=FIRST, second=SECOND, own=OWN)
    declared = account(*TWO, labels={"tier": "b"})
    world.declare("2026-06-01 10:00", without(declared, "g2"))
    poll(world, "2026-06-01 10:00")
    look(world, "2026-06-01 10:00")
    before = len(world.deliveries())

    world.declare("2026-06-02 10:00", declared)
    world.judge("2026-06-02 10:00")

    assert ("own/label", "") in grants_told(world.deliveries()[:before])
    assert grants_told(world.deliveries()[before:]) == [("second/late", "g2")]


def test_the_grant_that_speaks_for_the_account_may_go(world: World, tmp_path: Path):
    world.rulebook = rulebook(tmp_path / "rules", first=FIRST, second=SECOND, own=OWN)
    declared = account(*TWO, labels={"tier": "b"})
    world.declare("2026-06-01 10:00", declared)
    poll(world, "2026-06-01 10:00")
    look(world, "2026-06-01 10:00")

    world.declare("2026-06-02 10:00", without(declared, "g2"))

    assert [each for each in look(world, "2026-06-02 10:00") if "label" in each] == []


def test_an_account_s_first_grant_changes_nothing_for_the_account_s_own_rules(world: World, tmp_path: Path):
    world.rulebook = rulebook(tmp_path / "rules", first=FIRST, own=OWN)
    world.declare("2026-06-01 10:00", account(labels={"tier": "b"}))
    poll(world, "2026-06-01 10:00")
    assert look(world, "2026-06-01 10:00") == ["opened label"]

    world.declare("2026-06-02 10:00", account(("g1", "first", "2026-06-02"), labels={"tier": "b"}))

    assert [each for each in look(world, "2026-06-02 10:00") if "label" in each] == []


def test_totals_are_of_all_grants_and_told_once(world: World, tmp_path: Path):
    world.rulebook = rulebook(tmp_path / "rules", first=FIRST, second=SECOND, own=OWN)
    declared = account(*TWO)
    credits_of = {
        "g1": {"credits_granted": Money(100_000_000, "USD"), "credits_granted_on": date(2026, 3, 9)},
        "g2": {"credits_granted": Money(4_000_000, "USD"), "credits_granted_on": date(2026, 5, 9)},
    }
    rich = replace(declared, grants={name: {**said, **credits_of[name]} for name, said in declared.grants.items()})
    poor = replace(
        rich, grants={**rich.grants, "g1": {**rich.grants["g1"], "credits_granted": Money(5_000_000, "USD")}}
    )
    world.declare("2026-06-01 10:00", rich)
    poll(world, "2026-06-01 10:00", costs=Costs.by_day("USD", {}))
    assert [each for each in look(world, "2026-06-01 10:00") if "low" in each] == []

    world.declare("2026-06-02 10:00", poor)
    assert [each for each in look(world, "2026-06-02 10:00") if "low" in each] == ["opened low"]
