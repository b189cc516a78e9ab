"""People and accounts are named as a message names them."""

import pytest

from notifier.core.account import Account, Grant, Person
from tests.core.helpers import locale


@pytest.mark.parametrize(
    ("person", "called", "address"),
    [
        (Person(("slack:#lab-grants", "mailto:lab@example.edu")), "#lab-grants", "#lab-grants"),
        (
            Person(("mailto:a.researcher@example.edu",), "A. Researcher"),
            "A. Researcher",
            "a.researcher@example.edu",
        ),
        (Person(()), "nobody", ""),
    ],
)
def test_a_person_is_named_by_name_or_else_by_address(person, called, address):
    assert (str(person), person.address) == (called, address)


def test_a_message_names_the_grant_where_there_are_several():
    one = Account("lab", locale(), grants=(Grant("a", "program"),))
    two = Account("lab", locale(), grants=(Grant("a", "program"), Grant("b", "program")))

    assert [one.about("a"), two.about("a"), two.about("")] == ["lab", "lab, grant a", "lab"]
