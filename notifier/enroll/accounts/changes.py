"""Grants put into one accounts file, and changed in it, all with one reading and one writing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from types import MappingProxyType
from typing import Final

from notifier.core.vocabulary import SERVICE_PROGRAM
from notifier.enroll.accounts.differences import (
    INHERITED,
    USUAL,
    Difference,
    changed,
    differences,
    merged,
    only_new,
)
from notifier.enroll.accounts.entries import Entry, Wanted, defaults_entry, fresh_head
from notifier.enroll.accounts.file import VERSION, AccountsFile, AccountsFileError, EnrollError, grants_of, load
from notifier.enroll.accounts.holding import ON_ITSELF, Holding, free_id, name_of, places
from notifier.enroll.accounts.insertion import Edit, NoPlace, append_items, edited, new_lines
from notifier.enroll.accounts.notation import indented
from notifier.enroll.accounts.refusals import (
    AlreadyEnrolled,
    added_otherwise,
    no_such_grant,
    not_changed,
    on_itself,
)

_Differing = tuple[Difference, ...]
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Changes:
    """What is to change in an accounts file. Each wish is checked when it is made; `text` is the file after all.

    *zone_name* is the time zone of a file that does not exist yet. *common* are the defaults of the accounts file
    beside a folder of such files, which hold for all of them; a new file in there repeats none of them.
    """

    def __init__(self, file: AccountsFile, zone_name: str, common: Mapping[str, object] = NOTHING) -> None:
        self._file = file
        own = file.defaults if file.root or common else defaults_entry(zone_name)
        self._head: Entry = {"version": VERSION} | ({"defaults": own} if own else {})
        usual = {**USUAL, **common, **own}
        self._usual: Entry = {name: usual[name] for name in INHERITED if usual.get(name)}
        self._held: dict[str, Holding] = {}
        for data, node in zip(file.accounts, file.nodes, strict=True):
            self._held.setdefault(str(data["id"]), Holding(dict(data), node))
        self._changed: dict[str, None] = {}  # in the order of the wishes

    def knows(self, account: str) -> bool:
        """Whether the file has the account, or will have it."""
        return account in self._held

    def has_grant(self, account: str, grant: str) -> bool:
        """Whether the account has a grant called *grant*."""
        return self.knows(account) and self._held[account].place_called(grant) is not None

    def zone_name(self, account: str) -> str:
        """Return the time zone that counts for an account, be it in the file or not."""
        return str(self._effective(account)["time_zone"])

    def currency(self, account: str) -> str:
        """Return in which currency the bare amounts of an account are."""
        return str(self._effective(account)["currency"])

    def add(self, account: str, grant: str | None, enrolled_on: date, wanted: Wanted) -> tuple[str, _Differing]:
        """Add a grant, and what the account itself lacks. Return its id, and what the account says otherwise.

        Raises:
            AlreadyEnrolled: the account holds this grant, or one that was accepted a day earlier or later.
            EnrollError: the id is taken or reserved, there is no date, or there is no place for it.
        """
        if wanted.accepted_on is None:
            raise EnrollError("The mail gives no date of acceptance: save it with its head, or as .eml.")
        held = self._held.get(account)
        if held is None and account == SERVICE_PROGRAM:
            raise EnrollError(f"{account!r} is the service itself; give the account another name.")
        if held is None:
            return self._with_account(
                account, wanted.grant_entry(grant or str(wanted.accepted_on.year), enrolled_on), wanted
            ), ()
        if (place := held.place_of(wanted, grant)) is not None:
            raise AlreadyEnrolled(
                account, name_of(place, held.places[place]), wanted, self._differing(account, place, wanted)[2]
            )
        if ON_ITSELF in held.places:
            raise on_itself(account, held)
        if grant is not None and held.place_called(grant) is not None:
            free = free_id(grant, held)
            raise EnrollError(f"Account {account} has another grant {grant!r}; name this one {free!r}.")
        entry = wanted.grant_entry(grant or free_id(str(wanted.accepted_on.year), held), enrolled_on)
        differing = changed(self._effective(account), wanted.account, self.currency(account))
        new = only_new(self._effective(account), differing)
        said = differences(self._effective(account), differing)
        data = {**merged(held.data, new), "grants": [*grants_of(held.data), entry]}
        self._keep(account, replace(held, data=data), Holding(data, held.node, new, {}, ((entry, wanted.asks),)))
        return str(entry["id"]), tuple(each for each in said if each.in_file is not None)

    def update(self, account: str, grant: str | None, wanted: Wanted) -> tuple[str, _Differing]:
        """Change what the file says otherwise of an account and its grant. Return its id, and what differed.

        The grant is the one called *grant*, else that of the same program and day, or of the day before or after.

        Raises:
            EnrollError: there is no such grant, or a value cannot be changed where it stands.
        """
        held = self._held.get(account)
        if held is None:
            raise EnrollError(f"There is no account {account!r} in the file, so there is nothing to update.")
        place = held.place_of(wanted) if grant is None else held.place_called(grant)
        if place is None or held.places[place].get("program") != wanted.program:
            raise no_such_grant(account, held, grant, wanted)
        name = name_of(place, held.places[place])
        on_account, on_grant, differing = self._differing(account, place, wanted)
        if on_grant and held.is_added(place):
            raise added_otherwise(account, name, differing)
        if place == ON_ITSELF:
            on_account, on_grant = {**on_account, **on_grant}, {}
        data = merged(held.data, on_account)
        if on_grant:
            data["grants"] = [
                merged(each, on_grant) if at == place else each for at, each in enumerate(grants_of(data))
            ]
        if differing:
            grants = {place: on_grant} if on_grant else {}
            self._keep(account, replace(held, data=data), Holding(data, held.node, on_account, grants))
        return name, differing

    def text(self) -> str:
        """Return the file's text after all changes.

        Raises:
            EnrollError: it would not mean what the file means plus the changes; nothing of it is to be written.
        """
        if not self._changed:
            return self._file.text
        several = [self._held[name] for name in self._changed]
        text, new = self._file.text, [each for each in several if each.node is None]
        try:
            there = list(chain.from_iterable(each.edits(text) for each in several))
            return self._proven(edited(text, [*there, *self._new_accounts(new)]))
        except NoPlace as place:
            raise not_changed(place) from place

    def _with_account(self, account: str, entry: Entry, wanted: Wanted) -> str:
        fields = wanted.account_entry(account)
        own = {name: value for name, value in fields.items() if self._usual.get(name) != value}
        data = {**own, "grants": [entry]}
        self._keep(account, Holding(data), Holding(data, added=((entry, wanted.asks),)))
        return str(entry["id"])

    def _new_accounts(self, new: list[Holding]) -> list[Edit]:
        text, root, items = self._file.text, self._file.root, [each.item() for each in new]
        if root is not None:
            return list(append_items(text, root, "accounts", [each.data for each in new], items)) if new else []
        below = indented([line for item in items for line in item], 2)
        return [new_lines(len(text), [*fresh_head(self._head), "accounts:", *below])]

    def _differing(self, account: str, place: int, wanted: Wanted) -> tuple[Entry, Entry, _Differing]:
        """Return what differs on the account, and on its grant at *place*, and both in words."""
        held, currency = self._effective(account), self.currency(account)
        entry = places(held)[place]
        on_account, on_grant = changed(held, wanted.account, currency), changed(entry, wanted.grant, currency)
        return on_account, on_grant, (*differences(held, on_account), *differences(entry, on_grant))

    def _effective(self, account: str) -> Entry:
        held = self._held.get(account)
        return {**self._usual, **(held.data if held else {})}

    def _keep(self, name: str, after: Holding, wish: Holding) -> None:
        """Take a wish over, unless there is no place for it; what was wished before can still be had then."""
        try:
            list(wish.edits(self._file.text))
        except NoPlace as place:
            raise not_changed(place) from place
        grants = dict(after.grants)
        for at, each in wish.grants.items():
            grants[at] = merged(grants.get(at, {}), each)
        fields, added = merged(after.fields, wish.fields), (*after.added, *wish.added)
        self._held[name] = replace(after, fields=fields, grants=grants, added=added)
        self._changed[name] = None

    def _proven(self, text: str) -> str:
        """Return *text* if it means what is wanted: an anchor, say, may make a place special."""
        data: Entry = dict(self._file.data) if self._file.root else self._head
        first = {str(each["id"]): each for each in reversed(self._file.accounts)}
        held = [
            self._held[name].data if first[name] is each else each
            for each in self._file.accounts
            for name in [str(each["id"])]
        ]
        new = [each.data for name in self._changed if (each := self._held[name]).node is None]
        try:
            if load(text) == {**data, "accounts": [*held, *new]}:
                return text
        except AccountsFileError:
            pass
        raise EnrollError("This cannot be put into the file without changing the rest; add it by hand.")
