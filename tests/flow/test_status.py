"""How a grant stands is said in one line, from what is known; what cannot be read is never said to be fine."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.account import Override, Pause, Poll
from notifier.core.facts import Costs, Reading
from notifier.core.money import MICRO, Money
from notifier.flow.balance import AHEAD, WEEK, Balance, RunsOut
from notifier.flow.declare import Declaration
from notifier.flow.finding import How
from notifier.flow.headline import State
from notifier.flow.poll import miss, take
from notifier.flow.snapshot import Snapshot
from notifier.flow.snapshot import take as look
from notifier.flow.status import Basis, Details, Glance, details, glances, last_good
from notifier.ports import Act, Undelivered

from .conftest import World, at, lab

MISSING, USED = "openai-researcher-access/credits-not-allocated", "openai-researcher-access/credits-used"
LETTER = re.compile(r"letter (?:ready|has \d+ blanks?)")  # how many blanks it has is the shipped draft's matter
GRANTED = {"credits_granted": Money(1000 * MICRO, "USD"), "credits_granted_on": date(2026, 3, 12)}


def seen(world: World, now: str) -> Snapshot:
    return world.store.read(look, at(now))


def glance(world: World, declaration: Declaration, now: str, **basis) -> Glance:
    """The state of the account's only grant, from the file and from what the store remembers."""
    [account] = glances(Basis(world.rulebook, seen(world, now), **basis), [declaration], at(now))
    [grant] = account.grants
    return grant


def line(world: World, declaration: Declaration, now: str) -> tuple[State, str]:
    found = glance(world, declaration, now)
    return found.state, LETTER.sub("letter", found.headline)


def more(world: World, declaration: Declaration, now: str) -> Details:
    found = details(glance(world, declaration, now))
    assert found is not None
    return found


def spent(world: World, amount: int, on: str, now: str) -> None:
    costs = Costs.by_day("USD", {date.fromisoformat(on).toordinal(): amount * MICRO})
    world.store.write(take, "lab", Reading("openai", at(now), costs=costs))


def act(kind: str, now: str, **said) -> Act:
    return Act(f"{kind} {now}", kind, "lab", "1", said, at(now), "ada")


def tell(world: World, declaration: Declaration, now: str) -> None:
    """What a running service does at *now*."""
    world.declare(now, declaration)
    world.judge(now)
    asyncio.run(world.deliver(now))


# -- the line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        ("2026-03-03", State.WAITS, "waiting for credits, promised by 16 March, write after 23 March"),
        ("2026-03-20", State.WAITS, "waiting for credits, write after 23 March"),
        ("2026-03-25", State.NEEDS_YOU, "needs you: Credits have not arrived, letter"),
        (
            "2027-03-05",
            State.NEEDS_YOU,
            "ended on 2 March; still owed: One-page summary is due, letter",
        ),
    ],
)
def test_a_grant_without_credits_waits_then_needs_somebody_then_owes(world, now, state, words):
    assert line(world, lab(), now) == (state, words)


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        ("2026-08-01", State.FINE, "running, 38% used, 213 days left"),
        ("2026-04-20", State.FINE, "running, 38% used, ahead of time, 316 days left"),
        ("2027-01-10", State.ENDS_SOON, "ends in 51 days"),
        (
            "2027-02-25",
            State.ENDS_SOON,
            "ends in 5 days; One-page summary is due, letter",
        ),
    ],
)
def test_a_grant_with_credits_runs_and_then_ends(world, now, state, words):
    declaration = lab(**GRANTED, credits_left=Money(620 * MICRO, "USD"))
    read = Reading("openai", at(now) - 60, {"spend_limit": Money(MICRO, "USD")}, costs=Costs.by_day("USD", {}))
    world.declare("2026-03-12", declaration)
    world.store.write(take, "lab", read)

    assert line(world, declaration, now) == (state, words)


def test_a_settled_grant_is_over(world):
    declaration = lab(**GRANTED, summary_submitted_on=date(2027, 3, 1), renewed_by="2")

    assert line(world, declaration, "2028-01-01") == (State.OVER, "over since 2 March 2027, nothing owed")


def test_a_part_that_cannot_be_read_leaves_the_rest_to_be_judged(world):
    declaration = lab(polled=True, **GRANTED)
    parts = (Poll("openai", "LAB_KEY", ("", "members")),)
    declaration = replace(declaration, account=replace(declaration.account, sources=parts))
    world.declare("2026-08-01 09:00", declaration)
    spent(world, 100, "2026-07-01", "2026-08-01 09:00")
    world.store.write(miss, "lab", "openai members", "the key lacks a scope", at("2026-08-01 10:30"))

    assert line(world, declaration, "2026-08-01 11:00") == (State.FINE, "running, 10% used, 213 days left")


def test_a_source_that_fails_is_said_with_since_when_although_its_figures_still_count(world):
    declaration = lab(polled=True, **GRANTED)
    world.declare("2026-08-01 09:00", declaration)
    spent(world, 100, "2026-07-01", "2026-08-01 09:00")
    fine = line(world, declaration, "2026-08-01 10:00")
    world.store.write(miss, "lab", "openai", "the key was refused", at("2026-08-01 10:30"))

    assert fine == (State.FINE, "running, 10% used, 213 days left")
    assert line(world, declaration, "2026-08-01 11:00") == (
        State.UNREADABLE,
        "openai not readable since 10:30",
    )


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (None, "not read yet: openai has not answered"),
        ("2026-07-25 09:00", "not readable: the last figures are of 25 July, 09:00, too old to count"),
    ],
)
def test_what_was_not_read_or_too_long_ago_is_not_fine(world, read, words):
    declaration = lab(polled=True, **GRANTED)
    world.declare("2026-07-20", declaration)
    if read:
        spent(world, 100, "2026-07-01", read)

    assert line(world, declaration, "2026-08-01") == (State.UNREADABLE, words)


def test_an_ended_grant_whose_key_was_revoked_is_not_said_to_be_settled(world):
    declaration = lab(polled=True, **GRANTED, summary_submitted_on=date(2027, 3, 1), renewed_by="2")

    assert line(world, declaration, "2028-01-01") == (
        State.UNREADABLE,
        "ended on 2 March 2027; not read yet: openai has not answered",
    )


def test_what_presses_comes_before_a_source_that_fails(world):
    declaration = lab(polled=True)
    world.declare("2026-03-25", declaration)
    world.store.write(miss, "lab", "openai", "down", at("2026-03-25"))

    assert line(world, declaration, "2026-03-25")[0] is State.NEEDS_YOU


def test_a_pause_is_said_with_its_end_and_reason_and_holds_all_but_the_urgent(world):
    pause = Pause("sabbatical", date(2027, 3, 1).toordinal())
    resting, urgent = (
        replace(each, account=replace(each.account, paused=pause))
        for each in (lab(), lab(**GRANTED, credits_left=Money(0, "USD")))
    )
    world.declare("2026-03-20", urgent)

    assert line(world, resting, "2026-03-25") == (
        State.PAUSED,
        "paused until 1 March 2027: sabbatical; 1 alert open",
    )
    assert line(world, urgent, "2026-03-25")[0] is State.NEEDS_YOU
    assert [
        telling.how for alert in glance(world, resting, "2026-03-25").alerts for telling in alert.tellings
    ] == [How.HELD]
    assert line(world, resting, "2027-03-02")[0] is not State.PAUSED


def test_a_rule_that_an_override_turns_off_asks_for_nobody(world):
    one = lab()
    off = Override("credits-not-allocated", "field work", "", date(2026, 4, 30).toordinal())
    declaration = replace(one, account=replace(one.account, overrides=(off,)))

    assert line(world, declaration, "2026-03-25") == (State.WAITS, "waiting for credits")
    assert line(world, declaration, "2026-05-02")[0] is State.NEEDS_YOU


def test_with_faulty_rules_nothing_is_said_to_be_fine(world):
    declaration = lab(**GRANTED)
    found = glance(world, declaration, "2026-08-01", sound=False)

    assert found.state is State.UNREADABLE
    assert found.headline.startswith("not judged, because the rules have mistakes")


def test_without_its_program_a_grant_is_named_and_has_no_details(world):
    one = lab()
    [grant] = one.account.grants
    other = replace(one, account=replace(one.account, grants=(replace(grant, program="gone"),)))
    found = glance(world, other, "2026-08-01")

    assert (found.state, details(found)) == (State.UNREADABLE, None)
    assert "`gone`" in found.headline


def test_who_needs_a_person_comes_first(world):
    accounts = [replace(lab(), account=replace(lab().account, id=name)) for name in ("b", "c")]
    fine = replace(lab(**GRANTED), account=replace(lab().account, id="a"))
    found = glances(Basis(world.rulebook), [fine, *accounts], at("2026-03-25"))

    assert [each.account.id for each in found] == ["b", "c", "a"]


def test_a_faulty_account_is_shown_as_it_was_before(world):
    world.declare("2026-03-03", lab())
    [before] = last_good(seen(world, "2026-03-25"), ["lab", "another"])
    basis = Basis(world.rulebook, seen(world, "2026-03-25"))
    [account] = glances(basis, [], at("2026-03-25"), stale=[before])

    assert (account.stale, account.state) == (True, State.NEEDS_YOU)


# -- what is open, and who was told ---------------------------------------------------------------------------


def test_an_alert_is_not_told_before_the_service_looks_and_told_after(world):
    world.declare("2026-03-20", lab())
    [(unseen, _)] = more(world, lab(), "2026-03-25").alerts
    tell(world, lab(), "2026-03-25")
    [(told, message)] = more(world, lab(), "2026-03-25 12:00").alerts

    assert [each.how for each in unseen.tellings] == [How.DUE]
    assert [(each.how, each.destination) for each in told.tellings] == [(How.TOLD, "console")]
    assert (told.step, told.since, message.headline) == (
        "1 day after",
        at("2026-03-25"),
        "Credits have not arrived",
    )
    assert told.posted is not None


def test_a_failing_channel_is_said_with_why_and_when_again(world):
    world.paper.fails = [Undelivered("the disk is full")]
    tell(world, lab(), "2026-03-25")
    [(alert, _)] = more(world, lab(), "2026-03-25").alerts
    [telling] = alert.tellings

    assert (telling.how, telling.why, telling.attempts) == (How.FAILING, "the disk is full", 1)
    assert abs(telling.at - at("2026-03-25") - 30) <= 6  # give or take a fifth
    assert [each.why for each in seen(world, "2026-03-25").undelivered()] == ["the disk is full"]


def test_what_was_given_up_needs_a_person_whatever_the_alert(world):
    world.paper.fails = [Undelivered("no such channel", permanent=True)]
    tell(world, lab(), "2026-03-17")
    state, words = line(world, lab(), "2026-03-17")

    assert (state, words) == (State.NEEDS_YOU, "needs you: Credits have not arrived, not told everywhere")


def test_a_letter_that_went_out_with_a_message_about_several_rules_is_found(world):
    old = lab(accepted="2025-12-01", enrolled="2026-11-20", **GRANTED)
    tell(world, old, "2026-11-24")
    found = {alert.rule.id.rpartition("/")[2]: alert for alert, _ in more(world, old, "2026-11-24 12:00").alerts}

    assert found["access-ends"].posted is None
    assert found["summary-due"].posted.rule == found["access-ends"].rule.id  # the first of them carried it


def test_the_line_counts_the_blanks_of_the_letter_that_went_out(world):
    tell(world, lab(), "2026-03-25")
    known = replace(lab(), facts={**lab().facts, "pi_name": "A. Researcher", "pi_position": "Professor"})
    found = glance(world, known, "2026-03-25 12:00")
    [alert] = found.alerts
    blanks = alert.posted.post.letter.blanks
    [(_, anew)] = details(found).alerts

    assert anew.letter.blanks < blanks
    assert found.headline == f"needs you: Credits have not arrived, letter has {blanks} blank{'s'[: blanks - 1]}"


def test_what_comes_back_at_a_step_that_was_told_says_that_it_is_not_told_again(world):
    one, off = lab(), Override("credits-not-allocated", "field work")
    tell(world, one, "2026-03-25")
    tell(world, replace(one, account=replace(one.account, overrides=(off,))), "2026-03-26")
    tell(world, one, "2026-03-27")
    [(alert, _)] = more(world, one, "2026-03-27").alerts

    assert (alert.silent, alert.tellings) == (True, ())


def test_what_comes_next_are_the_next_three_moments_with_their_roles(world):
    found = more(world, lab(), "2026-03-16 09:00").coming

    assert [(each.at, each.message.step, each.roles) for each in found] == [
        (at("2026-03-24 09:00"), "1 day after", ("team", "pi")),
        (at("2026-03-30 09:00"), "1 week after", ("team", "pi")),
        (at("2026-04-06 09:00"), "2 weeks after", ("team", "pi")),
    ]


def test_a_letter_that_cannot_be_filled_hides_neither_alert_nor_moments(world):
    def broken(_):
        raise ValueError("no such name")

    [(name, program)] = world.rulebook.programs.items()
    drafts = {key: replace(draft, body=broken) for key, draft in program.drafts.items()}
    world.rulebook = replace(world.rulebook, programs={name: replace(program, drafts=drafts)})
    found = more(world, lab(), "2026-03-25")
    [(_, message)] = found.alerts

    assert (message.headline, message.letter) == ("Credits have not arrived", None)
    assert len(found.coming) == 3


def test_an_amount_without_a_rate_is_named_as_what_cannot_be_read(world):
    declaration = lab(credits_granted=Money(10**9, "EUR"))

    assert line(world, declaration, "2026-03-25") == (
        State.UNREADABLE,
        "not readable: credits granted",
    )


# -- where numbers come from ----------------------------------------------------------------------------------


def test_each_fact_has_its_source_and_its_time(world):
    declaration = lab(polled=True, **GRANTED)
    world.declare("2026-04-01", declaration)
    spent(world, 100, "2026-03-20", "2026-04-02 08:00")
    facts = {each.fact.name: each for each in more(world, declaration, "2026-04-02 09:00").facts}

    assert (facts["credits_granted"].source, facts["credits_granted"].at) == ("declared", at("2026-04-01"))
    assert (facts["credits_used"].source, facts["credits_used"].at) == ("openai", at("2026-04-02 08:00"))
    assert (facts["write_after"].source, facts["write_after"].at) == ("program's terms", None)
    assert (facts["access_ends_on"].source, facts["access_ends_on"].at) == ("worked out", None)
    assert (facts["summary_submitted_on"].source, facts["summary_submitted_on"].value) == ("", None)
    assert "use_case" not in facts


def test_what_no_source_of_the_account_ever_told_is_left_out(world):
    declaration = lab(polled=True, **GRANTED)
    world.declare("2026-04-01", declaration)
    silent = {each.fact.name for each in more(world, declaration, "2026-04-02 09:00").facts}
    world.store.write(
        take, "lab", Reading("openai", at("2026-04-02 08:00"), {"spend_limit": None, "balance": None})
    )
    told = {each.fact.name: each for each in more(world, declaration, "2026-04-02 09:00").facts}

    assert silent.isdisjoint({"balance", "granted_balance", "paid_balance", "probe_said", "spend_limit"})
    assert told["spend_limit"].value is None
    assert told.keys().isdisjoint({"granted_balance", "paid_balance", "probe_said"})


def test_file_and_record_that_disagree_are_both_said_and_the_newest_counts(world):
    world.declare("2026-03-12", lab(**GRANTED))
    recorded = act("record", "2026-03-14", credits_granted=Money(900 * MICRO, "USD"))
    world.store.write(lambda tx: tx.put_act(recorded))
    world.judge("2026-03-14")
    found = more(world, lab(**GRANTED), "2026-03-15")
    [two] = found.disagreements

    assert (two.counts.source, two.counts.by, two.counts.at) == ("recorded", "ada", at("2026-03-14"))
    assert (two.other.source, two.other.at) == ("declared", at("2026-03-12"))
    assert found.balance.granted == 900 * MICRO

    edited = lab(**GRANTED | {"credits_granted": Money(800 * MICRO, "USD")})
    [two] = more(world, edited, "2026-03-16").disagreements

    assert (two.counts.source, two.other.source) == ("declared", "recorded")
    assert more(world, edited, "2026-03-16").balance.granted == 800 * MICRO


def test_a_file_that_says_the_same_as_people_agrees(world):
    world.declare("2026-03-12", lab(**GRANTED))
    recorded = act("record", "2026-03-14", credits_granted=GRANTED["credits_granted"])
    world.store.write(lambda tx: tx.put_act(recorded))
    world.judge("2026-03-14")

    assert more(world, lab(**GRANTED), "2026-03-15").disagreements == ()


def test_what_waits_in_the_inbox_counts_already(world):
    world.declare("2026-03-03", lab())
    tell(world, lab(), "2026-03-25")
    before = line(world, lab(), "2026-03-25 12:00")[0]
    recorded = act("record", "2026-03-25 12:30", **GRANTED)
    world.store.write(lambda tx: tx.put_act(recorded))

    assert before is State.NEEDS_YOU
    assert line(world, lab(), "2026-03-25 13:00") == (State.FINE, "running, 342 days left")
    assert more(world, lab(), "2026-03-25 13:00").alerts == ()
    undone = act("undo", "2026-03-25 14:00", credits_granted=None)
    world.store.write(lambda tx: tx.put_act(undone))

    assert line(world, lab(), "2026-03-25 15:00")[0] is State.NEEDS_YOU


def test_what_is_left_has_its_source_and_age_and_who_spends_is_listed(world):
    declaration = lab(polled=True, **GRANTED)
    world.declare("2026-08-01 09:00", declaration)
    costs = Costs.by_day("USD", {date(2026, 7, 30).toordinal(): 100 * MICRO})
    items = {"projects/proj_1": costs, "members/user_1": costs}
    said = {"projects": ("proj_1",), "projects/proj_1/name": "thesis-7"}
    world.store.write(take, "lab", Reading("openai", at("2026-08-01 09:30"), said, costs=costs, spends=items))

    found = more(world, declaration, "2026-08-01 11:00")

    assert (found.left.value, found.left.source, found.left.at) == (900 * MICRO, "openai", at("2026-08-01 09:30"))
    assert [(each.one, each.named) for each in found.spenders] == [
        ("project", ["thesis-7 100%"]),
        ("member", ["user_1 100%"]),
    ]
    assert found.hint == ""


def test_while_credits_are_awaited_there_is_a_hint_and_no_amount_left(world):
    declaration = lab(polled=True)
    declaration = replace(declaration, facts={**declaration.facts, "paid_method": False})
    world.declare("2026-03-05 09:00", declaration)
    spent(world, 12, "2026-03-04", "2026-03-05 10:00")

    found = more(world, declaration, "2026-03-05 11:00")

    assert found.left is None
    assert found.hint.startswith("12.00 USD was spent since 2 March, and no paid method is declared")
    assert "credits_hint" not in {each.fact.name for each in found.facts}


# -- credits against time -------------------------------------------------------------------------------------

DAYS = st.integers(700_000, 740_000)


@given(
    granted=st.integers(1, 10**12),
    used=st.integers(0, 2 * 10**12),
    begins=DAYS,
    ends=DAYS,
    today=DAYS,
    came=DAYS | st.none(),
    lasts=st.none() | st.integers(0, 4_000),
)
def test_whatever_is_known_the_shares_and_the_pace_are_sound(granted, used, begins, ends, today, came, lasts):
    runs_out = None if lasts is None else RunsOut(today, today + lasts, None)
    found = Balance(granted, used, granted - used, True, begins, ends, today, came, runs_out)
    gone, share = found.gone_share, found.used_share

    assert share == used / granted
    assert (gone is None) == (ends < begins)
    assert gone is None or 0 <= gone <= 1
    assert not found.ahead or came is not None or (gone is not None and share > gone + AHEAD)
    assert not (found.ahead and found.too_early)
    if (until := found.lasts_until) is not None:
        assert found.ahead
        assert until == today + lasts
        assert today - (begins if came is None else came) >= WEEK
        assert today <= until <= ends


@pytest.mark.parametrize(("used", "ahead"), [(100, False), (149, False), (151, True)])
def test_credits_are_ahead_of_time_from_a_twentieth_on(used, ahead):
    begins = date(2026, 1, 1).toordinal()
    found = Balance(1000, used, 1000 - used, True, begins, begins + 99, begins + 10)

    assert found.ahead is ahead


def test_the_time_is_that_of_access_and_the_pace_that_of_the_credits():
    begins = date(2026, 1, 1).toordinal()
    found = Balance(1000, 300, 700, True, begins, begins + 99, begins + 60, begins + 50)

    assert found.gone_share == 0.6
    assert found.ahead  # of its own ten days of fifty, though not of all hundred
    assert found.lasts_until is None  # that is no pace
