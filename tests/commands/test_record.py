"""``record``: what a person sees goes into the inbox of the service, checked, with who said it."""

import sqlite3
from datetime import date

import pytest

from notifier.commands import record as command
from notifier.core.money import Money
from notifier.flow.act import RECORD
from notifier.store.store import Store

from .conftest import ACCOUNTS


@pytest.fixture
def database(here):
    """The database of a service that has run here once."""
    path = here / "state" / "notifier.db"
    Store.open(path, lock=True).close()
    return path


def inbox(database):
    store = Store.open(database, lock=False)
    acts = store.read(lambda tx: tx.acts())
    store.close()
    return acts


def test_what_was_seen_stands_in_the_inbox_with_its_day_and_who_said_it(monkeypatch, call, accounts, database):
    monkeypatch.setattr(command.getpass, "getuser", lambda: "aresearcher")
    result = call("record", "lab", "credits_granted", "1000 USD")
    (act,) = inbox(database)
    today = act.said["credits_granted_on"]

    assert result.exit_code == 0
    assert result.stdout == f"Recorded for lab: credits_granted 1,000.00 USD, credits_granted_on {today}.\n"
    assert (act.kind, act.account, act.grant, act.by) == (RECORD, "lab", "2026", "aresearcher")
    assert act.said["credits_granted"] == Money(1_000_000_000, "USD")
    assert isinstance(today, date)


def test_the_day_can_be_named(call, accounts, database):
    call("record", "lab", "credits_granted", "1000 USD", "--on", "2026-10-20")
    (act,) = inbox(database)

    assert act.said["credits_granted_on"] == date(2026, 10, 20)


def test_correcting_an_amount_leaves_the_day_that_is_known(call, accounts, database):
    known = ACCOUNTS.replace("enrolled_on: 2026-10-05", "enrolled_on: 2026-10-05, credits_granted_on: 2026-10-20")
    accounts.write_text(known, encoding="utf-8")
    call("record", "lab", "credits_granted", "900 USD")
    (act,) = inbox(database)

    assert act.said == {"credits_granted": Money(900_000_000, "USD")}


def test_the_running_service_is_woken(call, accounts, database):
    call("record", "lab", "credits_granted", "1000")

    assert (database.parent / "wake").exists()


def test_it_works_while_the_service_runs(call, accounts, database):
    running = Store.open(database, lock=True)
    result = call("record", "lab", "summary_submitted_on", "2026-11-20")
    acts = running.read(lambda tx: tx.acts())
    running.close()

    assert result.exit_code == 0
    assert [act.said for act in acts] == [{"summary_submitted_on": date(2026, 11, 20)}]


def test_saying_it_twice_is_two_acts(call, accounts, database):
    for _ in range(2):
        call("record", "lab", "credits_granted", "1000")

    assert len({act.id for act in inbox(database)}) == 2


def test_of_several_grants_one_is_named(call, accounts, database):
    result = call("record", "library", "credits_left", "12.50", "--grant", "2023")
    (act,) = inbox(database)

    assert result.stdout == "Recorded for library, grant 2023: credits_left 12.50 USD.\n"
    assert act.grant == "2023"


def test_somebody_without_a_name_can_record_too(monkeypatch, call, accounts, database):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(command.getpass, "getuser", nobody)
    call("record", "lab", "credits_granted", "1000")

    assert [act.by for act in inbox(database)] == ["somebody at the command line"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["lob", "credits_granted", "1"], "there is no account `lob`; did you mean `lab`?"),
        (
            ["library", "credits_granted", "1"],
            "say with --grant which grant of `library`; there are 2023 and 2026",
        ),
        (
            ["library", "credits_granted", "1", "--grant", "2022"],
            "`library` has no grant `2022`; did you mean `2026`?",
        ),
        (["lab", "credits_granted", "1", "--grant", "x"], "`lab` has no grant `x`; there are 2026"),
        (
            ["lab", "credit_granted", "1"],
            "`credit_granted` is not a fact that people record; did you mean `credits_granted`?",
        ),
        (
            ["lab", "accepted_on", "2026-01-01"],
            (
                "`accepted_on` is not a fact that people record; there are credits_granted, credits_granted_on,"
                " credits_expire_on, credits_left and summary_submitted_on"
            ),
        ),
        (
            ["lab", "credits_granted", "a lot"],
            "credits_granted: 'a lot' is not an amount such as 1000 USD or 12.50 EUR",
        ),
        (
            ["lab", "credits_granted", "900 EUR"],
            "credits_granted: no rate from EUR to USD is stated under `rates:`",
        ),
        (["lab", "credits_granted", "1", "--on", "soon"], "--on 'soon' is not a date such as 2026-11-22"),
        (
            ["lab", "credits_left", "1", "--on", "2026-11-01"],
            "credits_left: `--on` is for facts that have a day of their own; this one has none",
        ),
        (
            ["lab", "summary_submitted_on", "today"],
            "summary_submitted_on: 'today' is not a date such as 2026-11-22",
        ),
    ],
)
def test_what_cannot_be_recorded_is_said_with_what_was_meant(call, accounts, database, arguments, why):
    result = call("record", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{why}\n")
    assert inbox(database) == []


def test_an_account_without_a_grant_says_so(call, accounts, database):
    accounts.write_text("version: 1\naccounts: [{id: lab}]\n")

    assert call("record", "lab", "credits_granted", "1").stderr == "`lab` has no grant in the accounts file\n"


def test_before_the_first_run_it_says_what_to_do(call, accounts):
    result = call("record", "lab", "credits_granted", "1")

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
    result = call("record", "lab", "credits_granted", "1")

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
