"""``record`` for papers and letters, ``sent``, ``answered``, ``explain``: as a person types them."""

import getpass
import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifier.commands import letters
from notifier.commands.record import command
from notifier.files.places import Places, read_files
from notifier.flow.act import act as take_effect
from notifier.flow.declare import declare
from notifier.flow.record import RECORD, UNDO
from notifier.store.store import Store

from .conftest import ACCOUNTS

NOW = int(datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp())
TODAY = date(2026, 11, 22)
SHIPPED = Path(__file__).parents[2] / "rules"
LETTER = "credits-not-allocated"
OURS = """\
    papers:
      - {id: review-bots, title: Review bots, planned_on: 2026-12-20}
    grants:
      - {id: "2026", program: openai-researcher-access, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}
"""


class Watch:
    at = NOW

    def now(self):
        return self.at


@pytest.fixture(autouse=True)
def watch(monkeypatch):
    watch = Watch()
    for module in (command, letters):
        monkeypatch.setattr(module, "Clock", lambda: watch)
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    return watch


@pytest.fixture
def lab(accounts):
    """The account `lab` with a paper; `library` has two grants."""
    head, _, tail = ACCOUNTS.partition("    grants:\n")
    accounts.write_text(head + OURS + tail.partition("\n")[2], encoding="utf-8")
    return accounts


@pytest.fixture
def database(here):
    path = here / "state" / "notifier.db"
    Store.open(path, lock=True).close()
    return path


@pytest.fixture
def serve(here, database):
    """What the service does: take over the accounts file, and let the inbox have its effect."""

    def served():
        files = read_files(Places(SHIPPED, here / "accounts.yaml", here / "state"), NOW)
        with closing(Store.open(database, lock=True)) as store:
            store.write(declare, files.declared, NOW)
            store.write(take_effect, NOW)

    return served


def inbox(database):
    with closing(Store.open(database, lock=False)) as store:
        return store.read(lambda tx: tx.acts())


def recorded(database):
    with closing(Store.open(database, lock=False)) as store:
        return [entry for entry in store.read(lambda tx: tx.recorded(["lab"]))["lab"] if not entry.undone]


# record


def test_a_fact_of_a_paper_is_recorded_for_the_account_and_taken_back(call, lab, database):
    result = call("record", "lab", "papers/review-bots/submitted_on", "today")
    (act,) = inbox(database)

    assert result.stdout == "Recorded for lab: review-bots submitted on 22 November.\n"
    assert (act.kind, act.grant, act.said) == (RECORD, "", {"papers/review-bots/submitted_on": TODAY})
    assert call("record", "lab", "--undo", "papers/review-bots/submitted_on").stdout.startswith(
        "Taken back for lab: review-bots submitted on 22 November"
    )
    assert inbox(database)[1].kind == UNDO


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ("paper/review-bots/submitted_on",
         "there is no list `paper` of which people record facts; did you mean `papers`?"),
        ("papers/review-bot/submitted_on", "`lab` has no paper `review-bot`; did you mean `review-bots`?"),
        ("papers/x/submitted_on", "`lab` has no paper `x`; there is review-bots"),
        ("papers/review-bots/submited_on",
         "`submited_on` is not a fact of a paper that people record; did you mean `submitted_on`?"),
        ("papers/review-bots/title",
         "`title` of a paper is declared in the accounts file, not recorded; people record submitted_on"),
        ("paper.submitted_on",
         "`paper.submitted_on` is not a fact that people record; did you mean `papers/review-bots/submitted_on`?"),
        ("letters/credits-not-alocated/sent_on",
         "`lab` has no letter `credits-not-alocated`; did you mean `credits-not-allocated`?"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_what_was_meant(call, lab, database, fact, why):
    result = call("record", "lab", fact, "today")

    assert (result.exit_code, result.stderr) == (2, f"{why}\n")
    assert inbox(database) == []


def test_a_day_to_come_is_refused_by_the_name_of_the_fact_alone(call, lab, database):
    result = call("record", "lab", "papers/review-bots/submitted_on", "2026-11-23")

    assert "still to come" in result.stderr
    assert inbox(database) == []


def test_what_can_be_recorded_of_items_is_listed(call, lab, database):
    listed = call("record", "lab").stdout

    assert "papers/review-bots/submitted_on  not recorded. When did you tell the program of the paper?" in listed
    assert "letters/" not in listed


def test_of_several_grants_a_letter_needs_to_know_which(call, lab, database):
    name = f"letters/{LETTER}/sent_on"

    assert "say with --grant which grant of `library`" in call("record", "library", name, "today").stderr
    assert call("record", "library", name, "today", "--grant", "2026").exit_code == 0
    assert inbox(database)[0].grant == "2026"


# sent and answered


def test_a_letter_that_was_sent_is_recorded_with_who_when_and_what_it_was_called(call, lab, database, serve):
    result = call("sent", "lab", LETTER, "--on", "2026-11-20", "--by", " Ada  L.")
    serve()
    said = {entry.fact.rpartition("/")[2]: entry.value for entry in recorded(database)}

    first, second, third = result.stdout.splitlines()
    assert first == (
        "Recorded: the letter credits-not-allocated of lab was sent on 20 November by Ada L., "
        "to researcheraccess@openai.com."
    )
    assert second == "Without an answer, the follow-up is offered on 4 December. When one comes:"
    assert third.endswith(f"answered lab {LETTER}")
    assert said == {
        "sent_on": date(2026, 11, 20),
        "sent_by": "Ada L.",
        "to": "researcheraccess@openai.com",
        "subject": "Researcher Access credits not received - organization org-1",
    }


@pytest.mark.parametrize("served", [False, True])
def test_the_same_said_twice_has_one_effect(call, lab, database, serve, served):
    call("sent", "lab", LETTER)
    if served:
        serve()
    before = len(inbox(database)), len(recorded(database))
    again = call("sent", "lab", LETTER)

    assert again.stdout.startswith(
        "Recorded before: the letter credits-not-allocated of lab was sent on 22 November by ada"
    )
    assert (len(inbox(database)), len(recorded(database))) == before


def test_undo_takes_back_everything_that_was_said_with_it(call, lab, database, serve):
    call("sent", "lab", LETTER)
    serve()
    result = call("sent", "lab", LETTER, "--undo")
    serve()

    assert result.stdout == (
        "Taken back: the letter credits-not-allocated of lab was sent on 22 November, "
        "recorded today at 15:05 by ada.\n"
    )
    assert recorded(database) == []
    assert "nobody has recorded that the letter" in call("sent", "lab", LETTER, "--undo").stderr


def test_an_answer_comes_after_the_letter(call, lab, database, serve):
    first = call("answered", "lab", LETTER)
    call("sent", "lab", LETTER, "--on", "2026-11-20")
    early = call("answered", "lab", LETTER, "--on", "2026-11-19")
    result = call("answered", "lab", LETTER)
    serve()

    assert "nobody has recorded that the letter credits-not-allocated of lab was sent; first:" in first.stderr
    assert "was sent on 20 November, so its answer is not of 19 November" in early.stderr
    assert result.stdout == "Recorded: the letter credits-not-allocated of lab was answered on 22 November.\n"
    assert call("answered", "lab", LETTER).stdout.startswith("Recorded before:")
    assert call("answered", "lab", LETTER, "--undo").stdout.startswith("Taken back: ")
    assert [act.kind for act in inbox(database)] == [UNDO]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["sent", "lab", "credits-not-alocated"], "there is no letter `credits-not-alocated`; did you mean"),
        (["sent", "lab", LETTER, "--on", "2026-12-24"], "--on 2026-12-24 is still to come"),
        (["sent", "lab", LETTER, "--by", ""], "--by says who sent it"),
        (["sent", "lab", LETTER, "--undo", "--by", "x"], "it goes without `--on` and `--by`"),
        (["answered", "lab", LETTER, "--undo", "--on", "today"], "it goes without `--on`"),
        (["sent", "library", LETTER], "say with --grant which grant of `library`"),
    ],
)
def test_what_cannot_be_is_answered_with_what_can(call, lab, database, arguments, why):
    result = call(*arguments)

    assert result.exit_code == 2
    assert why in result.stderr
    assert inbox(database) == []


def test_status_tells_how_letters_stand(call, lab, database, serve):
    call("sent", "lab", LETTER, "--on", "2026-11-03", "--by", "Ada L.")
    serve()
    text = call("status", "--account", "lab", "--now", "2026-11-22T14:05Z").stdout
    found = json.loads(call("status", "--account", "lab", "--now", "2026-11-10", "--format", "json").stdout)

    assert (
        "sent 3 November by Ada L. to researcheraccess@openai.com; no answer yet; follow-up due since 17 November"
        in (" ".join(text.split()))
    )
    assert "needs you: Credits have not arrived, letter sent 3 November" in text
    assert f"{LETTER}, sent 3 November; saved when it is told" in " ".join(text.split())
    assert "letter ready" not in text
    (letter,) = found["accounts"][0]["grants"][0]["letters"]
    assert (letter["name"], letter["sent_on"], letter["follow_up_on"]) == (LETTER, "2026-11-03", "2026-11-17")


# explain


def test_a_rule_is_explained_as_text(call, lab):
    result = call("explain", LETTER, "lab", "--now", "2026-10-20")
    text = " ".join(result.stdout.split())

    assert result.exit_code == 0
    assert text.startswith(
        "Credits have not arrived · lab openai-researcher-access/credits-not-allocated, as of 20 October"
    )
    assert "It is not time yet: `1 day after` of 26 October comes on 27 October, 09:00." in text
    assert "Next, on 27 October, 09:00: `1 day after` is told." in text
    assert "deadline write_after after accepted_on 26 October" in text
    assert "unless credits_granted no: not recorded" in text
    assert "write after 3 weeks program's terms" in text
    assert "who hears" in text


def test_a_rule_is_explained_as_data(call, lab):
    found = json.loads(call("explain", "credits-used", "lab", "--now", "2026-10-20", "--format", "json").stdout)

    assert [each["why"] for each in found["holds"]] == ["nothing to judge"]
    assert found["asked"][0]["text"] == "credits_used / credits_granted"
    assert found["asked"][0]["came"] == "none"
    assert found["verdict"]["finding"] == "closed"
    assert (found["alert"], found["next"]) == (None, None)


def test_a_rule_over_items_is_explained_for_one_of_them(call, lab):
    paper = call("explain", "paper-not-submitted", "lab", "--now", "2026-10-20")

    assert "Review bots" in paper.stdout.splitlines()[0]
    assert "· lab, review-bots" in paper.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["crdits-used", "lab"], "there is no rule `crdits-used` for lab; did you mean `credits-used`?"),
        (["credits-used", "lab", "x"], "`credits-used` is not judged item by item: leave `x` out"),
        (["paper-not-submitted", "lab", "review-bot"], "there is no `review-bot` among the papers; did you mean"),
        (["letter-unanswered", "lab"], "`letter-unanswered` is judged for each of the letters; there are none"),
        (["credits-used", "library"], "say with --grant which grant of `library`"),
        (["credits-used", "lub"], "there is no account `lub`; did you mean `lab`?"),
    ],
)
def test_what_cannot_be_explained_says_what_can(call, lab, arguments, why):
    result = call("explain", *arguments, "--now", "2026-10-20")

    assert result.exit_code == 2
    assert why in result.stderr


def test_a_rule_of_the_whole_account_needs_no_grant(call, lab):
    result = call("explain", "account-unreadable", "library", "--now", "2026-11-21")

    assert result.exit_code == 0
    assert "There is nothing to tell: `unreadable_sources` is none." in result.stdout
