"""What is told with a letter is remembered of it, and what people say of it decides what follows."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from notifier.core.facts import Reading
from notifier.files.rulebook import read_rulebook
from notifier.flow.snapshot import take
from notifier.flow.status import Basis, details, glances
from notifier.ports import Act, Undelivered

from .conftest import at
from .small import PI, TEAM, group

RULES = """\
version: 1
program: small
facts:
  paid_on: {type: date, ask: "When was it paid?"}
rules:
  - {id: late, title: It is late, deadline: 3 weeks after accepted_on, unless: paid_on, draft: ask,
     steps: [on the day, 1 week after, 2 weeks after], tell: [team]}
  - id: unanswered
    for_each: letters
    title: No answer yet to the letter of {{ letter.sent_on }}
    deadline: letter.follow_up_after after letter.sent_on
    unless: letter.answered_on or letter.followed_up_on
    steps: [on the day]
    draft: general
    tell: [team]
"""
DRAFTS = {
    "ask": "To: p@example.edu\nSubject: Late, {{ grant_id }}\nFollow-up: 3 working days, ask-again\n\nWhen?\n",
    "ask-again": "To: p@example.edu\nSubject: Re: {{ letter.subject }}\n\nWe wrote on {{ letter.sent_on }}.\n",
    "general": "To: p@example.edu\nSubject: Again: {{ letter.subject }}\n\nWe wrote on {{ letter.sent_on }}.\n",
}
DUE = "2026-03-23 09:00"  # a Monday


def book(folder, drafts=DRAFTS):
    (folder / "drafts").mkdir(parents=True, exist_ok=True)
    (folder / "small.yaml").write_text(RULES, encoding="utf-8")
    for name, text in drafts.items():
        (folder / "drafts" / f"{name}.txt").write_text(text, encoding="utf-8")
    faults = []
    return read_rulebook(folder, "rules", faults), faults


@pytest.fixture
def here(world, tmp_path):
    """The letter `ask` is offered on 23 March."""
    world.rulebook, faults = book(tmp_path / "rules")
    assert not faults
    world.reach(TEAM, PI)
    world.declare("2026-03-02 10:00", ours())
    go(world, "2026-03-02 10:00")
    return world


def ours():
    return group(tell_at="09:00")


def go(world, now):
    """Judge and tell; returns the messages told."""
    before = len(world.papers[TEAM].told)
    world.judge(now)
    asyncio.run(world.deliver(now))
    world.judge(now)
    return [post.message for post in world.papers[TEAM].told[before:]]


def say(world, now, letter="ask", kind="record", **said):
    facts = {f"letters/{letter}/{name}": value for name, value in said.items()}
    world.store.write(lambda tx: tx.put_act(Act(f"{now}{letter}", kind, "lab", "1", facts, at(now), "ada")))
    return go(world, now)


def remembered(world):
    readings = world.store.read(lambda tx: tx.readings(["lab"]))["lab"]
    return next((each for each in readings if each.source == "letters"), None)


def stand(world, now):
    snapshot = world.store.read(take, at(now), None)
    (glance,) = glances(Basis(world.rulebook, snapshot), [ours()], at(now))[0].grants
    return {each.name: each for each in details(glance).letters}


def edit(world, folder, now):
    """Call the letter otherwise from *now* on."""
    world.rulebook, _ = book(folder, {**DRAFTS, "ask": DRAFTS["ask"].replace("Late, ", "Very late, ")})
    go(world, now)


def test_a_letter_that_was_told_is_remembered_once_with_its_first_day(here):
    (message,) = go(here, DUE)
    first = remembered(here)
    go(here, "2026-03-30 09:00")
    said = remembered(here).grants["1"]

    assert (message.letter.account, message.letter.grant) == ("lab", "1")
    assert first == Reading("letters", at(DUE), {}, {"1": said})
    assert said == {
        "letters/ask/drafted_on": date(2026, 3, 23),
        "letters/ask/to": "p@example.edu",
        "letters/ask/subject": "Late, 1",
    }


def test_what_could_not_be_told_is_not_remembered(here):
    here.papers[TEAM].fails.append(Undelivered("it is down", whole=True))
    go(here, DUE)

    assert remembered(here) is None


def test_a_message_offers_to_say_that_its_letter_was_sent_and_then_that_it_was_answered(here):
    (message,) = go(here, DUE)
    say(here, "2026-03-29 10:00", sent_on=date(2026, 3, 29))
    (later,) = go(here, "2026-03-30 09:00")

    assert ("When the letter is sent", "sent", "lab ask") in [(a.when, a.verb, a.rest) for a in message.answers]
    assert ("When an answer came", "answered", "lab ask") in [(a.when, a.verb, a.rest) for a in later.answers]
    assert "sent" not in [answer.verb for answer in later.answers]


def test_the_follow_up_is_the_one_that_the_letters_own_draft_names_after_as_long_as_it_says(here):
    go(here, DUE)
    say(here, "2026-03-23 12:00", sent_on=date(2026, 3, 23))

    assert go(here, "2026-03-26 08:59") == []
    (message,) = go(here, "2026-03-26 09:00")
    assert message.headline == "No answer yet to the letter of 23 March"
    assert (message.letter.name, message.letter.subject) == ("ask-again", "Re: Late, 1")
    assert message.letter.body == "We wrote on 23 March.\n"
    assert [(a.verb, a.rest) for a in message.answers][:2] == [("answered", "lab ask"), ("sent", "lab ask-again")]


def test_a_letter_without_a_follow_up_of_its_own_gets_the_rules_after_ten_working_days(here):
    say(here, "2026-03-02 12:00", letter="ask-again", sent_on=date(2026, 3, 2), subject="Re: x")

    assert go(here, "2026-03-16 08:59") == []
    assert go(here, "2026-03-16 09:00")[0].letter.name == "general"


def test_an_answer_ends_it_and_so_does_the_follow_up(here):
    go(here, DUE)
    say(here, "2026-03-23 12:00", sent_on=date(2026, 3, 23))
    go(here, "2026-03-26 09:00")
    (over,) = say(here, "2026-03-26 12:00", letter="ask-again", sent_on=date(2026, 3, 26))
    say(here, "2026-03-27 12:00", letter="ask-again", answered_on=date(2026, 3, 27))

    assert over.headline == "Done: No answer yet to the letter of 23 March"
    assert [message.headline for message in go(here, "2026-05-01 09:00")] == ["It is late"]
    known = stand(here, "2026-05-01 09:00")
    assert known["ask"].answered_on == known["ask-again"].answered_on == date(2026, 3, 27).toordinal()


def test_taking_back_that_it_was_sent_leaves_what_the_service_saw(here):
    go(here, DUE)
    say(here, "2026-03-23 12:00", sent_on=date(2026, 3, 23))
    before = stand(here, "2026-03-24 09:00")["ask"]
    say(here, "2026-03-24 12:00", kind="undo", sent_on=None)
    after = stand(here, "2026-03-25 09:00")["ask"]

    assert (before.sent_on, before.follow_up_on) == (date(2026, 3, 23).toordinal(), date(2026, 3, 26).toordinal())
    assert (after.sent_on, after.follow_up_on) == (None, None)
    assert after.drafted_on == date(2026, 3, 23).toordinal()
    assert go(here, "2026-03-27 09:00") == []


def test_what_the_letter_was_called_when_it_was_sent_stays(here, tmp_path):
    go(here, DUE)
    say(here, "2026-03-23 12:00", sent_on=date(2026, 3, 23))
    edit(here, tmp_path / "changed", "2026-03-24 09:00")
    told = {message.letter.subject for message in go(here, "2026-03-30 09:00")}

    assert told == {"Very late, 1", "Re: Late, 1"}
    assert remembered(here).grants["1"]["letters/ask/subject"] == "Late, 1"


def test_until_it_is_sent_it_is_called_as_it_was_offered_last(here, tmp_path):
    go(here, DUE)
    edit(here, tmp_path / "changed", "2026-03-24 09:00")
    go(here, "2026-03-30 09:00")
    reading = remembered(here)

    assert reading.grants["1"]["letters/ask/subject"] == "Very late, 1"
    assert reading.since["1/letters/ask/drafted_on"] == at(DUE)


def test_a_mistake_in_a_follow_up_is_found_when_the_rules_are_read(tmp_path: Path):
    _, faults = book(
        tmp_path, {**DRAFTS, "ask-again": DRAFTS["ask-again"].replace("letter.sent_on", "letter.sendon")}
    )

    assert ["there is no fact `letter.sendon`" in fault.why for fault in faults] == [True]
    assert faults[0].place.file == "rules/drafts/ask-again.txt"
