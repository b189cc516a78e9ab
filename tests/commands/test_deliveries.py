"""``deliveries``, ``retry`` and ``drop``: the outbox in words, and what a person says becomes of it."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from notifier.core.alert import Cause, Reason, Transition
from notifier.core.delivery import Destination, Doubt, State
from notifier.core.letter import Letter
from notifier.core.message import Message
from notifier.core.subject import Subject
from notifier.store.store import Store

AT = 1_795_000_000
SLACK, MAIL = "slack:#lab-grants", "mailto:a@example.edu"
LETTER = Letter("missing", "help@example.edu", "", "", "Where?", "Hello", 0)


@pytest.fixture
def database(here, accounts):
    return here / "state" / "notifier.db"


def outbox(path, *rows):
    """An outbox with these rows: account, destination, and what is otherwise than due."""
    with closing(Store.open(path, lock=True)) as store:
        store.write(fill, rows)


def fill(tx, rows):
    for account, destination, changed in rows:
        opened = Transition(Reason.OPENED, AT, 1, 1, "1 day after", None)
        tx.owe(Subject("p/late", account, "1"), opened, destination, Cause.MOMENT, 1)
        tx.put_delivery(replace(tx.deliveries()[-1], **changed))


def failed(why="#lab-grants is archived", **more):
    post = Message("Credits have not arrived", "lab", Reason.OPENED, letter=LETTER)
    return {"state": State.GIVEN_UP, "attempts": 1, "why": why, "post": post, "tried_at": AT} | more


def inbox(path):
    with closing(Store.open(path, lock=False)) as store:
        return [(act.kind, act.grant) for act in store.read(lambda tx: tx.acts())]


def test_what_is_owed_is_listed_with_what_became_of_it(call, database):
    outbox(
        database,
        ("lab", SLACK, failed()),
        ("lab", MAIL, {"why": "no answer", "attempts": 2, "due_at": AT + 60, "doubt": Doubt.UNKNOWN}),
        ("library", MAIL, {"state": State.DONE, "receipt": "<1@x>"}),
        ("clinic", MAIL, {"state": State.DROPPED, "why": "overtaken before it was told"}),
    )
    result = call("deliveries")

    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "D1 given up Credits have not arrived · lab → slack:#lab-grants opened, owed" in text
    assert "tried 1 time: #lab-grants is archived" in text
    assert "D2 due p/late · lab → mailto:a@example.edu" in text
    assert "tried 2 times; again" in text
    assert "; an earlier attempt may have arrived: no answer" in text
    assert "D3 done p/late · library" in text
    assert "D4 dropped p/late · clinic" in text


def test_what_was_told_long_ago_is_only_counted(call, database):
    outbox(database, *((f"lab-{number:02}", MAIL, {"state": State.DONE}) for number in range(14)))
    short, whole = call("deliveries").stdout, call("deliveries", "--all").stdout

    assert short.startswith("Everything that was owed is told.\n")
    assert short.endswith("and 4 earlier; `deliveries --all` shows them\n")
    assert ("lab-00" in short, "lab-00" in whole, "lab-13" in short) == (False, True, True)


def test_only_one_destination_is_shown_if_one_asks_for_it(call, database):
    outbox(database, ("lab", SLACK, failed()), ("lab", MAIL, {}))
    with closing(Store.open(database, lock=True)) as store:
        store.write(lambda tx: tx.put_destination(Destination(SLACK, AT + 9, AT, 3, "revoked")))
    text = " ".join(call("deliveries", "--destination", SLACK).stdout.split())

    assert text.startswith("slack:#lab-grants has failed 3 times since ")
    assert ": revoked D1" in text
    assert "mailto" not in text
    assert "has failed" not in call("deliveries", "--destination", MAIL).stdout


def test_the_document_has_everything(call, database):
    outbox(
        database,
        ("lab", SLACK, failed(doubt=Doubt.UNKNOWN)),
        ("library", SLACK, {"state": State.GIVEN_UP, "leader": 1}),
        ("lab", MAIL, {"due_at": AT}),
    )
    first, second = json.loads(call("deliveries", "--format", "json").stdout)

    assert first == {
        "delivery": "D1",
        "about": "Credits have not arrived · lab",
        "rule": "p/late",
        "account": "lab",
        "grant": "1",
        "item": None,
        "destination": SLACK,
        "reason": "opened",
        "state": "given up",
        "owed": "2026-11-18T11:06:40Z",
        "due": None,
        "attempts": 1,
        "in_doubt": True,
        "why": "#lab-grants is archived",
        "receipt": None,
        "tells_too": ["D2"],
    }
    assert (second["delivery"], second["due"]) == ("D3", "2026-11-18T11:06:40Z")


def test_an_empty_outbox_says_so(call, database):
    outbox(database)

    assert call("deliveries").stdout == "Nothing was owed to anybody yet.\n"


@pytest.mark.parametrize("word", ["D1", SLACK])
@pytest.mark.parametrize(
    ("verb", "kind", "said", "effect"),
    [
        ("retry", "retry", "tried again", "They are tried now, or when the service next runs."),
        ("drop", "never tell", "dropped", "They are never told."),
    ],
)
def test_what_a_person_says_waits_for_the_service(call, database, word, verb, kind, said, effect):
    outbox(database, ("lab", SLACK, failed()), ("lab", MAIL, {}))
    result = call(verb, word)

    assert result.exit_code == 0
    assert result.stdout == (f"D1, Credits have not arrived · lab → slack:#lab-grants: {said}.\n{effect}\n")
    assert inbox(database) == [(kind, word)]
    assert (database.parent / "wake").exists()


@pytest.mark.parametrize("word", ["D7", "D2", "slack:#elsewhere", "nonsense"])
def test_what_means_nothing_names_what_there_is(call, database, word):
    outbox(database, ("lab", SLACK, failed()), ("lab", MAIL, {"state": State.DONE}))
    result = call("retry", word)

    assert result.exit_code == 2
    assert result.stderr == (
        f"nothing of {word} is left to be told; there are:\n"
        "  D1, Credits have not arrived · lab → slack:#lab-grants\n"
    )
    assert inbox(database) == []


def test_where_everything_is_told_that_is_said(call, database):
    outbox(database, ("lab", MAIL, {"state": State.DONE}))

    assert call("drop", "D1").stderr == (
        "nothing of D1 is left to be told; everything that was owed is told, or on its way\n"
    )


def test_names_from_outside_do_not_act_on_the_terminal(call, database):
    outbox(database, ("lab\x1b[2J", "slack:#lab\u202e", failed(why="\x1b[31mred [bold]x[/]", post=None)))

    for words in (call("deliveries").stdout, call("retry", "D1").stdout):
        assert not {"\x1b", "\u202e"} & set(words)
    assert "[bold]x[/]" in call("deliveries").stdout


def test_status_names_a_parked_destination_and_how_to_go_on(call, database):
    outbox(database)
    with closing(Store.open(database, lock=True)) as store:
        store.write(lambda tx: tx.put_destination(Destination(SLACK, 0, AT, 1, "the token was revoked")))
    result = call("status")

    assert result.exit_code == 3
    text = " ".join(result.stdout.split())
    assert "slack:#lab-grants has failed once since 18 November" in text
    assert "the token was revoked Once that is mended:" in text
    assert "-m notifier retry 'slack:#lab-grants'" in text
    document = json.loads(call("status", "--format", "json").stdout)
    assert document["destinations"][0]["why"] == "the token was revoked"
