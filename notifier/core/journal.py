"""What happened, account by account: a chain of entries in which each is sealed together with the one before it.

Nothing is ever changed or taken out. An entry's *hash* is made of what it says and of the *previous* entry's hash,
so whoever changes, adds or takes out an entry in the middle would have to make every later one anew. Where a chain
ends is noted beside it: entries that are missing at the end are missed too. Whoever can write to the database
could make all of that anew; who wants to know even then keeps a hash elsewhere (see `holds`).

What concerns no account stands in the chain of the service itself, `SERVICE`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.core.calendar import Moment

SERVICE = "notifier"
NO_ENTRY = 0, ""  # how a chain that has not begun ends: number and hash
_canonical = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


class What(StrEnum):
    """What an entry tells of."""

    DECLARED = "declared"  # the accounts file says something else of the account than before
    REMOVED = "removed"  # the account is not declared any more
    READ = "read"  # a source said something new
    UNREADABLE = "unreadable"
    READABLE = "readable"  # after it was unreadable
    RECORDED = "recorded"
    TAKEN_BACK = "taken back"
    ACTED = "acted"  # a person acted, and what came of it
    FOUND = "found"  # a transition of an alert, and who is to hear of it
    TOLD = "told"
    GIVEN_UP = "given up"
    DROPPED = "dropped"
    AGAIN = "again"  # what was given up is tried again
    RULES = "rules"  # other rules judge from here on
    HELD = "held"  # what an edit would tell waits for a person, or what a person said of it


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry of a journal: that *what* happened to *account* at *at*.

    *number* counts from 1 in each account, *body* is JSON with what there is to say. *what* is a text, since a
    newer release may have written it.
    """

    account: str
    number: int
    at: Moment
    what: str
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first entry of a chain that is not as it was written: its *number*, and *why* that is seen."""

    account: str
    number: int
    why: str


def sealed(previous: str, account: str, number: int, at: Moment, what: str, body: str) -> str:
    """The hash of an entry: 64 hexadecimal digits, made of the *previous* one's and of all that it says."""
    said = _canonical({"account": account, "number": number, "at": at, "kind": what, "body": body})
    return sha256(f"{previous}{said}".encode()).hexdigest()


def misfit(account: str, chain: Iterable[Noted], end: tuple[int, str]) -> Misfit | None:
    """What does not fit in the *chain* of *account*, in its order; it should end with number and hash *end*."""
    number, previous = NO_ENTRY
    for each in chain:
        number += 1
        if why := _wrong(each, number, previous):
            return Misfit(account, min(each.number, number), why)
        previous = each.hash
    if (number, previous) != end:
        return Misfit(account, min(number, end[0]) + 1, _wrong_end(number, end[0]))
    return None


def _wrong(each: Noted, number: int, previous: str) -> str:
    """What is wrong with *each*, which should have that *number* and follow *previous*; empty if nothing is."""
    if each.number > number:
        return "it is missing"
    if each.number < number:
        return "its number is wrong"
    if each.previous != previous:
        return "it does not follow the entry before it: one of the two is not as it was written"
    said = sealed(previous, each.account, number, each.at, each.what, each.body)
    return "" if said == each.hash else "it is not as it was written"


def _wrong_end(last: int, end: int) -> str:
    if last < end:
        return f"it is missing at the end: {end:,} were written"
    return "it is more than was written" if last > end else "the end of the chain is noted with another hash"


def holds(chain: Sequence[Noted], kept: str) -> bool:
    """Whether an entry with the hash *kept* (or one that begins so) is in *chain*: what came before it stands."""
    return any(each.hash.startswith(kept) for each in chain)
