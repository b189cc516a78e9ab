"""What cannot have been observed is refused, whoever says it."""

from datetime import date

import pytest

from notifier.core.money import MICRO, Money
from notifier.core.observed import refuse_observed
from tests.core.helpers import day

TODAY, ACCEPTED = day("2026-11-27"), date(2026, 10, 5)


def refused(fact, value, *, came=False, accepted=None):
    try:
        refuse_observed(fact, value, TODAY, accepted, came=came)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("fact", "on", "words"),
    [
        ("summary_submitted_on", date(2026, 11, 28), "2026-11-28 is still to come"),
        ("papers/review-bots/submitted_on", date(2026, 11, 28), "2026-11-28 is still to come"),
        ("summary_submitted_on", date(2026, 11, 27), ""),
        ("planned_on", date(2027, 11, 28), ""),
        ("credits_expire_on", date(2027, 11, 28), ""),
        ("credits_granted_on", date(2026, 10, 4), "before the grant was accepted, on 2026-10-05"),
        ("credits_granted_on", date(2026, 10, 5), ""),
        ("last_spend_on", date(2026, 10, 4), ""),
        ("last_spend_on", date(2026, 11, 28), "2026-11-28 is still to come"),
        ("last_refund_on", date(2026, 11, 28), "2026-11-28 is still to come"),
    ],
)
def test_a_day_fits_what_it_is_the_day_of(fact, on, words):
    said = refused(fact, on, accepted=ACCEPTED)

    assert words in said
    assert bool(words) == bool(said)


def test_where_nobody_knows_when_the_grant_was_accepted_any_day_may_be():
    assert refused("credits_granted_on", date(2020, 1, 1)) == ""


@pytest.mark.parametrize(
    ("fact", "micro", "passes"),
    [
        ("balance", -1, True),
        ("credits_left", -MICRO, True),
        ("spend_limit", -1, False),
        ("spend_limit", 0, True),
        ("projects/thesis-7/spend_limit", -1, False),
    ],
)
def test_only_a_balance_can_be_below_zero(fact, micro, passes):
    assert (refused(fact, Money(micro, "USD")) == "") is passes


@pytest.mark.parametrize(
    ("value", "passes"),
    [(Money(0, "USD"), False), (0.0, False), (Money(1, "USD"), True), (0.5, True), (False, True), ("", True)],
)
def test_what_came_on_a_day_is_more_than_nothing(value, passes):
    assert (refused("credits_granted", value, came=True) == "") is passes
    assert refused("gpu_hours", value) == ""
