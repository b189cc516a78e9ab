"""The page of the accounts file, and the example at the top, show whatever can be said of people and of items."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from notifier.core.account import Person
from notifier.core.fact import Owner, split_item_fact
from notifier.core.vocabulary import COLLECTIONS
from notifier.files.accounts import read_accounts
from notifier.files.rulebook import read_rulebook
from tests.commands.test_init import uncommented

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "accounts.md").read_text(encoding="utf-8")
SHOWN = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
EXAMPLE = uncommented((PROJECT / "accounts.example.yaml").read_text(encoding="utf-8"))
WRITTEN = {
    (name, fact.name)
    for name in ("projects", "papers", "datasets", "batches")
    for fact in COLLECTIONS[name].facts
    if fact.owner in {Owner.DECLARED, Owner.RECORDED}
}


@pytest.fixture(params=["page", "example"])
def read(request, tmp_path):
    """The accounts, and who hears about the service."""
    path = tmp_path / "accounts.yaml"
    path.write_text(EXAMPLE if request.param == "example" else SHOWN[1], encoding="utf-8")
    programs = read_rulebook(PROJECT / "rules", "rules", []).programs
    faults, service = [], {}
    declared = read_accounts([(path, path.name)], programs, range(2024, 2028), faults, service)
    assert faults == []
    return declared, service


def test_every_field_of_a_person_is_shown(read):
    declared, service = read
    people = [person for each in declared for person in each.account.people.values()]

    assert [each.name for each in fields(Person) if not any(getattr(who, each.name) for who in people)] == []
    assert list(service) == ["operator"]


def test_everything_that_can_be_said_of_items_is_shown(read):
    declared, _ = read
    said = {name for each in declared for facts in (each.facts, *each.grants.values()) for name in facts}
    items = {(collection, fact) for collection, _, fact in map(split_item_fact, said)}

    assert WRITTEN - items == set()
