"""Rules run tick by tick, in the language of rules: `tests/scenarios/*.yaml`, one story each."""

from datetime import date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from notifier.core.alert import Cause, Policy, advance
from notifier.core.facts import UNREAD
from notifier.core.money import parse_money
from notifier.core.vocabulary import Kind, Vocabulary
from tests.core.helpers import SMALL, condition, fact, locale, moment, record

FOLDER = Path(__file__).parent.parent / "scenarios"
VOCABULARY: Vocabulary = SMALL.extended([fact("accepted_on", Kind.DATE), fact("credits_granted", Kind.MONEY)])
FIELDS = {"zone", "tell_at", "heard_from", "rule", "facts", "ticks"}
TICK = {"at", "facts", "unread", "edit", "zone", "tells"}


def inside(name, said):
    """A value as it is written in a scenario, as a record holds it."""
    if isinstance(said, (date, datetime)):
        return said.toordinal()
    place = VOCABULARY.place(name)
    assert place is not None, name
    return parse_money(said).micro if said and VOCABULARY.facts[place].kind is Kind.MONEY else said


class Run:
    """A scenario while it runs: what is known, the rule in force, and the alert."""

    def __init__(self, story):
        assert set(story) <= FIELDS
        self.known = {name: inside(name, said) for name, said in story["facts"].items()}
        self.fields, self.zone, self.tell_at = story["rule"], story["zone"], story.get("tell_at", "09:00")
        self.heard_from = moment(str(story["heard_from"]), self.zone) if "heard_from" in story else 0
        self.alert = None
        self.begun = False

    def look(self, tick):
        """What is told at *tick*."""
        assert set(tick) <= TICK
        self.known |= {name: inside(name, said) for name, said in tick.get("facts", {}).items()}
        self.known |= dict.fromkeys(tick.get("unread", ()), UNREAD)
        self.zone = tick.get("zone", self.zone)
        edit = tick.get("edit", False)
        self.fields = self.fields if isinstance(edit, bool) else edit
        asked = condition(VOCABULARY, **self.fields)
        now = moment(str(tick["at"]), self.zone)
        verdict = asked.bind(locale(self.zone, self.tell_at))(record(VOCABULARY, **self.known), now)
        cause = Cause.RULES if edit else Cause.FACTS
        decided = advance(Policy(asked.ladder), self.alert, verdict, cause, now, heard_from=self.heard_from)
        self.alert = decided.alert
        return [f"{transition.reason} {transition.step}" for transition in decided.transitions]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_scenario_tells_what_it_says(path):
    story = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    run = Run(story)

    told = [{"at": str(tick["at"]), "tells": run.look(tick)} for tick in story["ticks"]]

    assert told == [{"at": str(tick["at"]), "tells": tick["tells"]} for tick in story["ticks"]]
