"""``digest``: what the weekly digest would say now, as each channel shows it; nothing is sent or changed."""

import json
from contextlib import closing

import pytest

from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.files.places import Places, read_files
from notifier.flow import digest
from notifier.flow.declare import declare
from notifier.store.store import Store
from tests.core.helpers import moment

NOW = "2026-11-26T12:00Z"


@pytest.fixture
def ran(here, accounts, five_rules):
    """A folder in which the service has run: it knows the accounts, and when digests come."""

    def run(ways=CONSOLE_ONLY):
        places = Places(five_rules, accounts, here / "state")
        at = moment("2026-11-26 12:00")
        files = read_files(places, at)
        assert not files.account_faults
        places.state.mkdir(exist_ok=True)
        with closing(Store.open(places.database, lock=True)) as store:
            store.write(declare, files.declared, at)
            store.write(digest.arm, at, ways)
        return places.database

    return run


def mail(monkeypatch):
    """Let mail and Slack be configured; returns how people are reached then."""
    monkeypatch.setenv("NOTIFIER_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("NOTIFIER_MAIL_FROM", "notifier <notifier@example.edu>")
    monkeypatch.setenv("NOTIFIER_SLACK_TOKEN", "xoxb-1")
    return Ways(lambda _: True)


def test_the_only_recipient_is_shown_at_once(call, ran):
    ran()

    result = call("digest", "--now", NOW)

    assert result.exit_code == 0
    text = " ".join(result.stdout.replace("│", " ").split())
    assert "3 grants of 2 accounts are watched" in text
    assert "Needs you" in text
    assert "This comes every Monday at 08:00" in text
    assert "Only shown: nothing was sent." in result.stderr


def test_several_are_listed_with_when_the_next_one_comes(call, ran, monkeypatch):
    ran(mail(monkeypatch))

    result = call("digest", "--now", NOW)

    assert result.stdout.splitlines() == [
        "3 destinations:",
        "  mailto:a@example.edu  next 30 November, 07:00 UTC",
        "  slack:#lab-grants  next 30 November, 07:00 UTC",
        "  slack:#library  next 30 November, 07:00 UTC",
    ]


@pytest.mark.parametrize("asked", ["slack:#lab-grants", "#lab-grants"])
def test_one_of_them_is_asked_for_by_its_address(call, ran, monkeypatch, asked):
    ran(mail(monkeypatch))

    result = call("digest", asked, "--as", "slack", "--now", NOW)

    shown = json.loads(result.stdout)
    assert "digest of 26 November" in shown["text"]
    assert "1 grant of 1 account is watched" in result.stdout


def test_a_mail_is_addressed_and_can_be_saved(call, ran, monkeypatch, here):
    ran(mail(monkeypatch))

    result = call("digest", "a@example.edu", "--as", "email", "--save", "digest.eml", "--now", NOW)

    assert "To: a@example.edu" in result.stdout
    assert "List-Unsubscribe" not in result.stdout
    assert (here / "digest.eml").read_bytes().startswith(b"From: notifier <notifier@example.edu>")


def test_who_is_not_named_is_answered_with_what_was_probably_meant(call, ran, monkeypatch):
    ran(mail(monkeypatch))

    result = call("digest", "#lab-grant", "--now", NOW)

    assert result.exit_code == 2
    assert "nobody who can be told is named by `#lab-grant`; did you mean `slack:#lab-grants`?" in result.stderr


def test_before_the_service_ran_there_is_nothing_to_show(call, accounts):
    result = call("digest")

    assert result.exit_code == 2
    assert "the service has not run here yet" in result.stderr


def test_it_changes_nothing(call, ran):
    database = ran()
    with closing(Store.open(database, lock=False)) as store:
        before = store.read(lambda tx: (tx.digests(), tx.deliveries()))

    call("digest", "--now", NOW)

    with closing(Store.open(database, lock=False)) as store:
        assert store.read(lambda tx: (tx.digests(), tx.deliveries())) == before
