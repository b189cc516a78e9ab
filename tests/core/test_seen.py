"""The same bytes in answer to the same question on the same day have the same token, and no others."""

import pytest

from notifier.core.seen import Seen, day_of

DAY = 738_000


def token(*pages, day=DAY, asked=("https://api.example", "key", "?x=1")):
    seen = Seen(day, *asked)
    for page in pages:
        seen.take(page)
    return seen.token


def test_the_same_bytes_have_the_same_token():
    assert token(b"one", b"two") == token(b"one", b"two")


@pytest.mark.parametrize(
    "other",
    [
        token(b"one"),
        token(b"onetwo"),
        token(b"one", b"two", b""),
        token(b"on", b"etwo"),
        token(b"two", b"one"),
        token(b"one", b"two", day=DAY + 1),
        token(b"one", b"two", asked=("https://api.example", "other", "?x=1")),
        token(b"one", b"two", asked=("https://api.examplekey", "", "?x=1")),
    ],
)
def test_anything_else_has_another_token(other):
    assert other != token(b"one", b"two")


def test_what_was_taken_in_so_far_is_all_of_its_own_token():
    seen = Seen(DAY)
    seen.take(b"one")

    assert seen.is_all_of(token(b"one", asked=()))
    assert not seen.is_all_of(token(b"one", b"two", asked=()))
    assert not seen.is_all_of(b"")


def test_a_token_knows_its_day_and_not_what_was_asked():
    assert day_of(token(b"one")) == DAY
    assert day_of(b"") is None
    assert day_of(b"\x00" * 7) is None
    assert b"key" not in token(b"one")


def test_half_a_character_in_a_question_is_no_fault():
    assert token(asked=("\ud83d",))
