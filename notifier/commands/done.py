"""``notifier done``: what a rule asks for has happened. It records the fact that the rule's `unless` names."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from notifier.commands.ack import acknowledge
from notifier.commands.acting import Meant, Options, meant, say
from notifier.commands.common import stop
from notifier.commands.database import look
from notifier.commands.record.observation import EXAMPLES, observed
from notifier.commands.record.recorded import label
from notifier.core.message import recorded_as
from notifier.core.vocabulary import Kind, Owner
from notifier.core.words import plain
from notifier.core.words import say as say_value
from notifier.flow.acting import DONE, FACT
from notifier.flow.record import observations

if TYPE_CHECKING:
    from notifier.core.facts import Observed
    from notifier.core.rule import Rule
    from notifier.core.vocabulary import Fact

UNLESS_SAID = {Kind.DATE: "today", Kind.YESNO: "yes"}


def done(account: str, rule: str, item: str | None, options: Options) -> None:
    """Record what ends an open alert; where no fact of people does, it is acknowledged instead."""
    chosen = meant(account, rule, item, options)
    asked = chosen.rule
    if asked is None:
        stop(f"the rule behind {chosen.named} cannot be read: `check` says why")
    fact = _fact_that_ends(asked)
    if fact is None:
        if options.value is not None:
            stop(f"{chosen.named} asks for nothing that people record; it goes without --value")
        click.echo("This rule asks for nothing that people record, so that it is acknowledged instead.")
        acknowledge(chosen, options)
        return
    _record(chosen, asked, fact, options)


def _fact_that_ends(rule: Rule) -> Fact | None:
    """The fact that people record and that `unless` names first."""
    gate = rule.condition.gates.unless
    named = (rule.vocabulary.facts[place] for place in (gate.places() if gate else ()))
    return next((fact for fact in named if fact.owner is Owner.RECORDED), None)


def _record(chosen: Meant, rule: Rule, fact: Fact, options: Options) -> None:
    locale, now = chosen.account.locale, chosen.now
    try:
        value = observed(fact, _text(fact, options.value), locale, now)
    except ValueError as error:
        stop(f"{fact.name}: {error}")
    name, of = recorded_as(rule, fact, chosen.subject)
    said = {FACT + name: value} | _day_of_it(chosen, rule, name, of)
    chosen.act(DONE, options.because, of=of, **said)
    inside = value.toordinal() if isinstance(value, date) else value
    known = plain(say_value(inside, fact.kind, locale, now))
    say(f"Recorded for {chosen.named}: {label(fact.name).replace('.', ' ')} {known}.")


def _text(fact: Fact, given: str | None) -> str:
    """What the person says of it: as given, as goes without saying, or asked."""
    text = given if given is not None else UNLESS_SAID.get(fact.kind)
    if text is None and sys.stdin.isatty():
        text = str(click.prompt(fact.ask or f"{label(fact.name).capitalize()}, such as {EXAMPLES[fact.kind]}"))
    if text is None:
        stop(f"say what {label(fact.name)} is with --value, such as {EXAMPLES[fact.kind]}")
    return text


def _day_of_it(chosen: Meant, rule: Rule, name: str, of: str) -> dict[str, Observed]:
    """Today as the day of the fact, where it has one (``credits_granted_on``) that nobody knows yet."""
    place = rule.vocabulary.places.get(f"{name}_on")
    if place is None or rule.vocabulary.facts[place].owner is not Owner.RECORDED:
        return {}
    declared = (each for each in chosen.files.declared if each.account.id == chosen.account.id)
    declaration = next(declared, None)
    if declaration is None:
        return {}
    known = look(chosen.places, lambda tx: observations(tx, declaration, chosen.now))
    if known.value(of, f"{name}_on"):
        return {}
    return {f"{FACT}{name}_on": date.fromordinal(chosen.account.locale.day_of(chosen.now))}
