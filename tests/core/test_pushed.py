"""What a program pushed counts as recorded, is said to be pushed, and grows as old as what sources poll."""

from datetime import date

import pytest

from notifier.core.account import Account, Grant
from notifier.core.assemble import assemble
from notifier.core.calendar import FOREVER
from notifier.core.entry import Entry, Log, is_pushed, pushed_with, said_by
from notifier.core.facts import UNREAD, Expected, Reading
from notifier.core.known import say_known
from notifier.core.language.template import parse_template
from notifier.core.money import MICRO, Money
from notifier.core.rule import Program
from notifier.core.scene import Scene
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, Vocabulary
from tests.core.helpers import condition, locale, moment, rule

NOW = moment("2026-11-22 14:05")
HERE, BOOKS = locale(), Vocabulary(BUILT_IN)
PROGRAM = pushed_with("LAB_PUSH_TOKEN")
TEN = Money(10 * MICRO, "USD")


def test_who_said_it_is_named_with_what_they_did():
    assert said_by("ada", "3 November") == "recorded 3 November by ada"
    assert said_by("ada") == "recorded by ada"
    assert said_by(PROGRAM, "3 November") == "pushed 3 November with LAB_PUSH_TOKEN"
    assert said_by(PROGRAM) == PROGRAM == "pushed with LAB_PUSH_TOKEN"
    assert [is_pushed(PROGRAM), is_pushed("ada")] == [True, False]


def test_the_reading_knows_which_facts_a_program_said_last():
    log = Log()
    for grant, fact, at, by in [
        ("", "balance", 100, PROGRAM),
        ("1", "credits_left", 100, PROGRAM),
        ("1", "credits_granted", 100, "ada"),
        ("", "balance", 200, "ada"),
        ("1", "credits_granted", 200, PROGRAM),
    ]:
        log.add(Entry(grant, fact, TEN, at, by))
    both = log.reading(300)
    log.take_back("1", "credits_granted", 300, "ada")

    assert both.pushed == {"1/credits_left", "1/credits_granted"}
    assert log.reading(300).pushed == {"1/credits_left"}


def laid_out(*readings, now=NOW, sources=()):
    expected = Expected("lab", HERE, frozenset(sources), grants=("g",))
    return assemble(BOOKS, (), readings, expected, "g", now)


def recorded(*, pushed=True, at=NOW, account=None, **of_grant):
    account = account or {}
    since = dict.fromkeys(account, at) | {f"g/{name}": at for name in of_grant}
    by_programs = frozenset(since) if pushed else frozenset()
    return Reading("recorded", at, account, {"g": of_grant}, since=since, pushed=by_programs)


@pytest.mark.parametrize(("pushed", "source"), [(True, "pushed"), (False, "recorded by a person")])
def test_a_message_says_whether_a_program_or_a_person_said_it(pushed, source):
    reading = recorded(pushed=pushed, account={"spend_limit": TEN}, credits_granted=TEN)
    facts = laid_out(reading)
    asks = condition(BOOKS, **{"while": "spend_limit > 3 USD and credits_granted > 3 USD"})
    asked = rule(parse_template("a title", BOOKS), asks, vocabulary=BOOKS)
    account = Account("lab", HERE, grants=(Grant("g", "p"),))

    assert say_known(asked, Scene(account, Program("p", BOOKS), facts, NOW)) == (
        f"spend limit 10.00 USD, credits granted 10.00 USD ({source}, 14:05 UTC)"
    )


def test_a_polled_fact_that_was_pushed_grows_old_and_a_recorded_one_does_not():
    reading = recorded(account={"spend_limit": TEN}, credits_granted=TEN)

    def seen(now):
        facts = laid_out(reading, now=now)
        names = ("spend_limit", "credits_granted")
        return [facts.values[BOOKS.places[name]] for name in names], facts.fresh_until

    ends = NOW + POLLED_COUNTS_FOR
    assert seen(ends - 1) == ([10 * MICRO, 10 * MICRO], ends)
    assert seen(ends) == ([UNREAD, 10 * MICRO], FOREVER)


def test_of_what_is_polled_and_pushed_the_newest_counts():
    older = Reading("openai", NOW - 60, {"spend_limit": Money(MICRO, "USD")})
    newer = Reading("openai", NOW + 60, {"spend_limit": Money(MICRO, "USD")})
    reading = recorded(account={"spend_limit": TEN})
    place = BOOKS.places["spend_limit"]

    assert laid_out(older, reading, sources=["openai"]).values[place] == 10 * MICRO
    assert laid_out(newer, reading, now=NOW + 60, sources=["openai"]).values[place] == MICRO


@pytest.mark.parametrize(("age", "limit"), [(0, 10 * MICRO), (POLLED_COUNTS_FOR - 1, 10 * MICRO),
                                            (POLLED_COUNTS_FOR, UNREAD)])  # fmt: skip
def test_what_was_pushed_of_an_item_grows_old_while_the_item_stays(age, limit):
    said = {"papers/bots/submitted_on": date(2026, 11, 20), "projects/thesis-7/spend_limit": TEN}
    file = Reading("declared", NOW, {"projects": ("thesis-7",), "papers": ("bots",)})
    facts = laid_out(file, recorded(account=said), now=NOW + age)

    def value(name, fact):
        place, collection = BOOKS.collections[name]
        (item,) = facts.values[place]
        return item.values[[each.name for each in collection.facts].index(fact)]

    assert value("projects", "spend_limit") == limit
    assert value("papers", "submitted_on") == date(2026, 11, 20).toordinal()
    assert facts.fresh_until == (NOW + POLLED_COUNTS_FOR if limit is not UNREAD else FOREVER)
