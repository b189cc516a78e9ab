"""Who hears a rule: roles become people, people become destinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.words import say_list

if TYPE_CHECKING:
    from notifier.core.account import Account
    from notifier.core.alert import Policy
    from notifier.core.rule import Rule

CONSOLE = "console"  # the destination that everybody has while nothing else is configured


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who hear one transition, and through which destinations."""

    roles: tuple[str, ...]
    people: str
    destinations: tuple[str, ...] = (CONSOLE,)


def audience(account: Account, rule: Rule | None, policy: Policy, step: str | None) -> Audience:
    """Who hears of *step*.

    A role that nobody holds is left out; if nobody is left, or the rule is gone, all of the account's people hear.
    """
    asked = rule.tell.at(policy.rank(step)) if rule else ()
    roles = [role for role in asked if role in account.people] or list(account.people)
    people = say_list([f"{said(role)} ({account.people[role]})" for role in roles])
    return Audience(tuple(said(role) for role in roles), people or "nobody is named for this account")


def said(role: str) -> str:
    """A role as a text names it."""
    return role.upper() if role == "pi" else role
