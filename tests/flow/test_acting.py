"""What people do with an open alert has one effect, is told in the threads that tell of it, and lapses."""

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from notifier.core.account import Account, Grant, Person
from notifier.core.alert import AlertState, HoldKind
from notifier.core.calendar import Locale
from notifier.core.delivery import State
from notifier.core.subject import Subject
from notifier.files.rulebook import read_rulebook
from notifier.flow.acting import ACK, DONE, FACT, HAND_OVER, REOPEN, SNOOZE, said_of
from notifier.flow.declare import Declaration
from notifier.flow.record import observations
from notifier.ports import Act
from notifier.store.store import Store

from .conftest import BERLIN, World, at

RULES = """\
version: 1
program: p
facts:
  report_sent_on: {type: date, ask: "When did you send it?"}
rules:
  - id: report-due
    title: The report is due
    say: It is due {{ deadline }}.
    next: Send it.
    deadline: research_ends_on
    unless: report_sent_on
    steps: [2 weeks before, 1 week before, on the day]
    repeat: every 2 days
    escalate: [{after: 3 working days, to: office}]
    tell: [team, pi]
  - id: paper-out
    for_each: papers
    title: "{{ paper.title }} is not submitted"
    deadline: paper.published_on
    unless: paper.submitted_on
    steps: [on the day]
    tell: [team]
"""
SUBJECT = Subject("p/report-due", "lab", "1")
PAPER = Subject("p/paper-out", "lab", "", "bots")
SLACK, MAIL, OFFICE = "slack:#lab", "mailto:a@example.edu", "mailto:office@example.edu"


class Lab(World):
    """A lab whose report is due on 24 November: opened on the 10th, in Slack and by mail."""

    def now(self, when):
        """Judge and deliver at *when*; what was told, by destination."""
        before = {name: len(paper.told) for name, paper in self.papers.items()}
        self.judge(when)
        asyncio.run(self.deliver(when))
        told = {name: paper.titles[before[name] :] for name, paper in self.papers.items()}
        return {name: titles for name, titles in told.items() if titles}

    def does(self, when, kind, subject=SUBJECT, act=None, **said):
        act = Act(act or f"{kind} {when}", kind, "lab", subject.grant, said_of(subject, **said), at(when), "ada")
        self.store.write(lambda tx: tx.put_act(act))

    def alert(self, subject=SUBJECT):
        return self.store.read(lambda tx: tx.alerts(["lab"])[subject])

    def outcomes(self):
        journal = self.store.read(lambda tx: tx.journal("lab"))
        bodies = [json.loads(each.body) for each in journal]
        return [body["outcome"] for body in bodies if "outcome" in body]


def declared(**facts):
    people = {"team": Person((SLACK,)), "pi": Person((MAIL,), "A. Researcher"), "office": Person((OFFICE,))}
    account = Account("lab", Locale(BERLIN), people, (Grant("1", "p", date(2026, 10, 1).toordinal()),))
    grant = {"grant_id": "1", "accepted_on": date(2026, 10, 1), "research_ends_on": date(2026, 11, 24)}
    return Declaration(account, {"account_name": "lab", **facts}, {"1": grant})


@pytest.fixture
def lab(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "p.yaml").write_text(RULES, encoding="utf-8")
    faults = []
    rulebook = read_rulebook(tmp_path / "rules", "rules", faults)
    assert faults == []
    store = Store.open(tmp_path / "notifier.db", lock=True)
    lab = Lab(store, rulebook)
    lab.reach(SLACK, MAIL, OFFICE)
    lab.declare("2026-11-09 10:00", declared())
    assert lab.now("2026-11-10 09:00") == {name: ["opened: The report is due"] for name in (SLACK, MAIL)}
    yield lab
    store.close()


def test_an_acknowledgement_is_told_in_the_thread_holds_and_asks_again_when_it_lapses(lab):
    lab.does("2026-11-11 10:00", ACK, until=at("2026-11-16 09:00"), because="writing it")

    assert lab.now("2026-11-11 10:00") == {SLACK: ["acknowledged: Acknowledged: The report is due"]}
    message = lab.papers[SLACK].told[-1].message
    assert message.say == "ada sees to it until 16 November, 09:00: writing it. It is due 24 November."
    assert "again on 16 November, 09:00 (if it is still open)" in message.told
    assert [(each.verb, each.rest) for each in message.answers] == [
        ("record", "lab report_sent_on today"),
        ("reopen", "lab report-due"),
    ]
    assert lab.papers[SLACK].told[-1].parent is not None
    assert lab.now("2026-11-13 09:00") == {}  # neither a reminder nor the office
    assert lab.now("2026-11-16 08:59") == {}
    assert lab.now("2026-11-16 09:00") == {
        name: ["lapsed: Open again: The report is due"] for name in (SLACK, MAIL)
    }
    assert lab.papers[MAIL].told[-1].message.say.startswith("What ada said of it holds no longer")
    assert lab.now("2026-11-16 10:00") == {}


def test_the_next_moment_is_that_at_which_it_lapses(lab):
    lab.does("2026-11-11 10:00", ACK, until=at("2026-11-12 11:00"))
    lab.now("2026-11-11 10:00")

    assert lab.store.read(lambda tx: tx.next_moment()) == at("2026-11-12 11:00")


def test_the_same_act_has_one_effect_and_so_has_the_same_word_said_twice(lab):
    for act in ("one", "one", "two"):
        lab.does("2026-11-11 10:00", ACK, act=act, until=at("2026-11-16 09:00"))

    assert lab.now("2026-11-11 10:00") == {SLACK: ["acknowledged: Acknowledged: The report is due"]}
    assert (lab.alert().seq, lab.outcomes()) == (2, ["acknowledged", "it was so already"])


def test_a_snooze_holds_everything_but_the_resolution(lab):
    lab.does("2026-11-11 10:00", SNOOZE, until=at("2026-12-16 09:00"))
    lab.now("2026-11-11 10:00")

    assert lab.now("2026-11-24 09:00") == {}
    assert (lab.alert().state, lab.alert().step) == (AlertState.SNOOZED, "on the day")
    lab.does("2026-11-25 10:00", DONE, of="1", **{f"{FACT}report_sent_on": date(2026, 11, 25)})
    assert lab.now("2026-11-25 10:00") == {name: ["resolved: Done: The report is due"] for name in (SLACK, MAIL)}


def test_done_records_the_fact_and_who_said_so(lab):
    lab.does("2026-11-11 10:00", DONE, of="1", **{f"{FACT}report_sent_on": date(2026, 11, 11)})
    waiting = lab.store.read(lambda tx: observations(tx, declared(), at("2026-11-11 10:00")))

    assert waiting.value("1", "report_sent_on") == date(2026, 11, 11)  # it counts for who looks before the service
    lab.now("2026-11-11 10:00")
    (entry,) = lab.store.read(lambda tx: tx.recorded(["lab"]))["lab"]
    assert (entry.grant, entry.fact, entry.value, entry.by) == ("1", "report_sent_on", date(2026, 11, 11), "ada")
    assert not lab.alert().open


def test_whom_it_is_handed_over_to_hears_and_so_does_the_thread(lab):
    lab.does("2026-11-11 10:00", HAND_OVER, to="office", because="on leave")
    title = "handed over: Handed over: The report is due"

    assert lab.now("2026-11-11 10:00") == {SLACK: [title], OFFICE: [title]}
    told = lab.papers[OFFICE].told[-1].message
    assert told.say.startswith("ada handed it over to office: on leave.")
    assert lab.now("2026-11-17 09:00") == {OFFICE: ["escalated: The report is due"]}
    lab.does("2026-11-18 10:00", DONE, of="1", **{f"{FACT}report_sent_on": date(2026, 11, 18)})
    assert lab.now("2026-11-18 10:00") == {name: ["resolved: Done: The report is due"] for name in (SLACK, OFFICE)}


def test_what_nobody_answers_is_passed_on_to_the_office_alone_which_hears_what_follows(lab):
    assert lab.now("2026-11-13 09:00") == {
        SLACK: ["reminded: Still open: The report is due"],
        MAIL: ["reminded: Still open: The report is due"],
        OFFICE: ["passed on: Passed on: The report is due"],
    }
    assert (
        lab.papers[OFFICE].told[-1].message.say == "Nobody has answered since 10 November. It is due 24 November."
    )
    assert lab.now("2026-11-17 09:00") == {
        name: ["escalated: The report is due"] for name in (SLACK, MAIL, OFFICE)
    }


def test_where_nobody_holds_the_role_nothing_is_passed_on(lab):
    without = declared()
    people = {role: who for role, who in without.account.people.items() if role != "office"}
    lab.declare("2026-11-10 12:00", replace(without, account=replace(without.account, people=people)))
    lab.now("2026-11-12 09:00")

    assert lab.now("2026-11-13 09:00") == {}
    assert lab.alert().passed_on == 1


def test_reopened_it_counts_from_then(lab):
    lab.does("2026-11-11 10:00", ACK, until=at("2026-12-16 09:00"))
    lab.now("2026-11-11 10:00")
    lab.does("2026-11-12 10:00", REOPEN, because="I cannot")

    assert lab.now("2026-11-12 10:00") == {SLACK: ["reopened: Reopened: The report is due"]}
    assert lab.papers[SLACK].told[-1].message.say.startswith("ada took back what was said of it: I cannot.")
    assert lab.now("2026-11-14 09:00") == {
        name: ["reminded: Still open: The report is due"] for name in (SLACK, MAIL)
    }


@pytest.mark.parametrize("kind", [ACK, SNOOZE, DONE, HAND_OVER, REOPEN])
def test_what_is_not_open_any_more_is_left_as_it_is(lab, kind):
    lab.does("2026-11-11 10:00", DONE, act="first", of="1", **{f"{FACT}report_sent_on": date(2026, 11, 11)})
    lab.now("2026-11-11 10:00")
    before = lab.alert()
    lab.does("2026-11-12 10:00", kind, until=at("2026-12-16 09:00"), to="pi", of="1", **{f"{FACT}x": "y"})

    assert lab.now("2026-11-12 10:00") == {}
    assert lab.alert() == before
    assert lab.outcomes()[-1] == "it is not open any more"
    lab.does("2026-11-12 10:00", kind, Subject("p/other", "lab", "1"), act="never there")
    assert lab.now("2026-11-12 11:00") == {}


def test_an_item_s_fact_is_recorded_under_the_item_s_name(lab):
    facts = {"papers": ("bots",), "papers/bots/title": "Bots", "papers/bots/published_on": date(2026, 11, 12)}
    lab.declare("2026-11-12 08:00", declared(**facts))
    assert lab.now("2026-11-12 09:00")[SLACK][-1] == "opened: Bots is not submitted"
    message = lab.papers[SLACK].told[-1].message
    assert ("done", "lab paper-out bots") in [(each.verb, each.rest) for each in message.answers]

    lab.does("2026-11-12 10:00", DONE, PAPER, **{f"{FACT}papers/bots/submitted_on": date(2026, 11, 12)})
    assert lab.now("2026-11-12 10:00") == {SLACK: ["resolved: Done: Bots is not submitted"]}


def test_a_reminder_that_was_not_told_yet_is_dropped_by_an_acknowledgement(lab):
    lab.judge("2026-11-12 09:00")
    lab.does("2026-11-12 09:01", ACK, until=at("2026-12-16 09:00"))

    assert lab.now("2026-11-12 09:01") == {
        SLACK: ["acknowledged: Acknowledged: The report is due"],
        MAIL: ["reminded: Still open: The report is due"],  # who is not told of the acknowledgement
    }
    assert [each.told.reason for each in lab.deliveries() if each.state is State.DROPPED] == ["reminded"]


def test_an_act_is_as_old_as_it_says_and_not_younger_than_the_service_s_clock(lab):
    lab.does("2026-11-15 10:00", ACK, until=at("2026-12-16 09:00"))
    lab.now("2026-11-11 10:00")

    assert lab.alert().hold.at == at("2026-11-11 10:00")
    assert (lab.alert().hold.kind, lab.alert().hold.by) == (HoldKind.ACKNOWLEDGED, "ada")
