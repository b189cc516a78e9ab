"""The service watches itself, as it watches everybody: an account of its own, with facts, rules and alerts.

What it sees of itself is one reading of the source `SOURCE`. Where something of it may have changed (a destination
fails or works again, a provider is silent or answers, an edit is rejected) its account is woken, in the
transaction in which that is noted, and looks at itself before it is judged. While nothing changes, nobody looks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.account import Account
from notifier.core.audience import CONSOLE, Ways
from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.core.items import SERVICE as SOURCE
from notifier.core.undelivered import place_of
from notifier.core.vocabulary import SERVICE_PROGRAM
from notifier.flow.declare import Declaration

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from notifier.core.account import Person
    from notifier.core.calendar import Locale, Moment
    from notifier.core.facts import Observed
    from notifier.ports import Tx

ACCOUNT = SERVICE_PROGRAM
OF_FILES = ("rules_rejected", "accounts_rejected")
SEVERAL = 2  # accounts that cannot be read at one provider: of a single one, its own alert tells


@dataclass(frozen=True, slots=True)
class Rejected:
    """What of the files was not taken over: the first mistake of the *rules*, the count of those in *accounts*."""

    rules: str = ""
    accounts: int = 0


def declaration(locale: Locale, people: Mapping[str, Person]) -> Declaration:
    """The account of the service, whose *people* hear about it; without any, the fallback or the console does."""
    return Declaration(Account(ACCOUNT, locale, dict(people)), {"account_name": ACCOUNT})


def wake(tx: Tx) -> None:
    """Something changed that the service knows of itself: it looks at itself before anything else is told."""
    tx.wake(ACCOUNT)


def reject(tx: Tx, rejected: Rejected, now: Moment) -> None:
    """The files were read, and what was *rejected* stands until they are read again."""
    before = _last(tx)
    said = {"rules_rejected": rejected.rules or None, "accounts_rejected": rejected.accounts}
    if _put(tx, before, {**(before.account if before else {}), **said}, now):
        tx.wake(ACCOUNT)


def look_at_itself(tx: Tx, due: Collection[str], now: Moment) -> None:
    """See how the service is now, if its own account is among those that are *due* to be judged."""
    account = next(iter(tx.accounts([ACCOUNT])), None) if ACCOUNT in due else None
    if account is None:
        return
    before = _last(tx)
    files = {name: value for name, value in (before.account if before else {}).items() if name in OF_FILES}
    _put(tx, before, {**_destinations(tx, account.locale), **_providers(tx), **files}, now)


def _last(tx: Tx) -> Reading | None:
    return next((each for each in tx.readings([ACCOUNT])[ACCOUNT] if each.source == SOURCE), None)


def _put(tx: Tx, before: Reading | None, said: Mapping[str, Observed], now: Moment) -> bool:
    """Keep what is *said*; returns whether it is news. What is as it was *before* counts since then."""
    known = before.account if before is not None else {}
    if before is not None and known == said:
        return False
    same = [name for name, value in said.items() if name in known and known[name] == value]
    since = {name: before.since.get(name, before.at) for name in same} if before is not None else {}
    return tx.put_reading(ACCOUNT, Reading(SOURCE, now, said, since=since))


def _destinations(tx: Tx, locale: Locale) -> dict[str, Observed]:
    """The destinations that cannot be told, since when, why, and how much waits for them."""
    failing = [each for each in tx.destinations() if each.failing_since]
    waiting = tx.backlog([each.name for each in failing]) if failing else {}
    said: dict[str, Observed] = {"destinations": tuple(each.name for each in failing)}
    for each in failing:
        facts: dict[str, Observed] = {
            "name": place_of(each.name),
            "failing_since": date.fromordinal(locale.day_of(each.failing_since)),
            "why": each.why,
            "waiting": waiting.get(each.name, 0),
        }
        said |= {item_fact("destinations", each.name, name): value for name, value in facts.items()}
    return said


def _providers(tx: Tx) -> dict[str, Observed]:
    """The sources that cannot be read for several accounts, and what they say to most of them."""
    by_source: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (_, source), (_, why) in tx.failures().items():
        by_source[source][why] += 1
    silent = {source: whys for source, whys in sorted(by_source.items()) if whys.total() >= SEVERAL}
    said: dict[str, Observed] = {"providers": tuple(silent)}
    for source, whys in silent.items():
        facts: dict[str, Observed] = {
            "name": source,
            "why": whys.most_common(1)[0][0],
            "accounts": whys.total(),
        }
        said |= {item_fact("providers", source, name): value for name, value in facts.items()}
    return said


def heard(tx: Tx, account: Account, destinations: Sequence[str], ways: Ways) -> Sequence[str]:
    """Where a message about *account* goes, which is meant for *destinations*.

    What the service says of itself may be that these fail: then it goes to the fallback too, or to the console.
    """
    if account.id != ACCOUNT:
        return destinations
    failing = {each.name for each in tx.destinations([*destinations, ways.fallback]) if each.failing_since}
    if set(destinations) - failing:
        return destinations
    other = ways.fallback if ways.fallback and ways.fallback not in failing else CONSOLE
    return tuple(dict.fromkeys((*destinations, other)))
