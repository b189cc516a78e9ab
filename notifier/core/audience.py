"""Who hears a rule: roles become people, people become destinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.words import say_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.core.account import Account, Person
    from notifier.core.alert import Alert, Policy
    from notifier.core.facts import Facts
    from notifier.core.rule import Rule

CONSOLE = "console"  # the destination that everybody has while nothing else is configured


@dataclass(frozen=True, slots=True)
class Ways:
    """Through which addresses people can be told, as the service is configured.

    *leads_to* says whether an address (``mailto:…``, ``slack:#channel``) can be told at all; None: nothing is
    configured, and the console hears everything. *fallback* is the destination for what reaches nobody; empty: the
    console.
    """

    leads_to: Callable[[str], bool] | None = None
    fallback: str = ""

    def to(self, reach: Sequence[str]) -> str | None:
        """The first of a person's addresses that can be told; None if none can."""
        if self.leads_to is None:
            return CONSOLE
        return next((address for address in reach if self.leads_to(address)), None)


CONSOLE_ONLY = Ways()


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who hear one transition, and through which destinations; each destination stands once."""

    roles: tuple[str, ...]
    people: str
    destinations: tuple[str, ...] = (CONSOLE,)


@dataclass(frozen=True, slots=True)
class Besides:
    """Who hears besides the rule's own roles: *also* do, and *owner* in their stead, if it was handed over.

    Where there are roles that hear *alone*, nobody else does.

    *facts* is the record of the alert, in which an item names its owner.
    """

    facts: Facts | None = None
    also: tuple[str, ...] = ()
    owner: str = ""
    alone: tuple[str, ...] = ()


NOBODY_BESIDES = Besides()


def audience(
    account: Account,
    rule: Rule | None,
    policy: Policy,
    step: str | None,
    ways: Ways = CONSOLE_ONLY,
    besides: Besides = NOBODY_BESIDES,
) -> Audience:
    """Who hears of *step*.

    A role that nobody holds, or that cannot be reached, is left out. If nobody is left, or the rule is gone, all
    of the account's people hear; if none of them can be reached, the fallback does: an alert without a destination
    would be lost without a word.
    """
    asked = rule.tell.at(policy.rank(step)) if rule else ()
    asked = besides.alone or (*((besides.owner,) if besides.owner else asked), *besides.also)
    named = [_role(each, account, rule, besides.facts) if "." in each else each for each in asked]
    roles = [role for role in dict.fromkeys(named) if role in account.people] or list(account.people)
    found = _reached(account, roles, ways) or _reached(account, list(account.people), ways)
    lost = [role for role in roles if role not in found]
    destinations = tuple(dict.fromkeys(found.values())) or (ways.fallback or CONSOLE,)
    heard = tuple(said(role) for role in found or roles)
    return Audience(heard, _people(account, list(found), lost), destinations)


def _role(named: str, account: Account, rule: Rule | None, facts: Facts | None) -> str:
    """The role that the fact *named* of an item says: by the role's name, or by the person's name or address."""
    place = rule.vocabulary.place(named) if rule is not None else None
    if place is None or facts is None or place >= len(facts.values):
        return ""
    value = facts.values[place]
    if not isinstance(value, str) or value in account.people:
        return value if isinstance(value, str) else ""
    return next((role for role, who in account.people.items() if _is(who, value)), "")


def _is(who: Person, called: str) -> bool:
    addresses = [address.partition(":")[2] for address in who.reach]
    return called.casefold() in {each.casefold() for each in (who.name, *addresses) if each}


def _reached(account: Account, roles: Sequence[str], ways: Ways) -> dict[str, str]:
    """The destination of each of *roles* that can be told."""
    found = {role: ways.to(account.people[role].reach) for role in roles}
    return {role: destination for role, destination in found.items() if destination is not None}


def _people(account: Account, heard: Sequence[str], lost: Sequence[str]) -> str:
    """``team (#lab) and PI (A. Researcher)``, and who should have heard, but has no address that can be told."""
    named = {role: f"{said(role)} ({account.people[role]})" for role in [*heard, *lost]}
    told = say_list([named[role] for role in heard])
    missed = f"{say_list([named[role] for role in lost])} cannot be reached" if lost else ""
    return "; ".join(part for part in (told, missed) if part) or "nobody is named for this account"


def said(role: str) -> str:
    """A role as a text names it."""
    return role.upper() if role == "pi" else role


def besides(rule: Rule | None, facts: Facts | None, alert: Alert | None, alone: tuple[str, ...] = ()) -> Besides:
    """Who hears of *alert* besides the rule's own roles: those it was passed on to, or handed over to.

    Where a transition is for some roles *alone*, nobody else hears it.
    """
    if alone:
        return Besides(facts, alone=alone)
    if alert is None or rule is None:
        return Besides(facts)
    return Besides(facts, tuple(each.to for each in rule.timing.escalate[: alert.passed_on]), alert.owner)
