"""``log``: what happened to an account, told from its journal; and whether somebody changed that."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from notifier.commands.common import SHIPPED_RULES, moment
from notifier.commands.log.words import SENTENCES, sentence, value
from notifier.core.alert import Cause, Reason, Transition
from notifier.core.hold import Hold, Stage
from notifier.core.journal import Noted, What
from notifier.core.money import Money
from notifier.core.subject import Subject
from notifier.files.places import Places, read_files
from notifier.flow.act import act
from notifier.flow.declare import declare
from notifier.flow.deliver import Outlets, prepare, tell
from notifier.flow.judge import judge
from notifier.flow.log import Happened
from notifier.flow.settle import settle
from notifier.ports import Act, Undelivered
from notifier.store.store import Store

from .conftest import PROGRAM

NOW = "2026-11-24T10:00Z"
RULE = f"{PROGRAM}/credits-not-allocated"
AT = moment(NOW)


class Paper:
    """A channel that tells everybody, or nobody."""

    pace = 0

    def __init__(self, why=""):
        self.why = why

    async def deliver(self, _):
        if self.why:
            raise Undelivered(self.why, permanent=True)
        return "receipt-17"

    async def find(self, _):
        return None


@pytest.fixture
def places(here, accounts):
    return Places(SHIPPED_RULES, accounts, here / "state")


@pytest.fixture
def store(places):
    with closing(Store.open(places.database, lock=True)) as opened:
        yield opened


def serve(store, places, now=AT, why=""):
    """What a running service does at *now*."""
    files = read_files(places, now)
    store.write(lambda tx: tx.put_rules(files.rulebook.fingerprint, files.rulebook.programs, now))
    store.write(declare, files.declared, now)
    store.write(act, now)
    while store.write(judge, files.rulebook, now):
        pass
    outlets = Outlets({"console": Paper(why)}.get)
    while parcels := store.write(prepare, files.rulebook, now, "boot", outlets):
        outcomes = [asyncio.run(tell(parcel, outlets)) for parcel in parcels]
        store.write(settle, outcomes, now, outlets.ways)


def told(result):
    """The sentences of a story, each on one line."""
    assert result.exit_code == 0, result.stderr
    lines = re.split(r"\n(?= *\d+  \d|Rules )", result.stdout)
    return [" ".join(line.split()) for line in lines]


def tamper(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


# -- the story --------------------------------------------------------------------------------------------------


def test_the_story_goes_from_the_declaration_to_what_was_told(call, places, store):
    serve(store, places)
    store.write(lambda tx: tx.put_act(record("credits_granted", Money(1_000_000_000, "USD"))))
    serve(store, places, AT + 3600)
    story = told(call("log", "lab"))

    fingerprint = read_files(places, AT).rulebook.fingerprint[:8]
    assert story[0] == "lab, times in Europe/Berlin"
    assert re.fullmatch(r"1 24 November, 11:00 It is declared for the first time: people .*", story[1])
    assert re.fullmatch(r"2 24 November, 11:00 The accounts file says: .*accepted_on = .*", story[2])
    assert any(
        each.endswith(
            f"because the accounts files were edited. To be told: console. Rules {fingerprint} decided it."
        )
        for each in story
    )
    assert any(re.search(r"credits-not-allocated \(.*\) was told to console \(opened\)\.", each) for each in story)
    assert any(re.search(r"24 November, 12:00 pi recorded credits_granted = 1,000.00 USD", each) for each in story)
    assert re.search(r"is resolved, because facts changed\. To be told: console\.", " ".join(story))
    assert story[-1].endswith(f"Rules {fingerprint} judge since 24 November, 11:00.")
    assert not any("said: record" in each for each in story)  # what was recorded stands there already
    numbers = [int(each.split()[0]) for each in story[1:-1]]
    assert numbers == sorted(numbers)


def record(fact, observed, grant="2026"):
    return Act("act-1", "record", "lab", grant, {fact: observed}, AT + 1800, "pi")


def test_it_names_who_dropped_what_and_what_could_not_be_told(call, places, store):
    serve(store, places, why="the paper is torn")
    story = " ".join(told(call("log", "lab", "--rule", "credits-not-allocated")))

    assert "could not be told to console (opened): the paper is torn" in story

    store.write(lambda tx: tx.put_act(Act("again", "retry", "notifier", "console", {}, AT, "office")))
    store.write(act, AT + 60)
    story = " ".join(told(call("log", "lab", "--rule", "credits-not-allocated")))
    service = " ".join(told(call("log", "notifier")))

    assert "is tried again at console (opened), as office said." in story
    assert "office said: retry console. What came of it: tried again: D" in service


def test_of_one_grant_nothing_else_is_named_of_two_each_is(call, places, store):
    one = Subject("p/late", "clinic", "1")
    store.write(
        lambda tx: tx.owe(one, Transition(Reason.OPENED, AT, 1, 1, "80%", None), "console", Cause.FACTS, 1)
    )
    alone = told(call("log", "clinic"))[1]
    store.write(lambda tx: tx.record("clinic", "2", {"x": 1}, AT, "pi"))

    assert alone.endswith("late (80%) opened, because facts changed. To be told: console.")
    assert "late (80%, grant 1) opened" in told(call("log", "clinic"))[1]


def test_since_a_day_counts_from_its_beginning_in_the_accounts_zone(call, places, store):
    midnight = moment("2026-11-23T23:00Z")
    serve(store, places, midnight - 60)
    for minute in (-1, 0):
        at = midnight + 60 * minute
        store.write(lambda tx, at=at: tx.record("lab", "2026", {"minutes": at - midnight}, at, "pi"))

    shown = [each for each in told(call("log", "lab", "--since", "2026-11-24")) if "minutes" in each]
    with_time = [each for each in told(call("log", "lab", "--since", "2026-11-23T23:59")) if "minutes" in each]

    assert [each.split("=")[1] for each in shown] == [" 0."]
    assert len(with_time) == 2


def test_the_data_has_everything_that_the_hashes_are_made_of(call, places, store):
    serve(store, places)
    whole = json.loads(call("log", "lab", "--json").stdout)
    chain = store.read(lambda tx: tx.journal("lab"))

    assert (whole["account"], whole["zone"]) == ("lab", "Europe/Berlin")
    assert [
        Noted("lab", each["number"], each["moment"], each["what"], each["body"], each["previous"], each["hash"])
        for each in whole["entries"]
    ] == chain
    assert whole["last"] == {"number": chain[-1].number, "hash": chain[-1].hash}


def test_no_letter_and_no_key_stands_in_it(call, places, store):
    serve(store, places)
    letters = [
        each.post.letter for each in store.read(lambda tx: tx.deliveries()) if each.post and each.post.letter
    ]
    story = call("log", "lab", "--json").stdout

    assert letters
    assert not any(line in story for letter in letters for line in letter.body.splitlines() if len(line) > 20)


def test_an_account_that_is_gone_keeps_its_story_and_its_hours(call, places, store):
    serve(store, places)
    store.write(lambda tx: tx.remove_account("lab"))
    story = told(call("log", "lab"))

    assert story[0] == "lab, times in Europe/Berlin"
    assert any(each.endswith("It is not declared any more.") for each in story)


def test_the_service_has_a_story_of_its_own(call, places, store):
    hold = Hold(3, AT, "The rules were edited", Stage.WAITING, 30)
    serve(store, places)
    store.write(lambda tx: tx.put_hold(hold))
    store.write(lambda tx: tx.put_hold(replace(hold, stage=Stage.DROPPED, by="pi")))
    story = " ".join(told(call("log", "notifier")))

    assert f"judge from now on: {PROGRAM}" in story or f"and {PROGRAM}" in story
    assert "The rules were edited, which would have told 30 messages: held until a person says" in story
    assert "pi dropped the 30 messages of edit 3 (The rules were edited)." in story


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("lba",), "nothing has happened to an account `lba`; did you mean `lab`?"),
        (("lab", "--rule", "credits-not-alocated"), "did you mean `credits-not-allocated`?"),
        (("lab", "--since", "yesterday"), "--since 'yesterday' is not a date such as 2026-11-22"),
        (("lab", "--since", "2026-02-30"), "--since '2026-02-30' is not a date"),
        (
            ("lab", "--kept", "aabbccdd"),
            "--kept names an entry of one account: `log ACCOUNT --verify --kept HASH`",
        ),
        ((), "`log` tells the story of one account"),
        (("lab", "--verify", "--kept", "short"), "--kept 'short' is not a hash as --verify prints it"),
        (("lba", "--verify"), "did you mean `lab`?"),
    ],
)
def test_what_cannot_be_meant_is_answered_in_a_sentence(call, places, store, arguments, why):
    serve(store, places)
    result = call("log", *arguments)

    assert result.exit_code == 2
    assert why in result.stderr


# -- whether it is as it was written ----------------------------------------------------------------------------


def test_what_is_as_it_was_written_ends_with_the_hash_to_keep(call, places, store):
    serve(store, places)
    result = call("log", "lab", "--verify")
    last = store.read(lambda tx: tx.journal("lab"))[-1]

    assert result.exit_code == 0
    assert result.stdout == (
        f"lab: {last.number} entries fit. The hash of the last one, to be kept elsewhere:\n{last.hash}\n"
    )


def test_all_chains_are_looked_through_without_an_account(call, places, store):
    serve(store, places)
    ends = store.read(lambda tx: tx.journal_ends())
    result, data = call("log", "--verify"), json.loads(call("log", "--verify", "--json").stdout)

    count = sum(number for number, _ in ends.values())
    assert (result.exit_code, result.stdout) == (0, f"{count} entries fit, of {len(ends)} accounts.\n")
    assert {each["account"]: (each["number"], each["hash"]) for each in data["ends"]} == ends
    assert (data["wrong"], data["entries"]) == ([], count)


@pytest.mark.parametrize("account", ["lab", None])
def test_the_first_entry_that_somebody_changed_is_named(call, places, store, account):
    serve(store, places)
    tamper(
        places.database, "UPDATE journal SET body = replace(body, 'lab', 'x') WHERE account = 'lab' AND number = 2"
    )
    result = call("log", *([account] if account else []), "--verify")

    assert (result.exit_code, result.stdout) == (1, "lab, entry 2: it is not as it was written\n")
    assert call("log", "library", "--verify").exit_code == 0
    assert call("log", "lab", "--verify", "--json").exit_code == 1


def test_an_entry_that_somebody_made_unreadable_does_not_stop_the_story(call, places, store):
    serve(store, places)
    tamper(places.database, "UPDATE journal SET body = '{' WHERE account = 'lab' AND number = 2")
    story = told(call("log", "lab"))

    assert story[2].endswith("This entry cannot be read; --verify says whether somebody changed it.")


def test_a_chain_that_was_made_anew_is_found_by_a_hash_that_was_kept(call, places, store):
    serve(store, places)
    kept = store.read(lambda tx: tx.journal("lab"))[1].hash
    assert call("log", "lab", "--verify", "--kept", kept[:12].upper()).exit_code == 0

    with closing(sqlite3.connect(places.database)) as connection, connection:
        connection.execute("DELETE FROM journal WHERE account = 'lab'")
        connection.execute("DELETE FROM journal_end WHERE account = 'lab'")
    store.write(lambda tx: tx.record("lab", "2026", {"x": 1}, AT, "pi"))

    assert call("log", "lab", "--verify").exit_code == 0
    result = call("log", "lab", "--verify", "--kept", kept)
    assert (result.exit_code, result.stdout) == (
        1,
        "lab: no entry has the hash that you kept: what led up to it was written anew\n",
    )


# -- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (["money", 1_500_000, "USD"], "1.50 USD"),
        (["date", "2026-11-02"], "2 November 2026"),
        (["duration", 21, "days"], "3 weeks"),
        (["texts", "a", "b"], "a and b"),
        (["texts"], "an empty list"),
        (["later", 1], "['later', 1]"),
        ("text", "text"),
    ],
)
def test_values_are_said_in_words(raw, text):
    assert value(raw) == text


ABOUT = {"rule": "p/late", "grant": "1", "item": "proj_1", "to": "slack:#lab", "reason": "opened"}
BY_PERSON = {"reason": "acknowledged", "cause": "a person acted", "by": "pi", "to": ["console"]}
OWED = {"rule": "p/late", "reason": "opened", "cause": "rules edited", "to": ["console"]}
COSTS = {"days": 2, "from": "2026-11-01", "through": "2026-11-02", "amount": ["money", 2_000_000, "USD"]}
ACKED = {
    "by": "pi",
    "act": "ack",
    "said": {"rule": "p/late", "item": "proj_1", "because": "on leave", "until": AT, "to": "office"},
    "outcome": "done",
}
RECORDED = {"by": "pi", "act": "record", "said": {"a": 1}, "outcome": "recorded"}
ANEW = {
    "people": [{"role": "pi", "reach": ["mailto:a@b"]}],
    "currency": "EUR",
    "grants": None,
    "closed": [1, 2],
    "paused": {"because": "moving"},
}
SAID = {
    "dropped by pi": ("dropped", ABOUT | {"why": "dropped by pi"}),
    "late (proj_1, grant 1) is tried again at slack:#lab (opened), as pi said.": ("again", ABOUT | {"by": "pi"}),
    "late (proj_1, grant 1) was acknowledged, as pi said. To be told: console.": ("found", ABOUT | BY_PERSON),
    "late is sung, a bird came. To be told: console.": (
        "found",
        OWED | {"reason": "sung", "cause": "a bird came"},
    ),
    "late opened, because the rules were edited. To be told: console; held until": (
        "found",
        OWED | {"held": True},
    ),
    "openai cannot be read: no answer.": ("unreadable", {"source": "openai", "why": "no answer."}),
    "openai can be read again.": ("readable", {"source": "openai"}),
    "The accounts file says: a is not said any more.": ("read", {"source": "declared", "gone": ["a"]}),
    "openai says: nothing so far.": ("read", {"source": "openai"}),
    "f6 = 6; f7 = 7; 2 other facts.": ("read", {"source": "x", "account": {f"f{n}": n for n in range(10)}}),
    "openai says: costs of 2.00 USD for 2026-11-01 to 2026-11-02.": ("read", {"source": "openai", "costs": COSTS}),
    "pi took back what was recorded of a and b of grant 1.": (
        "taken back",
        {"by": "pi", "facts": ["a", "b"], "grant": "1"},
    ),
    "pi said: ack late (proj_1) until 2026-11-24T10:00:00Z to office because on leave. What came of it: done.": (
        "acted",
        ACKED,
    ),
    "": ("acted", RECORDED),
    "pi said: done late (grant 1) sent_on = 2 November 2026. What came of it: done.": (
        "acted",
        ACKED
        | {
            "act": "done",
            "grant": "1",
            "said": {"rule": "p/late", "of": "1", "fact sent_on": ["date", "2026-11-02"]},
        },
    ),
    "pi said: record a = 1. What came of it: in vain.": ("acted", RECORDED | {"outcome": "in vain"}),
    "people is now pi (mailto:a@b); currency is now EUR; grants is now nothing; closed is now otherwise; "
    "paused is now paused: moving.": ("declared", {"says": ANEW}),
    "The question what becomes of edit 7 is asked, because the accounts files were edited.": (
        "found",
        {"rule": "notifier/held", "grant": "7", "reason": "held", "cause": "accounts edited", "to": ["console"]},
    ),
    "That D17 was given up was told to console (undelivered).": (
        "told",
        {"rule": "notifier/undelivered", "grant": "17", "reason": "undelivered", "to": "console"},
    ),
    "sung: a newer notifier knows what this means.": ("sung", {}),
}


@pytest.mark.parametrize(("text", "entry"), SAID.items(), ids=SAID)
def test_each_kind_of_entry_has_its_sentence(text, entry):
    what, body = entry
    says = sentence(Happened(Noted("lab", 1, AT, what, "", "", ""), body))

    assert text in says
    assert bool(text) is bool(says)


def test_no_kind_of_entry_is_without_a_sentence():
    assert set(SENTENCES) == set(What)
