"""Who hears besides a rule's roles: whoever an item names, who an alert was passed on to or handed over to."""

import pytest

from notifier.core.account import Account, Person
from notifier.core.alert import Alert, Policy
from notifier.core.audience import CONSOLE, Besides, Ways, audience, besides, said
from notifier.core.facts import UNREAD, Facts
from notifier.core.rule import Staged
from notifier.core.timing import Timing, parse_escalation
from notifier.core.vocabulary import Vocabulary
from tests.core.helpers import condition, locale, rule

BOOKS = Vocabulary()
PROJECT = BOOKS.scoped("projects")
PEOPLE = {
    "pi": Person(("mailto:a.researcher@example.edu",), "A. Researcher"),
    "team": Person(("slack:#lab", "mailto:lab@example.edu")),
    "office": Person(("mailto:office@example.edu",), "The Office"),
}
LAB = Account("lab", locale(), PEOPLE)
ASKED = condition(BOOKS, **{"while": "organization"})
TIMING = Timing(escalate=(parse_escalation("1 day", "pi"), parse_escalation("3 days", "office")))
POLICY = Policy(("holds",))
REACHED = Ways(lambda _address: True)


def owned(by):
    """The record of a project whose owner is *by*."""
    values = [None] * len(PROJECT.facts)
    values[PROJECT.places["project.owner"]] = by
    return Facts("lab", "", tuple(values), b"", (), 0, "projects", "thesis")


def rule_for(*roles, **more):
    return rule("a title", ASKED, tell=Staged(tuple((0, role) for role in roles)), vocabulary=PROJECT, **more)


def heard(made, also, account=LAB, ways=REACHED):
    return audience(account, made, POLICY, "holds", ways, also)


@pytest.mark.parametrize(
    ("owner", "roles"),
    [
        ("team", ("team",)),
        ("A. Researcher", ("PI",)),
        ("a. researcher", ("PI",)),
        ("a.researcher@example.edu", ("PI",)),
        ("A.Researcher@Example.edu", ("PI",)),
        ("lab@example.edu", ("team",)),  # any of a person's addresses
        ("#lab", ("team",)),
    ],
)
def test_an_item_names_its_owner_by_role_by_name_or_by_address(owner, roles):
    assert heard(rule_for("project.owner"), Besides(owned(owner))).roles == roles


@pytest.mark.parametrize("owner", [None, UNREAD, "", "nobody@example.edu", 3])
def test_where_nobody_is_named_everybody_hears(owner):
    """Nothing may be lost because a file names somebody whom the account does not know."""
    assert heard(rule_for("project.owner"), Besides(owned(owner))).roles == ("PI", "team", "office")


@pytest.mark.parametrize("owner", [None, "team", "nobody"])
def test_with_another_role_beside_the_owner_that_one_hears_in_any_case(owner):
    roles = heard(rule_for("project.owner", "pi"), Besides(owned(owner))).roles

    assert roles == (("team", "PI") if owner == "team" else ("PI",))


def test_an_owner_who_is_told_anyway_is_told_once():
    found = heard(rule_for("pi", "project.owner"), Besides(owned("A. Researcher")))

    assert (found.roles, found.destinations) == (("PI",), ("mailto:a.researcher@example.edu",))


@pytest.mark.parametrize("facts", [None, Facts("lab", "", (None,) * len(BOOKS.facts), b"", (), 0)])
def test_without_the_record_of_an_item_nobody_is_named_by_it(facts):
    assert heard(rule_for("project.owner", "team"), Besides(facts)).roles == ("team",)


def test_a_name_that_the_rule_s_words_do_not_know_is_nobody():
    made = rule("a title", ASKED, tell=Staged(((0, "project.owner"), (0, "team"))), vocabulary=BOOKS)

    assert heard(made, Besides(owned("pi"))).roles == ("team",)
    assert audience(LAB, None, POLICY, "holds", REACHED, Besides(owned("pi"))).roles == ("PI", "team", "office")


# -- passed on, handed over -----------------------------------------------------------------------------------


def alert(**more):
    return Alert(open=True, opened_at=0, step="holds", told=True, **more)


@pytest.mark.parametrize(
    ("passed_on", "roles"), [(0, ("team",)), (1, ("team", "PI")), (2, ("team", "PI", "office"))]
)
def test_whoever_it_was_passed_on_to_hears_everything_from_then_on(passed_on, roles):
    made = rule_for("team", timing=TIMING)
    also = besides(made, owned("pi"), alert(passed_on=passed_on))

    assert heard(made, also).roles == roles


def test_a_transition_for_some_roles_alone_is_heard_by_nobody_else():
    made = rule_for("team", timing=TIMING)
    also = besides(made, owned("pi"), alert(passed_on=2, owner="team"), ("office",))

    assert heard(made, also).roles == ("office",)


def test_whom_it_was_handed_over_to_hears_in_the_rule_s_stead():
    made = rule_for("team", "pi", timing=TIMING)

    assert heard(made, besides(made, None, alert(owner="office"))).roles == ("office",)
    assert heard(made, besides(made, None, alert(owner="office", passed_on=1))).roles == ("office", "PI")


def test_an_item_may_name_whom_it_is_passed_on_to():
    made = rule_for("team", timing=Timing(escalate=(parse_escalation("1 day", "project.owner"),)))

    assert heard(made, besides(made, owned("A. Researcher"), alert(passed_on=1))).roles == ("team", "PI")


@pytest.mark.parametrize(("made", "known"), [(None, alert()), (rule_for("team"), None)])
def test_without_a_rule_or_an_alert_there_is_nobody_besides(made, known):
    facts = owned("pi")

    assert besides(made, facts, known) == Besides(facts)


def test_a_role_that_cannot_be_reached_is_named_beside_those_who_hear():
    found = heard(rule_for("team", "pi"), Besides(), ways=Ways(lambda address: address.startswith("slack:")))

    assert found.roles == ("team",)
    assert found.people == "team (#lab); PI (A. Researcher) cannot be reached"


def test_without_anybody_it_goes_to_the_fallback():
    nobody = Account("lab", locale())

    assert heard(rule_for("team"), Besides(), nobody).destinations == (CONSOLE,)
    assert heard(
        rule_for("team"), Besides(), nobody, Ways(REACHED.leads_to, "mailto:x@example.edu")
    ).destinations == ("mailto:x@example.edu",)
    assert heard(rule_for("team"), Besides(), nobody).people == "nobody is named for this account"


def test_a_role_is_said_as_people_say_it():
    assert [said(role) for role in ("pi", "team")] == ["PI", "team"]
