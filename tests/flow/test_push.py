"""What programs push is looked through as a whole, waits in the inbox, and has one effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.account import Grant, Poll
from notifier.core.calendar import DAYS, Duration
from notifier.core.entry import pushed_with
from notifier.core.facts import UNREAD, Reading
from notifier.core.money import Money
from notifier.core.rule import Rulebook
from notifier.core.vocabulary import POLLED_COUNTS_FOR
from notifier.files import forms
from notifier.flow.act import act as take_effect
from notifier.flow.declare import Declaration
from notifier.flow.push import MOST_FACTS, Mistaken, Push, names, put, shown, understood
from notifier.flow.record import UNDO, Observations, observations
from notifier.flow.subjects import watched_of
from notifier.ports import Act

from .conftest import World, at
from .small import RULES as SMALL
from .small import group, small_rules

NOW = at("2026-11-27 15:05")
BY = pushed_with("LAB_PUSH_TOKEN")
FACTS = """\
version: 1
program: small
facts:
  paid_on: {type: date, ask: "When was it paid?"}
  gpu_hours: {type: number, ask: "How many hours were used?"}
  notice: {type: duration, ask: "How long is the notice?"}
  renewed: {type: yes or no, ask: "Is it renewed?"}
  remark: {type: text, ask: "Anything else?"}
  lead: {default: 3 weeks}
  access_ends_on: {is: "12 months after accepted_on"}
rules:
  - {id: low, title: Low, while: credits_left < 100 USD, next: Look., tell: [pi]}
  - {id: poor, title: Poor, while: balance < 100 USD, next: Look., tell: [pi]}
"""


def usd(amount: float) -> Money:
    return Money(round(amount * 10**6), "USD")


class Program:
    """A program that pushes facts of the account `lab`, which stands in a store."""

    def __init__(self, world: World, rulebook: Rulebook, declared: Declaration) -> None:
        self.world, self.rulebook, self.pushes = world, rulebook, 0
        self.declare(declared)

    def declare(self, declared: Declaration) -> None:
        self.declared = declared
        self.world.declare("2026-11-20 09:00", declared)

    def act(self, document: dict[str, object], name: str = "a push") -> Act:
        push = Push(self.declared.account, document, name)
        return self.world.store.read(understood, push, self.rulebook, forms.value, NOW)

    def says(self, document: dict[str, object], name: str = "") -> None:
        """Push *document*; it waits in the inbox then."""
        self.pushes += 1
        act = self.act(document, name or f"push {self.pushes}")
        self.world.store.write(put, act, timed="at" in document)

    def said(self, grant: str | None = None, /, **facts: object) -> dict[str, object]:
        """What the act of a push says."""
        return dict(self.act({"facts": facts, "grant": grant}).said)

    def mistakes(self, document: dict[str, object]) -> list[tuple[str, str]]:
        with pytest.raises(Mistaken) as wrong:
            self.act(document)
        return [(each.fact, each.why) for each in wrong.value.mistakes]

    def why(self, fact: str, value: object) -> str:
        """What is wrong with one fact."""
        ((about, why),) = self.mistakes({"facts": {fact: value}})
        assert about == fact
        return why

    def take_effect(self, now: int = NOW + 60) -> None:
        self.world.store.write(take_effect, now)

    def known(self, now: int = NOW + 60) -> Observations:
        return self.world.store.read(observations, self.declared, now)

    def value(self, fact: str, now: int = NOW + 60) -> object:
        """What rules see of the first grant."""
        readings = self.world.store.read(lambda tx: tx.readings(["lab"])["lab"])
        found = watched_of(self.rulebook, self.declared.account, readings, now)[0]
        return found.facts.values[found.program.vocabulary.places[fact]]


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return small_rules(tmp_path_factory.mktemp("rules"), small=FACTS)


def lab(**changed: object) -> Declaration:
    """An account with one grant and a project, to which programs push."""
    declared = group("lab", accepted="2026-10-05")
    account = replace(declared.account, push="LAB_PUSH_TOKEN", **changed)
    return replace(declared, account=account, facts={"account_name": "lab", "projects": ("thesis-7",)})


@pytest.fixture
def program(world: World, rulebook: Rulebook) -> Program:
    return Program(world, rulebook, lab())


TWO = (Grant("2024", "small"), Grant("2026", "small"))


@pytest.fixture
def two(world: World, rulebook: Rulebook) -> Program:
    """The same for an account with two grants."""
    declared = lab(grants=TWO)
    said = declared.grants["1"]
    return Program(world, rulebook, replace(declared, grants={"2024": said, "2026": said}))


# what is understood


def test_a_push_becomes_one_act_of_whoever_knows_the_secret(program: Program):
    document = {
        "facts": {"credits_left": "412.50 USD", "gpu_hours": Decimal(3), "balance": Decimal("12.5")},
        "grant": "1",
        "at": "2026-11-27T14:00:00Z",
    }
    said = {"credits_left": usd(412.5), "gpu_hours": 3.0, "account.balance": usd(12.5)}
    act = program.act(document, "push-1")

    assert act == Act("push-1", "push", "lab", "1", said, at("2026-11-27 15:00"), BY)
    assert names(act) == ["credits_left", "gpu_hours", "balance"]


@pytest.mark.parametrize(
    ("fact", "value", "meant"),
    [
        ("paid_on", "2026-11-20", date(2026, 11, 20)),
        ("notice", "3 weeks", Duration(21, DAYS)),
        ("renewed", True, True),
        ("renewed", "no", False),
        ("remark", "  a  b\n", "a b"),
        ("remark", "half \ud800 a letter \u202e", "half ? a letter \u202e"),
        ("gpu_hours", "0.5", 0.5),
        ("gpu_hours", Decimal("1e2"), 100.0),
        ("gpu_hours", Decimal(-3), -3.0),
        ("credits_left", "3 EUR", Money(3_000_000, "EUR")),
        ("credits_left", Decimal("1.234"), usd(1.234)),  # a text would have to say whether a thousand is meant
        ("credits_left", Decimal("412.50000000000006"), usd(412.5)),
        ("credits_left", Decimal("-0.01"), usd(-0.01)),
    ],
)
def test_a_value_is_written_as_in_the_accounts_file_or_as_json_writes_it(
    world: World, rulebook: Rulebook, fact: str, value: object, meant: object
):
    locale = replace(lab().account.locale, rates=(("EUR", 1_100_000),))
    assert Program(world, rulebook, lab(locale=locale)).said(**{fact: value}) == {fact: meant}


def test_of_what_is_polled_null_says_that_there_is_none(program: Program):
    assert program.said(spend_limit=None) == {"account.spend_limit": None}
    assert program.why("credits_left", None) == 'has to be a text such as "412.50 USD", or a number'


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        ("credits_lefft", "1 USD", "there is no such fact; did you mean `credits_left`?"),
        ("", "1 USD", "there is no such fact"),
        ("__class__", "1 USD", "there is no such fact"),
        ("grant.credits_left", "1 USD", "there is no such fact; did you mean `credits_left`?"),
        ("runway", "3 weeks", "it follows from other facts, so nobody says it"),
        ("access_ends_on", "2026-11-20", "it follows from other facts, so nobody says it"),
        ("account.credits_left", "1 USD", "it follows from other facts, so nobody says it"),
        ("lead", "2 weeks", "it is a term of the program, so it cannot be pushed"),
        ("accepted_on", "2026-10-05", "it is said in the accounts file alone, so it cannot be pushed"),
        ("organization", "org-1", "it is said in the accounts file alone, so it cannot be pushed"),
        ("projects", "thesis-7", "it is a list of items; a push says single values"),
        ("costs", Decimal(1), "it is a series of costs; a push says single values"),
        ("granted_models", "gpt-5", "it is a list of texts; a push says single values"),
        ("paid_on", "20.11.2026", "'20.11.2026' is not a date such as 2026-11-22"),
        ("paid_on", "2026-11-28", "2026-11-28 is still to come, but this is about what has happened"),
        ("paid_on", Decimal(20261120), 'has to be a text such as "2026-11-22"'),
        ("notice", "soon", "'soon' is not a duration"),
        ("notice", Decimal(3), 'has to be a text such as "3 weeks"'),
        ("renewed", Decimal(1), "has to be true or false"),
        ("renewed", "perhaps", "'perhaps' is neither true nor false"),
        ("remark", True, "has to be a text"),
        ("remark", "", "has to be a text"),
        ("remark", " \n ", "has to be a text"),
        ("remark", "…", "'…' only shows how it is written"),
        ("remark", "x" * 2_001, "a text has at most 2,000 characters"),
        ("gpu_hours", "many", "has to be a number"),
        ("gpu_hours", "NaN", "has to be a number"),
        ("gpu_hours", True, "has to be a number"),
        ("gpu_hours", Decimal("1e99"), "is a number beyond belief"),
        ("gpu_hours", Decimal("1e-99"), "is a number beyond belief"),
        ("gpu_hours", Decimal("9" * 41), "is a number beyond belief"),
        ("gpu_hours", Decimal(10**15), "is not an amount that anybody was granted"),
        ("credits_left", "1.000 USD", "can be read in two ways"),
        ("credits_left", "1 GBP", "no rate from GBP to USD is stated under `rates:`"),
        ("credits_left", {"amount": 1}, 'has to be a text such as "412.50 USD", or a number'),
        ("credits_left", ["1 USD"], 'has to be a text such as "412.50 USD", or a number'),
        ("credits_granted", "-1 USD", "an amount is not below zero"),
        ("credits_granted", Decimal(0), "0 counts as no"),
        ("credits_granted_on", "2026-10-04", "2026-10-04 is before the grant was accepted, on 2026-10-05"),
    ],
)
def test_each_mistake_says_what_is_wrong(program: Program, fact: str, value: object, why: str):
    assert why in program.why(fact, value)


def test_all_mistakes_come_at_once_and_nothing_of_the_push_is_kept(program: Program):
    document = {
        "facts": {"runway": 1, "gpu_hours": Decimal(3), "paid_on": "x"},
        "grnat": "1",
        "grant": "9",
        "at": "x",
    }

    assert [fact for fact, _ in program.mistakes(document)] == ["grnat", "at", "grant", "runway", "paid_on"]
    assert dict(program.mistakes(document))["grnat"] == "is not a field of a push; did you mean `grant`?"
    assert dict(program.mistakes(document))["grant"] == "is no grant of `lab`; there is 1"
    assert program.world.store.read(lambda tx: tx.acts()) == []


@pytest.mark.parametrize("facts", [None, {}, [], "credits_left", Decimal(3)])
def test_a_push_has_facts(program: Program, facts: object):
    assert program.mistakes({"facts": facts}) == [
        ("facts", 'has to be an object with at least one fact, such as {"credits_left": "412.50 USD"}')
    ]


def test_a_push_has_not_too_many_facts(program: Program):
    many = {f"fact_{number}": Decimal(1) for number in range(MOST_FACTS + 1)}

    assert program.mistakes({"facts": many}) == [("facts", "has 201 facts; a push has at most 200")]


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        (None, NOW),
        ("2026-11-27T14:05:00Z", NOW),
        ("2026-11-27T15:05:00.9+01:00", NOW),
        ("2026-11-27T14:10:00Z", NOW + 300),
        ("1999-12-31T23:59:59Z", 946_684_799),
    ],
)
def test_a_push_may_say_when_it_was(program: Program, stated: str | None, moment: int):
    assert program.act({"facts": {"gpu_hours": Decimal(3)}, "at": stated}).at == moment


@pytest.mark.parametrize(
    "stated", ["now", "2026-11-27", "2026-11-27T14:05:00", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
               "9999-12-31T23:59:59-14:00", Decimal(1), True, ["2026-11-27T14:05:00Z"], "2026-11-27T14:10:01Z"]
)  # fmt: skip
def test_when_it_was_has_a_zone_and_is_not_to_come(program: Program, stated: object):
    ((fact, why),) = program.mistakes({"facts": {"gpu_hours": Decimal(3)}, "at": stated})

    assert fact == "at"
    assert why in {
        "has to be a moment with its zone, such as 2026-11-27T14:05:00Z",
        "is still to come; here it is 2026-11-27T14:05:00Z",
    }


def test_of_several_grants_one_is_named(two: Program):
    facts = {"credits_left": "1 USD", "balance": "2 USD"}

    assert two.mistakes({"facts": facts}) == [("grant", "has to be one of 2024 and 2026")]
    assert two.mistakes({"facts": facts, "grant": "2025"}) == [
        ("grant", "is no grant of `lab`; did you mean `2026`?")
    ]
    assert two.mistakes({"facts": facts, "grant": Decimal(2026)})[0][0] == "grant"
    assert two.act({"facts": facts, "grant": "2024"}).grant == "2024"
    assert two.act({"facts": {"balance": "2 USD"}}).grant == ""  # the account's own needs none


def test_a_fact_of_another_grant_s_program_is_refused(world: World, tmp_path):
    other = FACTS.replace("program: small", "program: other").replace("gpu_hours", "cpu_hours")
    rulebook = small_rules(tmp_path, small=FACTS, other=other)
    declared = replace(lab(grants=(Grant("a", "small"), Grant("b", "other"))), grants={})
    program = Program(world, rulebook, declared)

    document = {"facts": {"gpu_hours": Decimal(3)}, "grant": "b"}
    assert program.mistakes(document) == [("gpu_hours", "grant `b` has no such fact")]
    assert program.act({**document, "grant": "a"}).said == {"gpu_hours": 3.0}


def test_an_account_without_a_grant_has_facts_of_its_own(world: World, rulebook: Rulebook):
    program = Program(world, rulebook, replace(lab(grants=()), grants={}))

    assert program.said(balance="2 USD") == {"account.balance": usd(2)}
    assert (
        program.why("credits_left", "2 USD") == "it is a fact of a grant, and `lab` has none whose rules are known"
    )


def test_facts_of_a_group_s_own_rules_are_pushed_without_a_grant(world: World, tmp_path):
    own = """\
version: 1
facts:
  gpu_hours: {type: number, ask: "How many?"}
rules:
  - {id: much, title: Much, while: gpu_hours > 3, next: Look., tell: [pi]}
"""
    program = Program(world, small_rules(tmp_path, small=SMALL, own=own), replace(lab(grants=()), grants={}))

    assert program.said(gpu_hours=Decimal(3)) == {"account.gpu_hours": 3.0}


def test_a_name_is_repeated_in_whole_letters_and_never_as_a_key(program: Program):
    assert shown("x" * 200) == "x" * 100
    assert shown("half \ud800") == "half ?"
    assert program.mistakes({"facts": {"sk-fake-fake-fake-fake-fake": "1"}})[0][0] == "…"
    assert "sk-fake" not in program.why("remark", "sk-fake-fake-fake-fake-fake")
    assert "sk-fake" not in program.why("gpu_hours", "sk-fake-fake-fake-fake-fake")


anything = st.recursive(
    st.none() | st.booleans() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda each: st.lists(each, max_size=2) | st.dictionaries(st.text(max_size=3), each, max_size=2),
    max_leaves=4,
)
called = st.text(max_size=10) | st.sampled_from(
    [
        "credits_left",
        "paid_on",
        "renewed",
        "notice",
        "remark",
        "balance",
        "projects/thesis-7/spend_limit",
        "letters/a/b",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(document=st.dictionaries(st.sampled_from(["facts", "grant", "at", "x"]), anything),
       facts=st.none() | st.dictionaries(called, anything, max_size=3))  # fmt: skip
def test_whatever_is_pushed_becomes_an_act_or_mistakes(program: Program, document, facts):
    if facts is not None:
        document = {**document, "facts": facts}
    try:
        said = names(program.act(document))
    except Mistaken as wrong:
        said = [each.fact for each in wrong.mistakes if each.why]
        assert said == [shown(name) for name in said]
    else:
        assert said == list(document["facts"])


# items


def test_a_fact_of_an_item_that_is_there_is_pushed(program: Program):
    name = "projects/thesis-7/spend_limit"
    program.says({"facts": {name: Decimal(80)}})
    program.take_effect()

    assert program.known().value("", name) == usd(80)


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ("projects/thesis-8/spend_limit", "`lab` has no such item in `projects`; did you mean `thesis-7`?"),
        ("projects/x/spend_limit", "`lab` has no such item in `projects`; there are `thesis-7`"),
        ("projects/thesis-7/monthly_budget", "it is said in the accounts file alone"),
        ("projects/thesis-7/share", "it follows from other facts"),
        ("projects/thesis-7/costs", "it is a series of costs"),
        ("projects/thesis-7/nothing", "there is no such fact"),
        ("projects/thesis-7", "there is no such fact"),
        ("projects//spend_limit", "`lab` has no such item in `projects`"),
        ("planets/earth/name", "there is no such fact"),
        ("keys/key_1/name", "`lab` has no such item in `keys`; there are none"),
        ("batches/1/amount", "it is said in the accounts file alone"),
        ("letters/unknown/sent_on", "`lab` has no such item in `letters`; there are none"),
    ],
)
def test_of_an_item_that_nobody_would_see_nothing_is_taken(program: Program, fact: str, why: str):
    assert why in program.why(fact, "2026-11-20" if fact.endswith("_on") else "1 USD")


def test_items_that_a_source_lists_can_be_pushed_of_too(program: Program):
    program.declare(lab(sources=(Poll("openai", "LAB_KEY"),)))
    read = Reading("openai", NOW, {"keys": ("key_1",)})
    program.world.store.write(lambda tx: tx.put_reading("lab", read))

    assert program.said(**{"keys/key_1/owner": "ada"}) == {"account.keys/key_1/owner": "ada"}


def test_letters_are_those_of_the_program(world: World, shipped: Rulebook):
    declared = lab(grants=(Grant("1", "openai-researcher-access"),))
    program = Program(world, shipped, declared)
    sent = "letters/credits-not-allocated/sent_on"

    assert program.said(**{sent: "2026-11-20"}) == {sent: date(2026, 11, 20)}
    assert "did you mean" in program.why("letters/credits-not-alocated/sent_on", "2026-11-20")


def test_whose_letter_it_is_has_to_be_said_before_anything_is_looked_for(two: Program):
    assert two.mistakes({"facts": {"letters/x/sent_on": "2026-11-20"}}) == [
        ("grant", "has to be one of 2024 and 2026")
    ]


# the effect


def test_facts_of_grant_and_account_count_from_their_time(program: Program):
    program.says({"facts": {"credits_left": "42 USD", "balance": "7 USD"}, "at": "2026-11-27T14:00:00Z"})
    waiting = program.known()
    program.take_effect()
    known = program.known()

    for seen in (waiting, known):
        assert [(each.value, each.at, each.by) for each in seen.of("1", "credits_left")] == [
            (usd(42), NOW - 300, BY)
        ]
        assert [(each.value, each.at, each.by) for each in seen.of("", "balance")] == [(usd(7), NOW - 300, BY)]
    assert [program.value("credits_left"), program.value("balance")] == [42 * 10**6, 7 * 10**6]
    assert program.world.store.read(lambda tx: tx.acts()) == []


def test_a_polled_fact_is_unread_two_days_after_it_was_pushed(program: Program):
    program.says({"facts": {"credits_left": "42 USD", "balance": "7 USD"}})
    program.take_effect()
    counts, over = (
        [program.value(fact, NOW + age) for fact in ("credits_left", "balance")]
        for age in (POLLED_COUNTS_FOR - 1, POLLED_COUNTS_FOR)
    )

    assert counts == [42 * 10**6, 7 * 10**6]
    assert over == [42 * 10**6, UNREAD]


def test_the_newest_wins_whatever_comes_last(program: Program):
    program.says({"facts": {"credits_left": "42 USD"}, "at": "2026-11-27T14:00:00Z"})
    program.says({"facts": {"credits_left": "50 USD"}, "at": "2026-11-26T14:00:00Z"})
    program.take_effect()

    assert program.known().value("1", "credits_left") == usd(42)


def test_a_push_of_a_moment_that_is_still_to_come_counts_from_its_effect(program: Program):
    program.says({"facts": {"credits_left": "42 USD"}, "at": "2026-11-27T14:10:00Z"})
    program.take_effect(NOW + 60)

    assert program.known().of("1", "credits_left")[0].at == NOW + 60


def test_the_same_push_twice_is_one(program: Program):
    document = {"facts": {"credits_left": "42 USD", "notice": "3 weeks", "gpu_hours": Decimal("0.1")}}
    for _ in range(2):
        program.says(document, "once")
        program.take_effect()

    assert len(program.known().log.entries) == 3


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        {"facts": {"credits_left": "43 USD"}},
        {"facts": {"gpu_hours": Decimal(42)}},
        {"facts": {"credits_left": "42 USD"}, "at": "2026-11-27T14:00:00Z"},
    ],
)
def test_another_push_under_the_same_key_is_refused_and_not_lost_silently(program: Program, other: dict, effect):
    program.says({"facts": {"credits_left": "42 USD"}}, "once")
    if effect:
        program.take_effect()
    with pytest.raises(Mistaken, match="other facts were pushed with this key"):
        program.says(other, "once")


def test_people_take_back_what_was_pushed_and_what_counted_before_it_counts_again(program: Program):
    program.says({"facts": {"credits_left": "50 USD"}, "at": "2026-11-26T14:00:00Z"})
    program.says({"facts": {"credits_left": "5 USD"}})
    program.take_effect()
    act = Act("undo", UNDO, "lab", "1", {"credits_left": None}, NOW + 60, "ada")
    program.world.store.write(lambda tx: tx.put_act(act))
    program.take_effect()

    assert program.known().value("1", "credits_left") == usd(50)


def test_a_push_to_a_grant_that_is_gone_by_then_says_so(program: Program):
    program.says({"facts": {"credits_left": "50 USD"}})
    program.declare(lab(grants=()))
    program.take_effect()

    assert program.known().log.entries == []
    story = program.world.store.read(lambda tx: tx.journal("lab"))
    assert "there is no grant '1' on an account 'lab'" in story[-1].body


def test_a_push_judges_the_account_anew(program: Program):
    program.world.rulebook = program.rulebook
    program.world.judge("2026-11-27 14:00")
    program.says({"facts": {"balance": "7 USD"}})
    program.world.judge("2026-11-27 15:10")

    alerts = program.world.store.read(lambda tx: tx.alerts(["lab"]))
    assert [subject.rule for subject, alert in alerts.items() if alert.open] == ["small/poor"]
