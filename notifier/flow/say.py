"""What a post says: composed when it is first claimed, with the rules then in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.audience import audience
from notifier.core.holding import compose_held
from notifier.core.message import Message, Scene, compose
from notifier.core.rule import Staged
from notifier.core.standing import compose_standing
from notifier.flow.hold import told_together
from notifier.flow.judge import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
    from notifier.core.rule import Rule, Rulebook
    from notifier.ports import Tx

SAMPLE = 5  # of what is held; the rest is a number


def say(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment) -> Message:
    """Say what happened with the rules now in force; where rule or grant are gone, say that."""
    leader = group[0]
    if leader.told.reason is Reason.HELD:
        return _held(tx, rulebook, leader, now)
    scene = scene_of(tx, rulebook, leader, now)
    found = [(rule, delivery) for delivery in group if (rule := rule_of(scene, delivery)) is not None]
    if scene is None or not found:
        return Message(
            headline=f"No longer watched: {leader.rule}",
            about=leader.account,
            reason=Reason.CLOSED,
            say="The rule or the grant was taken out of its file.",
        )
    try:
        return _said(scene, found)
    except ValueError as error:  # a letter cannot be filled: say the rest, and why, rather than nothing
        message = _said(scene, [(replace(rule, draft=Staged()), delivery) for rule, delivery in found])
        return replace(message, say=f"{message.say} The letter is missing: {error}".strip())


def scene_of(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Scene | None:
    """Everything that may be said about the grant of *delivery*; None without the grant or its program."""
    for account in tx.accounts([delivery.account]):
        for grant in account.grants:
            program = rulebook.program(grant.program, account, account.locale.day_of(now))
            if grant.id == delivery.grant and program is not None:
                readings = tx.readings([account.id]).get(account.id, [])
                return Scene(account, program, look(program, account, grant, readings, now), now)
    return None


def rule_of(scene: Scene | None, delivery: Delivery) -> Rule | None:
    """The rule of *delivery* as it holds for the scene's account; None if it was taken out of its file."""
    rules = scene.program.rules if scene else ()
    return next((rule for rule in rules if rule.id == delivery.rule), None)


def _said(scene: Scene, found: Sequence[tuple[Rule, Delivery]]) -> Message:
    rule, delivery = found[0]
    if delivery.told.reason is not Reason.STANDING:
        return compose(rule, delivery.told, scene, people=_people(scene, rule, delivery))
    people = "; ".join(sorted({_people(scene, rule, delivery) for rule, delivery in found}))
    return compose_standing([(rule, delivery.told) for rule, delivery in found], scene, people=people)


def _people(scene: Scene, rule: Rule, delivery: Delivery) -> str:
    return audience(scene.account, rule, rule.policy, delivery.told.step).people


def _held(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Message:
    """Ask what becomes of an edit that would tell much: how much it is, and some of it."""
    hold = next(each for each in tx.holds() if str(each.event) == delivery.grant)
    together = told_together(tx.held(hold.event))
    sample = [say(tx, rulebook, group, now).title for group in together[:SAMPLE]]
    return compose_held(hold, len(together), sample, now)
