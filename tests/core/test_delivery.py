"""What was overtaken is not told, a failure waits longer each time, and what belongs together is one post."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alert import Reason
from notifier.core.delivery import FIRST_RETRY, LONGEST_RETRY, Delivery, overtaken, posts, retry_after
from notifier.core.message import Told

SHORT = {"O": Reason.OPENED, "E": Reason.ESCALATED, "M": Reason.MOVED, "S": Reason.STANDING}
SHORT |= {"R": Reason.RESOLVED, "C": Reason.CLOSED}


def owed(number, reason, **more):
    row = {"event": number, "destination": "console", **more}
    return Delivery(number, "p/rule", "lab", "g", 1, number, told=Told(reason, 0, None, None), **row)


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
    ],
)
def test_what_later_ones_make_pointless_is_dropped(waiting, told):
    assert left(waiting) == told


@given(st.text("OEMSRC", max_size=12))
def test_what_is_left_holds_no_step_that_a_later_one_overtook(letters):
    assert not any(one in "OEMS" and two in "OEMSRC" for one, two in pairwise(left(letters)))


def test_waiting_grows_and_stays_bounded():
    waits = [retry_after(attempts) for attempts in range(1, 400)]

    assert waits[:4] == [FIRST_RETRY, 60, 120, 240]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY


def test_what_was_standing_at_enrolment_is_one_post_and_all_else_its_own():
    standing = [owed(number, Reason.STANDING, event=7) for number in (1, 2)]
    elsewhere = owed(3, Reason.STANDING, event=7, destination="mail")
    later = owed(4, Reason.STANDING, event=8)
    opened = [owed(number, Reason.OPENED, event=7) for number in (5, 6)]

    assert posts([*standing, elsewhere, later, *opened]) == [
        standing,
        [elsewhere],
        [later],
        *([row] for row in opened),
    ]


def test_a_delivery_s_key_names_the_transition_and_the_destination():
    assert owed(3, Reason.OPENED).key == "p/rule|lab|g|1|3|console"
