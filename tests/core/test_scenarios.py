"""Rules run tick by tick, in the language of rules: `tests/scenarios/*.yaml`, one story each.

`python -m benchmarks.scenarios` lists what each of them tells.
"""

from datetime import date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from notifier.core.alert import Cause, Policy, acknowledge, advance, hand_over, reopen, snooze
from notifier.core.calendar import parse_span
from notifier.core.facts import UNREAD
from notifier.core.money import parse_money
from notifier.core.timing import Timing, in_order, parse_escalation, parse_repeat
from notifier.core.vocabulary import Kind, Vocabulary
from tests.core.helpers import SMALL, condition, fact, locale, moment, record

FOLDER = Path(__file__).parent.parent / "scenarios"
VOCABULARY: Vocabulary = SMALL.extended([fact("accepted_on", Kind.DATE), fact("credits_granted", Kind.MONEY)])
FIELDS = {"zone", "tell_at", "closed", "heard_from", "rule", "facts", "ticks"}
TICK = {"at", "facts", "unread", "edit", "zone", "does", "tells"}
TIMING = {"for", "repeat", "escalate"}


def inside(name, said):
    """A value as it is written in a scenario, as a record holds it."""
    if isinstance(said, (date, datetime)):
        return said.toordinal()
    place = VOCABULARY.place(name)
    assert place is not None, name
    return parse_money(said).micro if said and VOCABULARY.facts[place].kind is Kind.MONEY else said


def instant(text, zone):
    """A local time in *zone*, or one with its own distance from UTC: of an hour that comes twice, the second."""
    with_offset = datetime.fromisoformat(text)
    return int(with_offset.timestamp()) if with_offset.tzinfo else moment(text, zone)


def timing(fields):
    """What a rule's *fields* say of time."""
    passed = [parse_escalation(each["after"], each["to"]) for each in fields.get("escalate", ())]
    lasting, repeat = fields.get("for"), fields.get("repeat")
    return Timing(lasting and parse_span(lasting), repeat and parse_repeat(repeat), in_order(passed))


class Run:
    """A scenario while it runs: what is known, the rule in force, and the alert."""

    def __init__(self, story):
        assert set(story) <= FIELDS
        self.known = {name: inside(name, said) for name, said in story["facts"].items()}
        self.fields, self.zone, self.tell_at = story["rule"], story["zone"], story.get("tell_at", "09:00")
        self.closed = [str(each) for each in story.get("closed", ())]
        self.heard_from = moment(str(story["heard_from"]), self.zone) if "heard_from" in story else 0
        self.alert = None

    def look(self, tick):
        """What is told at *tick*."""
        assert set(tick) <= TICK
        self.known |= {name: inside(name, said) for name, said in tick.get("facts", {}).items()}
        self.known |= dict.fromkeys(tick.get("unread", ()), UNREAD)
        self.zone = tick.get("zone", self.zone)
        edit = tick.get("edit", False)
        self.fields = self.fields if isinstance(edit, bool) else edit
        now = instant(str(tick["at"]), self.zone)
        told = self.do(tick["does"].split(" ", 1), now) if "does" in tick else []
        return told + self.advance(Cause.RULES if edit else Cause.FACTS, now)

    def advance(self, cause, now):
        """Let the rule in force act on the alert."""
        asked = condition(VOCABULARY, **{name: text for name, text in self.fields.items() if name not in TIMING})
        here = locale(self.zone, self.tell_at, closed=self.closed)
        policy = Policy(asked.ladder, timing(self.fields), here, asked.periodic, asked.watch)
        verdict = asked.bind(here)(record(VOCABULARY, **self.known), now)
        decided = advance(policy, self.alert, verdict, cause, now, heard_from=self.heard_from)
        self.alert = decided.alert
        return [f"{told.reason} {' and '.join(told.to) or told.step}" for told in decided.transitions]

    def do(self, words, now):
        """What a person does: ``ack 2026-12-01 09:00``, ``snooze …``, ``hand over ROLE``, ``reopen``."""
        assert self.alert.open, "only what is open can be acted on"
        verb, rest = words if len(words) > 1 else (*words, "")
        if verb in {"ack", "snooze"}:
            does = acknowledge if verb == "ack" else snooze
            acted = does(self.alert, "ada", moment(rest, self.zone), "", now)
        else:
            acted = reopen(self.alert, "ada", "", now) if verb == "reopen" else None
            acted = acted or hand_over(self.alert, rest.removeprefix("over "), "ada", "", now)
        self.alert = acted.alert
        return [f"{acted.told.reason} {acted.told.step}"] if acted.told else []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_scenario_tells_what_it_says(path):
    story = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    run = Run(story)

    told = [{"at": str(tick["at"]), "tells": run.look(tick)} for tick in story["ticks"]]

    assert told == [{"at": str(tick["at"]), "tells": tick["tells"]} for tick in story["ticks"]]
