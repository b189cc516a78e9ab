"""What is known of an account's grants at one moment, and which rules are asked of which subjects.

A rule that asks a grant's facts is asked of every grant; one that asks the account's alone is asked once, and
speaks with the voice of the newest grant. A rule with ``for_each`` is asked of every item of its list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.account import Grant
from notifier.core.assemble import assemble
from notifier.core.facts import NOBODY, Expected, Facts, Item, Reading
from notifier.core.subject import Subject
from notifier.core.totals import together
from notifier.core.verdict import Watch
from notifier.core.vocabulary import SERVICE_PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.core.account import Account
    from notifier.core.alert import Policy
    from notifier.core.calendar import Locale, Moment
    from notifier.core.rule import Program, Rule, Rulebook
    from notifier.core.verdict import Judge

NO_GRANT = Grant("", "")  # what the rules for an account without a grant are judged for
SERVICE_GRANT = Grant("", SERVICE_PROGRAM)  # the same for the account of the service itself
NAMES = frozenset({"name", "title"})
MEANS_NO = frozenset({"no", "false", "off"})  # a label that says no is no label
Failing = tuple[tuple[str, str], ...]  # sources that cannot be read now, each with what it said last


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One grant with its record.

    *leads*: the group's own rules of the whole account are asked with it; *leads_program*: those of its program.
    """

    grant: Grant
    program: Program
    facts: Facts
    leads: bool = True
    leads_program: bool = True

    def asks(self, rule: Rule) -> bool:
        """Whether *rule* is asked with it: one of the account alone is asked with its newest grant only."""
        if not rule.of_account:
            return True
        own = rule.id.partition("/")[0] == self.program.id
        return self.leads_program if own else self.leads


class Question(NamedTuple):
    """One rule asked of one subject: *facts* are the record on which *judge* decides.

    Steps before *heard_from* count as passed.
    """

    subject: Subject
    rule: Rule
    policy: Policy
    judge: Judge
    facts: Facts
    heard_from: Moment


def look(
    program: Program,
    account: Account,
    grant: Grant,
    readings: Sequence[Reading],
    now: Moment,
    unreadable: Failing = (),
) -> Facts:
    """What is known of *grant* at *now*, ready to be judged, with what all grants of its account come to."""
    sources, grants = frozenset(account.readings), tuple(each.id for each in account.grants)
    labels = {name: text for name, text in account.labels.items() if text.lower() not in MEANS_NO}

    def record(each: Grant, terms: Program) -> Facts:
        bound = terms.bound(account.locale)
        of_account = (account.id, account.locale, sources, labels, unreadable, grants)
        expected = Expected(*of_account, bound.moments, terms.drafts)
        return assemble(terms.vocabulary, bound.formulas, readings, expected, each.id, now)

    own = record(grant, program)
    others = [record(each, program.family.get(each.program, program)) for each in account.grants if each != grant]
    return together(own, [own, *others], program.vocabulary)


def watched_of(
    rulebook: Rulebook,
    account: Account,
    readings: Sequence[Reading],
    now: Moment,
    unreadable: Failing = (),
) -> list[Watched]:
    """The record of every grant whose program has its file; of an account without grants that of the account."""
    day = account.locale.day_of(now)
    found = []
    alone = SERVICE_GRANT if account.id == SERVICE_PROGRAM else NO_GRANT
    for grant in account.grants or (alone,):
        program = rulebook.program(grant.program, account, day)
        if program is not None:
            found.append(Watched(grant, program, look(program, account, grant, readings, now, unreadable)))
    newest = max(found, key=_accepted, default=None)
    leaders = {each.program.id: each for each in sorted(found, key=_accepted)}
    return [
        Watched(each.grant, each.program, each.facts, each is newest, each is leaders[each.program.id])
        for each in found
    ]


def _accepted(known: Watched) -> int:
    place = known.program.vocabulary.places.get("accepted_on")
    value = known.facts.values[place] if place is not None else None
    return value if isinstance(value, int) else 0


def heard_from(grant: Grant, locale: Locale) -> Moment:
    """The start of the day of enrolment: steps before it count as passed."""
    return 0 if grant.enrolled_on is None else locale.ends(grant.enrolled_on - 1)


def questions(account: Account, known: Watched) -> Iterator[Question]:
    """Every rule that is asked with *known*, of each of its subjects; nothing of a list that is unread."""
    since = heard_from(known.grant, account.locale)
    watched = min((heard_from(grant, account.locale) for grant in account.grants), default=0)
    for rule, policy, judge in known.program.bound(account.locale).judges:
        if not known.asks(rule):
            continue
        grant, begun = ("", watched) if rule.of_account else (known.grant.id, since)
        subject = Subject(rule.id, account.id, grant)
        if not rule.each:
            yield Question(subject, rule, policy, judge, known.facts, begun)
            continue
        for item in items_of(rule, known.facts) or ():
            facts = known.facts.of(rule.each, item)
            yield Question(subject._replace(item=item.id), rule, policy, judge, facts, begun)


def lists_watched(watched: Watched, locale: Locale) -> Iterator[Rule]:
    """The rules, asked with *watched*, that tell what is added to a list or removed from it."""
    for rule, policy, _ in watched.program.bound(locale).judges:
        if policy.watch in {Watch.ADDED, Watch.REMOVED} and watched.asks(rule):
            yield rule


def items_of(rule: Rule, facts: Facts) -> tuple[Item, ...] | None:
    """The items of the rule's list; None where they are unread, nothing where there are none."""
    place, _ = rule.vocabulary.collections[rule.each]
    items = facts.values[place]
    if items is None:
        return ()
    return items if isinstance(items, tuple) else None


def record_of(rule: Rule, facts: Facts, item: str) -> Facts:
    """The record of *item* of the rule's list; of one that has vanished, a record that knows its name alone."""
    if not rule.each or facts.scope:
        return facts
    there = next((each for each in items_of(rule, facts) or () if each.id == item), None)
    if there is None:
        _, collection = rule.vocabulary.collections[rule.each]
        named = tuple(item if fact.name in NAMES else None for fact in collection.facts)
        there = Item(item, named, bytes([NOBODY] * len(named)))
    return facts.of(rule.each, there)


def behind(subject: Subject, known: Sequence[Watched]) -> tuple[Watched, Rule] | None:
    """The grant and the rule behind *subject*; None where rule or grant are gone."""
    for each in known:
        if subject.grant not in {"", each.grant.id}:
            continue
        for rule in each.program.rules:
            if rule.id == subject.rule and each.asks(rule):
                return each, rule
    return None


def failing(failures: Mapping[tuple[str, str], tuple[Moment, str]]) -> dict[str, Failing]:
    """What cannot be read now, by account."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (account, source), (_, why) in failures.items():
        found.setdefault(account, []).append((source, why))
    return {account: tuple(several) for account, several in found.items()}
