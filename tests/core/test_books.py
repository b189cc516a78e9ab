"""What is used and left: of batches and of several grants in one pool, over all grants; and how long it lasts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.assemble import assemble
from notifier.core.calendar import DAYS, FOREVER, Duration
from notifier.core.costs import Costs, Spending, utc_day
from notifier.core.fact import item_fact
from notifier.core.facts import UNREAD, Expected, Reading
from notifier.core.forecast import LONGEST_RUNWAY
from notifier.core.language.compile import evaluator
from notifier.core.language.types import understand
from notifier.core.money import MICRO, Money
from notifier.core.pool import Batch, Pool
from notifier.core.totals import together
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, SERVICE, Kind, Vocabulary
from tests.core.helpers import DAY, day, fact, locale, moment

NOW = moment("2026-11-22 12:00")
TODAY = day("2026-11-22")
ENDS = fact("access_ends_on", Kind.DATE, formula="credits_expire_on")
SOON = fact("soon", Kind.YESNO, formula="runs_out_on < access_ends_on")
BOOKS = Vocabulary(BUILT_IN).extended([ENDS, SOON])
HERE = locale("Europe/Berlin", rates=[("EUR", 1_100_000)])
FORMULAS = tuple(
    (BOOKS.places[each.name], evaluator(understand(each.formula, BOOKS, each.kind), HERE)) for each in (ENDS, SOON)
)


def dollars(amount, currency="USD"):
    return Money(round(amount * MICRO), currency)


def on(text):
    return date.fromisoformat(text)


def laid_out(*readings, grants=("g",), grant="g", sources=(), now=NOW, where=HERE):
    expected = Expected("lab", where, frozenset(sources), grants=tuple(grants))
    return assemble(BOOKS, FORMULAS, readings, expected, grant, now)


def values(facts, *names):
    return tuple(facts.values[BOOKS.places[name]] for name in names)


def recorded(at=NOW - DAY, **grants):
    return Reading("recorded", at, {}, grants)


def granted(amount=100, granted_on="2026-11-01", **more):
    return {"credits_granted": dollars(amount), "credits_granted_on": on(granted_on), **more}


def polled(days, currency="USD", at=NOW):
    spent = {day(text): round(amount * MICRO) for text, amount in days.items()}
    return Reading("openai", at, costs=Costs.by_day(currency, spent))


def every_day(amount, first="2026-10-01", last="2026-11-21"):
    return {str(date.fromordinal(at)): amount for at in range(day(first), day(last) + 1)}


def batches(**each):
    """Facts of a grant with batches: ``one=(amount, granted_on, expires_on)``."""
    said = {"batches": tuple(each)}
    for name, (amount, granted_on, expires_on) in each.items():
        said[item_fact("batches", name, "amount")] = dollars(amount)
        said[item_fact("batches", name, "granted_on")] = on(granted_on)
        if expires_on:
            said[item_fact("batches", name, "expires_on")] = on(expires_on)
    return said


def of_batches(facts):
    """For each batch what is used and left."""
    place, collection = BOOKS.collections["batches"]
    names = [each.name for each in collection.facts]
    return {
        item.id: tuple(item.values[names.index(name)] for name in ("used", "left")) for item in facts.values[place]
    }


# -- costs ----------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.integers(1, 40), st.integers(-3, 9)), st.integers(0, 41), st.integers(0, 45))
def test_costs_are_what_a_person_adds_up(amounts, at, length):
    costs = Costs.by_day("USD", amounts)
    spending = Spending(costs, at)
    spent = [each for each in amounts if amounts[each]]

    def total(first, last):
        return sum(amount for each, amount in amounts.items() if first <= each <= last)

    assert (costs.before(at), costs.through(at), costs.total()) == (total(0, at - 1), total(0, at), total(0, 99))
    assert costs.of_days() == sorted(amounts.items())
    assert costs.last_day_with_costs() == max(spent, default=None)
    assert costs.first_day_with_costs() == min(spent, default=None)
    assert spending.last(length) == total(at - length, at - 1)
    assert (spending.yesterday(), spending.since(at)) == (total(at - 1, at - 1), total(at, 99))


@pytest.mark.parametrize(
    ("read_on", "spent"), [("2026-01-31", 111), ("2026-02-01", 110), ("2026-02-28", 110), ("2026-03-01", 100)]
)
def test_the_month_of_a_reading_begins_with_its_first_day(read_on, spent):
    costs = Costs.by_day("USD", {day("2026-01-31"): 1, day("2026-02-01"): 10, day("2026-03-01"): 100})

    assert Spending(costs, day(read_on)).this_month() == spent


@pytest.mark.parametrize(
    ("at", "expected"), [("2026-11-22 23:59", "2026-11-22"), ("2026-11-23 00:00", "2026-11-23")]
)
def test_a_utc_day_ends_at_midnight_utc(at, expected):
    assert utc_day(moment(at)) == day(expected)


# -- a pool of batches ----------------------------------------------------------------------------------------


def pooled(spent, *several):
    return Pool([Batch(*each) for each in several], spent)


def test_the_earliest_batch_to_expire_is_used_first():
    pool = pooled([(5, 30)], ("g", "late", 100, 1, 90), ("g", "early", 20, 1, 50), ("g", "never", 100, 1))

    assert [pool.used("g", name) for name in ("early", "late", "never")] == [20, 10, 0]


def test_of_two_that_expire_together_the_older_is_used_first():
    pool = pooled([(5, 30)], ("g", "new", 100, 3, 90), ("g", "old", 20, 1, 90))

    assert [pool.used("g", name) for name in ("old", "new")] == [20, 10]


def test_a_batch_is_used_from_its_first_to_its_last_day():
    spent = [(9, 1), (10, 2), (20, 4), (21, 8)]
    pool = pooled(spent, ("g", "a", 100, 10, 20), ("g", "b", 100, 21, 30))

    assert [pool.used("g", name) for name in ("a", "b")] == [6, 8]  # what was spent before any came is nobody's


def test_what_is_spent_beyond_all_batches_shows_on_the_one_that_expires_last():
    pool = pooled([(5, 150)], ("g", "early", 50, 1, 50), ("g", "late", 70, 1, 90))

    assert [pool.used("g", name) for name in ("early", "late")] == [50, 100]


def test_what_was_overspent_is_no_debt_of_a_batch_that_comes_later():
    pool = pooled([(1, 150), (2, 10)], ("g", "first", 100, 1, 50), ("h", "second", 100, 2, 90))

    assert [pool.used("g", "first"), pool.used("h", "second")] == [150, 10]


def test_after_the_last_batch_has_expired_its_costs_still_show():
    pool = pooled([(99, 5)], ("g", "a", 100, 1, 50), ("g", "b", 100, 1, 60))

    assert [pool.used("g", name) for name in ("a", "b")] == [0, 5]


def test_a_refund_goes_back_to_the_batch_in_use():
    pool = pooled([(5, 30), (6, -10)], ("g", "early", 20, 1, 50), ("g", "late", 100, 1, 90))

    assert [pool.used("g", name) for name in ("early", "late")] == [10, 10]


def test_a_grant_is_charged_with_what_its_batches_gave_since_a_day():
    pool = pooled([(5, 30), (6, 30)], ("g", "a", 40, 1, 50), ("h", "b", 100, 1, 90))

    assert [pool.spent("g", day) for day in (1, 5, 6, 7)] == [40, 40, 10, 0]
    assert [pool.spent("h", day) for day in (1, 6)] == [20, 20]


def test_batches_of_two_grants_may_have_one_name():
    pool = pooled([(5, 30)], ("g", "1", 20, 1, 50), ("h", "1", 100, 1, 90))

    assert [pool.used("g", "1"), pool.used("h", "1")] == [20, 10]


@st.composite
def pools(draw):
    several = draw(
        st.lists(
            st.tuples(
                st.sampled_from("gh"),
                st.integers(0, 50),
                st.integers(1, 30),
                st.none() | st.integers(0, 40),
            ),
            min_size=1,
            max_size=5,
        )
    )
    made = [
        Batch(grant, str(at), amount, first, None if length is None else first + length)
        for at, (grant, amount, first, length) in enumerate(several)
    ]
    spent = draw(st.dictionaries(st.integers(1, 60), st.integers(-5, 40), max_size=20))
    return made, sorted(spent.items())


@given(pools())
def test_what_the_batches_gave_is_what_was_spent_since_the_first_came(made):
    several, spent = made
    pool = Pool(several, spent)
    first = min(each.granted_on for each in several)
    total = sum(amount for at, amount in spent if at >= first)

    assert sum(pool.used(each.grant, each.id) for each in several) == total
    assert pool.spent("g", first) + pool.spent("h", first) == total
    for grant in "gh":
        own = [each for each in several if each.grant == grant]
        assert pool.spent(grant, 0) == sum(pool.used(grant, each.id) for each in own)


@given(pools())
def test_no_batch_but_the_last_gives_more_than_it_has(made):
    several, spent = made
    spent = [(at, max(amount, 0)) for at, amount in spent]
    pool = Pool(several, spent)

    def order(each):
        return each.last_day, each.granted_on, each.id

    last_to_come = {
        max((each for each in several if each.granted_on <= at), key=order, default=None) for at, _ in spent
    }

    for each in several:
        used = pool.used(each.grant, each.id)
        assert used >= 0
        assert used <= each.amount or each in last_to_come


@given(pools())
def test_the_order_in_which_batches_are_named_does_not_matter(made):
    several, spent = made
    one, other = Pool(several, spent), Pool(several[::-1], spent)

    assert [one.used(each.grant, each.id) for each in several] == [
        other.used(each.grant, each.id) for each in several
    ]


# -- batches in a record --------------------------------------------------------------------------------------


def test_a_batch_knows_what_is_used_and_left_of_it():
    said = granted(120, "2026-11-01") | batches(a=(20, "2026-11-01", "2026-12-01"), b=(100, "2026-11-01", None))
    facts = laid_out(recorded(g=said), polled({"2026-11-05": 30, "2026-10-01": 99}))

    assert of_batches(facts) == {"a": (20 * MICRO, 0), "b": (10 * MICRO, 90 * MICRO)}
    assert values(facts, "credits_used", "credits_left") == (30 * MICRO, 90 * MICRO)


def test_batches_without_an_amount_or_a_day_give_nothing():
    odd = {"batches/no-day/amount": dollars(5), "batches/no-amount/granted_on": on("2026-11-01")}
    said = granted() | batches(a=(20, "2026-11-01", None)) | odd | {"batches": ("a", "b", "no-day", "no-amount")}
    facts = laid_out(recorded(g=said), polled({"2026-11-05": 30}))

    assert of_batches(facts) == {
        "a": (30 * MICRO, -10 * MICRO),
        "b": (0, None),
        "no-day": (0, 5 * MICRO),
        "no-amount": (0, None),
    }


def test_where_nobody_tells_costs_the_batches_share_what_the_balance_says_is_used():
    several = batches(a=(20, "2026-11-01", "2026-11-21"), b=(100, "2026-11-01", None))
    said = granted(120) | several | {"credits_left": dollars(85)}
    read_in_time = laid_out(recorded(at=moment("2026-11-21 12:00"), g=said))
    read_later = laid_out(recorded(at=moment("2026-11-22 12:00"), g=said))

    assert of_batches(read_in_time) == {"a": (20 * MICRO, 0), "b": (15 * MICRO, 85 * MICRO)}
    assert of_batches(read_later) == {"a": (0, 20 * MICRO), "b": (35 * MICRO, 65 * MICRO)}
    assert of_batches(laid_out(recorded(at=moment("2026-11-21 12:00"), g=said), now=NOW + 90 * DAY)) == of_batches(
        read_in_time
    )


@pytest.mark.parametrize(
    ("readings", "sources", "used"),
    [
        ([], [], None),
        ([], ["openai"], UNREAD),
        ([polled({"2026-11-05": 30}, "GBP")], [], UNREAD),
        ([polled({"2026-11-05": 30}, at=NOW - POLLED_COUNTS_FOR)], [], UNREAD),
        ([polled({"2026-11-05": 10}, "EUR")], [], 11 * MICRO),
    ],
    ids=["nobody tells costs", "never read", "no rate", "too old", "at a rate"],
)
def test_what_is_used_of_a_batch_is_as_known_as_the_costs(readings, sources, used):
    said = granted() | batches(a=(100, "2026-11-01", None))
    left = 100 * MICRO - used if isinstance(used, int) else used

    assert of_batches(laid_out(recorded(g=said), *readings, sources=sources)) == {"a": (used, left)}


# -- several grants -------------------------------------------------------------------------------------------

TWO = recorded(
    g=granted(50, "2026-11-01", credits_expire_on=on("2026-12-01")),
    h=granted(100, "2026-11-10", credits_expire_on=on("2027-06-01")),
)


def test_two_grants_share_the_costs_instead_of_counting_them_twice():
    spent = polled({"2026-11-05": 30, "2026-11-15": 40})
    records = {name: laid_out(TWO, spent, grants="gh", grant=name) for name in "gh"}

    assert values(records["g"], "credits_used", "credits_left") == (50 * MICRO, 0)
    assert values(records["h"], "credits_used", "credits_left") == (20 * MICRO, 80 * MICRO)


def test_a_balance_that_somebody_read_counts_minus_the_grant_s_share_since_then():
    read = recorded(
        at=moment("2026-11-14 12:00"),
        g=granted(50, "2026-11-01", credits_expire_on=on("2026-12-01"), credits_left=dollars(18)),
        h=granted(100, "2026-11-10", credits_expire_on=on("2027-06-01")),
    )
    spent = polled({"2026-11-05": 30, "2026-11-15": 5, "2026-11-16": 40})
    facts = laid_out(read, spent, grants="gh", grant="g")

    assert values(facts, "credits_left", "balance_drift") == (-2 * MICRO, 2 * MICRO)


def test_the_newest_of_what_was_said_of_a_batch_counts_however_the_readings_stand():
    file = Reading(
        "declared", NOW, {}, {"h": granted(100, "2026-11-10")}, since={"h/credits_granted": NOW - 9 * DAY}
    )
    person = recorded(at=NOW - DAY, h={"credits_granted": dollars(30)}, g=granted(50, "2026-11-20"))
    spent = polled({"2026-11-15": 20, "2026-11-21": 20})

    for readings in ([file, person, spent], [spent, person, file]):
        facts = laid_out(*readings, grants="gh", grant="h")
        assert values(facts, "credits_granted", "credits_used") == (30 * MICRO, 30 * MICRO)


@given(
    st.dictionaries(st.integers(TODAY - 40, TODAY), st.integers(0, 9), max_size=15),
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(TODAY - 40, TODAY), st.none() | st.integers(0, 60)),
        min_size=2,
        max_size=4,
    ),
)
def test_all_grants_together_used_what_was_spent_since_the_first(spent, grants):
    names = [f"g{at}" for at in range(len(grants))]
    said = {
        name: {
            "credits_granted": Money(amount, "USD"),
            "credits_granted_on": date.fromordinal(first),
            "credits_expire_on": None if length is None else date.fromordinal(first + length),
        }
        for name, (amount, first, length) in zip(names, grants, strict=True)
    }
    readings = recorded(**said), Reading("openai", NOW, costs=Costs.by_day("USD", spent))
    used = [values(laid_out(*readings, grants=names, grant=name), "spent_since_granted")[0] for name in names]
    first = min(each for _, each, _ in grants)

    assert sum(used) == sum(amount for at, amount in spent.items() if at >= first)


# -- drift ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("read", "drift"), [(70, 0), (72, 2), (65, 5)])
def test_the_drift_is_how_far_balance_and_costs_are_apart(read, drift):
    person = recorded(at=moment("2026-11-15 12:00"), g=granted(credits_left=dollars(read)))
    facts = laid_out(person, polled({"2026-11-05": 30, "2026-11-16": 9}))

    assert values(facts, "balance_drift", "credits_left") == (drift * MICRO, (read - 9) * MICRO)


@pytest.mark.parametrize(
    ("costs_read", "left", "drift"),
    [("15:20", 65, 0), ("15:32", 65, 0), ("15:33", 60, 5)],
    ids=["before the balance", "with it", "after it: that day's costs come as a whole"],
)
def test_from_a_balance_nothing_is_subtracted_until_costs_are_read_after_it(costs_read, left, drift):
    person = recorded(at=moment("2026-11-21 15:32"), g=granted(credits_left=dollars(65)))
    costs = polled({"2026-11-05": 30, "2026-11-21": 5}, at=moment(f"2026-11-21 {costs_read}"))
    facts = laid_out(person, costs)

    assert values(facts, "credits_left", "credits_used") == (left * MICRO, (100 - left) * MICRO)
    assert values(facts, "balance_drift", "spent_since_granted") == (drift * MICRO, 35 * MICRO)
    assert facts.reading_of(BOOKS.places["credits_left"]) is (costs if drift else person)


@pytest.mark.parametrize(
    ("said", "readings", "drift"),
    [
        (granted(), [polled({})], None),  # nobody read a balance
        ({"credits_left": dollars(5)}, [polled({})], None),
        (granted(credits_left=dollars(5)), [], None),
        (granted(credits_left=dollars(5)), [polled({}, at=NOW - POLLED_COUNTS_FOR)], UNREAD),
        (granted(credits_left=dollars(5, "GBP")), [polled({})], UNREAD),
    ],
    ids=["no balance", "no grant", "no costs", "costs too old", "no rate"],
)
def test_without_both_sides_there_is_no_drift(said, readings, drift):
    assert values(laid_out(recorded(g=said), *readings), "balance_drift") == (drift,)


# -- how long it lasts ----------------------------------------------------------------------------------------

FORECAST = ("usual_daily_spend", "runway", "runs_out_on", "unused_at_end")


def forecast(said, days, **more):
    return values(laid_out(recorded(g=said), polled(days), **more), *FORECAST)


def test_what_is_left_lasts_as_long_as_the_usual_pace_says():
    said = granted(200, "2026-11-01", credits_expire_on=on("2026-12-02"))

    assert forecast(said, every_day(2)) == (2 * MICRO, Duration(79, DAYS), TODAY + 79, 138 * MICRO)


def test_the_forecast_follows_into_formulas_that_use_it():
    said = granted(200, "2026-11-01", credits_expire_on=on("2026-12-02"))

    assert values(laid_out(recorded(g=said), polled(every_day(2))), "access_ends_on", "soon") == (
        day("2026-12-02"),
        False,
    )
    assert values(laid_out(recorded(g=said), polled(every_day(15))), "soon") == (True,)


@pytest.mark.parametrize(
    ("days", "pace"),
    [
        ({"2026-11-21": 14}, 2),  # the week that is the least to judge by
        (every_day(3), 3),
        ({**every_day(3), "2026-11-22": 50}, 3),  # the day of the reading is still open
        ({"2026-10-20": 28}, 0),
    ],
)
def test_the_usual_pace_is_that_of_the_closed_days(days, pace):
    assert forecast(granted(1000), days)[0] == pace * MICRO


AT_ONCE = (2 * MICRO, Duration(0, DAYS), TODAY)  # what two dollars a day make of nothing left
ENDED, SOON_OVER, LATER = ({"credits_expire_on": on(at)} for at in ("2026-11-20", "2026-12-02", "2027-12-31"))
FOURTEEN, LATELY = {"2026-11-15": 14}, "2026-11-15"


@pytest.mark.parametrize(
    ("said", "days", "expected"),
    [
        pytest.param(granted(), {}, (0, None, None, None), id="no pace"),
        pytest.param(granted(**SOON_OVER), {}, (0, None, None, 100 * MICRO), id="no pace, an end"),
        pytest.param(granted(10), FOURTEEN, (*AT_ONCE, None), id="overspent"),
        pytest.param(granted(14), FOURTEEN, (*AT_ONCE, None), id="nothing left"),
        pytest.param(
            granted(14, "2026-09-01"), {"2026-09-02": 14}, (0, *AT_ONCE[1:], None), id="nothing left and no pace"
        ),
        pytest.param(granted(10, **SOON_OVER), FOURTEEN, (*AT_ONCE, 0), id="overspent, an end"),
        pytest.param(
            granted(**ENDED),
            every_day(1, LATELY),
            (1 * MICRO, Duration(93, DAYS), TODAY + 93, 93 * MICRO),
            id="ended",
        ),
        pytest.param({}, every_day(2), (2 * MICRO, None, None, None), id="no grant"),
        pytest.param(
            granted(**LATER),
            every_day(2, LATELY),
            (2 * MICRO, Duration(43, DAYS), TODAY + 43, 0),
            id="used up before the end",
        ),
    ],
)
def test_a_forecast_at_its_edges(said, days, expected):
    assert forecast(said, days) == expected


def test_what_lasts_for_years_does_not_run_out():
    spent = {"2026-11-21": 7}

    assert forecast(granted(LONGEST_RUNWAY + 7), spent)[1:3] == (None, None)
    assert forecast(granted(LONGEST_RUNWAY + 6), spent)[1] == Duration(LONGEST_RUNWAY - 1, DAYS)


def test_refunds_are_no_pace_at_which_anything_runs_out():
    assert forecast(granted(), {"2026-11-21": -14}) == (0, None, None, None)


@pytest.mark.parametrize(
    ("readings", "sources", "value"),
    [
        ([], [], None),
        ([], ["openai"], UNREAD),
        ([polled({"2026-11-21": 7}, at=NOW - POLLED_COUNTS_FOR)], [], UNREAD),
    ],
)
def test_a_forecast_is_as_known_as_the_costs(readings, sources, value):
    facts = laid_out(recorded(g=granted(credits_expire_on=on("2026-12-02"))), *readings, sources=sources)

    assert values(facts, *FORECAST) == (value,) * 4


RANGES = ("runs_out_earliest", "runs_out_latest", "unused_at_least", "unused_at_most")


def test_a_forecast_in_a_currency_without_a_rate_is_unread():
    ends = granted(credits_expire_on=on("2026-12-02"))

    assert forecast(ends, every_day(2))[0] == 2 * MICRO
    assert values(laid_out(recorded(g=ends), polled(every_day(2), "GBP")), *FORECAST, *RANGES) == (UNREAD,) * 8


def test_a_forecast_in_another_currency_is_counted_at_its_rate():
    said = granted(220, "2026-11-22", credits_expire_on=on("2026-12-02"))

    assert forecast(said, every_day(2)) == (2 * MICRO, Duration(110, DAYS), TODAY + 110, 200 * MICRO)
    assert values(laid_out(recorded(g=said), polled(every_day(2), "EUR")), *FORECAST) == (
        *(2_200_000, Duration(100, DAYS), TODAY + 100, 198 * MICRO),
    )


def test_each_forecast_stands_within_its_range():
    facts = laid_out(recorded(g=granted(200, credits_expire_on=on("2027-01-02"))), polled(every_day(2)))
    earliest, latest, least, most = values(facts, *RANGES)
    _, _, runs_out, unused = values(facts, *FORECAST)

    assert TODAY < earliest < runs_out < latest < TODAY + 120
    assert 0 < least < unused < most < 200 * MICRO
    assert facts.origins[BOOKS.places["runs_out_latest"]] == facts.origins[BOOKS.places["costs"]]


def test_what_may_never_be_used_up_has_a_range_with_an_open_end():
    """A pace that is not known well: four weeks of nothing, then a burst."""
    bursts = {"2026-10-10": 1, "2026-11-20": 50}
    earliest, latest = values(laid_out(recorded(g=granted(500)), polled(bursts)), *RANGES[:2])

    assert earliest is not None
    assert latest is None


@pytest.mark.parametrize("left", [dollars(5, "GBP"), None])
def test_what_depends_on_an_amount_that_is_unread_or_none_is_so_too(left):
    """Unread is not none: a rule that asks would else be clear."""
    facts = laid_out(recorded(g=granted(200, credits_left=left)), polled(every_day(2)))

    assert values(facts, "usual_daily_spend", "pace_change") == (2 * MICRO, 1.0)
    assert values(facts, *FORECAST[1:], *RANGES) == ((None if left is None else UNREAD),) * 7


def test_what_is_left_at_an_end_that_is_unread_is_unread():
    unread = ((BOOKS.places["access_ends_on"], lambda _values: UNREAD),)
    readings = [recorded(g=granted(200)), polled(every_day(2))]
    facts = assemble(BOOKS, unread, readings, Expected("lab", HERE, grants=("g",)), "g", NOW)

    assert values(facts, "unused_at_least", "unused_at_end", "unused_at_most") == (UNREAD,) * 3
    assert values(facts, "runway") != (UNREAD,)


@pytest.mark.parametrize(
    ("days", "change"),
    [
        (every_day(2), 1.0),
        ({**every_day(2), "2026-11-21": 44}, 4.0),
        (every_day(2, last="2026-11-14"), 0.0),
        (every_day(2, first="2026-11-15"), None),
    ],
    ids=["as ever", "a jump", "it stopped", "too early"],
)
def test_a_change_of_pace_is_a_fact(days, change):
    assert values(laid_out(recorded(g=granted(1000)), polled(days)), "pace_change") == (change,)


def test_a_forecast_moves_with_a_reading_and_never_by_itself():
    readings = recorded(g=granted(200, credits_expire_on=on("2027-12-02"))), polled(every_day(2))
    facts = laid_out(*readings)

    assert laid_out(*readings, now=facts.fresh_until - 1).values == facts.values


# -- active ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "now", "active"),
    [
        ({}, "2026-11-22 12:00", False),
        (granted(0), "2026-11-22 12:00", False),
        (granted(), "2026-11-22 12:00", True),
        (granted(credits_expire_on=on("2026-11-30")), "2026-11-30 23:59", True),
        (granted(credits_expire_on=on("2026-11-30")), "2026-12-01 00:00", False),
        (granted() | {"credits_granted": dollars(5, "GBP")}, "2026-11-22 12:00", UNREAD),
    ],
)
def test_a_grant_is_active_from_its_credits_to_the_end_of_its_access(said, now, active):
    assert values(laid_out(recorded(g=said), now=moment(now, "Europe/Berlin")), "active") == (active,)


def test_whether_it_is_active_is_unread_where_its_end_is():
    unread = ((BOOKS.places["access_ends_on"], lambda _values: UNREAD),)
    facts = assemble(BOOKS, unread, [recorded(g=granted())], Expected("lab", HERE), "g", NOW)

    assert values(facts, "active") == (UNREAD,)


def test_the_record_is_made_anew_when_access_ends():
    facts = laid_out(recorded(g=granted(credits_expire_on=on("2026-11-30"))))

    assert facts.fresh_until == moment("2026-12-01 00:00", "Europe/Berlin")
    assert laid_out(recorded(g=granted())).fresh_until == FOREVER


# -- over all grants ------------------------------------------------------------------------------------------

TOTALS = ("account.credits_granted", "account.credits_used", "account.credits_left")


def in_all(*readings, grants="gh", **more):
    records = [laid_out(*readings, grants=grants, grant=name, **more) for name in grants]
    return together(records[0], records, BOOKS)


def test_the_account_s_totals_are_those_of_its_grants():
    facts = in_all(TWO, polled({"2026-11-05": 30, "2026-11-15": 40}))

    assert values(facts, *TOTALS) == (150 * MICRO, 70 * MICRO, 80 * MICRO)
    assert values(facts, "credits_granted") == (50 * MICRO,)


@pytest.mark.parametrize(
    ("said", "totals"),
    [
        ({"g": granted(50)}, (50 * MICRO, 0, 50 * MICRO)),  # the other one's credits have not come
        ({}, (None, None, None)),
        ({"g": granted(50), "h": granted() | {"credits_granted": dollars(1, "GBP")}}, (UNREAD, UNREAD, UNREAD)),
        (
            {"g": granted(50), "h": granted() | {"credits_granted": dollars(10, "EUR")}},
            (61 * MICRO, 0, 61 * MICRO),
        ),
    ],
    ids=["one only", "none", "no rate", "at a rate"],
)
def test_a_total_leaves_out_what_is_none_and_is_unread_with_what_is_unread(said, totals):
    assert values(in_all(recorded(**said), polled({})), *TOTALS) == totals


def test_the_grants_are_a_list_of_the_account():
    facts = in_all(TWO, polled({}))
    place, collection = BOOKS.collections["grants"]
    names = [each.name for each in collection.facts]
    shown = {item.id: dict(zip(names, item.values, strict=True)) for item in facts.values[place]}

    assert {name: (each["id"], each["credits_granted"], each["active"]) for name, each in shown.items()} == {
        "g": ("g", 50 * MICRO, True),
        "h": ("h", 100 * MICRO, True),
    }


def test_an_account_without_a_grant_has_an_empty_list_of_them():
    place, _ = BOOKS.collections["grants"]

    assert in_all(grants=("",)).values[place] == ()


def test_the_totals_count_as_long_as_every_part_of_them():
    ends_sooner = recorded(g=granted(), h=granted(credits_expire_on=on("2026-11-23")))

    assert in_all(ends_sooner).fresh_until == moment("2026-11-24 00:00", "Europe/Berlin")


def test_the_service_itself_has_no_books():
    words = Vocabulary(SERVICE)
    facts = assemble(words, (), (), Expected("notifier", HERE), "", NOW)

    assert together(facts, [facts], words) is facts


# -- the law --------------------------------------------------------------------------------------------------

days = st.dates(date(2026, 10, 20), date(2026, 12, 5))
grants_said = st.fixed_dictionaries(
    {},
    optional={
        "credits_granted": st.integers(0, 90).map(dollars),
        "credits_granted_on": days,
        "credits_expire_on": days,
        "credits_left": st.integers(0, 90).map(dollars),
        "batches": st.just(("1", "2")),
        "batches/1/amount": st.integers(0, 50).map(dollars),
        "batches/1/granted_on": days,
        "batches/1/expires_on": days,
        "batches/2/amount": st.integers(0, 50).map(dollars),
        "batches/2/granted_on": days,
    },
)
spent_by_day = st.dictionaries(st.integers(TODAY - 40, TODAY), st.integers(0, 9 * MICRO), max_size=8)


@given(
    st.lists(grants_said, min_size=1, max_size=2),
    st.none() | spent_by_day,
    st.sampled_from(["USD", "EUR", "GBP"]),
    st.integers(0, 30 * DAY),
    st.integers(0, 40 * DAY),
)
def test_the_books_are_the_same_at_every_moment_until_they_say_so(several, spent, currency, age, later):
    names = ["g", "h"][: len(several)]
    person = recorded(at=NOW - age, **dict(zip(names, several, strict=True)))
    costs = [] if spent is None else [Reading("openai", NOW, costs=Costs.by_day(currency, spent))]
    facts = laid_out(person, *costs, grants=names)
    until = min(NOW + later, facts.fresh_until - 1)

    assert laid_out(person, *costs, grants=names, now=until).values == facts.values


def test_a_grant_in_a_currency_without_a_rate_leaves_everybodys_share_unread():
    """Its costs would else fall on the account's other grants, as if they were theirs."""
    own = {"credits_granted": Money(100 * MICRO, "USD"), "credits_granted_on": date(2026, 3, 1)}
    other = {"credits_granted": Money(100 * MICRO, "GBP"), "credits_granted_on": date(2026, 1, 1)}
    costs = Costs.by_day("USD", {date(2026, 3, 5).toordinal(): 30 * MICRO})
    readings = [
        Reading("declared", NOW - 100, {}, {"g": own, "other": other}),
        Reading("openai", NOW - 50, costs=costs),
    ]
    expected = Expected("lab", locale(), frozenset({"openai"}), grants=("g", "other"))
    facts = assemble(Vocabulary(), (), readings, expected, "g", NOW)

    assert facts.values[Vocabulary().places["credits_left"]] is UNREAD
