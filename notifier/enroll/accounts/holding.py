"""One account of the file while changes to it are gathered: what it will mean, and the edits that make it so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, count
from typing import Final

from ruamel.yaml.nodes import MappingNode, SequenceNode

from notifier.enroll.acceptances.recognition import Ask
from notifier.enroll.accounts.entries import (
    ACCOUNT_ORDER,
    GRANT_ORDER,
    Entry,
    Wanted,
    account_item,
    grant_item,
    missing_of_account,
)
from notifier.enroll.accounts.file import grants_of
from notifier.enroll.accounts.insertion import Edit, append_items, append_lines, end_with_comments, field_of
from notifier.enroll.accounts.replacement import set_fields

ON_ITSELF: Final = -1
"""The place of a grant whose fields stand on the account."""
ITS_NAME: Final = "1"
"""What such a grant is called."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One account: what it will mean, where it stands (None: it is new), and what changes there."""

    data: Entry
    node: MappingNode | None = None
    fields: Entry = field(default_factory=dict)
    """What changes on the account itself."""
    grants: Mapping[int, Entry] = field(default_factory=dict)
    """What changes on its grants, by their place in the list."""
    added: tuple[tuple[Entry, tuple[Ask, ...]], ...] = ()

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What is missing of the account, each once."""
        named = {ask.name: ask for _, asks in self.added for ask in asks if ask.name not in self.data}
        return tuple(named.values())

    @property
    def places(self) -> dict[int, Mapping[str, object]]:
        """Its grants by their place in the list; one may stand on the account itself."""
        return places(self.data)

    def place_of(self, wanted: Wanted, grant: str | None = None) -> int | None:
        """Return where this grant stands, as `same_grant` finds it; it is called *grant*, if that is said."""
        return same_grant(self.data, wanted.program, wanted.accepted_on, grant)

    def place_called(self, grant: str) -> int | None:
        """Return where the grant *grant* stands."""
        return next((at for at, each in self.places.items() if name_of(at, each) == grant), None)

    def is_added(self, place: int) -> bool:
        """Whether the grant there is one of the new ones."""
        return any(entry is self.places[place] for entry, _ in self.added)

    def item(self) -> list[str]:
        """Return the lines of a new account."""
        fields = {name: value for name, value in self.data.items() if name != "grants"}
        return account_item(fields, [grant_item(entry, asks) for entry, asks in self.added], self.asks)

    def edits(self, text: str) -> Iterator[Edit]:
        """Return what changes in the text, from the inside outwards, so that edits at one place come in order.

        Raises:
            NoPlace: something is written in a form that is not changed here.
        """
        if self.node is None:
            return
        listed = field_of(self.node, "grants")
        for place, fields in self.grants.items():
            assert isinstance(listed, SequenceNode)
            yield from set_fields(text, listed.value[place], fields, GRANT_ORDER)
        entries = [entry for entry, _ in self.added]
        items = [grant_item(entry, asks) for entry, asks in self.added]
        appended = append_items(text, self.node, "grants", entries, items) if entries else ()
        on_itself = set_fields(text, self.node, self.fields, ACCOUNT_ORDER)
        yield from chain(on_itself, appended) if listed is None else chain(appended, on_itself)
        yield from self._gaps(text, self.node)

    def _gaps(self, text: str, node: MappingNode) -> Iterator[Edit]:
        """Name what the account lacks itself, unless a comment of an earlier grant does."""
        if node.flow_style or not self.asks:
            return
        written = text[node.start_mark.index : end_with_comments(text, node, node.start_mark.column)]
        if gaps := missing_of_account(ask for ask in self.asks if f"# {ask.name}:" not in written):
            yield append_lines(text, node, gaps)


def places(account: Mapping[str, object]) -> dict[int, Mapping[str, object]]:
    """Return the grants of an account by their place; one may stand on the account itself."""
    return ({ON_ITSELF: account} if "program" in account else {}) | dict(enumerate(grants_of(account)))


def same_grant(account: Mapping[str, object], program: str, day: object, grant: str | None = None) -> int | None:
    """Return the place of the account's grant of *program* that was accepted on *day*.

    Where none was, the one that was accepted a day earlier or later: who reads the mail in another zone sees
    another date. A grant of another name than *grant* is not taken for it then.
    """
    of_it = {at: each for at, each in places(account).items() if each.get("program") == program}
    exact = (at for at, each in of_it.items() if str(each.get("accepted_on")) == str(day))
    near = (
        at
        for at, each in of_it.items()
        if grant in {None, name_of(at, each)} and _is_a_day_apart(each.get("accepted_on"), day)
    )
    return next(chain(exact, near), None)


def _is_a_day_apart(one: object, other: object) -> bool:
    try:
        return abs(date.fromisoformat(str(one)) - date.fromisoformat(str(other))) <= timedelta(days=1)
    except ValueError:  # no day is said
        return False


def name_of(place: int, grant: Mapping[str, object]) -> str:
    """Return what the grant at a place is called."""
    return ITS_NAME if place == ON_ITSELF else str(grant.get("id"))


def free_id(wanted: str, holding: Holding) -> str:
    """Return *wanted*, or it with the first number, `2024-2`, that no grant of the account has."""
    taken = {name_of(place, each) for place, each in holding.places.items()}
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(each for each in chain([wanted], numbered) if each not in taken)
