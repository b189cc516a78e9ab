"""The two example files of the language are read whole: every rule, with its scope and what it says of time."""

import pytest

from notifier.core.calendar import WORKING_DAYS, Duration
from notifier.core.rule import Rulebook
from notifier.core.timing import NO_TIMING, Escalation, Repeat, Timing
from tests.rules.casebook import rulebook

PROGRAM = "openai-researcher-access"
GRANT, ACCOUNT = False, True  # of what it is judged

# Each rule with its condition, its list, and whether it is asked of each grant or of the account.
SCOPES = [
    ("openai-researcher-access/credits-not-allocated", "Deadline", "", GRANT),
    ("openai-researcher-access/amount-differs", "While", "", GRANT),
    ("openai-researcher-access/granted-model-missing", "While", "", GRANT),
    ("openai-researcher-access/credits-used", "Threshold", "", GRANT),
    ("openai-researcher-access/runs-out-before-access-ends", "Threshold", "", GRANT),
    ("openai-researcher-access/lapses-unused", "Threshold", "", GRANT),
    ("openai-researcher-access/batch-lapses", "Deadline", "batches", GRANT),
    ("openai-researcher-access/access-ends", "Deadline", "", GRANT),
    ("openai-researcher-access/no-spend-limit-before-the-end", "Deadline", "", GRANT),
    ("openai-researcher-access/spend-after-access-ended", "Threshold", "", GRANT),
    ("openai-researcher-access/summary-due", "Deadline", "", GRANT),
    ("openai-researcher-access/member-joined", "Change", "members", ACCOUNT),
    ("openai-researcher-access/paper-not-submitted", "Deadline", "papers", ACCOUNT),
    ("openai-researcher-access/security-paper-first", "Deadline", "papers", ACCOUNT),
    ("openai-researcher-access/dataset-needs-approval", "Deadline", "datasets", ACCOUNT),
    ("openai-researcher-access/dataset-out-without-approval", "While", "datasets", ACCOUNT),
    ("openai-researcher-access/account-unreadable", "Unreadable", "", ACCOUNT),
    ("own/project-budget", "Threshold", "projects", ACCOUNT),
    ("own/paused-project-spends", "While", "projects", ACCOUNT),
    ("own/one-member-spends-most", "Threshold", "members", ACCOUNT),
    ("own/dollars-left", "Threshold", "", GRANT),
    ("own/euros-left", "Threshold", "", GRANT),
    ("own/spend-spike", "Threshold", "", ACCOUNT),
    ("own/key-unused", "Deadline", "keys", ACCOUNT),
    ("own/key-expires", "Deadline", "keys", ACCOUNT),
    ("own/balance-reading-old", "Deadline", "", GRANT),
    ("own/readings-disagree", "Threshold", "", GRANT),
    ("own/credits-idle", "Deadline", "", GRANT),
    ("own/ethics-approval-ends", "Deadline", "", ACCOUNT),
    ("own/quarterly-word", "Deadline", "", GRANT),
    ("own/pool-low", "Threshold", "", ACCOUNT),
    ("own/model-outside-the-grant", "While", "models", GRANT),
]
TIMED = {
    "granted-model-missing": Timing(86_400),
    "spend-after-access-ended": Timing(repeat=Repeat(Duration(7, "days"), 4)),
    "summary-due": Timing(escalate=(Escalation(Duration(10, WORKING_DAYS), "office"),)),
    "account-unreadable": Timing(86_400),
    "ethics-approval-ends": Timing(escalate=(Escalation(Duration(5, WORKING_DAYS), "office"),)),
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook("examples")


def test_every_rule_is_read_and_asked_of_what_it_speaks_of(book: Rulebook):
    rules = book.programs[PROGRAM].rules

    assert [(rule.id, type(rule.condition).__name__, rule.each, rule.of_account) for rule in rules] == SCOPES


def test_what_a_rule_says_of_time_is_read(book: Rulebook):
    timing = {rule.id.rpartition("/")[2]: rule.timing for rule in book.programs[PROGRAM].rules}

    assert {name: said for name, said in timing.items() if said != NO_TIMING} == TIMED


def test_the_amendment_of_a_group_holds_for_the_shipped_rule(book: Rulebook):
    rule = book.rule(PROGRAM, f"{PROGRAM}/credits-used")

    assert rule is not None
    assert rule.condition.ladder == ("60%", "90%", "100%")
    assert [rule.tell.at(rank) for rank in (0, 1)] == [("team",), ("team", "office")]
    assert [rule.draft.last_at(rank) for rank in (0, 1)] == [None, "more-credits"]  # 80 % is gone


def test_an_account_without_a_grant_has_the_rules_that_ask_nothing_of_one(book: Rulebook):
    alone = {rule.id for rule in book.programs[""].rules}

    assert alone == {name for name, _, _, scope in SCOPES if scope is ACCOUNT and name.startswith("own/")}


def test_what_repeats_is_periodic_and_asks_what_was_recorded_last(book: Rulebook):
    quarterly, monthly = (book.rule(PROGRAM, f"own/{name}") for name in ("quarterly-word", "project-budget"))

    assert quarterly is not None
    assert monthly is not None
    assert (quarterly.condition.periodic, quarterly.condition.resolves) == (True, None)
    assert monthly.condition.periodic


def test_whoever_owns_an_item_is_told(book: Rulebook):
    owned = {rule.id: rule.tell.at(0) for rule in book.programs[PROGRAM].rules if "." in str(rule.tell.at(0))}

    assert owned == {
        "own/project-budget": ("project.owner",),
        "own/paused-project-spends": ("project.owner", "team"),
        "own/key-unused": ("key.owner", "team"),
        "own/key-expires": ("key.owner", "team"),
    }
