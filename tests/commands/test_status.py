"""``status``: how every grant stands, beside a running service or before the first; the worst comes first."""

import asyncio
import io
import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date
from shlex import quote
from types import SimpleNamespace as Namespace
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from rich.console import Console as Terminal

from notifier.channels.console import Console
from notifier.cli import main
from notifier.clock import Clock
from notifier.commands.common import SHIPPED_RULES, called, moment
from notifier.commands.status.bars import credits_line, pace_line, strokes, time_line
from notifier.commands.status.command import saved
from notifier.commands.status.words import say_age, say_telling
from notifier.core.alert import Cause, Reason, Transition
from notifier.core.bars import DRAWN, LENGTH, PLAIN, bar
from notifier.core.calendar import FOREVER, Locale
from notifier.core.costs import Costs
from notifier.core.delivery import Delivery, State
from notifier.core.facts import Reading
from notifier.core.hold import Hold, Stage
from notifier.core.letter import Letter
from notifier.core.message import Message, Told
from notifier.core.money import Money
from notifier.core.subject import Subject
from notifier.files.places import Places, read_files
from notifier.flow.act import act
from notifier.flow.balance import Balance, RunsOut
from notifier.flow.declare import declare
from notifier.flow.deliver import Outlets, prepare, tell
from notifier.flow.finding import How, Telling
from notifier.flow.judge import judge
from notifier.flow.poll import take
from notifier.flow.settle import settle
from notifier.ports import Post, Undelivered
from notifier.store.running import holder
from notifier.store.store import Store

from .conftest import PROGRAM

UTC = Locale(ZoneInfo("UTC"))
NOW = "2026-11-24T10:00Z"
RULE = f"{PROGRAM}/credits-not-allocated"


@pytest.fixture
def places(here, accounts):
    return Places(SHIPPED_RULES, accounts, here / "state")


@pytest.fixture
def store(places):
    opened = Store.open(places.database, lock=True)
    yield opened
    opened.close()


class Torn:
    """A channel that tells nobody."""

    pace = 0

    async def deliver(self, _):
        raise Undelivered("the paper is torn", permanent=True)

    async def find(self, _):
        return None


def serve(store, places, now=NOW, channel=None):
    """What a running service does at *now*."""
    at, files = moment(now), read_files(places, moment(now))
    channel = channel or Console(Terminal(file=io.StringIO()), places.record, places.letters, str)
    store.write(declare, files.declared, at)
    store.write(act, at)
    store.write(judge, files.rulebook, at)
    outlets = Outlets({"console": channel}.get)
    while parcels := store.write(prepare, files.rulebook, at, "boot", outlets):
        outcomes = [asyncio.run(tell(parcel, outlets)) for parcel in parcels]
        store.write(settle, outcomes, at, outlets.ways)


def section(text, account):
    """What is printed of one account or grant."""
    return re.split(r"\n\n(?=\S)", text[text.index(f"\n{account}\n") :])[0]


# -- before the first run, beside a running service, after it -------------------------------------------------


def test_before_the_first_run_everything_is_said_from_the_files(call, accounts):
    result = call("status", "--now", NOW)

    assert result.exit_code == 0
    assert result.stdout.startswith("3 grants on 2 accounts: 3 need you.\nThe service has never run here.")
    assert "needs you: Credits have not arrived, letter" in section(result.stdout, "lab")
    assert "not told yet (console)" in section(result.stdout, "lab")
    assert "ended on 2 May 2024; still owed: One-page summary is due" in result.stdout
    assert "waiting for credits, write after 23 November" not in result.stdout


def test_beside_a_running_service_it_names_the_process_and_who_was_told(call, places, store):
    serve(store, places)
    result = call("status", "--now", NOW)

    assert result.exit_code == 0
    assert re.search(
        r"^The service is running \(process \d+\); it last wrote at 11:00\.$", result.stdout, re.MULTILINE
    )
    assert "told 24 November (console)" in section(result.stdout, "lab")


def test_after_the_service_stopped_it_says_that_nobody_is_told(call, places, store):
    serve(store, places)
    store.close()
    result = call("status", "--now", NOW)

    assert "The service is not running; it last wrote at 11:00. Nobody is told anything" in result.stdout


def test_asking_does_not_keep_a_service_from_starting(call, places, store):
    store.close()
    call("status", "--now", NOW)
    lock = places.database.with_name("notifier.db.lock")
    lock.write_text("4711\n")  # as after a crash
    crashed = call("status", "--now", NOW)
    Store.open(places.database, lock=True).close()

    assert "The service is not running" in crashed.stdout


def test_a_service_that_has_not_signed_its_lock_is_left_alone(places, store):
    running = holder(places.database)
    places.database.with_name("notifier.db.lock").write_text("")

    assert running == os.getpid()
    assert holder(places.database) is None  # the lock is held, and was not tried


def test_it_changes_nothing(call, places, store):
    serve(store, places)
    before = store.read(lambda tx: (tx.deliveries(), tx.acts(), tx.alerts(["lab", "library"])))
    texts = {path: path.read_bytes() for path in (places.accounts, places.record)}
    call("status", "--now", "2027-09-01")

    assert before == store.read(lambda tx: (tx.deliveries(), tx.acts(), tx.alerts(["lab", "library"])))
    assert texts == {path: path.read_bytes() for path in texts}


# -- one grant ------------------------------------------------------------------------------------------------


def test_the_letter_is_named_with_the_file_that_the_console_saved(call, places, store):
    serve(store, places)
    text = section(call("status", "--now", NOW).stdout, "lab")
    [path] = re.findall(r"state/letters/\S+\.eml", text)

    assert (places.state.parent / path).read_bytes().startswith(b"To: researcheraccess@openai.com")


def test_a_letter_whose_file_was_taken_away_is_not_named(call, places, store):
    serve(store, places)
    shutil.rmtree(places.letters)

    assert ".eml" not in call("status", "--now", NOW).stdout


def test_a_letter_that_nobody_posted_has_no_file(here):
    assert saved(here, Namespace(posted=None)) == ""


def test_a_letter_is_found_under_the_name_that_the_console_gives_it(here):
    post = Message("Late", "läb", Reason.OPENED, letter=Letter("late", "a@example.edu", "", "", "Late", "Text", 0))
    told = Told(Reason.OPENED, 1, "on the day", 1)
    delivery = Delivery(1, "program/late again", "läb/1 x", "2024.1", "", 1, 1, "console", 1, told, post=post)
    console = Console(Terminal(file=io.StringIO()), here / "console.jsonl", here / "letters", str)
    asyncio.run(console.deliver(Post(delivery.key, post)))
    [path] = (here / "letters").glob("*.eml")

    assert saved(here / "letters", Namespace(posted=delivery)) == str(path)


def test_two_bars_of_one_length_stand_one_above_the_other(call, here):
    grant = f"program: {PROGRAM}, accepted_on: 2026-06-01, batches: [{{amount: 1000 USD, granted_on: 2026-06-10}}]"
    (here / "accounts.yaml").write_text(
        f"version: 1\naccounts:\n  - {{id: lab, {grant}, credits_left: 200 USD}}\n", encoding="utf-8"
    )
    text = call("status", "--now", NOW).stdout
    bars = re.findall(r"^  (credits|time) +([█░]+)  (.*?) *$", text, re.MULTILINE)

    assert [(name, len(drawn)) for name, drawn, _ in bars] == [("credits", LENGTH), ("time", LENGTH)]
    assert [words for _, _, words in bars] == [
        "80% used, 200.00 USD of 1,000.00 USD left",
        "48% gone, 189 days left, until 1 June 2027",
    ]
    assert "ahead of time so far; no usual pace is known" in text


def test_what_is_not_known_is_said_instead_of_an_empty_bar(call, accounts):
    text = section(call("status", "--now", NOW).stdout, "lab")

    assert re.search(r"^  credits  not recorded yet *$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0, "-" * 20),
        (0.001, "#" + "-" * 19),
        (0.5, "#" * 10 + "-" * 10),
        (0.999, "#" * 19 + "-"),
        (1, "#" * 20),
        (3, "#" * 20),
    ],
)
def test_only_nothing_is_empty_and_only_all_is_full(share, drawn):
    assert bar(share, PLAIN) == drawn


@pytest.mark.parametrize(
    ("encoding", "made_of"), [("utf-8", DRAWN), ("cp437", DRAWN), ("latin-1", PLAIN), ("?", PLAIN)]
)
def test_a_terminal_gets_the_bars_that_it_can_show(encoding, made_of):
    assert strokes(encoding) == made_of


@pytest.mark.parametrize(
    ("granted", "used", "left", "readable", "words"),
    [
        (None, None, None, True, "not recorded yet"),
        (None, None, 5_000_000, True, "not recorded yet; 5.00 USD left"),
        (None, None, None, False, "could not be read"),
        (10_000_000, None, None, True, "10.00 USD granted; how much is used is not known"),
        (10_000_000, None, None, False, "10.00 USD granted; how much is used could not be read"),
        (
            10_000_000,
            12_500_000,
            -2_500_000,
            True,
            "#" * 20 + "  125% used, 2.50 USD more than the 10.00 USD granted",
        ),
        (0, 0, 0, True, "0.00 USD granted; how much is used is not known"),
        (
            10_000_000,
            -5_000_000,
            15_000_000,
            True,
            "15.00 USD left, more than the 10.00 USD granted: check the two numbers",
        ),
    ],
)
def test_credits_are_said_as_far_as_they_are_known(granted, used, left, readable, words):
    found = Balance(granted, used, left, readable, None, None, 740_000)

    assert credits_line(found, UTC, PLAIN) == words
    assert time_line(found, UTC, 0, PLAIN) == "the end of access is not known"
    assert pace_line(found, UTC, 0) == ""


def test_credits_that_are_used_up_are_ahead_of_time_without_a_forecast():
    found = Balance(10, 11, -1, True, 740_000, 740_100, 740_010)

    assert pace_line(found, UTC, 0) == "ahead of time: the credits are used before access ends"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "no pace yet: credits have to be used for a week before it tells anything"),
        (6, "no pace yet: credits have to be used for a week before it tells anything"),
        (7, "ahead of time so far; no usual pace is known"),
    ],
)
def test_a_pace_takes_a_week(days, words):
    came = date(2027, 1, 13).toordinal()
    found = Balance(10, 5, 5, True, came - 40, came + 55, came + days, came)

    assert found.ahead == words.startswith("ahead")
    assert pace_line(found, UTC, 0) == words


CAME = date(2027, 1, 13).toordinal()


@pytest.mark.parametrize(
    ("used", "runs_out", "words"),
    [
        (
            5,
            RunsOut(CAME + 12, CAME + 14, CAME + 30),
            (
                "ahead of time: at the usual pace the credits end on 27 January 2027 "
                "(four times in five between 25 January 2027 and 12 February 2027), 41 days before access ends"
            ),
        ),
        (
            5,
            RunsOut(CAME + 12, CAME + 14, None),
            (
                "ahead of time: at the usual pace the credits end on 27 January 2027 "
                "(four times in five between 25 January 2027 and an open end), 41 days before access ends"
            ),
        ),
        (
            5,
            RunsOut(CAME + 40, CAME + 56, None),
            "ahead of time so far; at the usual pace of late the credits outlast access",
        ),
        (
            5,
            RunsOut(None, None, None),
            "ahead of time so far; at the usual pace of late the credits outlast access",
        ),
        (10, RunsOut(None, None, None), "ahead of time: the credits are used before access ends"),
    ],
)
def test_where_the_usual_pace_is_known_it_says_when_the_credits_end(used, runs_out, words):
    found = Balance(10, used, 10 - used, True, CAME - 40, CAME + 55, CAME + 7, CAME, runs_out)

    assert pace_line(found, UTC, 0) == words


@pytest.mark.parametrize(
    ("telling", "words"),
    [
        (Telling(How.TOLD, "console", 1_800_000_000), "told 15 January (console)"),
        (Telling(How.DUE, "console", 1_800_000_000), "not told yet (console)"),
        (
            Telling(How.FAILING, "console", 1_800_000_000, "full", 3),
            "not told yet: full; tried 3 times, again 15 January, 08:00 (console)",
        ),
        (Telling(How.HELD, "console", FOREVER), "held until a person releases it (console)"),
        (
            Telling(How.HELD, "console", 1_800_000_000, "paused: away"),
            "held until 15 January, 08:00: paused: away (console)",
        ),
        (Telling(How.HELD, "console", FOREVER, "paused: away"), "held: paused: away (console)"),
        (Telling(How.DROPPED, "console", 0, "dropped by ada"), "not told: dropped by ada (console)"),
        (Telling(How.GIVEN_UP, "console", 0, "torn", 40), "given up: torn (console)"),
    ],
)
def test_a_telling_is_said_in_words(telling, words):
    assert say_telling(telling, UTC, 1_800_000_000) == words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7_199, "1 hour ago"),
        (59 * 86_400, "59 days ago"),
        (60 * 86_400, "16 November 2026"),
    ],
)
def test_an_age_is_said_in_words(age, words):
    assert say_age(1_800_000_000 - age, UTC, 1_800_000_000) == words


def test_pauses_and_overrides_are_said_in_words(call, accounts):
    more = (
        "    paused: {until: 2027-03-01, because: sabbatical}\n"
        "    overrides:\n"
        "      - {rule: access-ends, off: true, because: field work, until: 2027-02-28}\n"
        "      - {rule: summary-due, set: {title: Send it}, because: own words}\n"
    )
    accounts.write_text(
        accounts.read_text().replace("    organization: org-1\n", f"    organization: org-1\n{more}")
    )
    text = section(call("status", "--account", "lab", "--now", NOW).stdout, "lab")

    assert "paused until 1 March 2027: sabbatical; 1 alert open" in text
    assert "Only what is urgent is told." in text
    earlier = call("status", "--account", "lab", "--now", "2026-11-10").stdout
    assert re.search(r"16 November +Credits have not arrived \(3 weeks after; letter\); held until", earlier)
    assert "rule access-ends is off until 28 February 2027: field work" in text
    assert "rule summary-due has its own title: own words" in text


def test_two_answers_are_both_said_with_what_to_do(call, places, accounts, store):
    stated = accounts.read_text().replace(
        "enrolled_on: 2026-10-05}", "enrolled_on: 2026-10-05, credits_granted: 5000 USD}"
    )
    accounts.write_text(stated)
    serve(store, places, "2026-11-01")
    said, at = {"credits_granted": Money(10**9, "USD")}, moment("2026-11-03")
    store.write(lambda tx: tx.record("lab", "2026", said, at, "ada"))
    text = section(call("status", "--now", NOW).stdout, "lab").replace("\n", " ")
    text = re.sub(r" +", " ", text)

    assert "credits granted: 1,000.00 USD (recorded by ada, 20 days ago) counts, being the newest" in text
    assert "the other says 5,000.00 USD (accounts file, 22 days ago). Edit the file, or: " in text
    assert "record --undo lab credits_granted" in text


# -- what concerns everybody ----------------------------------------------------------------------------------


def test_what_was_given_up_is_named_with_where_and_why(call, places, store):
    serve(store, places, channel=Torn())
    result = call("status", "--now", NOW)

    assert result.exit_code == 3
    assert "messages could not be told:" in result.stdout
    assert "Credits have not arrived · lab: given up: the paper is torn (console)" in result.stdout


def test_who_asks_for_one_account_hears_nothing_of_the_others(call, places, store):
    serve(store, places, channel=Torn())
    for each in store.read(lambda tx: tx.deliveries()):
        if each.account == "lab":
            store.write(lambda tx, each=each: tx.put_delivery(replace(each, state=State.DONE, why="")))
    lab, library = (call("status", "--account", name, "--now", NOW) for name in ("lab", "library"))

    assert (lab.exit_code, "could not be told" in lab.stdout) == (0, False)
    assert (library.exit_code, "could not be told" in library.stdout) == (3, True)


def test_an_edit_that_is_held_is_named_with_both_commands(call, places, store):
    store.write(lambda tx: tx.put_hold(Hold(7, moment(NOW), "The rules were edited", Stage.WAITING, 37)))
    store.write(lambda tx: tx.put_hold(Hold(8, moment(NOW), "Import", Stage.DROPPED, 40)))
    result = call("status", "--now", NOW)

    assert result.exit_code == 3
    assert "37 messages held since 11:00: The rules were edited." in result.stdout
    assert "notifier release 7\n" in result.stdout
    assert "notifier drop 7\n" in result.stdout
    assert "40 messages" not in result.stdout


def test_one_message_that_is_held_is_counted_as_one(call, places, store):
    store.write(lambda tx: tx.put_hold(Hold(7, moment(NOW), "The rules were edited", Stage.WAITING, 1)))

    assert "1 message held since 11:00: The rules were edited." in call("status", "--now", NOW).stdout


def test_more_left_than_granted_is_no_share_but_two_numbers_to_check(call, places, store):
    serve(store, places, "2026-11-01")
    said = {"credits_granted": Money(1200 * 10**6, "USD"), "credits_left": Money(99_999 * 10**6, "USD")}
    store.write(lambda tx: tx.record("lab", "2026", said, moment("2026-11-03"), "ada"))
    text = section(call("status", "--now", NOW).stdout, "lab")
    document = json.loads(call("status", "--format", "json", "--now", NOW).stdout)
    [lab] = [each for each in document["accounts"] if each["account"] == "lab"]

    assert "running, more left than granted: check the two numbers, 315 days left" in text
    assert "%" not in text.partition("time")[0]
    assert lab["grants"][0]["credits"]["used_share"] is None


def test_a_source_that_fails_is_named_with_since_when_and_why(call, places, accounts, store):
    accounts.write_text(accounts.read_text().replace("    organization: org-1\n", "    key: {env: LAB_KEY}\n"))
    serve(store, places)
    store.write(lambda tx: tx.put_failure("lab", "openai", "the key was refused", moment("2026-11-20T08:00Z")))
    result = call("status", "--now", NOW)

    assert result.exit_code == 3
    assert "openai, since 20 November, 09:00: the key was refused" in section(result.stdout, "lab")


def test_what_waits_in_the_inbox_is_named_and_counts(call, places, store):
    serve(store, places)
    call("record", "lab", "credits_granted", "1000 USD")
    result = call("status", "--account", "lab")

    assert "1 command waits for the service (record). What was recorded counts below already." in result.stdout
    assert "Credits have not arrived" not in result.stdout


def test_a_faulty_account_is_named_and_shown_as_it_was(call, places, accounts, store):
    serve(store, places)
    accounts.write_text(accounts.read_text().replace("organization: org-1", "organisation: org-1"))
    result = call("status", "--now", NOW)

    assert result.exit_code == 1
    assert "accounts.yaml:5:5: `organisation` is not a field of an account" in result.stdout
    assert "Its file has mistakes (named above); this is what it said before them." in section(
        result.stdout, "lab"
    )
    assert "ended on 2 May 2024" in result.stdout


def test_with_faulty_rules_nothing_is_called_fine(call, here, accounts):
    rules = shutil.copytree(SHIPPED_RULES, here / "rules")
    (rules / "own.yaml").write_text("version: 1\nrules: [{id: late}]\n", encoding="utf-8")
    accounts.write_text(accounts.read_text().replace("2026-10-05", "2026-11-23"))
    result = call("status", "--account", "lab", "--rules", "rules", "--now", NOW)

    assert result.exit_code == 1
    assert "rules/own.yaml" in result.stdout
    assert "not judged, because the rules have mistakes" in section(result.stdout, "lab")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--account", "lob"], "there is no account `lob` in accounts.yaml; did you mean `lab`?\n"),
        (["--account", "x"], "there is no account `x` in accounts.yaml; there are lab and library\n"),
        (["--now", "soon"], "--now 'soon' is not a time such as 2026-11-22 or 2026-11-22T14:05Z\n"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_was_meant(call, accounts, arguments, why):
    result = call("status", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", why)


def test_an_account_that_is_missing_for_a_mistake_is_answered_with_the_mistake(call, accounts):
    accounts.write_text(accounts.read_text().replace("organization", "organisation"))
    result = call("status", "--account", "lab")

    assert result.exit_code == 1
    assert "`organisation` is not a field" in result.stdout


def test_a_file_that_is_no_database_is_named(call, accounts, here):
    (here / "state").mkdir()
    (here / "state" / "notifier.db").write_text("not a database, but long enough to be looked at closely" * 20)
    result = call("status")

    assert result.exit_code == 2
    assert "notifier.db" in result.stderr


def test_an_account_without_a_grant_says_so(call, here):
    (here / "accounts.yaml").write_text("version: 1\naccounts: [{id: lab}]\n")

    text = call("status").stdout

    assert text.startswith("1 account: 1 without a grant.\n")
    assert "lab\n  no grant is watched\n" in text


def test_grants_are_counted_where_an_account_has_several(call, accounts):
    text = accounts.read_text(encoding="utf-8") + "  - {id: new}\n"
    accounts.write_text(text, encoding="utf-8")

    assert call("status", "--now", NOW).stdout.startswith(
        "3 grants on 3 accounts: 3 need you, 1 account without a grant.\n"
    )


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_no_line_ends_in_blanks(call, places, accounts, store, columns):
    serve(store, places)
    text = CliRunner(env={"COLUMNS": str(columns), "TERM": "dumb"}).invoke(main, ["status", "--now", NOW]).stdout

    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert max(len(line) for line in text.splitlines() if called() not in line) <= columns


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_a_command_stands_whole_on_a_line_of_its_own(here, places, accounts, store, columns):
    stated = "enrolled_on: 2026-10-05, summary_submitted_on: 2026-11-02}"
    accounts.write_text(accounts.read_text().replace("enrolled_on: 2026-10-05}", stated), encoding="utf-8")
    serve(store, places, "2026-11-05")
    said = {"summary_submitted_on": date(2026, 11, 3)}
    store.write(lambda tx: tx.record("lab", "2026", said, moment("2026-11-06"), "ada"))
    deep = here / "-".join(["a long path"] * 9)
    deep.mkdir()
    copied = shutil.copy(accounts, deep)
    runner = CliRunner(env={"COLUMNS": str(columns), "TERM": "dumb"})
    text = runner.invoke(main, ["status", "--now", NOW, "--accounts", str(copied)]).stdout
    commands = [line.strip() for line in text.splitlines() if called() in line]
    same = f"--accounts {quote(str(copied))}"

    assert f"{called()} record {same} lab credits_granted AMOUNT" in commands
    assert f"{called()} record --undo {same} lab summary_submitted_on" in commands


def test_the_zone_of_all_hours_is_named_once(call, places, store):
    serve(store, places)
    text = call("status", "--now", NOW).stdout

    assert text.count("Europe/Berlin") == 1
    assert "\nHours are those of Europe/Berlin.\n" in text
    assert "UTC" not in text


def test_where_accounts_have_several_zones_each_names_its_own(call, accounts):
    text = accounts.read_text(encoding="utf-8").replace(
        "- id: library", "- id: library\n    time_zone: Asia/Tokyo"
    )
    accounts.write_text(text, encoding="utf-8")
    text = call("status", "--now", NOW).stdout

    assert "\nHours are those of each account, else of UTC.\n" in text
    assert "(at 09:00, Europe/Berlin)" in section(text, "lab")
    assert (
        "(at 09:00, Asia/Tokyo)"
        in section(text, "library, grant 2026") + text[text.index("library, grant 2026") :]
    )


# -- thousands of accounts ------------------------------------------------------------------------------------


def office(here, late, fine):
    """An office where *late* accounts wait for credits too long, and *fine* ones do not."""
    rows = [
        f"  - {{id: {name}-{number:03}, program: {PROGRAM}, accepted_on: {accepted}}}"
        for name, many, accepted in (("late", late, "2026-10-05"), ("new", fine, "2026-11-20"))
        for number in range(many)
    ]
    (here / "accounts.yaml").write_text("version: 1\naccounts:\n" + "\n".join(rows) + "\n", encoding="utf-8")


def test_of_many_accounts_those_that_need_a_person_are_shown_and_the_others_counted(call, here):
    office(here, 22, 30)
    text = call("status", "--now", NOW).stdout

    assert text.startswith("52 accounts: 22 need you, 30 wait.\n")
    assert re.findall(r"^(late-\d+)$", text, re.MULTILINE) == [f"late-{number:03}" for number in range(20)]
    assert re.findall(r"^  (late-\d+)  needs you: Credits", text, re.MULTILINE) == ["late-020", "late-021"]
    assert "new-" not in text
    assert "30 more are not shown; nothing is asked of anybody there. To see one:\n" in text
    assert text.endswith("-m notifier status --account ACCOUNT\n")


def test_one_line_about_an_account_has_the_age_of_its_figures(call, here, places, store):
    office(here, 21, 0)
    serve(store, places)
    reading = Reading("openai", moment("2026-11-24T07:00Z"), costs=Costs.by_day("USD", {}))
    store.write(lambda tx: [tx.put_reading(f"late-{number:03}", reading) for number in range(21)])

    assert "(figures: openai, 3 hours ago)" in " ".join(call("status", "--now", NOW).stdout.split())


def test_who_is_asked_for_is_shown_in_full_wherever_it_stands(call, here):
    office(here, 22, 30)
    text = call("status", "--account", "new-007", "--account", "late-021", "--now", NOW).stdout

    assert text.startswith("2 accounts: 1 needs you, 1 waits.\n")
    assert re.findall(r"^((?:late|new)-\d+)$", text, re.MULTILINE) == ["late-021", "new-007"]


def test_twenty_accounts_are_all_shown(call, here):
    office(here, 0, 20)

    assert len(re.findall(r"^new-\d+$", call("status", "--now", NOW).stdout, re.MULTILINE)) == 20


# -- hostile names --------------------------------------------------------------------------------------------


def test_names_from_outside_do_not_act_on_the_terminal(call, places, accounts, store):
    name = '"[bold]A[/] [/x] :bomb: \\e[31m\\u202e"'
    text = accounts.read_text().replace("A. Researcher", name)
    accounts.write_text(text.replace("organization: org-1", f"affiliation: {name}\n    key: {{env: LAB_KEY}}"))
    transition = Transition(Reason.OPENED, moment(NOW), 1, 1, "1 day after", 1)
    store.write(lambda tx: tx.owe(Subject(RULE, "lab", "2026"), transition, "evil\x1b[2J\u202e", Cause.MOMENT, 1))
    serve(store, places)
    store.write(lambda tx: tx.put_failure("lab", "openai", "\x1b[2J[red]no\u202e", moment(NOW)))
    store.write(lambda tx: tx.put_hold(Hold(7, moment(NOW), "\x1b[2J[/x]", Stage.WAITING, 37)))
    result = call("status", "--now", NOW)

    assert result.exit_code == 3
    assert "[bold]A[/] [/x] :bomb:" in result.stdout
    assert [letter for letter in result.stdout if not letter.isprintable() and letter != "\n"] == []


# -- the same as data -----------------------------------------------------------------------------------------


def shape(found):
    """The names in a document, all the way down; of a list those of its first item."""
    if isinstance(found, dict):
        return {name: shape(each) for name, each in found.items()}
    return [shape(found[0])] if isinstance(found, list) and found and isinstance(found[0], dict) else "…"


def names(text, **more):
    """A shape with the names in *text*, and some with a shape of their own."""
    return dict.fromkeys(text.split(), "…") | more


AMOUNT = names("amount currency")
STATEMENT = names("source at by", value=AMOUNT)
GRANT = names(
    "grant program state headline paused spenders",
    credits=names("used_share ahead lasts_until source at hint", granted=AMOUNT, used=AMOUNT, left=AMOUNT),
    time=names("begins ends gone_share days_left"),
    alerts=[
        names(
            "rule title step since anchor urgent next hold owner",
            told=[names("how destination at why attempts")],
            letter=names("name blanks file"),
        )
    ],
    coming=[names("at title step roles letter held held_until")],
    facts=[names("fact known value source at by")],
    letters=[names("name to subject sent_by drafted_on sent_on answered_on followed_up_on follow_up_on")],
    disagreements=[names("fact", counts=STATEMENT, other=STATEMENT)],
)
DOCUMENT = names(
    "version now faults holds destinations undelivered inbox",
    service=names("ran running process last_wrote"),
    summary={"accounts": "…", "needs you": "…"},
    accounts=[names("account state stale detailed unreadable paused overrides", grants=[GRANT])],
)


def test_the_document_says_the_same_as_data(call, places, accounts, store):
    stated = "enrolled_on: 2026-10-05, batches: [{amount: 1000 USD, granted_on: 2026-10-10}]}"
    accounts.write_text(accounts.read_text().replace("enrolled_on: 2026-10-05}", stated))
    serve(store, places, "2026-11-01")
    said, at = {"credits_granted": Money(900_000_000, "USD")}, moment("2026-11-03")
    store.write(lambda tx: tx.record("lab", "2026", said | {"credits_left": Money(90_500_000, "USD")}, at, "ada"))
    store.write(lambda tx: tx.wake("lab"))
    serve(store, places)
    result = call("status", "--account", "lab", "--format", "json", "--now", NOW)
    found = json.loads(result.stdout)
    [account] = found["accounts"]
    [grant] = account["grants"]
    facts = {each["fact"]: each for each in grant["facts"]}

    assert result.exit_code == 0
    assert shape(found) == DOCUMENT
    assert found["now"] == "2026-11-24T10:00:00Z"
    assert grant["credits"] | {"used_share": 0} == {
        "granted": {"amount": "900.00", "currency": "USD"},
        "used": {"amount": "809.50", "currency": "USD"},
        "left": {"amount": "90.50", "currency": "USD"},
        "used_share": 0,
        "ahead": True,
        "lasts_until": None,
        "source": "recorded",
        "at": "2026-11-03T12:00:00Z",
        "hint": "",
    }
    assert facts["credits_granted"]["by"] == "ada"
    assert facts["accepted_on"]["value"] == "2026-10-05"
    assert facts["summary_submitted_on"] == {
        "fact": "summary_submitted_on",
        "known": "none",
        "value": None,
        "source": None,
        "at": None,
        "by": None,
    }
    assert date.fromisoformat(grant["time"]["ends"]) == date(2027, 10, 5)


def polled(store, accounts, places):
    """The account lab polled, with costs of a project and of members; nothing but credits could pay."""
    text = accounts.read_text().replace("- id: lab\n", "- id: lab\n    key: {env: LAB_KEY}\n    paid_method: no\n")
    accounts.write_text(text, encoding="utf-8")
    serve(store, places)
    on = date(2026, 11, 20).toordinal()
    costs, small = Costs.by_day("USD", {on: 12_400_000}), Costs.by_day("USD", {on: 2_000_000})
    spends = {"projects/thesis-7": costs, "members/ada": costs, "members/bo": small}
    spends |= {f"keys/key_{number}": small for number in range(5)}
    reading = Reading("openai", moment("2026-11-24T07:00Z"), costs=costs, spends=spends)
    store.write(take, "lab", reading)


def test_who_spends_and_what_hints_at_the_credits_are_said_with_their_age(call, places, accounts, store):
    polled(store, accounts, places)
    text = section(call("status", "--account", "lab", "--now", NOW).stdout, "lab")
    words = " ".join(text.split())

    assert "A hint, no proof: 12.40 USD was spent since 5 October" in words
    assert "Who spends (the last 7 days)" in words
    assert "project thesis-7 100% (openai, 3 hours ago)" in words
    assert "member ada 100%, bo 16% (openai, 3 hours ago)" in words
    assert "key key_0 16%, key_1 16%, key_2 16%, others 52% (openai, 3 hours ago)" in words


def test_the_document_has_who_spends_and_the_hint_too(call, places, accounts, store):
    polled(store, accounts, places)
    found = json.loads(call("status", "--account", "lab", "--format", "json", "--now", NOW).stdout)
    grant = next(each for each in found["accounts"][0]["grants"] if each["grant"] == "2026")
    of_members = next(each for each in grant["spenders"] if each["of"] == "member")

    assert shape(grant["spenders"]) == [names("of source at", first=[names("name share")])]
    assert (of_members["source"], of_members["at"]) == ("openai", "2026-11-24T07:00:00Z")
    assert of_members["first"][0] == {"name": "ada", "share": 1.0}
    assert grant["credits"]["hint"].endswith("(openai, read 07:00 UTC, may lag a day)")
    assert (grant["credits"]["source"], grant["credits"]["at"]) == (None, None)


def test_what_is_left_is_said_with_its_age_beside_the_bar(call, places, accounts, store):
    serve(store, places)
    said = {"credits_granted": Money(900_000_000, "USD"), "credits_left": Money(90_500_000, "USD")}
    store.write(lambda tx: tx.record("lab", "2026", said, moment("2026-11-22T10:00Z"), "ada"))
    store.write(lambda tx: tx.wake("lab"))
    text = section(call("status", "--account", "lab", "--now", NOW).stdout, "lab")

    assert "as of 2 days ago (recorded by ada)" in text


def test_of_many_accounts_the_document_has_all_and_says_which_are_detailed(call, here):
    office(here, 22, 30)
    found = json.loads(call("status", "--format", "json", "--now", NOW).stdout)["accounts"]

    assert len(found) == 52
    assert [account["detailed"] for account in found] == [True] * 20 + [False] * 32
    assert all("headline" in account["grants"][0] for account in found)


def test_the_document_names_what_waits_for_a_person(call, places, store):
    serve(store, places, channel=Torn())
    store.write(lambda tx: tx.put_hold(Hold(7, moment(NOW), "The rules were edited", Stage.WAITING, 37)))
    result = call("status", "--format", "json", "--now", NOW)
    found = json.loads(result.stdout)

    assert result.exit_code == 3
    assert found["holds"] == [
        {"number": 7, "since": "2026-11-24T10:00:00Z", "why": "The rules were edited", "messages": 37}
    ]
    assert {each["state"] for each in found["undelivered"]} == {"given up"}
    assert {each["why"] for each in found["undelivered"]} == {"the paper is torn"}


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("how", list(How))
def test_what_waits_without_an_end_can_be_said_in_every_zone(zone, how):
    said = say_telling(Telling(how, "console", FOREVER), Locale(ZoneInfo(zone)), Clock().now())

    assert said.endswith("(console)")
    assert (how is not How.HELD) or said == "held until a person releases it (console)"


def test_before_the_first_run_it_names_the_destination_that_is_configured(call, here, accounts):
    (here / ".env").write_text("NOTIFIER_SLACK_TOKEN=xoxb-1\n")
    text = " ".join(call("status", "--account", "lab", "--now", NOW).stdout.split())

    assert "not told yet (slack:#lab-grants)" in text
    assert "(console)" not in text


def test_an_account_without_a_grant_is_shown_where_the_groups_own_rules_watch_it(call, here):
    rules = here / "rules-with-own"
    shutil.copytree(SHIPPED_RULES, rules)
    rule = "  - id: joined\n    title: A member came\n    change: added to members\n    tell: [team]\n"
    (rules / "own.yaml").write_text(f"version: 1\nrules:\n{rule}", encoding="utf-8")
    bare = "version: 1\naccounts:\n  - id: bare\n    people: {team: ['slack:#a']}\n"
    (here / "accounts.yaml").write_text(bare, encoding="utf-8")
    result = call("status", "--rules", str(rules), "--account", "bare", "--now", NOW)

    assert result.exit_code == 0
    assert "\nbare\n" in result.stdout
