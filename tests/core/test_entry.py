"""Of what people recorded, the newest that was not taken back counts, with its own time."""

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.entry import Entry, Log
from notifier.core.facts import Reading

AMOUNT, DAY, LEFT = "credits_granted", "credits_granted_on", "credits_left"


def log_of(*said):
    """A log of (fact, value, at) in the order in which they were written, all by the PI."""
    log = Log()
    for fact, value, at in said:
        log.add(Entry("1", fact, value, at, "pi"))
    return log


def counts(log, fact=AMOUNT):
    entry = log.counting("1", fact)
    return None if entry is None else (entry.value, entry.at)


def test_the_newest_observation_counts_even_if_an_older_one_is_written_after_it():
    log = log_of((AMOUNT, 900, 100), (AMOUNT, 1000, 300), (AMOUNT, 950, 200))

    assert counts(log) == (1000, 300)
    assert [entry.at for entry in log.entries] == [300, 200, 100]


def test_of_one_moment_what_was_written_last_counts():
    assert counts(log_of((AMOUNT, 900, 100), (AMOUNT, 1000, 100))) == (1000, 100)


def test_grants_and_the_account_itself_do_not_mix():
    log = log_of((AMOUNT, 900, 100))
    log.add(Entry("2", AMOUNT, 1, 200, "pi"))
    log.add(Entry("", AMOUNT, 2, 300, "pi"))

    assert counts(log) == (900, 100)


def test_each_undo_goes_back_by_one_until_nothing_is_left():
    log = log_of((AMOUNT, 900, 100), (AMOUNT, 1000, 200))
    seen = []
    for at in (300, 301, 302):
        log.take_back("1", AMOUNT, at, "office")
        seen.append(counts(log))

    assert seen == [(900, 100), None, None]
    assert [(entry.value, entry.undone_at, entry.undone_by) for entry in log.entries] == [
        (1000, 300, "office"),
        (900, 301, "office"),
    ]


def test_recording_after_an_undo_counts_again():
    log = log_of((AMOUNT, 900, 100))
    log.take_back("1", AMOUNT, 200, "pi")
    log.add(Entry("1", AMOUNT, 900, 300, "pi"))

    assert counts(log) == (900, 300)
    assert [entry.undone for entry in log.entries] == [False, True]


def together(log, fact=AMOUNT):
    return [(entry.fact, entry.value) for entry in log.said_together("1", fact)]


def test_the_day_that_was_said_along_goes_with_its_fact():
    log = log_of((AMOUNT, 900, 100), (DAY, 7, 100))

    assert together(log) == [(AMOUNT, 900), (DAY, 7)]
    assert together(log, DAY) == [(DAY, 7)]
    assert together(log, LEFT) == []


def test_a_day_that_was_said_at_another_time_or_by_somebody_else_stays():
    later = log_of((AMOUNT, 900, 100), (DAY, 7, 100), (DAY, 8, 200))
    other = log_of((AMOUNT, 900, 100))
    other.add(Entry("1", DAY, 7, 100, "office"))

    assert together(later) == [(AMOUNT, 900)]
    assert together(other) == [(AMOUNT, 900)]


def test_a_day_that_was_said_along_with_an_earlier_amount_of_the_same_moment_stays():
    assert together(log_of((AMOUNT, 900, 100), (DAY, 7, 100), (AMOUNT, 1000, 100))) == [(AMOUNT, 1000)]


def test_what_counts_is_one_reading_with_the_time_of_each_fact():
    log = log_of((AMOUNT, 900, 100), (LEFT, 5, 200), (LEFT, 4, 300))
    log.add(Entry("", "affiliation", "Institute", 150, "office"))
    log.add(Entry("2", LEFT, 1, 400, "pi"))
    log.take_back("1", LEFT, 500, "pi")
    log.take_back("2", LEFT, 500, "pi")

    since = {"1/credits_granted": 100, "1/credits_left": 200, "affiliation": 150}
    grants = {"1": {AMOUNT: 900, LEFT: 5}}
    assert log.reading(500) == Reading("recorded", 200, {"affiliation": "Institute"}, grants, since=since)


def test_where_all_was_taken_back_the_reading_says_nothing_as_of_then():
    log = log_of((AMOUNT, 900, 100))
    log.take_back("1", AMOUNT, 500, "pi")

    assert log.reading(500) == Reading("recorded", 500)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans())))
def test_a_log_is_a_pile_ordered_by_time(steps):
    log, pile = Log(), []
    for number, (at, undo) in enumerate(steps):
        if undo:
            log.take_back("1", AMOUNT, at, "pi")
            pile = sorted(pile)[:-1]
        else:
            log.add(Entry("1", AMOUNT, number, at, "pi"))
            pile.append((at, number))
        newest = max(pile, default=None)
        assert counts(log) == (None if newest is None else newest[::-1])
