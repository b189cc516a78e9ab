"""What was charged adds up to the last micro-unit, and what is read anew is laid over what was kept."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.amounts import CENT, NoAmount
from notifier.core.facts import Costs, Reading
from notifier.core.ledger import (
    Ledger,
    Row,
    Spent,
    Window,
    first_to_read,
    kept_in,
    lay_over,
    windows,
)

DAY = date(2024, 6, 3).toordinal()
A_DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()


def ledger(*rows, days=(), unit=None, currency=None):
    found = Ledger() if unit is None else Ledger(unit)
    for day in dict.fromkeys([*days, *(row.day for row in rows)]):
        found.open(day)
    for row in rows:
        found.enter(row, currency)
    return found


def row(amount, day=DAY, line="", *items):
    return Row(day, Decimal(amount), line, items)


def spent(*rows, days=(), currency=None):
    return ledger(*rows, days=days, currency=currency).spent()


def by_day(costs):
    return dict(costs.of_days())


# -- adding up ----------------------------------------------------------------------------------------------------


def test_rows_add_up_by_day_and_by_item():
    found = spent(
        row("1.5", DAY, "gpt-5, input", "projects/a", "models/gpt-5"),
        row("0.5", DAY, "gpt-5, output", "projects/a", "models/gpt-5"),
        row("2", DAY + 1, "storage", "projects/b"),
        row("4", DAY + 1, "storage"),
        days=(DAY - 1,),
    )

    assert by_day(found.costs) == {DAY - 1: 0, DAY: 2_000_000, DAY + 1: 6_000_000}
    assert {item: by_day(costs) for item, costs in found.spends.items()} == {
        "models/gpt-5": {DAY: 2_000_000},
        "projects/a": {DAY: 2_000_000},
        "projects/b": {DAY + 1: 2_000_000},
    }


def test_rows_of_the_same_line_and_items_are_added_before_they_are_rounded():
    assert by_day(spent(row("0.0000004"), row("0.0000004")).costs) == {DAY: 1}
    assert by_day(spent(row("0.0000004", DAY, "a"), row("0.0000004", DAY, "b")).costs) == {DAY: 0}


def test_cents_are_a_hundredth():
    assert by_day(ledger(row("123.45"), unit=CENT).spent().costs) == {DAY: 1_234_500}


def test_an_item_that_came_to_nothing_has_no_series():
    found = spent(
        row("1", DAY, "", "projects/a"), row("-1", DAY, "", "projects/a"), row("0", DAY, "", "projects/b")
    )

    assert found.spends == {}
    assert by_day(found.costs) == {DAY: 0}


def test_a_row_of_a_day_that_was_not_opened_makes_the_day():
    found = Ledger()
    found.enter(row("1"))

    assert by_day(found.spent().costs) == {DAY: 1_000_000}


def test_a_day_comes_once():
    found = ledger(days=(DAY,))
    with pytest.raises(NoAmount, match=r"^a day comes twice$"):
        found.open(DAY)


def test_the_newest_day_that_was_opened_is_known():
    assert ledger().last_day is None
    assert ledger(days=(DAY, DAY - 1)).last_day == DAY


def test_whether_any_row_names_items_is_known():
    assert not ledger(row("1")).names_items
    assert ledger(row("1"), row("1", DAY, "", "projects/a")).names_items


def test_the_currency_is_that_of_the_rows_else_the_usual_one():
    assert spent(row("1"), currency="EUR").costs.currency == "EUR"
    assert spent(row("1")).costs.currency == "USD"
    assert ledger(days=(DAY,)).spent("EUR").costs.currency == "EUR"


def test_several_currencies_are_not_added_up():
    found = ledger(row("1"), currency="USD")
    found.enter(row("1"), "EUR")

    assert found.currencies == ("EUR", "USD")
    with pytest.raises(NoAmount, match="several currencies"):
        found.spent()


def test_a_sum_beyond_belief_is_refused():
    most = [row(10**9, DAY, str(line)) for line in range(1000)]
    assert spent(*most).costs.total() == 10**18
    rows = [row(10**9, DAY, str(line)) for line in range(1001)]
    with pytest.raises(NoAmount, match="beyond belief"):
        spent(*rows)


def test_the_newest_day_with_a_negative_row_is_known_also_if_the_day_is_not_negative():
    assert spent(row("1"), row("0")).refunded_on is None
    found = spent(row("-1"), row("5", DAY, "more"), row("-2", DAY - 3), row("2", DAY + 1))
    assert found.refunded_on == DAY


AMOUNTS = st.decimals(-1000, 1000, places=9) | st.decimals(0, 1, places=30)
ROWS = st.lists(
    st.builds(
        lambda amount, day, project, line: Row(DAY + day, amount, line, (f"projects/{project}", f"models/{line}")),
        AMOUNTS,
        st.integers(0, 6),
        st.sampled_from("abc"),
        st.sampled_from("xy"),
    ),
    max_size=12,
)


@settings(max_examples=30)
@given(ROWS)
def test_projects_and_models_add_up_to_the_account_on_every_day(rows):
    found = spent(*rows, days=range(DAY, DAY + 7))
    for collection in ("projects/", "models/"):
        of_items = [by_day(costs) for item, costs in found.spends.items() if item.startswith(collection)]
        assert by_day(found.costs) == {
            day: sum(amounts.get(day, 0) for amounts in of_items) for day in range(DAY, DAY + 7)
        }


@settings(max_examples=25)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, chance):
    shuffled = [*rows]
    chance.shuffle(shuffled)

    assert spent(*rows) == spent(*shuffled)


# -- laying over --------------------------------------------------------------------------------------------------


def test_days_that_were_read_anew_replace_those_that_were_kept():
    kept = spent(row("1", DAY - 9, "", "projects/a"), row("2", DAY, "", "projects/a"), row("4", DAY + 1))
    fresh = spent(row("3", DAY, "", "projects/b"), days=(DAY + 1,))
    laid = lay_over(kept, fresh, DAY)

    assert by_day(laid.costs) == {DAY - 9: 1_000_000, DAY: 3_000_000, DAY + 1: 0}
    assert {item: by_day(costs) for item, costs in laid.spends.items()} == {
        "projects/a": {DAY - 9: 1_000_000},
        "projects/b": {DAY: 3_000_000},
    }


def test_an_item_of_which_nothing_is_left_is_gone():
    laid = lay_over(spent(row("2", DAY, "", "projects/a")), spent(days=(DAY,)), DAY)

    assert laid.spends == {}


def test_what_was_kept_in_another_currency_cannot_be_laid_under():
    with pytest.raises(NoAmount, match="several currencies"):
        lay_over(spent(row("1"), currency="EUR"), spent(row("1"), currency="USD"), DAY)


def test_nothing_kept_has_no_currency():
    fresh = spent(row("1"), currency="EUR")

    assert lay_over(Spent(Costs("USD", (), ())), fresh, DAY) == fresh


@pytest.mark.parametrize(
    ("kept", "fresh", "known"),
    [(None, None, None), (-1, None, DAY - 1), (0, None, None), (-1, 1, DAY + 1)],
)
def test_a_refund_is_remembered_until_its_day_is_read_anew_without_it(kept, fresh, known):
    def on(offset):
        return None if offset is None else DAY + offset

    nothing = Costs("USD", (), ())
    laid = lay_over(Spent(nothing, {}, on(kept)), Spent(nothing, {}, on(fresh)), DAY)

    assert laid.refunded_on == known


@settings(max_examples=25)
@given(ROWS, ROWS, st.integers(0, 7))
def test_laying_the_same_over_again_changes_nothing_and_older_days_stay(old, new, offset):
    first = DAY + offset
    kept = spent(*old, days=range(DAY, DAY + 7))
    fresh = spent(*(each for each in new if each.day >= first), days=range(first, DAY + 7))
    laid = lay_over(kept, fresh, first)

    assert lay_over(laid, fresh, first) == laid
    assert {day: each for day, each in by_day(laid.costs).items() if day < first} == {
        day: each for day, each in by_day(kept.costs).items() if day < first
    }
    assert {day: each for day, each in by_day(laid.costs).items() if day >= first} == by_day(fresh.costs)


def test_what_a_reading_keeps_is_its_costs_and_its_last_refund():
    costs = Costs("EUR", (DAY,), (1,))
    reading = Reading("x", 0, {"last_refund_on": date.fromordinal(DAY)}, costs=costs, spends={"projects/a": costs})

    assert kept_in(reading) == Spent(costs, {"projects/a": costs}, DAY)
    assert kept_in(Reading("x", 0)) == Spent(Costs("USD", (), ()))


def test_what_a_reading_keeps_of_items_alone_has_their_currency():
    spends = {"members/a": Costs("EUR", (DAY,), (1,))}
    kept = kept_in(Reading("x", 0, spends=spends))

    assert kept.costs.currency == "EUR"
    with pytest.raises(NoAmount, match="several currencies"):
        lay_over(kept, spent(row("1"), currency="USD"), DAY)


# -- what is asked for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("back", "count"), [(0, 1), (30, 1), (31, 2), (61, 2), (62, 3)])
def test_windows_cover_every_day_once(back, count):
    found = list(windows(DAY - back, DAY, 31))

    assert len(found) == count
    assert [window.first for window in found] == [DAY - back, *(window.end for window in found[:-1])]
    assert found[-1].end == DAY + 1
    assert all(0 < window.end - window.first <= 31 for window in found)
    assert [window.is_open for window in found] == [*[False] * (count - 1), True]


def test_an_open_window_holds_the_day_that_begins_while_we_ask():
    closed, opened = Window(DAY - 9, DAY, DAY), Window(DAY, DAY + 1, DAY)

    assert [closed.holds(day) for day in (DAY - 10, DAY - 9, DAY - 1, DAY)] == [False, True, True, False]
    assert [opened.holds(day) for day in (DAY - 1, DAY, DAY + 1, DAY + 2)] == [False, True, True, False]


def test_what_is_left_of_a_window_begins_after_the_last_day_read():
    window = Window(DAY - 9, DAY, DAY)

    assert window.after(None) == window
    assert window.after(DAY - 10) == window
    assert window.after(DAY - 9) == Window(DAY - 8, DAY, DAY)
    assert window.after(DAY - 1) is None


def reading_of(day):
    return Reading("x", (day - EPOCH) * A_DAY + 5)


@pytest.mark.parametrize(
    ("kept", "first"),
    [
        (None, DAY - 400),
        (DAY, DAY - 3),
        (DAY - 1, DAY - 4),
        (DAY - 100, DAY - 103),
        (DAY + 2, DAY - 3),  # a clock that was ahead
    ],
)
def test_only_days_that_may_have_changed_are_read_again(kept, first):
    reading = None if kept is None else reading_of(kept)

    assert first_to_read(reading, DAY, still_open=3, far_back=400) == first
