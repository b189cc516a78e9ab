"""A balance that a person read is taken on by the costs, a provider's own is what is left; the newest counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.assemble import assemble
from notifier.core.costs import Costs
from notifier.core.facts import UNREAD, Expected, Reading
from notifier.core.money import MICRO, Money
from notifier.core.pool import Batch, left_in
from notifier.core.totals import together
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, Vocabulary
from tests.core.helpers import DAY, day, locale, moment

NOW = moment("2026-11-22 12:00")
TODAY = day("2026-11-22")
BOOKS = Vocabulary(BUILT_IN)
HERE = locale(rates=[("EUR", 1_100_000)])
LEFT = ("credits_left", "credits_used")
TOLD_AT = NOW - 3600


def dollars(amount, currency="USD"):
    return Money(round(amount * MICRO), currency)


def laid_out(*readings, grants=("g",), grant="g", sources=(), now=NOW):
    return assemble(
        BOOKS, (), readings, Expected("lab", HERE, frozenset(sources), grants=tuple(grants)), grant, now
    )


def values(facts, *names):
    return tuple(facts.values[BOOKS.places[name]] for name in names)


def in_dollars(facts, *names):
    return tuple(value / MICRO if isinstance(value, int) else value for value in values(facts, *names))


def recorded(at=NOW - DAY, **grants):
    return Reading("recorded", at, {}, grants)


def granted(amount=100, granted_on="2026-11-01", **more):
    return {
        "credits_granted": dollars(amount),
        "credits_granted_on": date.fromisoformat(granted_on),
        **{name: date.fromisoformat(value) if name.endswith("_on") else value for name, value in more.items()},
    }


def told(at=TOLD_AT, **balances):
    """What a provider says of its balances; amounts in dollars."""
    return Reading("deepseek", at, {name: dollars(each) for name, each in balances.items()})


def paid_method(said):
    return Reading("declared", NOW - 9 * DAY, {"paid_method": said})


def spent(amount=10, on="2026-11-10", at=NOW):
    return Reading("openai", at, costs=Costs.by_day("USD", {day(on): round(amount * MICRO)}))


def test_what_nobody_knows_came_from_no_reading():
    facts = laid_out(spent())

    assert values(facts, *LEFT) == (None, None)
    assert facts.reading_of(BOOKS.places["credits_left"]) is None


# -- which of a provider's balances counts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "left"),
    [
        ([told(granted_balance=40)], 40),
        ([told(granted_balance=40, balance=90, paid_balance=50)], 40),
        ([told(granted_balance=0, balance=50, paid_balance=50)], 0),
        ([told(balance=90, paid_balance=50)], 40),
        ([told(balance=90, paid_balance=0)], 90),
        ([told(balance=90), paid_method(said=False)], 90),
        ([told(balance=90)], None),  # nobody knows whose money that is
        ([told(balance=90), paid_method(said=True)], None),
        ([told(paid_balance=50)], None),
        ([Reading("deepseek", TOLD_AT, {"granted_balance": None})], None),
        (
            [
                Reading(
                    "deepseek",
                    TOLD_AT,
                    {"granted_balance": None, "balance": dollars(7), "paid_balance": dollars(2)},
                )
            ],
            5,
        ),
        ([Reading("deepseek", TOLD_AT, {"balance": None, "paid_balance": dollars(2)})], None),
        ([Reading("deepseek", TOLD_AT, {"balance": dollars(10, "EUR"), "paid_balance": dollars(0)})], 11),
        ([Reading("deepseek", TOLD_AT, {"granted_balance": dollars(10, "GBP")})], UNREAD),
        ([Reading("deepseek", TOLD_AT, {"balance": dollars(9), "paid_balance": dollars(1, "GBP")})], UNREAD),
    ],
)
def test_what_was_granted_is_left_as_far_as_the_provider_says_so(readings, left):
    facts = laid_out(recorded(g=granted()), *readings)

    assert in_dollars(facts, *LEFT) == (left, 100 - left if isinstance(left, int) else left)


def test_what_the_provider_says_has_its_reading():
    facts = laid_out(recorded(g=granted()), told(granted_balance=40), spent())

    assert [facts.reading_of(BOOKS.places[name]).source for name in LEFT] == ["deepseek", "deepseek"]
    assert facts.reading_of(BOOKS.places["spent_since_granted"]).source == "openai"


@pytest.mark.parametrize(
    ("person_at", "left"),
    [(TOLD_AT - 1, 40), (TOLD_AT, 40), (TOLD_AT + 1, 77)],
    ids=["older", "at once", "newer"],
)
def test_of_a_person_and_a_provider_the_newer_counts(person_at, left):
    facts = laid_out(recorded(at=person_at, g=granted(credits_left=dollars(77))), told(granted_balance=40))

    assert in_dollars(facts, "credits_left") == (left,)


def test_before_the_credits_are_recorded_the_balance_is_known_and_what_is_used_is_not():
    assert in_dollars(laid_out(told(granted_balance=40)), *LEFT) == (40, None)


@pytest.mark.parametrize(
    ("readings", "left"),
    [
        ([], UNREAD),  # nobody tells costs: nothing newer is known
        ([spent()], 90),
        ([spent(), recorded(at=NOW - 9 * DAY, g={"credits_left": dollars(50)})], 50),
        ([recorded(at=NOW - 9 * DAY, g={"credits_left": dollars(50)})], UNREAD),
        ([recorded(at=NOW - 1, g={"credits_left": dollars(50)})], 50),
    ],
    ids=["no costs", "costs", "costs since an older reading", "an older reading alone", "a newer reading"],
)
def test_a_balance_that_is_too_old_counts_no_more(readings, left):
    old = told(at=NOW - POLLED_COUNTS_FOR, granted_balance=40)
    facts = laid_out(recorded(at=NOW - 99 * DAY, g=granted()), old, *readings)

    assert in_dollars(facts, "credits_left") == (left,)


def test_a_balance_counts_until_its_time_is_over():
    facts = laid_out(recorded(g=granted()), told(granted_balance=40), spent())

    assert facts.fresh_until == TOLD_AT + POLLED_COUNTS_FOR
    assert in_dollars(
        laid_out(recorded(g=granted()), told(granted_balance=40), now=facts.fresh_until - 1), *LEFT
    ) == (*(40, 60),)


def test_while_a_source_never_answered_what_is_left_is_unread():
    assert values(laid_out(recorded(g=granted()), sources=["deepseek"]), *LEFT) == (UNREAD, UNREAD)


# -- drift ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("balance", "drift"), [(90, 0), (85, 5), (97, 7)], ids=["they agree", "less is left", "more is left"]
)
def test_how_far_the_provider_s_balance_and_the_costs_are_apart_is_a_fact(balance, drift):
    facts = laid_out(recorded(g=granted()), told(granted_balance=balance), spent(10))

    assert in_dollars(facts, "balance_drift", "spent_since_granted") == (drift, 10)


@pytest.mark.parametrize(
    ("readings", "drift"),
    [
        ([recorded(g=granted())], None),
        ([recorded(g=granted()), spent(at=NOW - POLLED_COUNTS_FOR)], UNREAD),
        ([spent()], None),  # of what?
    ],
    ids=["no costs", "costs too old", "no grant"],
)
def test_without_both_sides_there_is_no_drift(readings, drift):
    assert values(laid_out(told(granted_balance=90), *readings), "balance_drift") == (drift,)


# -- several grants and batches -------------------------------------------------------------------------------

TWO = {"g": granted(50, credits_expire_on="2026-12-31"), "h": granted(100, credits_expire_on="2027-06-30")}


@pytest.mark.parametrize(
    ("balance", "lefts"),
    [
        (150, (50, 100)),
        (130, (30, 100)),  # the first to expire was used first
        (100, (0, 100)),
        (70, (0, 70)),
        (0, (0, 0)),
        (-5, (0, -5)),
        (160, (50, 110)),  # more than was granted: it shows on the last to expire
    ],
)
def test_of_several_grants_the_last_to_expire_keep_what_is_left(balance, lefts):
    readings = recorded(**TWO), told(granted_balance=balance), spent()

    assert (
        tuple(in_dollars(laid_out(*readings, grants="gh", grant=each), "credits_left")[0] for each in "gh")
        == lefts
    )


def test_a_grant_that_has_ended_or_has_not_begun_keeps_nothing():
    ended = {**TWO, "h": granted(100, "2025-01-01", credits_expire_on="2026-11-01")}
    to_come = {**TWO, "h": granted(100, "2026-12-01", credits_expire_on="2027-06-30")}

    for several in (ended, to_come):
        facts = laid_out(recorded(**several), told(granted_balance=30), grants="gh", grant="g")
        assert in_dollars(facts, *LEFT) == (30, 20)


def test_what_is_left_although_all_have_ended_shows_all_the_same():
    both = {each: granted(50, "2025-01-01", credits_expire_on=f"2026-0{at}-01") for at, each in enumerate("gh", 1)}
    readings = recorded(**both), told(granted_balance=60)

    assert [in_dollars(laid_out(*readings, grants="gh", grant=each), "credits_left") for each in "gh"] == [
        (10,),
        (50,),
    ]


def test_while_another_grant_is_not_recorded_what_is_too_much_may_be_its_own():
    readings = recorded(g=granted(50)), told(granted_balance=130)

    assert in_dollars(laid_out(*readings, grants="gh", grant="g"), *LEFT) == (50, 0)
    assert in_dollars(laid_out(*readings, grants="gh", grant="h"), *LEFT) == (None, None)


def test_a_grant_in_a_currency_without_a_rate_leaves_everybody_s_share_unread():
    several = {"g": granted(50), "h": granted(100) | {"credits_granted": dollars(9, "GBP")}}
    facts = laid_out(recorded(**several), told(granted_balance=130), grants="gh", grant="g")

    assert values(facts, *LEFT) == (UNREAD, UNREAD)


def batches(**each):
    said = {"batches": tuple(each)}
    for name, (amount, granted_on, expires_on) in each.items():
        said |= {
            f"batches/{name}/amount": dollars(amount),
            f"batches/{name}/granted_on": date.fromisoformat(granted_on),
        }
        said[f"batches/{name}/expires_on"] = date.fromisoformat(expires_on)
    return said


def of_batches(facts):
    place, collection = BOOKS.collections["batches"]
    names = [each.name for each in collection.facts]
    used, left = names.index("used"), names.index("left")
    return {item.id: (item.values[used], item.values[left], item.origins[left]) for item in facts.values[place]}


def test_the_batches_of_a_grant_are_filled_from_the_back_too():
    said = granted(150) | batches(late=(100, "2026-11-01", "2027-06-30"), early=(50, "2026-11-01", "2026-12-31"))
    facts = laid_out(recorded(g=said), told(granted_balance=120))

    assert of_batches(facts) == {"late": (0, 100 * MICRO, 1), "early": (30 * MICRO, 20 * MICRO, 1)}
    assert in_dollars(facts, *LEFT) == (120, 30)


def test_a_batch_of_which_the_amount_is_not_stated_has_nothing_used_or_left():
    said = batches(a=(100, "2026-11-01", "2027-06-30"))
    said |= {"batches": ("a", "b"), "batches/b/granted_on": date(2026, 11, 1)}
    facts = laid_out(recorded(g=granted() | said), told(granted_balance=30))

    assert {name: each[:2] for name, each in of_batches(facts).items()} == {
        "a": (70 * MICRO, 30 * MICRO),
        "b": (None, None),
    }


def test_batches_are_unread_where_what_is_left_is():
    said = granted() | batches(a=(100, "2026-11-01", "2027-06-30"))
    facts = laid_out(recorded(g=said), told(at=NOW - POLLED_COUNTS_FOR, granted_balance=40))

    assert [each[:2] for each in of_batches(facts).values()] == [(UNREAD, UNREAD)]


# -- laws -----------------------------------------------------------------------------------------------------

amounts = st.integers(-20, 200)
several_batches = st.lists(
    st.tuples(
        st.integers(0, 90), st.integers(TODAY - 60, TODAY + 20), st.none() | st.integers(TODAY - 40, TODAY + 400)
    ),
    min_size=1,
    max_size=5,
).map(lambda made: [Batch("gh"[at % 2], str(at), *each) for at, each in enumerate(made)])


@given(several_batches, amounts, st.integers(TODAY - 50, TODAY + 50))
def test_what_the_batches_hold_is_what_is_left(several, left, on):
    held = left_in(several, left, on)

    assert sum(held.values()) == left
    assert held.keys() == {(each.grant, each.id) for each in several}
    assert left_in(several[::-1], left, on) == held


@given(several_batches, st.integers(0, 200), st.integers(0, 200))
def test_the_more_is_left_the_more_each_batch_holds(several, one, other):
    less, more = (left_in(several, each, TODAY) for each in sorted((one, other)))

    assert all(less[name] <= more[name] for name in less)


grants_said = st.fixed_dictionaries(
    {
        "credits_granted": st.integers(0, 90).map(dollars),
        "credits_granted_on": st.dates(date(2026, 10, 1), date(2026, 11, 22)),
    },
    optional={"credits_expire_on": st.dates(date(2026, 10, 20), date(2027, 12, 5))},
)
days_of_costs = st.dictionaries(st.integers(TODAY - 40, TODAY), st.integers(0, 9 * MICRO), max_size=8)


def everything(readings, grants):
    """The record of the account's first grant, with what all of them come to."""
    each = [laid_out(*readings, grants=grants, grant=grant) for grant in grants]
    return together(each[0], each, BOOKS), each


@given(st.lists(grants_said, min_size=1, max_size=3), amounts, st.none() | days_of_costs)
def test_the_pool_adds_up_to_what_the_provider_says_is_left(several, balance, costs):
    names = "ghi"[: len(several)]
    tells = [] if costs is None else [Reading("openai", NOW, costs=Costs.by_day("USD", costs))]
    readings = recorded(**dict(zip(names, several, strict=True))), told(granted_balance=balance), *tells
    whole, each = everything(readings, names)

    assert sum(in_dollars(facts, "credits_left")[0] for facts in each) == balance
    assert in_dollars(whole, "account.credits_left") == (balance,)
    total = sum(said["credits_granted"].micro for said in several)
    assert values(whole, "account.credits_used") == (total - balance * MICRO,)


BALANCES = ("credits_left", "credits_used", "spent_since_granted", "balance_drift")


@given(
    st.lists(grants_said, min_size=1, max_size=2),
    days_of_costs,
    st.none() | amounts,
    st.none() | st.integers(0, 90),
    st.sets(st.integers(TODAY - 40, TODAY)),
)
def test_days_that_cost_nothing_change_nothing(several, costs, balance, person, zeros):
    names = "gh"[: len(several)]
    said = dict(zip(names, several, strict=True))
    if person is not None:
        said["g"] = said["g"] | {"credits_left": dollars(person)}
    tells = [] if balance is None else [told(granted_balance=balance)]

    def known(amounts):
        readings = (
            recorded(at=NOW - 5 * DAY, **said),
            *tells,
            Reading("openai", NOW, costs=Costs.by_day("USD", amounts)),
        )
        return [values(each, *BALANCES) for each in everything(readings, names)[1]]

    assert known(dict.fromkeys(zeros, 0) | costs) == known(costs)


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 90)), min_size=1, max_size=4, unique_by=lambda each: each[0]
    )
)
def test_of_several_readings_the_newest_counts_whatever_their_order(ages):
    """Each a number of hours ago, of a person (where it is even) or of the provider."""
    people = [(age, left) for age, left in ages if age % 2 == 0]
    tells = [told(at=NOW - age * 3600, granted_balance=left) for age, left in ages if age % 2]
    newest_of_people = [
        recorded(at=NOW - age * 3600, g={"credits_left": dollars(left)}) for age, left in sorted(people)
    ]
    readings = [recorded(at=NOW - 99 * DAY, g=granted()), *newest_of_people[:1], *tells]
    _, expected = min(ages)

    assert in_dollars(laid_out(*readings), "credits_left") == (expected,)
    assert in_dollars(laid_out(*readings[::-1]), "credits_left") == (expected,)
