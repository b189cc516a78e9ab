"""Which fact of which grant somebody means at the command line; what is not there is answered with what is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.commands.common import stop, user
from notifier.commands.record.items import item_facts, meant_of_item
from notifier.commands.record.recorded import Words, label, recordable
from notifier.core.entry import is_pushed
from notifier.core.fact import split_item_fact
from notifier.core.vocabulary import COLLECTIONS, Kind, suggestion
from notifier.core.words import say_list
from notifier.flow.pushable import called
from notifier.ports import Act

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifier.core.account import Account, Grant
    from notifier.core.calendar import Moment
    from notifier.core.entry import Entry
    from notifier.core.facts import Observed
    from notifier.core.rule import Rulebook
    from notifier.core.vocabulary import Fact, Vocabulary
    from notifier.files.places import Files
    from notifier.flow.declare import Declaration
    from notifier.flow.record import Observations

MOST_NAMED = 10  # accounts or grants, where somebody names one that is not there


@dataclass(frozen=True, slots=True)
class Meant:
    """The *fact* that is meant, of *grant* ('' is the account itself), and all that people record of it."""

    declaration: Declaration
    grant: str
    fact: Fact
    facts: Mapping[str, Fact]
    words: Words

    @property
    def about(self) -> str:
        """How sentences name the grant."""
        return self.declaration.account.about(self.grant)

    @property
    def day(self) -> str | None:
        """The fact that is the day of the one meant (``credits_granted_on``), if there is one."""
        day = self.facts.get(f"{self.fact.name}_on")
        return day.name if day is not None and day.kind is Kind.DATE else None

    def act(self, kind: str, said: Mapping[str, Observed]) -> Act:
        """A new act of whoever types this."""
        account = self.declaration.account.id
        return Act(uuid.uuid4().hex, kind, account, self.grant, said, self.words.now, user())

    def said(self, entries: Sequence[Entry]) -> str:
        """``credits granted 1,000.00 USD, on 22 November``."""
        words = [self.words.value(self.facts[entry.fact], entry.value) for entry in entries]
        return f"{label(self.fact.name)} {', on '.join(words)}"


def find_account(files: Files, account: str) -> Declaration:
    """The account that is called so; ends if there is none, or if it has no grant."""
    known = {each.account.id: each for each in files.declared}
    if account not in known:
        stop(f"there is no account `{account}`{suggestion(account, known) or _there(known)}")
    if not known[account].account.grants:
        stop(f"`{account}` has no grant in the accounts file")
    return known[account]


def find_grant(account: Account, grant: str | None) -> Grant:
    """The grant that is called so, or the only one; ends if there is none, or several."""
    grants = {each.id: each for each in account.grants}
    if grant is None and len(grants) == 1:
        return account.grants[0]
    if grant is None:
        stop(f"say with --grant which grant of `{account.id}`{_there(grants)}")
    if grant not in grants:
        stop(f"`{account.id}` has no grant `{grant}`{suggestion(grant, grants) or _there(grants)}")
    return grants[grant]


def _there(known: Iterable[str]) -> str:
    """``; there are a, b and 3 more``."""
    names = list(known)
    named = names[:MOST_NAMED] + ([f"{len(names) - MOST_NAMED:,} more"] if len(names) > MOST_NAMED else [])
    return f"; there {'are' if len(named) > 1 else 'is'} {say_list(named) or 'none'}"


def recordable_of(rulebook: Rulebook, known: Observations, now: Moment) -> dict[str, dict[str, Fact]]:
    """The facts that people record of each grant, of its account and of their items, by grant and name.

    So are those that a program has pushed: people can take back and correct what it said.
    """
    items = item_facts(rulebook, known, now)
    programs = {each.id: rulebook.programs[each.program] for each in known.declaration.account.grants}
    return {
        grant: recordable(program) | items.get(grant, {}) | _pushed(known, grant, program.vocabulary)
        for grant, program in programs.items()
    }


def _pushed(known: Observations, grant: str, vocabulary: Vocabulary) -> dict[str, Fact]:
    """The facts of *grant*, and of its account, that a program has pushed."""
    names = [each.fact for each in known.log.entries if is_pushed(each.by) and each.grant in {grant, ""}]
    return {name: fact for name in names if (fact := called(vocabulary, name)) is not None}


def find_fact(rulebook: Rulebook, known: Observations, fact: str, grant: str | None, words: Words) -> Meant:
    """The fact that people record under this name; one of the whole account needs no grant. Ends if none is."""
    declaration, account = known.declaration, known.declaration.account
    by_grant = recordable_of(rulebook, known, words.now)
    of_all = {name: one for facts in by_grant.values() for name, one in facts.items() if not one.grant}
    if fact in of_all and grant is None:
        return Meant(declaration, "", of_all[fact], of_all, words)
    one = _grant_of(account, fact, grant)
    facts, program = by_grant[one.id], rulebook.programs[one.program]
    if fact not in facts and "/" in fact:
        facts[fact] = meant_of_item(fact, program, facts, account.about(one.id))
    if fact not in facts:
        stop(_not_recorded(fact, program.vocabulary, facts))
    return Meant(declaration, one.id if facts[fact].grant else "", facts[fact], facts, words)


def _grant_of(account: Account, fact: str, grant: str | None) -> Grant:
    """The grant that is meant; of what is the account's own, as its papers are, any."""
    collection = COLLECTIONS.get(split_item_fact(fact)[0])
    of_account = "/" in fact and (collection is None or not collection.grant)
    return account.grants[0] if of_account and grant is None else find_grant(account, grant)


def _not_recorded(fact: str, vocabulary: Vocabulary, facts: Mapping[str, Fact]) -> str:
    there = f"; people record {say_list([name for name in facts if '/' not in name])}"
    if (place := vocabulary.places.get(fact)) is not None:
        return f"`{fact}` is {vocabulary.facts[place].owner}, not recorded{there}"
    same = next(
        (name for name in facts if "/" in name and name.rpartition("/")[2] == fact.rpartition(".")[2]), None
    )
    near = f"; did you mean `{same}`?" if same is not None else suggestion(fact, facts)
    return f"`{fact}` is not a fact that people record{near or there}"
