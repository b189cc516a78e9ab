"""From readings to a record: the newest observation of each fact wins, then what follows from it is worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.books import keep_the_books, put_costs
from notifier.core.facts import Facts
from notifier.core.hints import put_hint
from notifier.core.items import lay_out_items
from notifier.core.lasting import look_ahead
from notifier.core.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.facts import Expected, Formula, Reading
    from notifier.core.vocabulary import Vocabulary


def assemble(
    vocabulary: Vocabulary,
    formulas: Iterable[Formula],
    readings: Sequence[Reading],
    expected: Expected,
    grant: str,
    now: Moment,
) -> Facts:
    """Lay out what is known of *grant* at *now*: the newest observation of each fact, then what follows from it.

    A polled fact that no reading speaks of is unread while one of the expected sources never answered, and
    none once all have. An amount in a currency for which no rate is stated is unread.
    """
    layout = Layout(vocabulary, readings, expected, grant, now)
    layout.fill_in()
    put_costs(layout)
    lay_out_items(layout)
    keep_the_books(layout)
    unstated = [(place, formula) for place, formula in formulas if layout.values[place] is None]
    layout.follow(unstated)
    if look_ahead(layout):
        layout.follow(unstated)
    put_hint(layout)
    return Facts(
        *(expected.account, grant, tuple(layout.values), bytes(layout.origins), tuple(readings)),
        layout.fresh_until,
    )
