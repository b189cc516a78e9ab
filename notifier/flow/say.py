"""What a post says: composed when it is first claimed, with the rules then in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.audience import CONSOLE_ONLY, Ways, audience, besides
from notifier.core.grouping import compose_table
from notifier.core.holding import compose_held
from notifier.core.known import say_ages
from notifier.core.message import Message, compose
from notifier.core.rule import Staged
from notifier.core.scene import Scene
from notifier.core.standing import compose_standing
from notifier.core.undelivered import compose_undelivered
from notifier.flow.digest import say_digest
from notifier.flow.hold import told_together
from notifier.flow.subjects import behind, failing, record_of, watched_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
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
    if group[0].told.reason is Reason.DIGEST:
        whole = say_digest(tx, rulebook, group[0], now, ways)
        return Said(whole, (whole,))
    scenes = _scenes(tx, rulebook, group, now, ways)
    alone = [_alone(tx, rulebook, *each, now) for each in zip(group, scenes, strict=True)]
    if len(group) == 1:
        return Said(alone[0], tuple(alone))
    told = [delivery.told for delivery in group]
    ages = say_ages(_asked(group, scenes))
    return Said(compose_table(list(zip(alone, told, scenes, strict=True)), ages), tuple(alone))


def _asked(group: Sequence[Delivery], scenes: Sequence[Scene | None]) -> list[tuple[Rule, Scene]]:
    """The rules that are told in *group*, each with the scene of its own subject; without those that are gone."""
    found = [(rule_of(scene, each), scene, each) for each, scene in zip(group, scenes, strict=True)]
    return [
        (rule, _about(scene, rule, each)) for rule, scene, each in found if rule is not None and scene is not None
    ]


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
    return compose(rule, delivery.told, _about(scene, rule, delivery), people=_people(scene, rule, delivery))


def _about(scene: Scene, rule: Rule, delivery: Delivery) -> Scene:
    """*scene* with the record of the item that *delivery* is about."""
    return replace(scene, facts=record_of(rule, scene.facts, delivery.item)) if rule.each else scene


def _standing(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways) -> Message:
    """One message for everything that was open when a grant was enrolled."""
    scene = scene_of(tx, rulebook, group[0], now, ways)
    found = [(rule, delivery) for delivery in group if (rule := rule_of(scene, delivery)) is not None]
    if scene is None or not found:
        return _gone(group[0])
    people = "; ".join(sorted({_people(scene, rule, delivery) for rule, delivery in found}))
    told = [(rule, delivery.told, _about(scene, rule, delivery)) for rule, delivery in found]
    try:
        return compose_standing(told, scene, people=people)
    except ValueError as error:
        unlettered = [(_unlettered(rule), each, about) for rule, each, about in told]
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
    unreadable, alerts = failing(tx.failures(ids)), tx.alerts(ids)
    known = {
        name: watched_of(rulebook, account, readings.get(name, []), now, unreadable.get(name, ()))
        for name, account in accounts.items()
    }
    scenes: list[Scene | None] = []
    for delivery in group:
        found = behind(delivery.subject, known.get(delivery.account, ()))
        if found is None:
            scenes.append(None)
            continue
        each, _ = found
        scene = Scene(accounts[delivery.account], each.program, each.facts, now, ways)
        scenes.append(replace(scene, alert=alerts.get(delivery.subject)))
    return scenes


def rule_of(scene: Scene | None, delivery: Delivery) -> Rule | None:
    """The rule of *delivery* as it holds for the scene's account; None if it was taken out of its file."""
    rules = scene.program.rules if scene else ()
    return next((rule for rule in rules if rule.id == delivery.rule), None)


def _people(scene: Scene, rule: Rule, delivery: Delivery) -> str:
    also = besides(rule, record_of(rule, scene.facts, delivery.item), scene.alert)
    return audience(scene.account, rule, rule.policy, delivery.told.step, scene.ways, also).people


def _held(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Message:
    """Ask what becomes of an edit that would tell much: how much it is, and some of it."""
    hold = next(each for each in tx.holds() if str(each.event) == delivery.grant)
    together = told_together(tx.held(hold.event))
    shown = together[:SAMPLE]
    sample = [say(tx, rulebook, group, now).whole.title for group in shown]
    scenes = [_scenes(tx, rulebook, group, now, CONSOLE_ONLY) for group in shown]
    ages = say_ages(asked for group, some in zip(shown, scenes, strict=True) for asked in _asked(group, some))
    return compose_held(hold, len(together), sample, now, ages)
