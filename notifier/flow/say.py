"""What a post says: composed when it is first claimed, with the rules then in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.audience import CONSOLE_ONLY, Ways, audience
from notifier.core.grouping import compose_table
from notifier.core.holding import compose_held
from notifier.core.message import Message, Scene, compose
from notifier.core.rule import Staged
from notifier.core.standing import compose_standing
from notifier.core.undelivered import compose_undelivered
from notifier.flow.hold import told_together
from notifier.flow.judge import look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
    from notifier.core.facts import Reading
    from notifier.core.rule import Rule, Rulebook
    from notifier.ports import Tx

SAMPLE = 5  # of what is held; the rest is a number


@dataclass(frozen=True, slots=True)
class Said:
    """What one post says as a *whole*, and what it would say *alone* of each of its deliveries."""

    whole: Message
    alone: tuple[Message, ...]


def say(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways = CONSOLE_ONLY) -> Said:
    """Say what happened with the rules now in force; where rule or grant are gone, say that."""
    if group[0].told.reason is Reason.STANDING:
        whole = _standing(tx, rulebook, group, now, ways)
        return Said(whole, (whole,) * len(group))
    scenes = _scenes(tx, rulebook, group, now, ways)
    alone = [_alone(tx, rulebook, *each, now) for each in zip(group, scenes, strict=True)]
    if len(group) == 1:
        return Said(alone[0], tuple(alone))
    told = [delivery.told for delivery in group]
    return Said(compose_table(list(zip(alone, told, scenes, strict=True))), tuple(alone))


def _alone(tx: Tx, rulebook: Rulebook, delivery: Delivery, scene: Scene | None, now: Moment) -> Message:
    """What is said of one delivery by itself."""
    if delivery.told.reason is Reason.HELD:
        return _held(tx, rulebook, delivery, now)
    if delivery.told.reason is Reason.UNDELIVERED:
        lost = tx.delivery(int(delivery.grant))
        return _gone(delivery) if lost is None else compose_undelivered(lost, now)
    rule = rule_of(scene, delivery)
    if scene is None or rule is None:
        return _gone(delivery)
    try:
        return _composed(scene, rule, delivery)
    except ValueError as error:  # a letter cannot be filled: say the rest, and why, rather than nothing
        return _without_letter(_composed(scene, _unlettered(rule), delivery), error)


def _composed(scene: Scene, rule: Rule, delivery: Delivery) -> Message:
    return compose(rule, delivery.told, scene, people=_people(scene, rule, delivery))


def _standing(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways) -> Message:
    """One message for everything that was open when a grant was enrolled."""
    scene = scene_of(tx, rulebook, group[0], now, ways)
    found = [(rule, delivery) for delivery in group if (rule := rule_of(scene, delivery)) is not None]
    if scene is None or not found:
        return _gone(group[0])
    people = "; ".join(sorted({_people(scene, rule, delivery) for rule, delivery in found}))
    told = [(rule, delivery.told) for rule, delivery in found]
    try:
        return compose_standing(told, scene, people=people)
    except ValueError as error:
        unlettered = [(_unlettered(rule), each) for rule, each in told]
        return _without_letter(compose_standing(unlettered, scene, people=people), error)


def _unlettered(rule: Rule) -> Rule:
    return replace(rule, draft=Staged())


def _without_letter(message: Message, error: ValueError) -> Message:
    return replace(message, say=f"{message.say} The letter is missing: {error}".strip())


def _gone(delivery: Delivery) -> Message:
    return Message(
        headline=f"No longer watched: {delivery.rule}",
        about=delivery.account,
        reason=Reason.CLOSED,
        say="The rule or the grant was taken out of its file.",
    )


def scene_of(
    tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment, ways: Ways = CONSOLE_ONLY
) -> Scene | None:
    """Everything that may be said about the grant of *delivery*; None without the grant or its program."""
    return _scenes(tx, rulebook, [delivery], now, ways)[0]


def _scenes(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways) -> list[Scene | None]:
    """As `scene_of`, for each of *group*; what is known of their accounts is read once."""
    ids = {delivery.account for delivery in group}
    accounts, readings = {account.id: account for account in tx.accounts(ids)}, tx.readings(ids)
    return [
        _scene(rulebook, account, delivery.grant, readings.get(account.id, []), now, ways) if account else None
        for delivery in group
        for account in [accounts.get(delivery.account)]
    ]


def _scene(
    rulebook: Rulebook, account: Account, grant: str, readings: Sequence[Reading], now: Moment, ways: Ways
) -> Scene | None:
    for each in account.grants:
        program = rulebook.program(each.program, account, account.locale.day_of(now))
        if each.id == grant and program is not None:
            return Scene(account, program, look(program, account, each, readings, now), now, ways)
    return None


def rule_of(scene: Scene | None, delivery: Delivery) -> Rule | None:
    """The rule of *delivery* as it holds for the scene's account; None if it was taken out of its file."""
    rules = scene.program.rules if scene else ()
    return next((rule for rule in rules if rule.id == delivery.rule), None)


def _people(scene: Scene, rule: Rule, delivery: Delivery) -> str:
    return audience(scene.account, rule, rule.policy, delivery.told.step, scene.ways).people


def _held(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Message:
    """Ask what becomes of an edit that would tell much: how much it is, and some of it."""
    hold = next(each for each in tx.holds() if str(each.event) == delivery.grant)
    together = told_together(tx.held(hold.event))
    sample = [say(tx, rulebook, group, now).whole.title for group in together[:SAMPLE]]
    return compose_held(hold, len(together), sample, now)
