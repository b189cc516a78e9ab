"""A digest: what it says first, what it counts, and that it comes when all is well too."""

from dataclasses import replace

import pytest

from notifier.core.alert import Reason
from notifier.core.digest import Listed, Outlook, compose_digest
from notifier.core.message import Answer, Line
from tests.core.helpers import locale, moment

NOW = moment("2026-11-30 08:00")
WELL = Outlook(
    accounts=2,
    grants=3,
    every="Monday at 08:00",
    fine=Listed((), 3),
    states=(("running", 2), ("over", 1)),
    oldest="the oldest figures are those of lab, 28 November, 07:35 (openai)",
    rules="the rules are those of the last digest, 23 November",
)


def lines(*names):
    return tuple(Line(name, f"{name} is late", share=0.5) for name in names)


def composed(**fields):
    return compose_digest(replace(WELL, **fields), locale(), NOW)


def test_all_is_well_is_said_too_with_what_was_looked_at():
    message = composed()

    assert message.title == "All is well · digest of 30 November"
    assert message.reason is Reason.DIGEST
    assert not message.urgent
    assert message.say == "All is well. 3 grants of 2 accounts are watched; nothing comes up in the next 60 days."
    assert message.next == ""
    assert [(each.heading, each.say) for each in message.sections] == [
        ("Fine (3)", "3 grants: 2 running and 1 over."),
    ]
    assert message.known == f"{WELL.oldest}; {WELL.rules}"
    assert message.told.startswith("This comes every Monday at 08:00, also when all is well: if it does not come")
    assert "`digest: off`" in message.told
    assert message.answers == (Answer("To see all of it", "status"),)


def test_who_needs_somebody_stands_first_and_is_what_to_begin_with():
    message = composed(needs=Listed(lines("lab", "clinic"), 2), coming=Listed(lines("lab"), 1))

    assert message.headline == "2 grants need you"
    assert message.next == "Start with lab: lab is late."
    assert message.say == "3 grants of 2 accounts are watched; 1 message comes in the next 60 days."
    assert [each.heading for each in message.sections] == ["Needs you (2)", "Coming in 60 days (1)", "Fine (3)"]
    assert message.sections[0].lines == lines("lab", "clinic")


def test_of_many_the_first_are_listed_and_the_rest_is_a_number():
    message = composed(needs=Listed(lines("lab"), 1_301))

    assert message.sections[0].heading == "Needs you (1,301)"
    assert message.sections[0].say == "The first 1; 1,300 more are left out here."


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"needs": Listed(lines("lab"), 1)}, "1 grant needs you"),
        ({"unread": Listed(lines("lab"), 1)}, "1 source cannot be read"),
        ({"service": Listed(lines("rules"), 1)}, "The service needs you"),
        ({"troubles": Listed(lines("#lab"), 3)}, "Not everything could be told"),
        ({"failing": Listed(lines("#lab"), 1)}, "Not everything could be told"),
        (
            {
                "needs": Listed(lines("lab"), 1),
                "unread": Listed(lines("lab"), 2),
                "troubles": Listed(lines("a"), 1),
            },
            "1 grant needs you, 2 sources cannot be read and not everything could be told",
        ),
    ],
)
def test_nothing_is_well_while_anything_needs_a_person(fields, headline):
    message = composed(**fields)

    assert message.headline == headline
    assert "All is well" not in message.say


def test_what_could_not_be_told_comes_with_the_command_that_says_why():
    message = composed(failing=Listed(lines("#lab"), 1))

    assert Answer("To see what could not be told, and why", "deliveries") in message.answers
    assert [each.heading for each in message.sections] == ["Fine (3)", "Destinations that fail (1)"]


def test_where_nothing_is_fine_nothing_is_said_of_it():
    message = composed(grants=1, fine=Listed(), states=(), needs=Listed(lines("lab"), 1))

    assert message.say.startswith("1 grant of 2 accounts is watched")
    assert message.next == "Look after lab: lab is late."
    assert [each.heading for each in message.sections] == ["Needs you (1)"]


def test_who_runs_the_service_is_told_how_many_accounts_it_watches():
    assert composed(watched=1_200).say.startswith("All is well. The service watches 1,200 accounts. 3 grants of")
    assert composed(watched=2, accounts=0, grants=0).say == "All is well. The service watches 2 accounts."
