"""The list of facts is closed; what is nearly right is answered with what was probably meant."""

import pytest

from notifier.core.vocabulary import BUILT_IN, Kind, Owner, Vocabulary, suggestion
from tests.core.helpers import fact


def test_a_fact_s_place_is_its_place_in_the_list():
    vocabulary = Vocabulary()

    assert [vocabulary.place(fact.name) for fact in BUILT_IN] == list(range(len(BUILT_IN)))
    assert vocabulary.place("nothing_such") is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("grant.renewed_by", "renewed_by"),
        ("account.organization", "organization"),
        ("grant.organization", None),  # the prefix must fit
        ("account.renewed_by", None),
        ("grant.nothing", None),
        ("grant.grant.renewed_by", None),
    ],
)
def test_a_prefix_says_whose_fact_is_meant(name, meant):
    vocabulary = Vocabulary()

    assert vocabulary.place(name) == (vocabulary.places[meant] if meant else None)


def test_a_program_adds_its_facts_behind_and_replaces_in_place():
    own = fact("own_term", Kind.DURATION)
    replaced = fact("pi_name", Kind.TEXT, Owner.RECORDED)
    vocabulary = Vocabulary().extended([replaced, own])

    assert vocabulary.facts[-1] is own
    assert vocabulary.facts[Vocabulary().places["pi_name"]] is replaced
    assert len(vocabulary.facts) == len(BUILT_IN) + 1


def test_a_near_miss_is_named_and_nonsense_is_not():
    assert Vocabulary().suggestion("acepted_on") == "; did you mean `accepted_on`?"
    assert suggestion("zzz", ["days"]) == ""


def test_every_built_in_fact_says_where_it_is_found():
    assert [fact.name for fact in BUILT_IN if not fact.where] == []
