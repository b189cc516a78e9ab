"""A share of a whole as a bar: only nothing is empty, and only all of it is full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.bars import LENGTH, PLAIN, bar, filled


@pytest.mark.parametrize(
    ("share", "length"),
    [(0, 0), (0.0001, 1), (0.5, 10), (0.524, 10), (0.526, 11), (0.9999, 19), (1, 20), (1.5, 20), (-0.5, 0)],
)
def test_a_bar_shows_how_much(share, length):
    assert filled(share, LENGTH) == length
    assert bar(share) == "█" * length + "░" * (LENGTH - length)
    assert bar(share, PLAIN) == "#" * length + "-" * (LENGTH - length)


@given(st.floats(-2, 3), st.floats(-2, 3), st.integers(2, 60))
def test_more_is_never_shown_as_less(one, other, whole):
    less, more = sorted((one, other))

    assert 0 <= filled(less, whole) <= filled(more, whole) <= whole
