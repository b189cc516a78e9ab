"""What happened to an account, read from its journal, and whether all of it is as it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from notifier.core.calendar import Locale
from notifier.core.journal import SERVICE, Misfit, Noted, What, misfit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.ports import Tx

UTC = Locale(ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a journal with what there is to say of it, as data."""

    noted: Noted
    body: Mapping[str, Any]

    @property
    def rule(self) -> str:
        """The id of the rule that it is about; empty if it is about none."""
        asked = self.body.get("said") if self.noted.what == What.ACTED else self.body
        return str(asked.get("rule", "")) if isinstance(asked, dict) else ""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one account, in order; *locale* is the one by which its times are said.

    *rules* are the fingerprints of the rules that decided anything in it, each with the moment since which they
    judge.
    """

    account: str
    locale: Locale
    happened: Sequence[Happened]
    rules: Mapping[str, Moment] = field(default_factory=dict)

    @property
    def grants(self) -> set[str]:
        """The grants that anything in it is about."""
        named = {str(each.body.get("grant", "")) for each in self.happened}
        return named.union(*(each.body.get("grants", ()) for each in self.happened)) - {""}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of looking through chains.

    *entries* is how many of them fit, *misfits* has the first of each chain in which one does not fit. *ends* is
    number and hash of the last entry of every chain there is, by account.
    """

    entries: int
    ends: Mapping[str, tuple[int, str]]
    misfits: Sequence[Misfit] = ()


def story(tx: Tx, account: str) -> Story:
    """What happened to *account*; a story without entries if nothing ever did."""
    happened = [_read(each) for each in tx.journal(account)]
    named = {each.body["rules"] for each in happened if "rules" in each.body}
    since: dict[str, Moment] = {}
    for each in tx.journal(SERVICE):
        if each.what == What.RULES and (rules := _read(each).body.get("rules")) in named:
            since[str(rules)] = each.at
    return Story(account, _locale(tx, account, happened), happened, since)


def check(tx: Tx, account: str | None = None) -> Checked:
    """Look through the chain of *account*, or through all of them."""
    ends = tx.journal_ends()
    entries, misfits = 0, list[Misfit]()
    for name, end in ends.items():
        if account not in (None, name):
            continue
        chain = tx.journal(name)
        wrong = misfit(name, chain, end)
        entries += len(chain) if wrong is None else 0
        misfits += [wrong] if wrong is not None else []
    return Checked(entries, ends, misfits)


def _read(noted: Noted) -> Happened:
    """An entry that somebody changed may be no JSON any more: then there is nothing to say of it."""
    try:
        body = json.loads(noted.body)
    except ValueError:
        body = {}
    return Happened(noted, body if isinstance(body, dict) else {})


def _locale(tx: Tx, account: str, happened: Sequence[Happened]) -> Locale:
    """By which hours its story is told: the account's, or those that it had while it was declared."""
    declared = tx.accounts([account])
    if declared:
        return declared[0].locale
    zones = [each.body.get("says", {}).get("zone") for each in happened if each.noted.what == What.DECLARED]
    zone = next((each for each in reversed(zones) if each), None)
    return Locale(ZoneInfo(zone)) if zone else UTC
