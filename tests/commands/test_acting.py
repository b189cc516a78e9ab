"""``ack``, ``snooze``, ``done``, ``hand-over``, ``reopen``: acts on what is open, through the inbox."""

import getpass
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from notifier.commands import acting
from notifier.commands import done as done_command
from notifier.core.alert import AlertState
from notifier.core.money import Money
from notifier.core.subject import Subject
from notifier.files.places import Places, read_files
from notifier.flow.act import act as take_effect
from notifier.flow.declare import declare
from notifier.flow.judge import judge
from notifier.store.store import Store

NOW = int(datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp())
RULES = """\
version: 1
program: p
facts:
  report_sent_on: {type: date, ask: "When did you send it?"}
  agreed: {type: yes or no, ask: "Did they agree?"}
rules:
  - id: report-due
    title: The report is due
    deadline: research_ends_on
    unless: report_sent_on
    steps: [1 week before]
    tell: [team]
  - id: credits-missing
    title: Credits are missing
    deadline: 1 week after accepted_on
    unless: credits_granted
    steps: [on the day, "every year after, 2 times"]
    tell: [team]
  - id: agreement-missing
    title: Somebody has to agree
    deadline: 1 week after accepted_on
    unless: agreed
    steps: [on the day, "every year after, 2 times"]
    tell: [team]
  - id: nobody-ends-this
    title: It is over
    deadline: accepted_on
    steps: [on the day, "every year after, 2 times"]
    tell: [team]
  - id: long-enough
    title: It lasts
    while: accepted_on
    for: 60 days
    tell: [team]
  - id: far-away
    title: Far away
    deadline: 9 years after accepted_on
    steps: [on the day]
    tell: [team]
  - id: paper-out
    for_each: papers
    title: "{{ paper.title }} is not submitted"
    deadline: paper.published_on
    unless: paper.submitted_on
    steps: [on the day, "every year after, 2 times"]
    tell: [team]
"""
ACCOUNTS = """\
version: 1
defaults: {time_zone: Europe/Berlin}
accounts:
  - id: lab
    people: {pi: {name: A. Researcher, reach: [mailto:a@example.edu]}, team: ["slack:#lab"]}
    grants:
      - {id: "1", program: p, accepted_on: 2026-10-05, enrolled_on: 2026-10-01, research_ends_on: 2026-11-24}
  - id: library
    people: {team: "slack:#library"}
    grants:
      - {id: "2025", program: p, accepted_on: 2026-10-02, enrolled_on: 2026-10-01}
      - {id: "2026", program: p, accepted_on: 2026-10-02, enrolled_on: 2026-10-01}
  - id: quiet
    people: {team: "slack:#quiet"}
    grants: [{id: "1", program: p, accepted_on: 2027-10-05}]
"""
PAPERS = {"papers": ("bots", "nets")} | {
    f"papers/{name}/published_on": date(2026, 11, 2) for name in ("bots", "nets")
}
EFFECT = "It takes effect now, or as soon as the service next runs.\n"


class Watch:
    def now(self):
        return NOW


@pytest.fixture(autouse=True)
def watch(monkeypatch):
    monkeypatch.setattr(acting, "Clock", Watch)
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")


@pytest.fixture
def files(here):
    (here / "rules").mkdir()
    (here / "rules" / "p.yaml").write_text(RULES, encoding="utf-8")
    (here / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    return here


@pytest.fixture
def database(files):
    """The database of a service that ran until now."""
    places = Places(files / "rules", files / "accounts.yaml", files / "state")
    with closing(Store.open(places.database, lock=True)) as store:
        read = read_files(places, NOW)
        assert not read.rule_faults + read.account_faults
        lab, *others = read.declared
        store.write(declare, [replace(lab, facts={**lab.facts, **PAPERS}), *others], NOW)
        while store.write(judge, read.rulebook, NOW):
            pass
    return places.database


@pytest.fixture
def do(call, database):
    """Call a command with the rules of this file."""
    return lambda *words: call(*words, "--rules", "rules")


def inbox(database):
    with closing(Store.open(database, lock=False)) as store:
        return store.read(lambda tx: tx.acts())


def alert(database, rule, grant="1", item=""):
    with closing(Store.open(database, lock=True)) as store:
        store.write(take_effect, NOW)
        return store.read(lambda tx: tx.alerts(["lab"])[Subject(f"p/{rule}", "lab", grant, item)])


def berlin(text):
    return int(datetime.fromisoformat(f"{text}+01:00").timestamp())


# -- what stands in the inbox ---------------------------------------------------------------------------------


def test_an_acknowledgement_holds_for_a_week_and_says_so(do, database):
    result = do("ack", "lab", "report-due", "--because", "I  write\nit")
    (act,) = inbox(database)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Acknowledged: report-due of lab, until 29 November, 09:00. No reminders until then; if it is still open, "
        f"it asks again. A tighter step is told all the same.\n{EFFECT}"
    )
    assert (act.kind, act.account, act.grant, act.by, act.at) == ("ack", "lab", "1", "ada", NOW)
    assert act.said == {"rule": "p/report-due", "because": "I write it", "until": berlin("2026-11-29 09:00")}
    hold = alert(database, "report-due").hold
    assert (hold.by, hold.until, hold.because) == ("ada", berlin("2026-11-29 09:00"), "I write it")


@pytest.mark.parametrize(
    ("words", "until"),
    [
        (["--for", "3 days"], "2026-11-25 09:00"),
        (["--for", "5 working days"], "2026-11-27 09:00"),
        (["--for", "1 month"], "2026-12-22 09:00"),
        (["--for", "6 hours"], "2026-11-22 21:05"),
        (["--for", "90 minutes"], "2026-11-22 16:35"),
        (["--until", "2026-12-01"], "2026-12-01 09:00"),
    ],
)
def test_how_long_it_holds_can_be_said_as_a_length_or_a_day(do, database, words, until):
    do("snooze", "lab", "p/report-due", *words)

    assert inbox(database)[0].said["until"] == berlin(until)
    assert alert(database, "report-due").state is AlertState.SNOOZED


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["snooze", "lab", "report-due"], "say how long with `--for`, such as 3 days, or with `--until`"),
        (["ack", "lab", "report-due", "--for", "soon"], "--for 'soon' is not a length of time such as 30 minutes"),
        (["ack", "lab", "report-due", "--for", "0 days"], "--for '0 days' is no time at all"),
        (["ack", "lab", "report-due", "--until", "friday"], "--until 'friday' is not a date"),
        (
            ["ack", "lab", "report-due", "--until", "2026-11-22"],
            "--until 2026-11-22 is over: at 09:00 of that day",
        ),
        (["ack", "lab", "report-due", "--until", "2026-12-22", "--for", "1 day"], "one of them is enough"),
        (["ack", "lab", "report-due", "--for", "99999 months"], "further away than any calendar goes"),
        (["ack", "lab", "report-due", "--because", "x" * 301], "--because has 301 characters; 300 are the most"),
        (["ack", "lap", "report-due"], "there is no account `lap`; did you mean `lab`?"),
        (["ack", "zoo", "report-due"], "there is no account `zoo`; there are lab, library and quiet"),
        (["ack", "lab", "report-dew"], "there is no rule `report-dew`; did you mean `report-due`?"),
        (["ack", "lab", "zzz"], "there is no rule `zzz`; open there: agreement-missing, credits-missing, nobody-"),
        (["ack", "lab", "far-away"], "`far-away` is not open for lab; open there: agreement-missing, credits-"),
        (
            ["ack", "lab", "long-enough"],
            "`long-enough` is pending for lab: it has not lasted long enough to be told",
        ),
        (["ack", "quiet", "report-due"], "`report-due` is not open for quiet; nothing is open there"),
        (["ack", "lab", "paper-out"], "it is open for several items; say which; there are bots and nets"),
        (["ack", "lab", "paper-out", "bot"], "it is not open for `bot`; did you mean `bots`?"),
        (["ack", "lab", "report-due", "bots"], "it is not open for `bots`; it is not judged item by item"),
        (["ack", "library", "credits-missing"], "open for several grants; say which with --grant: 2025 and 2026"),
        (["ack", "library", "credits-missing", "--grant", "202"], "not open for a grant `202`; did you mean `202"),
        (["hand-over", "lab", "report-due"], "say with --to to whom; there are pi and team"),
        (["hand-over", "lab", "report-due", "--to", "teem"], "nobody is `teem` for lab; did you mean `team`?"),
        (
            ["reopen", "lab", "report-due"],
            "nobody has acknowledged or snoozed report-due of lab: there is nothing to",
        ),
        (
            ["done", "lab", "nobody-ends-this", "--value", "5"],
            "asks for nothing that people record; it goes without",
        ),
        (["done", "lab", "credits-missing"], "say what credits granted is with --value, such as 1000 USD"),
        (["done", "lab", "credits-missing", "--value", "many"], "credits_granted: "),
        (["done", "lab", "report-due", "--value", "2026-12-24"], "2026-12-24 is still to come"),
    ],
)
def test_what_cannot_be_done_is_answered_with_what_can(do, database, words, why):
    result = do(*words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert inbox(database) == []


def test_before_the_service_has_run_nothing_is_open(call, files):
    result = call("ack", "lab", "report-due", "--rules", "rules")

    why = "the service has not run here yet: `run` starts it, and what it tells can be answered then\n"
    assert (result.exit_code, result.stderr) == (2, why)


def test_a_mistake_in_the_rules_forbids_no_acknowledgement_but_done_needs_them(do, files, database):
    (files / "rules" / "p.yaml").write_text("version: 1\nprogram: p\nrules: what\n", encoding="utf-8")

    assert do("ack", "lab", "report-due").exit_code == 0
    refused = do("done", "lab", "report-due")
    assert refused.stderr == "the rule behind report-due of lab cannot be read: `check` says why\n"


def test_of_several_grants_the_one_that_is_named_is_meant(do, database):
    result = do("ack", "library", "credits-missing", "--grant", "2026")

    assert result.stdout.startswith("Acknowledged: credits-missing of library, grant 2026, until")
    assert inbox(database)[0].grant == "2026"


def test_handed_over_it_is_told_to_whom(do, database):
    result = do("hand-over", "lab", "report-due", "--to", "pi")

    assert result.stdout == f"Handed over: report-due of lab, to PI (A. Researcher), who is told of it.\n{EFFECT}"
    assert alert(database, "report-due").owner == "pi"
    again = do("hand-over", "lab", "report-due", "--to", "pi")
    assert again.stderr == "report-due of lab is with PI (A. Researcher) already\n"


def test_what_was_said_can_be_taken_back(do, database):
    do("snooze", "lab", "report-due", "--for", "3 days")
    alert(database, "report-due")
    result = do("reopen", "lab", "report-due")

    assert result.stdout.startswith("Reopened: report-due of lab.")
    assert alert(database, "report-due").state is AlertState.FIRING


def test_status_says_who_said_what_until_when_and_why(do, database):
    do("ack", "lab", "report-due", "--because", "on it")
    do("hand-over", "lab", "credits-missing", "--to", "pi")
    alert(database, "report-due")
    shown = do("status", "--account", "lab", "--now", "2026-11-22T14:06Z").stdout
    document = json.loads(
        do("status", "--format", "json", "--account", "lab", "--now", "2026-11-22T14:06Z").stdout
    )

    assert "acknowledged by ada until 29 November, 09:00 (on it); " in " ".join(shown.split())
    assert "handed over to PI; " in shown
    alerts = {each["rule"]: each for each in document["accounts"][0]["grants"][0]["alerts"]}
    assert alerts["p/report-due"]["hold"] == {
        "kind": "acknowledged",
        "by": "ada",
        "at": "2026-11-22T14:05:00Z",
        "until": "2026-11-29T08:00:00Z",
        "because": "on it",
    }
    assert (alerts["p/credits-missing"]["owner"], alerts["p/credits-missing"]["hold"]) == ("pi", None)


# -- done -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said", "shown"),
    [
        (["report-due"], {"fact report_sent_on": date(2026, 11, 22)}, "report sent on 22 November"),
        (["report-due", "--value", "yesterday"], {"fact report_sent_on": date(2026, 11, 21)}, "21 November"),
        (["agreement-missing"], {"fact agreed": True}, "agreed yes"),
        (
            ["credits-missing", "--value", "1000 USD"],
            {"fact credits_granted": Money(10**9, "USD"), "fact credits_granted_on": date(2026, 11, 22)},
            "credits granted 1,000.00 USD",
        ),
    ],
)
def test_done_records_what_ends_the_alert(do, database, words, said, shown):
    result = do("done", "lab", *words)
    (act,) = inbox(database)

    assert shown in result.stdout
    assert {name: value for name, value in act.said.items() if name.startswith("fact ")} == said
    assert (act.kind, act.said["of"]) == ("done", "1")


def test_done_of_an_item_records_the_item_s_fact_of_the_account(do, database):
    result = do("done", "lab", "paper-out", "nets")
    (act,) = inbox(database)

    assert result.stdout == f"Recorded for paper-out nets of lab: paper submitted on 22 November.\n{EFFECT}"
    assert act.said == {
        "rule": "p/paper-out",
        "item": "nets",
        "fact papers/nets/submitted_on": date(2026, 11, 22),
    }


def test_the_day_of_a_fact_that_is_known_is_left_as_it_is(do, files, database):
    path = files / "accounts.yaml"
    text = path.read_text(encoding="utf-8").replace("2026-11-24}", "2026-11-24, credits_granted_on: 2026-10-09}")
    path.write_text(text, encoding="utf-8")
    do("done", "lab", "credits-missing", "--value", "1000 USD")

    assert "fact credits_granted_on" not in inbox(database)[0].said


def test_where_nothing_can_be_recorded_it_is_acknowledged_instead(do, database):
    result = do("done", "lab", "nobody-ends-this", "--for", "2 weeks")

    assert result.stdout.startswith(
        "This rule asks for nothing that people record, so that it is acknowledged instead.\n"
        "Acknowledged: nobody-ends-this of lab, until 6 December, 09:00."
    )
    assert inbox(database)[0].kind == "ack"


def test_what_nobody_can_guess_is_asked_at_a_terminal(do, database, monkeypatch):
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(done_command, "sys", terminal)
    monkeypatch.setattr("click.prompt", lambda question: "700 USD" if "redits" in question else "")

    do("done", "lab", "credits-missing")

    assert inbox(database)[0].said["fact credits_granted"] == Money(7 * 10**8, "USD")
