"""``release`` and ``drop``: a person says what becomes of the messages of an edit that would tell much."""

import re

import pytest

from notifier.core.hold import Hold, Stage
from notifier.store.store import Store

HELD = [
    Hold(3, 1_700_000_000, "The rules were edited", Stage.WAITING, 37),
    Hold(5, 1_700_100_000, "Import", count=9),
]


@pytest.fixture
def database(here, accounts):
    """The database of a service that holds 37 messages of one edit, and is still weighing another."""
    path = here / "state" / "notifier.db"
    store = Store.open(path, lock=True)
    for hold in HELD:
        store.write(lambda tx, hold=hold: tx.put_hold(hold))
    store.close()
    return path


def inbox(path):
    store = Store.open(path, lock=False)
    acts = store.read(lambda tx: tx.acts())
    store.close()
    return [(act.kind, act.account, act.grant) for act in acts]


@pytest.mark.parametrize(
    ("verb", "said", "becomes"),
    [
        ("release", "released", "They are told now, or when the service next runs."),
        ("drop", "dropped", "They are never told."),
    ],
)
@pytest.mark.parametrize("number", [["3"], []], ids=["by its number", "without a number"])
def test_the_answer_stands_in_the_inbox_and_the_service_is_woken(call, database, verb, said, becomes, number):
    result = call(verb, *number)

    assert result.exit_code == 0
    assert re.fullmatch(
        rf"37 messages, held since 14 November 2023, 22:13 UTC: {said}\.\n{becomes}\n", result.stdout
    )
    assert inbox(database) == [(verb, "notifier", "3")]
    assert (database.parent / "wake").exists()


def test_a_number_under_which_nothing_waits_names_those_that_do(call, database):
    result = call("release", "5")

    assert result.exit_code == 2
    assert "nothing is held under 5; there are:" in result.stderr
    assert (
        "release 3   # 37 messages, held since 14 November 2023, 22:13 UTC: The rules were edited" in result.stderr
    )
    assert inbox(database) == []


def test_nothing_held_is_said(call, accounts, here):
    Store.open(here / "state" / "notifier.db", lock=True).close()
    result = call("drop")

    assert (result.exit_code, result.stderr) == (2, "nothing is held\n")


def test_a_service_that_never_ran_is_said(call, accounts):
    result = call("release")

    assert result.exit_code == 2
    assert "`notifier run` makes it" in result.stderr
