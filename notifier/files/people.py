"""The people of an accounts file: by role, how each is reached, and when they do not want to be told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notifier.core.account import Person
from notifier.core.quiet import parse_quiet
from notifier.core.vocabulary import Kind
from notifier.files import forms
from notifier.files.facts import read_value
from notifier.files.positions import Located, each
from notifier.files.table import Table, word

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_people(table: Table, strangers: frozenset[str]) -> dict[str, Person]:
    """``people:`` by role; none of them is reached at an address of *strangers*."""
    people = table.table("people", "`people`")
    found = {}
    for role, located in (people.entries if people else {}).items():
        if people is not None and people.convert_key(role, word) is not None:
            people.known.append(role)
            found[role] = _person(located, people, strangers)
    return found


def read_service(table: Table, strangers: frozenset[str]) -> Mapping[str, Person]:
    """``service: {people: …}``: who hears about the service itself. With a mistake in it, nobody of it does."""
    service = table.table("service", "`service`")
    if service is None:
        return {}
    before = len(service.faults)
    people = read_people(service, strangers)
    service.rest()
    return people if len(service.faults) == before else {}


def read_line(text: str) -> str:
    """A text on one line that a person has filled in."""
    return str(read_value(Kind.TEXT, forms.filled_in(text), ""))


def _person(located: Located, people: Table, strangers: frozenset[str]) -> Person:
    address = partial(forms.reach, third_parties=strangers)
    if located.entries is None:
        reach = [people.convert(item, address) for item in each(located)]
        return Person(tuple(text for text in reach if text))
    table = Table(located, people.faults, "a person")
    found = [table.convert(item, address) for item in table.all("reach")]
    name, position = table.read("name", read_line) or "", table.read("position", read_line) or ""
    language = table.read("language", forms.language) or ""
    digest, zone = table.read("digest", forms.digest) or "", table.read("zone", forms.zone) or ""
    hours = _quiet(table)
    table.rest()
    return Person(tuple(text for text in found if text), name, position, language, hours, digest, zone)


def _quiet(table: Table) -> str:
    """``quiet:`` as one text: it may be a list of such texts, or ``{hours: …, days: […]}``."""
    found = table.get("quiet")
    if found is None:
        return ""
    before = len(table.faults)
    if found.entries is not None:
        stated = Table(found, table.faults, "`quiet`")
        items = [*stated.all("hours"), *stated.all("days")]
        stated.rest()
    else:
        items = list(each(found))
    texts = [table.convert(item, forms.quiet) for item in items]
    if len(table.faults) > before:
        return ""
    whole = ", ".join(text for text in texts if text)
    try:
        parse_quiet(whole)
    except ValueError as error:  # each by itself may be right, and all of them together not
        table.fault("quiet", str(error))
    return whole
