"""Whether the service is well: nothing that is due is late, and the database took a write lately."""

import pytest

from notifier.core.calendar import FOREVER
from notifier.core.health import BEAT_EVERY, LATE_AFTER, WRITTEN_WITHIN, Backlog, Rhythm, ailments

NOW = 1_795_000_000  # 2026-11-18, 11:06:40 UTC
LONG_AGO = NOW - 86_400
RUNS = Rhythm(LONG_AGO)
ACT = "Something that a person said waits to have its effect"


def backlog(judge=FOREVER, tell=FOREVER, act=FOREVER, written_at=NOW):
    return Backlog(judge, tell, act, written_at)


@pytest.mark.parametrize(
    ("rhythm", "waits"),
    [
        (RUNS, backlog()),
        (RUNS, backlog(judge=NOW + 1, tell=NOW + 1, act=NOW + 1)),
        (RUNS, backlog(*[NOW - LATE_AFTER] * 3)),
        (RUNS, backlog(0, 0)),  # to be done at once, and nobody was asked yet
        (Rhythm(LONG_AGO, working_since=NOW - LATE_AFTER), backlog(0, 0)),
        (Rhythm(LONG_AGO, working_since=LONG_AGO), backlog()),  # a long round, and nothing waits
        (Rhythm(LONG_AGO, failing_since=NOW - LATE_AFTER), backlog()),
        (RUNS, backlog(written_at=NOW - WRITTEN_WITHIN)),
        (Rhythm(NOW - LATE_AFTER), backlog(*[LONG_AGO] * 4)),  # just started, or the clock was just moved
        (Rhythm(NOW - LATE_AFTER, LONG_AGO, LONG_AGO), backlog(0, 0)),
        (RUNS, backlog(written_at=NOW + 3600)),
    ],
    ids=[
        *("nothing to do", "only later", "due, and not late", "just woken", "in work", "a long round"),
        *("failed a moment ago", "a heartbeat was missed", "a start after a downtime", "a start that works"),
        "written before the clock was set back",
    ],
)
def test_it_is_well(rhythm, waits):
    assert ailments(rhythm, waits, NOW) == ()


@pytest.mark.parametrize(
    ("rhythm", "waits", "why"),
    [
        (RUNS, backlog(judge=NOW - LATE_AFTER - 1), "Accounts are to be judged since 10:56 UTC."),
        (RUNS, backlog(tell=LONG_AGO), "Messages are to be told since 17 November, 11:06 UTC."),
        (RUNS, backlog(act=LONG_AGO), f"{ACT} since 17 November, 11:06 UTC."),
        (Rhythm(LONG_AGO, NOW - LATE_AFTER - 1), backlog(0), "Accounts are to be judged since 10:56 UTC."),
        (Rhythm(LONG_AGO, NOW - LATE_AFTER - 1), backlog(tell=0), "Messages are to be told since 10:56 UTC."),
        (Rhythm(LONG_AGO, 0, NOW - LATE_AFTER - 1), backlog(), "The work fails since 10:56 UTC."),
        (RUNS, backlog(written_at=NOW - WRITTEN_WITHIN - 1), "The database took no write since 10:51 UTC."),
        (RUNS, backlog(written_at=0), "The database took no write since 17 November, 11:06 UTC."),
        (Rhythm(NOW - LATE_AFTER - 1), backlog(judge=LONG_AGO), "Accounts are to be judged since 10:56 UTC."),
        (Rhythm(NOW - LATE_AFTER - 1, 0, LONG_AGO), backlog(), "The work fails since 10:56 UTC."),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_since_when(rhythm, waits, why):
    assert ailments(rhythm, waits, NOW) == (why,)


def test_everything_that_is_wrong_is_said():
    wrong = ailments(Rhythm(LONG_AGO, 0, LONG_AGO), backlog(*[LONG_AGO] * 4), NOW)

    assert len(wrong) == 5


def test_one_missed_heartbeat_is_forgiven():
    assert 2 * BEAT_EVERY < WRITTEN_WITHIN
