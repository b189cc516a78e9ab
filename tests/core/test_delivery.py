"""What was overtaken is not told, a failure waits longer each time, and what belongs together is one post."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alert import Reason
from notifier.core.delivery import (
    BELIEVED,
    FEWEST_ATTEMPTS,
    FEWEST_IN_A_TABLE,
    FIRST_RETRY,
    GIVE_UP_AFTER,
    LONGEST_RETRY,
    MOST_IN_A_TABLE,
    Delivery,
    is_hopeless,
    overtaken,
    posts,
    retry_after,
    wait_after,
)
from notifier.core.message import Message, Told
from notifier.core.subject import Subject

SHORT = {"O": Reason.OPENED, "E": Reason.ESCALATED, "M": Reason.MOVED, "S": Reason.STANDING}
SHORT |= {
    "R": Reason.RESOLVED,
    "C": Reason.CLOSED,
    "m": Reason.REMINDED,
    "p": Reason.PASSED_ON,
    "l": Reason.LAPSED,
}
SHORT |= {"a": Reason.ACKNOWLEDGED, "s": Reason.SNOOZED, "h": Reason.HANDED_OVER, "r": Reason.REOPENED}


def owed(number, reason, **more):
    row = {"event": number, "destination": "console", **more}
    return Delivery(number, "p/rule", "lab", "g", "", 1, number, told=Told(reason, 0, None, None), **row)


def left(letters):
    waiting = [owed(number, SHORT[letter]) for number, letter in enumerate(letters)]
    dropped = overtaken(waiting)
    return "".join(letter for number, letter in enumerate(letters) if number not in dropped)


@pytest.mark.parametrize(
    ("waiting", "told"),
    [
        ("", ""),
        ("O", "O"),
        ("OE", "E"),  # only the newest step
        ("OEM", "M"),
        ("OR", ""),  # opened and already over: nobody has to know
        ("SC", ""),
        ("OER", ""),
        ("ER", "R"),  # opened was told, so its end is too
        ("EC", "C"),
        ("R", "R"),
        ("ROR", "R"),
        ("RO", "RO"),
        ("ROER", "R"),
        ("OROE", "E"),
        ("RORC", "RC"),
        ("m", "m"),
        ("mm", "m"),
        ("Om", "O"),  # what it would remind of is still to be told
        ("Omm", "O"),
        ("Em", "E"),
        ("lm", "l"),
        ("mE", "E"),
        ("ml", "l"),
        ("Op", "p"),
        ("ma", "a"),  # an acknowledgement drops reminders
        ("la", "a"),
        ("Oa", "Oa"),  # but not what it is about
        ("Oma", "Oa"),
        ("OEa", "Ea"),
        ("as", "s"),
        ("ahr", "r"),
        ("am", "m"),
        ("al", "l"),
        ("aE", "E"),
        ("OaE", "E"),
        ("OaR", ""),
        ("aR", "R"),
        ("hR", "R"),
        ("pa", "pa"),
    ],
)
def test_what_later_ones_make_pointless_is_dropped(waiting, told):
    assert left(waiting) == told


@given(st.text("OEMSRCmplashr", max_size=12))
def test_what_is_left_holds_no_step_that_a_later_one_overtook(letters):
    assert not any(one in "OEMSplmashr" and two in "OEMSplRC" for one, two in pairwise(left(letters)))
    assert not any(one in "mlashr" and two in "mashr" for one, two in pairwise(left(letters)))


@given(st.text("OEMSRCmplashr", max_size=12))
def test_unless_it_is_over_the_newest_step_is_told(letters):
    steps = [letter for letter in letters.rpartition("R")[2].rpartition("C")[2] if letter in "OEMSpl"]
    told = [letter for letter in left(letters).rpartition("R")[2].rpartition("C")[2] if letter in "OEMSpl"]
    lapsed_and_answered = steps[-1:] == ["l"] and letters.rpartition("l")[2].strip("m") != ""

    assert told == steps[-1:] or lapsed_and_answered


def test_waiting_grows_and_stays_bounded():
    waits = [retry_after(attempts) for attempts in range(1, 400)]

    assert waits[:4] == [FIRST_RETRY, 60, 120, 240]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY


@given(st.integers(1, 60), st.text(max_size=8))
def test_what_failed_together_comes_back_apart_by_a_fifth_at_most(attempts, salt):
    wait = retry_after(attempts)

    assert abs(retry_after(attempts, salt) - wait) <= wait / 5
    assert retry_after(attempts, salt) == retry_after(attempts, salt)


@pytest.mark.parametrize(
    ("failures", "asked", "wait"),
    [
        (1, None, FIRST_RETRY),
        (3, None, 4 * FIRST_RETRY),
        (1, 7, 7),
        (1, 0, 1),  # at once would be again and again
        (BELIEVED, 1, 1),
        (BELIEVED + 1, 1, FIRST_RETRY),
        (BELIEVED + 1, 600, 600),
        (BELIEVED + 3, 1, 4 * FIRST_RETRY),
    ],
)
def test_a_wait_that_was_asked_for_is_believed_until_it_was_asked_for_too_often(failures, asked, wait):
    assert wait_after(failures, asked) == wait


def test_a_wait_is_the_same_on_every_machine_and_in_whole_seconds():
    waits = [retry_after(9, "delivery 7"), retry_after(12, "slack:#lab"), wait_after(9, None, "delivery 7")]

    assert [type(wait) for wait in waits] == [int] * 3
    assert waits == [7288, 21016, 7288]
    assert wait_after(BELIEVED + 4, 1, "a") == retry_after(4, "a") != retry_after(4)


def test_salts_spread_waits():
    assert len({retry_after(9, f"delivery {number}") for number in range(50)}) > 25


def test_nothing_is_given_up_before_it_was_tried_long_and_often_enough():
    tried = replace(owed(1, Reason.OPENED), attempts=FEWEST_ATTEMPTS, trying_since=1_000)

    assert is_hopeless(tried, 1_000 + GIVE_UP_AFTER)
    assert not is_hopeless(tried, 999 + GIVE_UP_AFTER)
    assert not is_hopeless(replace(tried, attempts=FEWEST_ATTEMPTS - 1), 1_000 + GIVE_UP_AFTER)


def test_what_was_standing_at_enrolment_is_one_post_and_a_few_others_their_own():
    standing = [owed(number, Reason.STANDING, event=7) for number in (1, 2)]
    elsewhere = owed(3, Reason.STANDING, event=7, destination="mail")
    later = owed(4, Reason.STANDING, event=8)
    opened = [owed(number, Reason.OPENED, event=7) for number in (5, 6, 7)]

    assert posts([*standing, elsewhere, later, *opened]) == [
        standing,
        [elsewhere],
        [later],
        *([row] for row in opened),
    ]


def test_four_of_one_event_rule_and_destination_are_a_table():
    together = [
        owed(number, reason, event=7) for number, reason in enumerate((Reason.OPENED, Reason.RESOLVED) * 2)
    ]
    another_event = owed(5, Reason.OPENED, event=8)
    another_place = owed(6, Reason.OPENED, event=7, destination="mail")
    another_rule = replace(owed(7, Reason.OPENED, event=7), rule="p/other")
    rest = [another_event, another_place, another_rule]

    assert posts([*together, *rest]) == [together, *([row] for row in rest)]
    assert posts(together[:3]) == [[row] for row in together[:3]]
    assert posts(together, tables=False) == [[row] for row in together]


def test_what_was_frozen_or_asks_a_person_stays_alone():
    frozen = [
        replace(owed(number, Reason.OPENED, event=7), post=Message("Late", "lab", Reason.OPENED))
        for number in range(5)
    ]
    held = [owed(number, Reason.HELD, event=7) for number in range(5, 10)]

    assert posts([*frozen, *held]) == [[row] for row in (*frozen, *held)]


@given(st.integers(FEWEST_IN_A_TABLE, 400))
def test_no_table_is_longer_than_a_message_holds_and_nobody_is_left_out(many):
    rows = [owed(number, Reason.OPENED, event=7) for number in range(many)]
    tables = posts(rows)

    assert [row for table in tables for row in table] == rows
    assert max(map(len, tables)) <= MOST_IN_A_TABLE
    assert max(map(len, tables)) - min(map(len, tables)) < len(tables)


def test_a_delivery_s_key_names_the_transition_and_the_destination():
    assert owed(3, Reason.OPENED).key == "p/rule|lab|g|1|3|console"


def test_what_was_standing_is_one_post_for_each_grant():
    first, second = (replace(owed(number, Reason.STANDING, event=7), grant=f"g{number}") for number in (1, 2))
    elsewhere = replace(owed(3, Reason.STANDING, event=7), account="clinic", grant="g1")

    assert posts([first, second, elsewhere]) == [[first], [second], [elsewhere]]


def test_what_could_not_be_told_elsewhere_stays_alone_for_each_is_whole():
    lost = [replace(owed(number, Reason.UNDELIVERED, event=7), grant=str(number)) for number in range(5)]

    assert posts(lost) == [[row] for row in lost]


def test_a_delivery_is_known_by_its_alert_episode_transition_and_destination():
    whole = replace(owed(1, Reason.OPENED), rule="p/r", account="lab", grant="1", destination="console")
    of_item = replace(whole, item="thesis")

    assert whole.key == f"p/r|lab|1|{whole.episode}|{whole.seq}|console"
    assert of_item.key == f"p/r|lab|1|thesis|{whole.episode}|{whole.seq}|console"
    assert of_item.subject == Subject("p/r", "lab", "1", "thesis")
