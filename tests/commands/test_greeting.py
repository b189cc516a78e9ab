"""What a start says of who can be told."""

from io import StringIO

import pytest
from rich.console import Console as Terminal

from notifier.commands.run.greeting import say_who_hears
from notifier.core.account import Account, Person
from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.rule import Rulebook
from notifier.files.places import Files
from notifier.flow.declare import Declaration
from notifier.flow.deliver import Outlets
from tests.core.helpers import locale

PEOPLE = {
    "pi": Person(("mailto:a@example.edu", "slack:#lab\x1b[2J"), "A."),
    "team": Person(("slack:#lab\x1b[2J",)),
}
FILES = Files(Rulebook(), [Declaration(Account("lab", locale(), PEOPLE))])


def says(ways, told_by):
    sheet = StringIO()
    outlets = Outlets({}.get, ways, why_not=lambda address: "" if address.startswith("mailto:") else "set a token")
    say_who_hears(Terminal(file=sheet, width=200), FILES, outlets, told_by)
    return sheet.getvalue().splitlines()


def test_with_nothing_configured_it_says_where_messages_are_and_what_to_call():
    assert says(CONSOLE_ONLY, []) == [
        "Nobody is told by Slack or email yet: messages stand here. `notifier doctor` says what to set."
    ]


@pytest.mark.parametrize(
    ("told_by", "words"),
    [
        (["a bot in Slack"], "a bot in Slack"),
        (["a bot in Slack", "mail from x"], "a bot in Slack and mail from x"),
    ],
)
def test_how_people_are_told_is_said_and_an_address_that_leads_nowhere_once_with_what_to_set(told_by, words):
    assert says(Ways(lambda _: True), told_by) == [
        f"People are told by {words}; each telling is logged here.",
        "slack:#lab [2J cannot be told: set a token",
    ]
