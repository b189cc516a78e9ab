"""The fields of an answer, checked. Names are kept as they are, however hostile: who shows them escapes them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from notifier.core.amounts import CENT, MOST, NoAmount, currency
from notifier.core.costs import utc_day
from notifier.core.fact import item_fact
from notifier.core.money import Money
from notifier.sources.openai.answers import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.core.facts import Observed
    from notifier.sources.openai.areas import Area

LONGEST_TEXT = 200  # characters of a name or address that are kept
MOST_RECIPIENTS = 50
_LAST_MOMENT = 253_402_300_799  # the end of the year 9999: dates end there
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)

Entry = dict[str, Any]


def item_id(value: object, area: Area) -> str:
    """The id of an item.

    Raises:
        Unreadable: it is none.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise malformed(area, "an id is none")
    return value


def is_model(text: str) -> bool:
    """Whether *text* could be a model's name: ``gpt-5``, ``ft:gpt-4o:lab::1``."""
    return _MODEL.fullmatch(text) is not None


def text(value: object, area: Area) -> str | None:
    """A name or a word, at most `LONGEST_TEXT` characters of it.

    Raises:
        Unreadable: it is no text.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise malformed(area, "a text is none")
    return value[:LONGEST_TEXT]


def yesno(value: object, area: Area) -> bool | None:
    """A yes or no.

    Raises:
        Unreadable: it is something else.
    """
    if value is not None and not isinstance(value, bool):
        raise malformed(area, "a yes or no is none")
    return value


def day(value: object, area: Area) -> date | None:
    """The UTC date of a moment in unix seconds.

    Raises:
        Unreadable: it is no moment.
    """
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LAST_MOMENT:
        raise malformed(area, "a moment is none")
    return date.fromordinal(utc_day(value))


def monthly_amount(entry: Mapping[str, Any], area: Area) -> Money:
    """The amount of a limit or an alert: ``threshold_amount``, in cents [spec].

    Raises:
        Unreadable: it is none.
    """
    cents = entry.get("threshold_amount")
    if not isinstance(cents, int) or isinstance(cents, bool) or not 0 <= cents <= 100 * MOST:
        raise malformed(area, "its threshold_amount is no number of cents")
    try:
        return Money(cents * CENT, currency(entry.get("currency")))
    except NoAmount as error:
        raise malformed(area, str(error)) from None


def recipients(entry: Mapping[str, Any], area: Area) -> tuple[str, ...]:
    """Whom an alert goes to.

    Raises:
        Unreadable: that is not said as documented.
    """
    channel = entry.get("notification_channel")
    to = channel.get("recipients") if isinstance(channel, dict) else None
    if not isinstance(to, list) or not all(isinstance(each, str) for each in to):
        raise malformed(area, "an alert does not say whom it goes to")
    return tuple(each[:LONGEST_TEXT] for each in to[:MOST_RECIPIENTS])


def facts_of(
    collection: str,
    entries: Sequence[Entry],
    fields: Sequence[tuple[str, str, Callable[[object, Area], Observed]]],
    area: Area,
) -> dict[str, Observed]:
    """The list *collection* and the facts of its items: each of *fields* is a fact, its field, and how it is read.

    A field that is left out is not spoken of. An entry that comes twice, because the list changed between two
    pages, counts once, as it came last.

    Raises:
        Unreadable: an entry has no id, or a field is not as documented.
    """
    found: dict[str, Observed] = {
        collection: tuple(dict.fromkeys(item_id(each.get("id"), area) for each in entries))
    }
    for entry in entries:
        for fact, name, read in fields:
            if name in entry:
                found[item_fact(collection, entry["id"], fact)] = read(entry[name], area)
    return found
