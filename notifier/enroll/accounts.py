"""The accounts file with one more grant in it.

New lines are put between the old ones, which are never written anew: comments, order, quotes, blank lines
and line ends stay byte for byte. The result is parsed before it is returned: it has to mean what the file
meant, plus the grant.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain, count

from notifier.enroll.acceptance import Understood
from notifier.enroll.accounts_file import (
    VERSION,
    AccountsFile,
    AccountsFileError,
    EnrollError,
    grants_of,
    load,
    read_accounts,
)
from notifier.enroll.entries import (
    Entry,
    account_entry,
    account_item,
    defaults_entry,
    fresh_head,
    grant_entry,
    grant_item,
    missing_of_account,
    shown,
)
from notifier.enroll.insertion import NoPlace, append_item, append_lines, append_to_mapping
from notifier.enroll.printable import printable

__all__ = ["AccountsFileError", "AlreadyEnrolled", "EnrollError", "add_grant"]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BYTE_ORDER_MARK = "\ufeff"
_NOT_COMPARED = frozenset({"id", "enrolled_on"})


class AlreadyEnrolled(EnrollError):
    """The account holds this grant: same program, same day of acceptance. The text names what differs."""


def add_grant(
    existing: str | None,
    understood: Understood,
    *,
    account: str,
    grant: str | None,
    enrolled_on: date,
    zone_name: str,
) -> str:
    """Return the text of `accounts.yaml` with the grant in it.

    Args:
        existing: The file's text; None if there is no file yet.
        understood: What the acceptance mail says.
        account: Id of the account; it is made if the file has none of that name.
        grant: Id of the grant; None takes the year of acceptance, `2024`, then `2024-2` and so on.
        enrolled_on: Today in the account's zone; steps before it are not told.
        zone_name: Time zone for a new file, such as `Europe/Berlin`. An existing file keeps its own.

    Raises:
        AlreadyEnrolled: the account holds this grant.
        AccountsFileError: the existing file is faulty.
        EnrollError: an id that is not allowed or taken, a mail without a date, or a file into which
            lines cannot be put.
    """
    _check_id("account", account)
    if grant is not None:
        _check_id("grant", grant)
    mark = _BYTE_ORDER_MARK if (existing or "").startswith(_BYTE_ORDER_MARK) else ""
    file = read_accounts((existing or "").removeprefix(mark))
    index = file.index_of(account)
    held = {} if index is None else file.accounts[index]
    entry = _entry(understood, account, held, grant, enrolled_on)
    try:
        if index is not None:
            return mark + _with_grant(file, index, entry, understood)
        return mark + _with_account(file, account, entry, understood, zone_name)
    except NoPlace as place:
        raise EnrollError(
            f"Line {place.line} is written in brackets; write that list with one `- ` a line, then enroll again."
        ) from place


def _check_id(kind: str, name: str) -> None:
    if _ID.fullmatch(name):
        return
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    suggestion = "-".join(re.findall("[a-z0-9]+", ascii_only)) or "lab"
    raise EnrollError(
        f"{printable(name)!r} cannot be the id of the {kind}: lower-case letters, digits and hyphens, "
        f"such as {suggestion!r}."
    )


def _entry(
    understood: Understood, account: str, held: Mapping[str, object], grant: str | None, enrolled_on: date
) -> Entry:
    """Return the grant's fields, refusing what is enrolled already and an id that is taken."""
    accepted_on = understood.value("accepted_on")
    if not isinstance(accepted_on, date):
        raise EnrollError("The mail gives no date of acceptance: save it with its head, or as .eml.")
    taken = {str(each.get("id")) for each in grants_of(held)}
    entry = grant_entry(understood, grant or _free_id(str(accepted_on.year), taken), enrolled_on)
    for each in (held, *grants_of(held)):  # an account's one grant may stand on the account itself
        if each.get("program") == understood.program and each.get("accepted_on") == accepted_on:
            raise AlreadyEnrolled(_already(account, each, entry))
    if entry["id"] in taken:
        free = _free_id(str(entry["id"]), taken)
        raise EnrollError(f"Account {account} has another grant {entry['id']!r}; name this one {free!r}.")
    return entry


def _free_id(wanted: str, taken: set[str]) -> str:
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(each for each in chain([wanted], numbered) if each not in taken)


def _already(account: str, held: Mapping[str, object], entry: Entry) -> str:
    what = f"Account {account} holds the grant of {entry['program']}, accepted on {entry['accepted_on']}, already"
    differences = list(_differences(held, entry))
    return "\n".join([f"{what}. What differs:", *differences]) if differences else f"{what}. Nothing differs."


def _differences(held: Mapping[str, object], entry: Mapping[str, object], above: str = "") -> Iterable[str]:
    """Name each field of which the mail says something else. What only the file says is no difference."""
    for name, value in entry.items():
        there = held.get(name)
        if isinstance(value, Mapping):
            yield from _differences(there if isinstance(there, Mapping) else {}, value, f"{name}.")
        elif name not in _NOT_COMPARED and shown(there) != shown(value):
            in_file = "nothing" if there is None else shown(there)
            yield printable(f"  {above}{name}: {in_file} in the file, {shown(value)} in the mail")


def _with_account(file: AccountsFile, account: str, entry: Entry, understood: Understood, zone_name: str) -> str:
    fields = account_entry(understood, account)
    item = account_item(fields, entry, understood.asks)
    data: Entry = dict(file.data)
    if file.root is None:
        data = {"version": VERSION, "defaults": defaults_entry(zone_name)}
        edited = append_lines(file.text, [*fresh_head(zone_name), "accounts:", *(f"  {line}" for line in item)])
    else:
        edited = append_item(file.text, file.root, "accounts", item)
    data["accounts"] = [*file.accounts, {**fields, "grants": [entry]}]
    return _proven(edited, data)


def _with_grant(file: AccountsFile, index: int, entry: Entry, understood: Understood) -> str:
    held, node = file.accounts[index], file.node_of(index)
    if "program" in held:
        raise EnrollError(
            f"Line {node.start_mark.line + 1}: this account holds its one grant on itself; move `program:` and "
            "the rest of that grant under `grants:`, then enroll again."
        )
    edited = append_item(file.text, node, "grants", grant_item(entry, understood.asks))
    accounts: list[object] = list(file.accounts)
    accounts[index] = {**held, "grants": [*grants_of(held), entry]}
    return _with_account_gaps(_proven(edited, {**file.data, "accounts": accounts}), index, held, understood)


def _with_account_gaps(text: str, index: int, held: Mapping[str, object], understood: Understood) -> str:
    """Add to the account what it lacks itself, unless a comment of an earlier grant names it."""
    node = read_accounts(text).node_of(index)
    written = text[node.start_mark.index : node.end_mark.index]
    asks = [ask for ask in understood.asks if ask.name not in held and f"# {ask.name}:" not in written]
    lines = missing_of_account(asks)
    return _proven(append_to_mapping(text, node, lines), load(text)) if lines else text


def _proven(text: str, wanted: object) -> str:
    """Return *text* if it means *wanted*: an anchor, a block of text or a tag may make a place special."""
    try:
        if load(text) == wanted:
            return text
    except AccountsFileError:
        pass
    raise EnrollError("The grant cannot be put into this file without changing the rest; add it by hand.")
