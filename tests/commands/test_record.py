"""``record``: what a person sees goes into the inbox, checked, and can be taken back; the newest counts."""

import getpass
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifier.commands import known
from notifier.commands.record import command
from notifier.core.calendar import Duration
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.core.vocabulary import Fact, Kind, Owner
from notifier.files.places import Places, read_files
from notifier.flow.act import act as take_effect
from notifier.flow.declare import declare
from notifier.flow.record import RECORD, UNDO
from notifier.store.store import Store

from .conftest import ACCOUNTS

pytestmark = pytest.mark.usefixtures("five_rules")
TODAY = date(2026, 11, 22)
NOW = int(datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp())
HOUR, DAY = 3_600, 86_400
SHIPPED = Path(__file__).parents[2] / "rules"


class Watch:
    """A clock that stands still until it is set."""

    at = NOW

    def now(self):
        return self.at


@pytest.fixture(autouse=True)
def watch(monkeypatch):
    """It is 22 November 2026, five past three in Berlin, and A. Researcher types."""
    watch = Watch()
    monkeypatch.setattr(command, "Clock", lambda: watch)
    monkeypatch.setattr(getpass, "getuser", lambda: "aresearcher")
    return watch


@pytest.fixture
def database(here):
    """The database of a service that has run here once."""
    path = here / "state" / "notifier.db"
    Store.open(path, lock=True).close()
    return path


@pytest.fixture
def serve(here, database):
    """What the service does at *now*: take over the accounts file, and let the inbox have its effect."""

    def served(now):
        files = read_files(Places(SHIPPED, here / "accounts.yaml", here / "state"), now)
        with closing(Store.open(database, lock=True)) as store:
            store.write(declare, files.declared, now)
            store.write(take_effect, now)

    return served


def inbox(database):
    with closing(Store.open(database, lock=False)) as store:
        return store.read(lambda tx: tx.acts())


def state_in_file(accounts, value):
    """Let the file state something of the grant of `lab`."""
    accounts.write_text(
        ACCOUNTS.replace("enrolled_on: 2026-10-05", f"enrolled_on: 2026-10-05, {value}"), encoding="utf-8"
    )


# recording


def test_what_was_seen_stands_in_the_inbox_with_its_day_and_who_said_it(call, accounts, database):
    result = call("record", "lab", "credits_granted", "1000 USD")
    (act,) = inbox(database)

    assert result.exit_code == 0
    assert result.stdout == "Recorded for lab: credits granted 1,000.00 USD, on 22 November.\n"
    assert (act.kind, act.account, act.grant, act.by, act.at) == (RECORD, "lab", "2026", "aresearcher", NOW)
    assert act.said == {"credits_granted": Money(10**9, "USD"), "credits_granted_on": TODAY}


@pytest.mark.parametrize("words", [["1000 USD"], ["1000", "USD"], ["1000"], [" 1000  usd "]])
def test_an_amount_needs_no_quotes(call, accounts, database, words):
    call("record", "lab", "credits_granted", *words)

    assert inbox(database)[0].said["credits_granted"] == Money(10**9, "USD")


@pytest.mark.parametrize(
    ("word", "day"),
    [("today", TODAY), ("Yesterday", date(2026, 11, 21)), ("2026-10-20", date(2026, 10, 20))],
)
def test_a_day_can_be_named_as_a_value_and_with_on(call, accounts, database, word, day):
    call("record", "lab", "summary_submitted_on", word)
    call("record", "lab", "credits_granted", "1000 USD", "--on", word)
    summary, amount = inbox(database)

    assert (summary.said["summary_submitted_on"], amount.said["credits_granted_on"]) == (day, day)


@pytest.mark.parametrize("written", ["31.10.2026", "31. 10. 2026", "2026-10-31"])
def test_a_day_may_be_written_as_lists_have_it(call, accounts, database, written):
    call("record", "lab", "summary_submitted_on", *written.split())
    call("record", "lab", "credits_granted", "1000 USD", "--on", written)
    summary, amount = inbox(database)

    assert summary.said["summary_submitted_on"] == amount.said["credits_granted_on"] == date(2026, 10, 31)


@pytest.mark.parametrize("written", [["-5"], ["-5.00", "USD"], ["-5 USD"], ["--", "-5"], ["\u22125"]])
def test_a_balance_may_be_below_zero(call, accounts, database, written):
    result = call("record", "lab", "credits_left", *written)

    assert result.stdout == "Recorded for lab: credits left -5.00 USD.\n"
    assert inbox(database)[0].said == {"credits_left": Money(-5_000_000, "USD")}


def test_an_option_that_does_not_exist_is_still_none(call, accounts, database):
    result = call("record", "lab", "credits_left", "5", "--undoo")

    assert result.exit_code == 2
    assert "No such option '--undoo'" in result.stderr


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        (
            ["credits_granted", "1200"],
            ["credits_left", "99999"],
            "More is left, 99,999.00 USD, than the 1,200.00 USD granted: check the two numbers.",
        ),
        (
            ["credits_left", "1000"],
            ["credits_granted", "120"],
            "More is left, 1,000.00 USD, than the 120.00 USD granted: check the two numbers.",
        ),
        (
            ["credits_granted", "1200"],
            ["credits_left", "-5000"],
            (
                "The balance, -5,000.00 USD, is further below zero than the 1,200.00 USD granted: "
                "check the two numbers."
            ),
        ),
        (["credits_granted", "1200"], ["credits_left", "1200"], ""),
        (["summary_submitted_on", "today"], ["credits_left", "99999"], ""),
    ],
    ids=["too much left", "too little granted", "far below zero", "all is left", "nobody knows what was granted"],
)
def test_a_balance_that_does_not_go_with_the_grant_is_recorded_with_a_warning(
    call, accounts, database, first, then, why
):
    call("record", "lab", *first)
    result = call("record", "lab", *then)

    assert (result.exit_code, len(inbox(database))) == (0, 2)
    assert "\n".join(result.stdout.splitlines()[1:]) == why


def test_a_grant_in_a_currency_without_a_rate_is_not_compared(call, accounts, database):
    state_in_file(accounts, "credits_granted: 10 EUR")

    assert "check" not in call("record", "lab", "credits_left", "99999").stdout


def test_today_is_today_in_the_zone_of_the_account(call, accounts, database, watch):
    watch.at = NOW + 9 * HOUR  # 23:05 in UTC, past midnight in Berlin
    call("record", "lab", "summary_submitted_on", "today")
    call("record", "lab", "credits_granted", "1000")
    summary, amount = inbox(database)

    assert summary.said["summary_submitted_on"] == amount.said["credits_granted_on"] == date(2026, 11, 23)


def test_a_day_that_is_to_come_can_be_named_for_what_ends(call, accounts, database):
    result = call("record", "lab", "credits_expire_on", "2027-10-31")

    assert result.stdout == "Recorded for lab: credits expire on 31 October 2027.\n"
    assert inbox(database)[0].said == {"credits_expire_on": date(2027, 10, 31)}


def test_correcting_an_amount_leaves_the_day_that_is_known(call, accounts, database):
    state_in_file(accounts, "credits_granted_on: 2026-10-20")
    call("record", "lab", "credits_granted", "900 USD")
    (act,) = inbox(database)

    assert act.said == {"credits_granted": Money(900_000_000, "USD")}


def test_a_day_that_was_recorded_a_moment_ago_is_known(call, accounts, database):
    call("record", "lab", "credits_granted", "900 USD", "--on", "2026-10-20")
    call("record", "lab", "credits_granted", "1000 USD")

    assert inbox(database)[1].said == {"credits_granted": Money(10**9, "USD")}


def test_the_running_service_is_woken(call, accounts, database):
    call("record", "lab", "credits_granted", "1000")

    assert (database.parent / "wake").exists()


def test_it_works_while_the_service_runs(call, accounts, database):
    with closing(Store.open(database, lock=True)) as running:
        results = [
            call("record", "lab", "summary_submitted_on", "2026-11-20"),
            call("record", "--undo", "lab", "summary_submitted_on"),
            call("record", "lab"),
        ]
        acts = running.read(lambda tx: tx.acts())

    assert [result.exit_code for result in results] == [0, 0, 0]
    assert [act.kind for act in acts] == [RECORD, UNDO]


def test_saying_it_twice_is_two_acts(call, accounts, database):
    for _ in range(2):
        call("record", "lab", "credits_granted", "1000")

    assert len({act.id for act in inbox(database)}) == 2


def test_of_several_grants_one_is_named(call, accounts, database):
    result = call("record", "library", "credits_left", "12.50", "--grant", "2023")
    (act,) = inbox(database)

    assert result.stdout == "Recorded for library, grant 2023: credits left 12.50 USD.\n"
    assert act.grant == "2023"


def test_somebody_without_a_name_can_record_too(monkeypatch, call, accounts, database):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    call("record", "lab", "credits_granted", "1000")

    assert [act.by for act in inbox(database)] == ["somebody at the command line"]


QUESTIONS = """\
  summary_submitted_on: {type: date, ask: "When did you send the one-page summary?"}
  renewal_planned_on: {type: date, ask: "When do you want to renew?"}
  report_sent_on: {type: date, ask: "When was the report sent?"}
  ethics_cleared: {type: yes or no, ask: "Did the board agree?"}
  runs_left: {type: number, ask: "How many runs are planned?"}
  review_takes: {type: duration, ask: "How long is the review?"}
  remark: {type: text, ask: "Anything else?"}
"""


@pytest.fixture
def questions(here):
    """A rules folder that asks a person for a fact of every kind."""
    folder = here / "rules"
    (folder / "drafts").mkdir(parents=True)
    for path in (*SHIPPED.glob("*.yaml"), *SHIPPED.glob("drafts/*.txt")):
        text = path.read_text(encoding="utf-8")
        lines = [
            QUESTIONS if "  summary_submitted_on: {" in line else line for line in text.splitlines(keepends=True)
        ]
        (folder / path.relative_to(SHIPPED)).write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("typed", "said", "read"),
    [
        (["renewal_planned_on", "2027-05-01"], "renewal planned on 1 May 2027", date(2027, 5, 1)),
        (["ethics_cleared", "Yes"], "ethics cleared yes", True),
        (["ethics_cleared", "no"], "ethics cleared no", False),
        (["runs_left", "12.5"], "runs left 12.5", 12.5),
        (["runs_left", "12"], "runs left 12", 12.0),
        (["review_takes", "3", "weeks"], "review takes 3 weeks", Duration(21, "days")),
        (["remark", "sent ", " by\x1b[31m", "post"], r"remark sent by\x1b[31m post", "sent by\x1b[31m post"),
    ],
)
def test_what_a_rules_file_asks_can_be_recorded_by_its_kind(
    call, accounts, questions, typed, said, read, database
):
    result = call("record", "lab", *typed, "--rules", str(questions))
    (act,) = inbox(database)

    assert result.stdout == f"Recorded for lab: {said}.\n"
    assert act.said == {typed[0]: read}


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        (
            "report_sent_on",
            "2026-11-23",
            "2026-11-23 is still to come, but this is about what has happened; today is 2026-11-22",
        ),
        ("ethics_cleared", "maybe", "'maybe' is not yes or no"),
        ("runs_left", "many", "'many' is not a number such as 12 or 0.5"),
        ("runs_left", "", "say what it is (How many runs are planned?), such as 12"),
        ("remark", "x" * 2_001, "a text has at most 2,000 characters, this has 2,001"),
    ],
)
def test_what_is_no_answer_to_a_question_is_said(call, accounts, database, questions, fact, value, why):
    result = call("record", "lab", fact, value, "--rules", str(questions))

    assert (result.exit_code, result.stderr) == (2, f"{fact}: {why}\n")


@pytest.fixture
def contact(monkeypatch):
    """A fact that people record of a whole account."""
    fact = Fact("seats_bought", Kind.NUMBER, Owner.RECORDED, "seats", grant=False, ask="How many seats are there?")
    read = known.read_most

    def extended(*arguments):
        files = read(*arguments)
        programs = {
            name: replace(program, vocabulary=program.vocabulary.extended([fact]))
            for name, program in files.rulebook.programs.items()
        }
        return replace(files, rulebook=replace(files.rulebook, programs=programs))

    monkeypatch.setattr(command, "read_most", extended)


def test_a_fact_of_the_whole_account_goes_to_the_account(call, accounts, database, contact):
    result = call("record", "library", "seats_bought", "12")
    call("record", "library", "seats_bought", "14", "--grant", "2023")
    listed = call("record", "library").stdout
    undone = call("record", "--undo", "library", "seats_bought")

    assert result.stdout == "Recorded for library: seats bought 12.\n"
    assert [act.grant for act in inbox(database)] == ["", "", ""]
    assert "\nlibrary\nseats_bought  14, recorded today at 15:05 by aresearcher" in listed
    assert "Seats bought: now 12, recorded today at 15:05 by aresearcher.\n" in undone.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["lob", "credits_granted", "1"], "there is no account `lob`; did you mean `lab`?"),
        (["zoo", "credits_granted", "1"], "there is no account `zoo`; there are lab and library"),
        (
            ["library", "credits_granted", "1"],
            "say with --grant which grant of `library`; there are 2023 and 2026",
        ),
        (
            ["library", "credits_granted", "1", "--grant", "2022"],
            "`library` has no grant `2022`; did you mean `2026`?",
        ),
        (["lab", "credits_granted", "1", "--grant", "x"], "`lab` has no grant `x`; there is 2026"),
        (
            ["lab", "credit_granted", "1"],
            "`credit_granted` is not a fact that people record; did you mean `credits_granted`?",
        ),
        (
            ["lab", "accepted_on", "2026-01-01"],
            (
                "`accepted_on` is declared in the accounts file, not recorded; people record credits_granted,"
                " credits_granted_on, credits_expire_on, credits_left and summary_submitted_on"
            ),
        ),
        (
            ["lab", "zzz", "1"],
            (
                "`zzz` is not a fact that people record; people record credits_granted,"
                " credits_granted_on, credits_expire_on, credits_left and summary_submitted_on"
            ),
        ),
        (
            ["lab", "credits_granted", "a lot"],
            "credits_granted: 'a lot' is not an amount such as 1000 USD or 12.50 EUR",
        ),
        (
            ["lab", "credits_granted", "1,000.00 USD"],
            "credits_granted: '1,000.00 USD': an amount has no comma; did you mean 1000.00 USD?",
        ),
        (
            ["lab", "credits_granted", "000"],
            "credits_granted: '000' is not an amount such as 1000 USD; a shell eats what looks like `$1`",
        ),
        (
            ["lab", "credits_granted"],
            "credits_granted: say what it is (Did the credits come, and how much?), such as 1000 USD",
        ),
        (
            ["lab", "credits_granted", "900 EUR"],
            "credits_granted: no rate from EUR to USD is stated under `rates:`",
        ),
        (
            ["lab", "credits_granted", "1", "--on", "soon"],
            "--on 'soon' is not a date such as 2026-11-22, today or yesterday",
        ),
        *(
            (
                ["lab", "credits_granted", nothing],
                (
                    "credits_granted: 0 counts as no; nothing came yet? then there is nothing to record"
                    " (to take back: --undo)"
                ),
            )
            for nothing in ("0", "0 USD", "0.00")
        ),
        (
            ["lab", "credits_granted", "--", "-5"],
            "credits_granted: '-5': an amount is not below zero; did you mean 5?",
        ),
        (
            ["lab", "credits_granted", "-5", "USD"],
            "credits_granted: '-5 USD': an amount is not below zero; did you mean 5 USD?",
        ),
        (
            ["lab", "credits_left", "-1,000"],
            "credits_left: '-1,000': an amount has no comma; did you mean -1000?",
        ),
        (
            ["lab", "summary_submitted_on", "03/04/2026"],
            'summary_submitted_on: "03/04/2026" can be read in two ways; write 2026-04-03 or 2026-03-04',
        ),
        (
            ["lab", "credits_granted", "1", "--on", "11/21/2026"],
            '--on "11/21/2026" is not written as everybody reads it; write 2026-11-21',
        ),
        (
            ["lab", "summary_submitted_on", "-3"],
            'summary_submitted_on: "-3" is not a date such as 2026-03-31',
        ),
        (
            ["lab", "credits_granted", "1", "--on", "2026-10-04"],
            "--on 2026-10-04 is before the grant was accepted, on 2026-10-05",
        ),
        (
            ["lab", "credits_granted_on", "2026-10-04"],
            "credits_granted_on: 2026-10-04 is before the grant was accepted, on 2026-10-05",
        ),
        *(
            (
                ["lab", "summary_submitted_on", far],
                (
                    f"summary_submitted_on: {far} is still to come, but this is about what has happened;"
                    " today is 2026-11-22"
                ),
            )
            for far in ("2030-01-01", "2027-05-01", "2028-11-20")
        ),
        (["lab", "credits_granted", "1", "--on", "2026-02-30"], "--on there is no day 2026-02-30"),
        (
            ["lab", "credits_granted", "1", "--on", "2026-11-23"],
            "--on 2026-11-23 is still to come, but this is about what has happened; today is 2026-11-22",
        ),
        (
            ["lab", "summary_submitted_on", "2027-11-20"],
            (
                "summary_submitted_on: 2027-11-20 is still to come, but this is about what has happened;"
                " did you mean 2026-11-20?"
            ),
        ),
        (
            ["lab", "summary_submitted_on", "2028-02-29"],
            (
                "summary_submitted_on: 2028-02-29 is still to come, but this is about what has happened;"
                " today is 2026-11-22"
            ),
        ),
        (
            ["lab", "credits_granted", "much", "--on", "2027-11-01"],
            (
                "credits_granted: 'much' is not an amount such as 1000 USD or 12.50 EUR\n"
                "--on 2027-11-01 is still to come, but this is about what has happened; did you mean 2026-11-01?"
            ),
        ),
        (
            ["lab", "credits_left", "1", "--on", "2026-11-01"],
            "credits_left: `--on` is for facts that have a day of their own; this one has none",
        ),
        (
            ["lab", "summary_submitted_on", "tomorrow"],
            "summary_submitted_on: 'tomorrow' is not a date such as 2026-11-22, today or yesterday",
        ),
        (["lab", "--undo"], "say of which fact; `record lab` lists what is recorded"),
        (["lab", "--on", "today"], "say of which fact; `record lab` lists what is recorded"),
        (
            ["--undo", "lab", "credits_left", "5"],
            "`--undo` takes back what was recorded last; it goes without a value and without `--on`",
        ),
        (
            ["--undo", "lab", "credits_granted", "--on", "today"],
            "`--undo` takes back what was recorded last; it goes without a value and without `--on`",
        ),
        (["--undo", "lab", "credits_left"], "credits_left of lab: nobody has recorded it"),
        (
            ["--undo", "lab", "credit_left"],
            "`credit_left` is not a fact that people record; did you mean `credits_left`?",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_what_was_meant(call, accounts, database, arguments, why):
    result = call("record", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{why}\n")
    assert inbox(database) == []


def test_the_day_of_the_acceptance_may_be_the_day_of_the_credits_and_nothing_may_be_left(call, accounts, database):
    assert call("record", "lab", "credits_granted", "1", "--on", "2026-10-05").exit_code == 0
    assert call("record", "lab", "credits_left", "0").exit_code == 0


def test_early_in_a_year_the_end_of_the_last_may_be_meant(call, accounts, database, watch):
    watch.at += 45 * DAY
    result = call("record", "lab", "summary_submitted_on", "2027-12-28")

    assert result.stderr.endswith("; did you mean 2026-12-28?\n")


# what the accounts file says otherwise


def test_the_newest_counts_and_what_the_file_says_is_said_with_its_time(call, accounts, serve):
    state_in_file(accounts, "credits_granted: 5000 USD, credits_granted_on: 2026-10-30")
    serve(NOW - 19 * DAY)
    result = call("record", "lab", "credits_granted", "1000", "--on", "2026-11-02")

    assert result.stdout.splitlines() == [
        "Recorded for lab: credits granted 1,000.00 USD, on 2 November.",
        "The accounts file says 5,000.00 USD since 3 November; the newest counts.",
        "The accounts file says credits granted on 30 October since 3 November; the newest counts.",
    ]


def test_where_the_file_says_the_same_nothing_more_is_said(call, accounts, serve):
    state_in_file(accounts, "credits_granted: 1000 USD, credits_granted_on: 2026-10-30")
    serve(NOW - 19 * DAY)

    assert (
        call("record", "lab", "credits_granted", "1000").stdout
        == "Recorded for lab: credits granted 1,000.00 USD.\n"
    )


def test_a_file_that_was_changed_after_the_service_last_read_it_is_newer(call, accounts, serve):
    serve(NOW - 19 * DAY)
    state_in_file(accounts, "credits_granted: 5000 USD, credits_granted_on: 2026-10-30")
    recorded = call("record", "lab", "credits_granted", "1000").stdout
    serve(NOW + HOUR)
    listed = call("record", "lab").stdout

    assert recorded.splitlines()[1:] == [
        "The accounts file says 5,000.00 USD now; that is newer, and counts once the service has read it."
    ]
    assert "credits_granted       5,000.00 USD, as the accounts file says since today at 16:05\n" in listed
    assert "1,000.00 USD was recorded today at 15:05 by aresearcher" in listed


def test_a_file_whose_change_the_service_has_read_counts_until_somebody_records_again(
    call, accounts, serve, watch
):
    state_in_file(accounts, "credits_granted: 5000 USD, credits_granted_on: 2026-10-30")
    serve(NOW + HOUR)  # a clock that was set back since
    recorded = call("record", "lab", "credits_granted", "1000").stdout

    assert recorded.splitlines()[1:] == [
        "The accounts file says 5,000.00 USD since today at 16:05; that is newer and counts."
    ]


def test_neither_recording_nor_taking_back_ever_writes_the_accounts_file(call, accounts, serve):
    state_in_file(accounts, "credits_granted: 5000 USD  # as of the mail\r\n     ")
    before, written = accounts.read_bytes(), accounts.stat().st_mtime_ns
    serve(NOW - DAY)
    for arguments in (
        ["lab", "credits_granted", "1000"],
        ["lab", "summary_submitted_on", "today"],
        ["--undo", "lab", "credits_granted"],
        ["lab"],
    ):
        assert call("record", *arguments).exit_code == 0
        serve(NOW)

    assert (accounts.read_bytes(), accounts.stat().st_mtime_ns) == (before, written)


# taking back


def test_an_undo_says_what_was_taken_back_and_what_counts_now(call, accounts, database, serve, watch, monkeypatch):
    call("record", "lab", "credits_granted", "900", "--on", "2026-11-01")
    serve(NOW)
    watch.at += 2 * DAY
    monkeypatch.setattr(getpass, "getuser", lambda: "pi")
    call("record", "lab", "credits_granted", "1000", "--on", "2026-11-20")
    result = call("record", "--undo", "lab", "credits_granted")
    kinds = [(act.kind, act.said) for act in inbox(database)][1:]

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Taken back for lab: credits granted 1,000.00 USD, on 20 November, recorded today at 15:05 by pi.",
        "Credits granted: now 900.00 USD, recorded 22 November by aresearcher.",
        "Credits granted on: now 1 November, recorded 22 November by aresearcher.",
    ]
    assert kinds == [(UNDO, {"credits_granted": None})]


def test_with_nothing_left_the_file_counts_or_nothing(call, accounts, serve):
    state_in_file(accounts, "credits_granted: 5000 USD")
    serve(NOW - 19 * DAY)
    call("record", "lab", "credits_granted", "1000")

    assert call("record", "--undo", "lab", "credits_granted").stdout.splitlines()[1:] == [
        "Credits granted: now 5,000.00 USD, as the accounts file says since 3 November.",
        "Credits granted on: now not recorded.",
    ]


def test_where_the_file_counted_all_along_it_still_does(call, accounts, serve):
    serve(NOW - DAY)
    call("record", "lab", "credits_left", "400")
    state_in_file(accounts, "credits_left: 500 USD")
    serve(NOW + HOUR)

    assert call("record", "--undo", "lab", "credits_left").stdout.splitlines()[1:] == [
        "Credits left: still 500.00 USD, as the accounts file says since today at 16:05."
    ]


@pytest.mark.parametrize("served", [True, False])
def test_undo_goes_back_one_by_one_whether_or_not_the_service_has_looked(call, accounts, serve, served):
    def then():
        if served:
            serve(NOW)

    for amount in ("100", "200", "300"):
        call("record", "lab", "credits_left", amount)
        then()
    said = []
    for _ in range(4):
        result = call("record", "--undo", "lab", "credits_left")
        said.append((result.exit_code, *result.output.splitlines()[-1:]))
        then()

    by = "recorded today at 15:05 by aresearcher"
    assert said == [
        (0, f"Credits left: now 200.00 USD, {by}."),
        (0, f"Credits left: now 100.00 USD, {by}."),
        (0, "Credits left: now not recorded."),
        (2, "credits_left of lab: all that was recorded of it has been taken back"),
    ]


def test_what_only_the_file_says_cannot_be_taken_back(call, accounts, serve):
    state_in_file(accounts, "credits_left: 500 USD")
    serve(NOW - 19 * DAY)
    result = call("record", "--undo", "lab", "credits_left")

    origin = "it is 500.00 USD, as the accounts file says since 3 November"
    assert (result.exit_code, result.stderr) == (2, f"credits_left of lab: nobody has recorded it; {origin}\n")


def test_of_several_grants_only_the_named_one_is_taken_back(call, accounts, database):
    call("record", "library", "credits_left", "1", "--grant", "2023")
    call("record", "library", "credits_left", "2", "--grant", "2026")
    unnamed = call("record", "--undo", "library", "credits_left")
    named = call("record", "--undo", "library", "credits_left", "--grant", "2023")

    assert unnamed.exit_code == 2
    assert named.stdout.startswith("Taken back for library, grant 2023: credits left 1.00 USD, recorded")


# what is recorded


def test_what_is_recorded_and_can_be_is_listed_with_who_says_so(call, accounts, serve):
    state_in_file(accounts, "credits_granted: 5000 USD, credits_granted_on: 2026-10-30")
    serve(NOW - 19 * DAY)
    call("record", "lab", "credits_granted", "1000")
    call("record", "lab", "credits_left", "900")
    call("record", "--undo", "lab", "credits_left")
    lines = [line.rstrip() for line in call("record", "lab").stdout.splitlines()]

    assert lines[:10] == [
        "",
        "lab",
        "credits_granted       1,000.00 USD, recorded today at 15:05 by aresearcher",
        "                      the accounts file says 5,000.00 USD since 3 November",
        "credits_granted_on    30 October, as the accounts file says since 3 November",
        "credits_expire_on     not recorded. When do the credits expire?",
        "credits_left          not recorded. How much is left?",
        "                      900.00 USD was taken back today at 15:05 by aresearcher",
        "summary_submitted_on  not recorded. When did you send the one-page summary?",
        "",
    ]
    assert [line.rpartition(" -m ")[2] for line in lines[10:]] == [
        "To record one, such as:",
        "notifier record lab credits_expire_on 2026-11-22",
        "To take back what was recorded last:",
        "notifier record --undo lab credits_granted",
    ]


def test_what_a_source_says_is_listed_too(call, accounts, database, serve):
    serve(NOW - DAY)
    heard = Reading("meter", NOW - DAY, {}, {"2026": {"credits_left": None}})
    with closing(Store.open(database, lock=True)) as store:
        store.write(lambda tx: tx.put_reading("lab", heard))

    assert "credits_left          none, as meter says since 21 November" in call("record", "lab").stdout


def test_the_hint_takes_back_an_amount_with_the_day_that_was_said_along(call, accounts, database):
    call("record", "lab", "credits_granted", "1000")

    assert call("record", "lab").stdout.endswith("record --undo lab credits_granted\n")


def test_every_grant_is_listed_or_the_one_that_is_named(call, accounts, database):
    call("record", "library", "credits_left", "12.50", "--grant", "2023")
    all_of_them = call("record", "library").stdout
    one = call("record", "library", "--grant", "2026").stdout

    assert ("library, grant 2023" in all_of_them, "library, grant 2026" in all_of_them) == (True, True)
    assert ("12.50 USD" in all_of_them, "12.50 USD" in one) == (True, False)
    assert ("--undo library credits_left --grant 2023" in all_of_them, "--undo" in one) == (True, False)
    assert "record library credits_granted 1000 USD --grant 2026" in one


def test_what_is_offered_speaks_of_the_same_files(call, accounts, here, database):
    accounts.rename(here / "our accounts.yaml")
    offered = call("record", "lab", "--accounts", "our accounts.yaml", "--state", "state").stdout

    assert "record --accounts 'our accounts.yaml' --state state lab credits_granted 1000 USD" in offered


def test_before_the_first_run_it_can_be_listed_too(call, accounts):
    state_in_file(accounts, "credits_left: 500 USD")
    result = call("record", "lab")

    assert result.exit_code == 0
    assert "credits_left          500.00 USD, as the accounts file says now" in result.stdout


# what is in the way


def test_an_account_without_a_grant_says_so(call, accounts, database):
    accounts.write_text("version: 1\naccounts: [{id: lab}]\n")

    assert call("record", "lab", "credits_granted", "1").stderr == "`lab` has no grant in the accounts file\n"


def test_of_many_accounts_some_are_named(call, accounts, database):
    accounts.write_text(
        "version: 1\naccounts:" + "".join(f"\n  - id: lab-{number:02}" for number in range(12)) + "\n"
    )
    why = (
        "there is no account `zoo`; there are "
        + ", ".join(f"lab-{number:02}" for number in range(10))
        + " and 2 more"
    )

    assert call("record", "zoo").stderr == f"{why}\n"


@pytest.mark.parametrize("arguments", [["lab", "credits_granted", "1"], ["--undo", "lab", "credits_granted"]])
def test_before_the_first_run_it_says_what_to_do(call, accounts, arguments):
    result = call("record", *arguments)

    assert result.exit_code == 2
    assert "`notifier run` makes it" in result.stderr


def test_mistakes_in_files_come_first(call, accounts, database):
    accounts.write_text("version: 1\naccounts: [lab]\n")
    result = call("record", "lab", "credits_granted", "1")

    assert (result.exit_code, inbox(database)) == (1, [])
    assert result.stderr == "1 mistake.\n"


def test_a_key_on_the_command_line_is_never_printed(call, accounts, database):
    secret = "sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7"
    for arguments in ([secret, "x", "1"], ["lab", secret, "1"], ["lab", "credits_granted", secret]):
        result = call("record", *arguments)
        assert result.exit_code == 2
        assert secret[3:] not in result.output


def test_a_file_that_is_no_database_is_named(call, accounts, here):
    (here / "state").mkdir()
    (here / "state" / "notifier.db").write_text("not a database, but long enough to be looked at closely" * 20)
    for arguments in (["lab", "credits_granted", "1"], ["lab"]):
        result = call("record", *arguments)
        assert result.exit_code == 2
        assert "notifier.db" in result.stderr


def test_the_words_stand_in_the_row_as_they_were_said(call, accounts, database):
    call("record", "lab", "credits_granted", "0.10")
    with sqlite3.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        dump = "\n".join(connection.iterdump())
    connection.close()

    assert tables
    assert "100000" in dump
