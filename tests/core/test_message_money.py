"""What a message about money says besides its text: hints, who spends, how old figures are."""

from dataclasses import replace
from datetime import date

import pytest

from notifier.core.account import Account, Grant
from notifier.core.alert import Reason
from notifier.core.assemble import assemble
from notifier.core.calendar import Duration
from notifier.core.facts import Costs, Expected, Reading
from notifier.core.grouping import compose_table
from notifier.core.hold import Hold, Stage
from notifier.core.holding import compose_held
from notifier.core.known import say_ages
from notifier.core.language.template import parse_template
from notifier.core.letter import Draft
from notifier.core.message import Answer, Message, Told, compose, say_hint
from notifier.core.money import MICRO, Money
from notifier.core.rule import Program, Rule, Staged
from notifier.core.scene import Scene
from notifier.core.standing import compose_standing
from notifier.core.vocabulary import BUILT_IN, SERVICE, Kind, Vocabulary
from tests.core.helpers import condition, day, fact, locale, moment

NOW = moment("2026-11-22 14:05")
READ = moment("2026-11-22 13:00")
BOOKS = Vocabulary(BUILT_IN).extended(
    [
        fact("write_after", Kind.DURATION, default=Duration(21, "days")),
        fact("least", Kind.MONEY, default=Money(5 * MICRO, "USD")),
    ]
)
DECLARED = Reading("declared", NOW - 99, {"paid_method": False}, {"g": {"accepted_on": date(2026, 11, 1)}})
COSTS = Reading("openai", READ, costs=Costs.by_day("USD", {day("2026-11-20"): 12_400_000}))
SPENT = replace(COSTS, spends={"projects/thesis-7": COSTS.costs})
HINT = "12.40 USD was spent since 1 November, and no paid method is declared: the credits may be there"
AGE = "(openai, read 13:00 UTC, may lag a day)"
RECORD = "lab credits_granted AMOUNT"
LETTER = Draft(
    "ask",
    lambda _: "Where",
    lambda names: names["credits_left"],
    "a@example.edu",
    names=frozenset({"credits_left"}),
)


def made(title, draft="", each="", **asked):
    words = BOOKS.scoped(each)
    staged = Staged(((0, draft),)) if draft else Staged()
    return Rule(
        "p/rule",
        condition(words, **asked),
        parse_template(title, words),
        draft=staged,
        each=each,
        vocabulary=words,
    )


MISSING = made(
    "No credits", deadline="write_after after accepted_on", unless="credits_granted", steps=["on the day"]
)
MUCH = made("{{ value }} spent", threshold="spend(last 30 days)", reaches=["5 USD"])
LOW = made("{{ credits_left }} left", draft="ask", threshold="credits_left", falls_to=["500"])
UNREAD = made("Cannot be read: {{ unreadable_sources }}", unreadable="any")


def scene(*readings, grants=("g",), unreadable=(), vocabulary=BOOKS):
    expected = Expected("lab", locale(), grants=grants, unreadable=unreadable)
    facts = assemble(vocabulary, (), readings, expected, "g", NOW)
    account = Account("lab", locale(), grants=tuple(Grant(name, "p") for name in grants))
    return Scene(account, Program("p", vocabulary, drafts={"ask": LETTER}), facts, NOW)


def told(reason=Reason.OPENED, step="on the day"):
    return Told(reason, NOW, step, None)


def say(rule, *readings, reason=Reason.OPENED, **more):
    return compose(rule, told(reason, rule.condition.ladder[-1]), scene(*readings, **more), people="team")


def test_a_hint_is_a_line_of_its_own_with_its_age_and_recording_comes_first():
    message = say(MISSING, DECLARED, COSTS)

    assert message.hint == f"{HINT} {AGE}"
    assert message.notes == (("A hint, no proof", message.hint),)
    assert [(answer.when, answer.rest) for answer in message.answers] == [
        ("If the credits are there", RECORD),
        ("If you see to it", "lab rule"),
    ]


def test_recording_is_offered_too_where_nothing_else_asks_for_it():
    asks = made("Still nothing", **{"while": "not credits_granted"})

    assert say(asks, DECLARED, COSTS, grants=("g", "h")).answers[0] == (
        Answer("If the credits are there", "record", f"{RECORD} --grant g")
    )


@pytest.mark.parametrize("probe", ["credits exhausted", "model not found"])
def test_a_hint_that_says_nothing_of_credits_that_came_leaves_the_answers_as_they_are(probe):
    message = say(MISSING, DECLARED, Reading("openai-probe", READ, {"probe_said": probe}))

    assert message.hint.endswith("(openai-probe, read 13:00 UTC)")
    assert message.answers[0] == Answer("When done", "record", RECORD)


def test_without_a_hint_and_where_it_is_over_nothing_is_hinted_at():
    assert say(MISSING, replace(DECLARED, account={}), COSTS).hint == ""
    assert say(MISSING, DECLARED, COSTS, reason=Reason.RESOLVED).notes == ()


def test_a_rule_about_something_else_shows_no_hint_and_offers_nothing():
    message = say(MUCH, DECLARED, COSTS)

    assert message.hint == ""
    assert [answer.verb for answer in message.answers] == ["ack"]


def test_the_service_itself_has_no_hints():
    words = Vocabulary(SERVICE)
    itself = scene(vocabulary=words)

    assert say_hint(itself) == ""


def test_a_message_about_spending_says_who_spends_until_it_is_over():
    message = say(MUCH, DECLARED, SPENT)

    assert message.spends == f"project thesis-7 100% of the last 7 days {AGE}"
    assert message.notes == (("Who spends", message.spends),)
    assert say(MUCH, DECLARED, SPENT, reason=Reason.CLOSED).spends == ""
    assert say(MISSING, DECLARED, SPENT).spends == ""


# -- how old figures are --------------------------------------------------------------------------------------

GRANTED = Reading(
    "recorded",
    NOW - 5,
    grants={"g": {"credits_granted": Money(100 * MICRO, "USD"), "credits_granted_on": date(2026, 11, 2)}},
)
BALANCE = Reading(
    "recorded",
    NOW - 5,
    grants={"g": {**GRANTED.grants["g"], "credits_left": Money(90 * MICRO, "USD")}},
    since={"g/credits_left": moment("2026-11-20 09:00")},
)


def test_an_amount_in_a_letter_is_known_with_its_age():
    message = say(LOW, DECLARED, GRANTED, COSTS)

    assert message.letter.body == "87.60 USD\n"
    assert message.known == f"credits left 87.60 USD {AGE}"


@pytest.mark.parametrize(
    ("reading", "verb"),
    [(BALANCE, "recorded"), (replace(BALANCE, pushed=frozenset({"g/credits_left"})), "pushed")],
)
def test_what_was_taken_on_from_a_balance_names_that_too(reading, verb):
    message = say(LOW, DECLARED, reading, COSTS)

    assert message.known == (
        "credits left 77.60 USD (openai, read 13:00 UTC, may lag a day, "
        f"from the balance {verb} 20 November, 09:00 UTC)"
    )


@pytest.mark.parametrize(
    "readings",
    [
        (GRANTED, COSTS),  # from what was granted
        (BALANCE, replace(COSTS, account={"granted_balance": Money(50 * MICRO, "USD")})),  # the provider's own
        (BALANCE,),
    ],
    ids=["granted", "provider", "no costs"],
)
def test_otherwise_no_balance_was_taken_on(readings):
    assert "from the balance" not in say(LOW, DECLARED, *readings).known


def test_what_was_standing_has_the_figures_of_its_rows_and_of_its_letter_with_their_age():
    low, much = (
        replace(rule, title=parse_template(title, BOOKS)) for rule, title in ((LOW, "Low"), (MUCH, "Much"))
    )
    seen = scene(DECLARED, GRANTED, SPENT)

    def standing(*rules):
        return compose_standing(
            [(rule, told(Reason.STANDING, "500"), seen) for rule in rules], seen, people="team"
        )

    assert standing(LOW, MUCH).known == f"credits left 87.60 USD, spent in 30 days 12.40 USD {AGE}"
    assert standing(much, low).known == f"credits left 87.60 USD {AGE}"  # the letter shows it
    assert standing(much).known == ""
    assert standing(MISSING).hint == ""
    hinted = scene(DECLARED, COSTS)
    both = [(rule, told(Reason.STANDING), hinted) for rule in (much, MISSING)]
    assert compose_standing(both, hinted, people="team").hint == f"{HINT} {AGE}"


def test_of_a_table_the_oldest_age_of_each_source_is_said():
    older = replace(COSTS, at=READ - 3600)
    scenes = [scene(DECLARED, GRANTED, COSTS), scene(DECLARED, GRANTED, older), scene(DECLARED, GRANTED, COSTS)]
    person = scene(DECLARED, BALANCE)

    assert say_ages((LOW, each) for each in scenes) == (
        "the oldest figures: openai, read 12:00 UTC, may lag a day"
    )
    assert say_ages([(MUCH, scenes[0]), (LOW, person)]) == (
        "the oldest figures: openai, read 13:00 UTC, may lag a day; recorded by a person, 20 November, 09:00 UTC"
    )
    term = made("At least {{ least }}", **{"while": "credits_left < least"})  # what no reading says has no age
    assert say_ages([(MISSING, scenes[0]), (LOW, scene()), (term, scenes[0])]) == ""


def test_a_table_and_a_question_carry_the_age_of_their_figures():
    one = Message("5.00 USD left", "lab", Reason.OPENED)
    hold = Hold(3, NOW, "The rules were edited", Stage.WAITING, 2)

    assert compose_table([(one, told(), None)] * 2, "the oldest figures: …").known == "the oldest figures: …"
    assert (
        compose_held(hold, 2, ["5.00 USD left · lab"], NOW, "the oldest figures: …").known
        == "the oldest figures: …"
    )


def test_a_range_without_an_end_says_so_and_one_that_is_unread_stays_a_blank():
    said = made(
        "between {{ runs_out_earliest }} and {{ runs_out_latest }}", threshold="runway", falls_to=["9 weeks"]
    )
    bursts = Costs.by_day("USD", {day("2026-10-10"): MICRO, day("2026-11-20"): 20 * MICRO})
    rich = replace(GRANTED, grants={"g": GRANTED.grants["g"] | {"credits_granted": Money(200 * MICRO, "USD")}})
    old = replace(COSTS, at=NOW - 9 * 86_400)

    assert say(said, DECLARED, rich, replace(COSTS, costs=bursts)).headline.endswith(" and an open end")
    assert say(said, DECLARED, rich, old).headline.endswith("may never be used up]")


# -- what cannot be read --------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_named_and_is_said_to_be_over_without_a_name():
    failing = (("openai members", "The key lacks a scope."),)

    assert say(UNREAD, DECLARED, unreadable=failing).headline == "Cannot be read: openai members"
    over = say(UNREAD, DECLARED, reason=Reason.RESOLVED)
    assert (over.headline, over.say) == ("Done: Cannot be read", "All of it can be read again.")
