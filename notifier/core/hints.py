"""What hints at whether a grant's credits came, or are used up, where the record cannot know it.

Two things hint: that something was spent although nothing else could pay, and what a small request came to, which
an account may have made once a day (`probe_said`). Both may be wrong: credits of another kind pay too, and grants
were seen that a request was refused beside. So a hint stands in texts, changes which answer is offered first, and
decides nothing: no expression can name it (`notifier.core.language.types`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.costs import Spending
from notifier.core.facts import EMPTY
from notifier.core.money import MICRO, Money
from notifier.core.words import say_day

if TYPE_CHECKING:
    from notifier.core.layout import Layout

HINT = "credits_hint"
MAY_BE_THERE = "the credits may be there"
# What the fact `probe_said` says of a small request.
ANSWERED, EXHAUSTED = "ok", "credits exhausted"
SPEND_LIMIT, USAGE_LIMIT, NO_MODEL = "spend limit reached", "usage limit reached", "model not found"
OTHER_REASONS = {
    SPEND_LIMIT: "a spend limit is reached",
    USAGE_LIMIT: "the usage limit that the provider sets is reached",
    NO_MODEL: "the model that it asks for cannot be used",
}
A_CENT = MICRO // 100  # of less a person would read 0.00
USED_UP = "they may have come and be used up"
NOTHING_ELSE = "and no paid method is declared"


def put_hint(layout: Layout) -> None:
    """Put what hints at whether the credits came, as what the reading said that it comes from.

    None where nothing hints at it, or where the record is clear.
    """
    granted, said = layout.get("credits_granted"), layout.get("probe_said")
    if granted is None:
        _before_they_came(layout, said)
    elif said == EXHAUSTED:
        _though_recorded(layout)


def says_they_may_be_there(hint: object) -> bool:
    """Whether *hint*, a value of the fact `credits_hint`, is that the credits may have come."""
    return isinstance(hint, str) and hint.endswith(MAY_BE_THERE)


def _before_they_came(layout: Layout, said: object) -> None:
    """While nobody has recorded the credits: what a request says against them, and what was spent all the same."""
    nothing_else = layout.get("paid_method") is False and not _others_have_credits(layout)
    spent = _spent(layout) if nothing_else else None
    if said == EXHAUSTED:
        denied = f"{_refused(layout)}: the API says that there are no credits"
        both = f"{spent}, {NOTHING_ELSE}; {denied}; {USED_UP}"
        _put(layout, "probe_said", denied if spent is None else both)
    elif spent is not None:
        _put(layout, "costs", f"{spent}, {NOTHING_ELSE}: {MAY_BE_THERE}")
    elif nothing_else and said == ANSWERED:
        _put(layout, "probe_said", f"a small request was answered {_on(layout)}, {NOTHING_ELSE}: {MAY_BE_THERE}")
    elif isinstance(said, str) and said in OTHER_REASONS:
        why = OTHER_REASONS[said]
        _put(layout, "probe_said", f"{_refused(layout)}, because {why}; that says nothing of the credits")


def _though_recorded(layout: Layout) -> None:
    """The record has credits left, and a request was refused for want of them."""
    left = layout.get("credits_left")
    if layout.get("active") is True and isinstance(left, int) and left > 0:
        no_credits = f"{_refused(layout)}: the API says that no credits are left"
        _put(layout, "probe_said", f"{no_credits}, where {Money(left, layout.locale.currency)} should be")


def _put(layout: Layout, follows_from: str, hint: str) -> None:
    layout.put(HINT, hint, layout.origin_of(follows_from))


def _refused(layout: Layout) -> str:
    return f"a small request was refused {_on(layout)}"


def _on(layout: Layout) -> str:
    """``on 3 November``: the day of the request."""
    at = layout.observed[layout.vocabulary.places["probe_said"]]
    return f"on {say_day(layout.locale.day_of(at), layout.locale, layout.now)}"


def _spent(layout: Layout) -> str | None:
    """``12.40 USD was spent since 2 November``, the day of the acceptance; None where nothing was."""
    spending, accepted = layout.get("costs"), layout.get("accepted_on")
    if not isinstance(spending, Spending) or not isinstance(accepted, int):
        return None
    spent = layout.locale.exchange(spending.since(accepted), spending.costs.currency, None)
    if spent is None or spent < A_CENT:
        return None
    return f"{Money(spent, layout.locale.currency)} was spent since {say_day(accepted, layout.locale, layout.now)}"


def _others_have_credits(layout: Layout) -> bool:
    """Whether credits of another grant of the account are recorded: then these may have paid."""
    others = [grant for grant in layout.expected.grants if grant != layout.grant]
    return any(
        reading.grants.get(grant, EMPTY).get("credits_granted") is not None
        for reading in layout.readings
        for grant in others
    )
