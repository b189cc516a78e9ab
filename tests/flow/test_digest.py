"""The weekly digest: to whom, when, once; and what stands in it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.core.account import Pause, Person, Poll
from notifier.core.alert import Reason
from notifier.core.audience import CONSOLE, CONSOLE_ONLY, Ways
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import Costs
from notifier.core.delivery import Destination, State
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.flow import digest, itself
from notifier.flow.poll import miss, take
from notifier.flow.record import RECORD
from notifier.ports import Act, Undelivered
from tests.flow.conftest import World, at
from tests.flow.small import PI, TEAM, group, quiet, small_rules

THURSDAY, MONDAY, NEXT_MONDAY = "2026-03-05 12:00", "2026-03-09 08:00", "2026-03-16 08:00"
FINE = {"credits_granted": Money(1_000_000_000, "USD"), "credits_left": Money(750_000_000, "USD")}


@pytest.fixture
def week(world, tmp_path):
    """A world with one account, whose people hear digests; nothing is open."""
    small = World(world.store, small_rules(tmp_path / "rules"))
    small.reach(TEAM, PI)
    enrol(small, THURSDAY, group())
    return small


def enrol(world, now, *declared):
    world.declare(now, *declared)
    world.store.write(digest.arm, at(now), world.outlets.ways)


def live(world, now):
    """Everything that is due at *now*; the digests that the team has heard by then."""
    world.store.write(digest.due, world.rulebook, at(now), world.outlets.ways)
    world.judge(now)
    asyncio.run(world.deliver(now))
    return digests(world)


def digests(world, where=TEAM):
    return [post.message for post in world.papers[where].told if post.message.reason is Reason.DIGEST]


def next_of(world, where=TEAM):
    moment = world.store.read(lambda tx: tx.digests()).get(where)
    return moment and datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo("Europe/Berlin")).isoformat()[:16]


def sections(message):
    return {section.heading: section for section in message.sections}


# -- when --------------------------------------------------------------------------------------------------------


def test_everybody_who_is_named_hears_how_things_stand_every_monday(week):
    assert live(week, "2026-03-09 07:59") == []
    assert week.store.read(lambda tx: tx.next_moment(at(MONDAY))) == at(MONDAY)

    assert len(live(week, MONDAY)) == 1
    assert len(digests(week, PI)) == 1
    assert len(live(week, "2026-03-09 09:00")) == 1
    assert len(live(week, NEXT_MONDAY)) == 2


def test_a_slot_that_was_told_is_not_told_again_even_if_its_note_is_lost(week):
    live(week, MONDAY)
    assert next_of(week) == "2026-03-16T08:00"

    week.store.write(lambda tx: tx.put_digest(TEAM, at(MONDAY)))

    assert len(live(week, "2026-03-10 12:00")) == 1
    assert next_of(week) == "2026-03-16T08:00"


def test_after_weeks_of_downtime_only_one_is_told(week):
    assert len(live(week, "2026-04-01 12:00")) == 1
    assert len(live(week, "2026-04-06 07:59")) == 1
    assert len(live(week, "2026-04-06 08:00")) == 2


def test_a_crash_before_the_commit_leaves_all_of_it_to_the_next_start(week):
    def crash(tx):
        digest.due(tx, week.rulebook, at(MONDAY), week.outlets.ways)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        week.store.write(crash)

    assert len(live(week, MONDAY)) == 1
    week.restart()
    enrol(week, MONDAY, group())
    assert len(live(week, MONDAY)) == 1


def test_a_clock_that_is_set_back_brings_no_second_one(week):
    live(week, MONDAY)

    for now in ("2026-03-06 12:00", MONDAY, "2026-03-10 08:00"):
        enrol(week, now, group())
        assert len(live(week, now)) == 1
    assert len(live(week, NEXT_MONDAY)) == 2


def test_a_clock_that_was_a_year_ahead_does_not_end_the_digests(week):
    live(week, "2027-03-10 12:00")

    enrol(week, "2026-03-05 12:00", group())

    assert next_of(week) == "2026-03-09T08:00"


@pytest.mark.parametrize(
    ("written", "zone", "coming"),
    [
        ("", "Pacific/Auckland", "2026-03-15T20:00"),
        ("", "America/New_York", "2026-03-16T13:00"),
        ("Tuesday 08:00", "Europe/Berlin", "2026-03-17T08:00"),
        ("Sunday 08:00", "Europe/Berlin", "2026-03-15T08:00"),
        ("Saturday 08:00", "Europe/Berlin", "2026-03-21T08:00"),
        ("off", "Europe/Berlin", None),
    ],
)
def test_who_wants_it_at_another_time_hears_no_second_one_in_the_same_week(week, written, zone, coming):
    live(week, MONDAY)

    enrol(week, "2026-03-09 09:00", stated(written, zone))

    assert next_of(week) == coming
    assert len(live(week, "2026-03-14 12:00")) == 1


def test_before_the_first_one_another_time_counts_at_once(week):
    enrol(week, THURSDAY, stated("Friday 16:30"))

    assert next_of(week) == "2026-03-06T16:30"
    [message] = live(week, "2026-03-06 16:30")
    assert message.told.startswith("This comes every Friday at 16:30")


def stated(written, zone=""):
    return group(people={"team": Person((TEAM,), digest=written, zone=zone)})


def test_who_is_not_named_any_more_hears_none(week):
    enrol(week, "2026-03-06 12:00", group(people={"pi": Person((PI,))}))

    assert live(week, MONDAY) == []
    assert len(digests(week, PI)) == 1


def test_who_is_taken_out_between_owing_and_telling_hears_that(week):
    week.store.write(digest.due, week.rulebook, at(MONDAY), week.outlets.ways)
    enrol(week, MONDAY, group(people={"pi": Person((PI,))}))

    [message] = live(week, MONDAY)

    assert message.headline == "No longer named on any account"


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        (("", "Friday 16:30"), "Friday at 16:30"),
        (("off", "Friday 16:30"), "Friday at 16:30"),
        (("Tuesday 09:00", "Friday 16:30"), "Tuesday at 09:00"),
        (("", "off"), None),
        (("", ""), "Monday at 08:00"),
    ],
)
def test_of_several_who_name_one_destination_the_first_who_states_an_hour_decides(written, counts):
    people = {str(place): Person((TEAM,), digest=text) for place, text in enumerate(written)}

    slot = digest.slots([group(people=people).account], Ways(lambda _: True))[TEAM]

    assert (slot.weekly and str(slot.weekly)) == counts


def test_quiet_hours_hold_the_digest_too(week):
    enrol(week, THURSDAY, quiet(group(), team="20:00-10:00"))

    assert live(week, MONDAY) == []
    assert len(digests(week, PI)) == 1
    assert len(live(week, "2026-03-09 10:00")) == 1


def test_other_quiet_hours_rouse_a_digest_that_rests(week):
    enrol(week, THURSDAY, quiet(group(), team="20:00-10:00"))
    live(week, MONDAY)

    enrol(week, "2026-03-09 09:00", group())

    assert len(live(week, "2026-03-09 09:00")) == 1


def test_of_two_that_could_not_be_told_only_the_newer_one_is(week):
    down = Destination(TEAM, at("2026-03-16 09:00"), at(MONDAY), 1, "down")
    week.store.write(lambda tx: tx.put_destination(down))
    live(week, MONDAY)
    live(week, NEXT_MONDAY)

    messages = live(week, "2026-03-16 09:00")

    assert [message.about for message in messages] == ["digest of 16 March"]
    assert [each.state for each in week.deliveries() if each.destination == TEAM] == [State.DROPPED, State.DONE]


def test_one_that_is_given_up_is_told_elsewhere_in_full(week):
    week.papers[TEAM].fails = [Undelivered("no such channel", permanent=True)]
    enrol(week, THURSDAY, group(**FINE))
    live(week, MONDAY)

    [post] = week.paper.told
    assert post.message.headline == "Could not be told to #lab: All is well"
    assert post.message.sections


def test_without_any_channel_the_console_hears_one_for_all(world, tmp_path):
    alone = World(world.store, small_rules(tmp_path / "rules"))
    alone.declare(THURSDAY, group(), group("other"))
    alone.store.write(digest.arm, at(THURSDAY), CONSOLE_ONLY)
    alone.store.write(digest.due, alone.rulebook, at(MONDAY), CONSOLE_ONLY)
    asyncio.run(alone.deliver(MONDAY))

    [post] = alone.paper.told
    assert "of 2 accounts" in post.message.say
    assert alone.store.read(lambda tx: list(tx.digests())) == [CONSOLE]


def test_each_digest_is_a_thread_of_its_own(week):
    live(week, MONDAY)
    live(week, NEXT_MONDAY)

    first, second = (post for post in week.papers[TEAM].told if post.message.reason is Reason.DIGEST)
    assert (first.parent, second.parent) == (None, None)
    assert first.thread != second.thread
    assert first.topic.endswith("digest of 9 March")


# -- what --------------------------------------------------------------------------------------------------------


def test_when_all_is_well_it_says_so(week):
    enrol(week, THURSDAY, group(accepted="2026-03-02", **FINE))

    [message] = live(week, MONDAY)

    assert message.title == "All is well · digest of 9 March"
    assert message.say == ("All is well. 1 grant of 1 account is watched; 1 message comes in the next 60 days.")
    fine = sections(message)["Fine (1)"]
    assert fine.say == "1 grant: 1 running."
    assert [(line.about, line.share) for line in fine.lines] == [("lab", 0.25)]
    assert fine.lines[0].state.startswith("25% used, 750.00 USD of 1,000.00 USD left")
    coming = sections(message)["Coming in 60 days (1)"]
    assert [(line.date, line.about, line.headline) for line in coming.lines] == [
        ("25 April", "lab", "A bill is to be paid"),
    ]


def test_who_needs_somebody_stands_first_the_longest_overdue_before_all(week):
    week.reach("mailto:office@example.edu")
    office = {"office": Person(("mailto:office@example.edu",)), "team": Person((TEAM,))}
    enrol(
        week,
        THURSDAY,
        group("late", accepted="2026-01-20", people=office),
        group("later", accepted="2026-01-10", people=office),
        group("well", people=office, **FINE),
    )

    live(week, MONDAY)

    [message] = digests(week, "mailto:office@example.edu")
    assert message.headline == "2 grants need you"
    assert message.next == "Start with later: The credits are late."
    assert [line.about for line in sections(message)["Needs you (2)"].lines] == ["later", "late"]
    assert sections(message)["Fine (1)"].say == "1 grant: 1 running."


def test_everybody_hears_of_the_accounts_on_which_they_are_named_and_of_no_other(week):
    enrol(week, THURSDAY, group(), group("other", people={"pi": Person((PI,))}))

    live(week, MONDAY)

    assert "1 grant of 1 account" in digests(week)[0].say
    assert "2 grants of 2 accounts" in digests(week, PI)[0].say


def test_of_an_office_only_the_first_are_listed(week):
    many = [group(f"lab-{number:02}", accepted="2026-01-20") for number in range(14)]
    fine = [group(f"well-{number:02}", **FINE) for number in range(9)]
    enrol(week, THURSDAY, *many, *fine)

    [message] = live(week, MONDAY)

    needs = sections(message)["Needs you (14)"]
    assert [line.about for line in needs.lines] == [f"lab-{number:02}" for number in range(10)]
    assert needs.say == "The first 10; 4 more are left out here."
    assert sections(message)["Fine (9)"].lines == ()


def test_it_says_how_old_the_figures_are_and_what_cannot_be_read(week):
    polled = group("polled", sources=(Poll("openai", "KEY"),), **FINE)
    enrol(week, THURSDAY, group(**FINE), polled)
    week.store.write(take, "polled", Reading("openai", at("2026-03-06 10:00"), {}))
    week.store.write(miss, "polled", "openai", "the key was refused", at("2026-03-08 11:00"))
    act = Act("a", RECORD, "lab", "1", {"paid_on": None}, at("2026-03-05 13:00"), "ada")
    week.store.write(lambda tx: tx.put_act(act))

    [message] = live(week, MONDAY)

    assert message.headline.endswith("1 source cannot be read")
    assert message.known == "the oldest figures are those of lab, 5 March, 13:00 (recorded by a person)"
    [line] = sections(message)["Cannot be read (1)"].lines
    assert (line.about, line.headline) == ("polled", "openai, since 8 March, 11:00: the key was refused")


def test_figures_are_as_old_as_what_tells_money_and_not_as_a_list_that_was_read_since(week):
    polled = group("polled", sources=(Poll("openai", "KEY", ("", "members")),), **FINE)
    enrol(week, THURSDAY, polled)
    week.store.write(take, "polled", Reading("openai", at("2026-03-07 10:00"), costs=Costs.by_day("USD", {})))
    week.store.write(take, "polled", Reading("openai members", at("2026-03-08 10:00"), {}))

    [message] = live(week, MONDAY)

    assert message.known == "the oldest figures are those of polled, 7 March, 10:00 (openai)"


def test_it_says_whether_the_rules_were_edited_since_the_last_one(week, tmp_path):
    assert live(week, MONDAY)[0].known == "no figures yet: nothing was read, and nobody has recorded any"
    assert live(week, NEXT_MONDAY)[1].known.endswith("the rules are those of the last digest, 9 March")

    week.rulebook = small_rules(tmp_path / "edited", small=(tmp_path / "rules/small.yaml").read_text() + "\n")

    edited = live(week, "2026-03-23 08:00")[2]
    assert edited.known.endswith("the rules were edited since the last digest, 16 March")


def test_it_says_what_could_not_be_told_and_which_destination_fails(week):
    enrol(week, THURSDAY, group(accepted="2026-02-15", tell_at="09:00"))
    live(week, "2026-04-06 08:00")
    week.papers[PI].fails = [Undelivered("no such mailbox", permanent=True)]
    live(week, "2026-04-08 09:00")
    broken = Destination(PI, 0, at("2026-04-08 09:00"), 3, "no such mailbox")
    week.store.write(lambda tx: tx.put_destination(broken))

    message = live(week, "2026-04-13 08:00")[-1]

    assert "not everything could be told" in message.headline
    found = sections(message)
    assert [line.about for line in found["Could not be told (1)"].lines] == ["to pi@example.edu"]
    assert found["Could not be told (1)"].lines[0].state == "no such mailbox"
    [failing] = found["Destinations that fail (1)"].lines
    assert failing.headline == "since 8 April, 09:00: no such mailbox"


def test_what_could_not_be_told_of_other_accounts_is_not_said(week):
    others = {"team": Person((TEAM,)), "pi": Person(("mailto:gone@example.edu",))}
    week.reach("mailto:gone@example.edu")
    enrol(week, THURSDAY, group(people={"pi": Person((PI,))}), group("b", accepted="2026-02-15", people=others))
    live(week, "2026-04-06 08:00")
    week.papers["mailto:gone@example.edu"].fails = [Undelivered("no such mailbox", permanent=True)]
    live(week, "2026-04-08 23:00")

    live(week, "2026-04-13 08:00")

    assert "Could not be told (1)" in sections(digests(week)[-1])
    assert "Could not be told (1)" not in sections(digests(week, PI)[-1])


def test_destinations_of_others_are_told_only_to_who_runs_the_service(week):
    broken = Destination("slack:#others", 0, at(THURSDAY), 1, "gone")
    week.store.write(lambda tx: tx.put_destination(broken))
    operator = {"operator": Person((PI,))}
    enrol(week, THURSDAY, group(people={"team": Person((TEAM,))}, **FINE), service(operator))

    live(week, MONDAY)

    assert "Destinations that fail (1)" not in sections(digests(week)[0])
    assert "Destinations that fail (1)" in sections(digests(week, PI)[0])
    assert digests(week, PI)[0].say == "The service watches 1 account."


def service(people):
    return itself.declaration(group().account.locale, people)


def test_who_runs_the_service_hears_what_it_says_of_itself(week):
    enrol(week, THURSDAY, group(**FINE), service({"operator": Person((PI,))}))
    week.store.write(itself.reject, itself.Rejected("rules/small.yaml:3:1: no", 0), at(THURSDAY))
    live(week, "2026-03-05 13:00")

    live(week, MONDAY)

    assert digests(week, PI)[0].headline == "The service needs you"
    [line] = sections(digests(week, PI)[0])["The service itself (1)"].lines
    assert (line.about, line.headline) == ("The rules were not taken over", "rules/small.yaml:3:1: no")


def test_a_grant_whose_rules_are_missing_needs_somebody(week):
    lab = group()
    other = replace(lab.account, grants=(replace(lab.account.grants[0], program="gone"),))
    enrol(week, THURSDAY, replace(lab, account=other))

    [message] = live(week, MONDAY)

    [line] = sections(message)["Needs you (1)"].lines
    assert line.headline == "cannot be judged: the rules of its program `gone` cannot be read"


def test_what_a_pause_holds_is_named_for_the_day_after_it(week):
    lab = group(**FINE)
    until = datetime(2026, 4, 28, tzinfo=UTC).toordinal()
    enrol(week, THURSDAY, replace(lab, account=replace(lab.account, paused=Pause("holiday", until))))
    [message] = live(week, MONDAY)

    assert [line.date for line in sections(message)["Coming in 60 days (1)"].lines] == ["29 April"]

    enrol(week, MONDAY, replace(lab, account=replace(lab.account, paused=Pause("left"))))
    assert "Coming in 60 days (1)" not in sections(live(week, NEXT_MONDAY)[1])


def test_what_it_says_now_can_be_asked_at_any_time_and_changes_nothing(week):
    before, ways = week.store.read(lambda tx: tx.digests()), week.outlets.ways

    def shown(where):
        return week.store.read(lambda tx: digest.preview_digest(tx, week.rulebook, where, at(THURSDAY), ways))

    assert shown(TEAM).about == "digest of 5 March"
    assert shown("slack:#nobody") is None
    assert week.store.read(lambda tx: tx.digests()) == before


@pytest.mark.parametrize(
    ("a_day", "words"),
    [
        (10, "72% used, 280.00 USD of 1,000.00 USD left; access ends on 2 November, in 166 days; used up about"),
        (
            1,
            "7% used, 928.00 USD of 1,000.00 USD left; access ends on 2 November, in 166 days; not used up",
        ),
    ],
)
def test_credits_are_a_bar_with_run_out_and_days_left(week, a_day, words):
    granted = {"credits_granted": Money(1_000_000_000, "USD"), "credits_granted_on": date(2026, 3, 9)}
    paid = {"paid_on": date(2026, 3, 9)}
    lab = group(accepted="2025-11-02", sources=(Poll("openai", "KEY"),), **granted, **paid)
    enrol(week, THURSDAY, lab)
    spent = {date(2026, 3, 9).toordinal() + number: a_day * 1_000_000 for number in range(72)}
    now = "2026-05-20 12:00"
    week.store.write(take, "lab", Reading("openai", at(now), {}, costs=Costs.by_day("USD", spent)))

    shown = week.store.read(lambda tx: digest.preview_digest(tx, week.rulebook, TEAM, at(now), week.outlets.ways))

    [line] = sections(shown)["Fine (1)"].lines
    assert line.state.startswith(words)
    assert line.share == pytest.approx(a_day * 0.072)


def test_a_grant_that_is_over_has_no_bar(week):
    enrol(week, THURSDAY, group(accepted="2025-01-02", paid_on=date(2025, 2, 1), **FINE))

    [message] = live(week, MONDAY)

    [line] = sections(message)["Fine (1)"].lines
    assert (line.headline, line.state, line.share) == ("over since 2 January, nothing owed", "", None)


def test_what_comes_at_this_very_moment_is_not_said_to_come(week):
    now, ways = at("2026-03-23 23:00"), week.outlets.ways

    shown = week.store.read(lambda tx: digest.preview_digest(tx, week.rulebook, TEAM, now, ways))

    dates = {line.headline: line.date for line in sections(shown)["Coming in 60 days (2)"].lines}
    assert dates == {"The credits are late": "24 March", "A bill is to be paid": "25 April"}


def test_who_hears_one_and_when_can_be_listed(week):
    enrol(week, THURSDAY, group(people={"team": Person((TEAM,)), "pi": Person((PI,), digest="off")}))

    listed = week.store.read(lambda tx: digest.recipients(tx, at(THURSDAY), week.outlets.ways))

    assert listed == {PI: None, TEAM: at(MONDAY)}
    assert at(MONDAY) - at(THURSDAY) < 7 * SECONDS_A_DAY
