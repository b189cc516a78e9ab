"""What a file says, what it should say, and which of it differs in meaning rather than in writing."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from notifier.core.money import Money, micro, parse_money
from notifier.enroll.accounts.entries import PERSON, Entry
from notifier.enroll.printable import printable

USUAL: Final[Mapping[str, str]] = {"time_zone": "UTC", "currency": "USD"}
"""What counts for an account of which neither its file's `defaults:` nor itself say anything."""
INHERITED: Final = (*USUAL, "affiliation")
"""Fields of an account that `defaults:` may hold."""
_AMOUNTS = frozenset({"credits_requested"})


class Difference(NamedTuple):
    """One field, such as `people.pi.name`, of which the file says something else, or nothing (None)."""

    field: str
    in_file: str | None
    in_mail: str


def changed(held: Mapping[str, object], wanted: Mapping[str, object], currency: str) -> Entry:
    """Return the fields of *wanted* of which *held* says something else, as they should stand there.

    A bare amount is in *currency*. Addresses at which a person is reached are added or replaced, and others of
    theirs kept; the order of names in a list does not matter.
    """
    found: Entry = {}
    for name, value in wanted.items():
        there = held.get(name)
        if isinstance(value, Mapping):
            below = changed(_parts(there, value), value, currency)
            found |= {name: below} if below else {}
        elif (target := _target(name, there, value)) is not None and not _same(name, there, target, currency):
            found[name] = target
    return found


def merged(held: Mapping[str, object], fields: Mapping[str, object]) -> Entry:
    """Return what *held* means once it says *fields* too."""
    result = dict(held)
    for name, value in fields.items():
        there = held.get(name)
        if not isinstance(value, Mapping):
            is_single = isinstance(value, list) and len(value) == 1 and isinstance(there, str)
            result[name] = value[0] if is_single and isinstance(value, list) else value
        elif isinstance(there, str | list) and value.keys() == {"reach"}:
            result[name] = merged({"reach": there}, value)["reach"]
        else:
            result[name] = merged(_parts(there, value), value)
    return result


def only_new(held: Mapping[str, object], fields: Mapping[str, object]) -> Entry:
    """Return of *fields* what contradicts nothing: there *held* says nothing at all."""
    found: Entry = {}
    for name, value in fields.items():
        there = held.get(name)
        if isinstance(value, Mapping):
            below = only_new(_parts(there, value), value)
            found |= {name: below} if below else {}
        elif there is None:
            found[name] = value
    return found


def differences(held: Mapping[str, object], fields: Mapping[str, object], above: str = "") -> Iterator[Difference]:
    """Name each of the changed *fields*, with both values as a person reads them."""
    for name, value in fields.items():
        there = held.get(name)
        if isinstance(value, Mapping):
            yield from differences(_parts(there, value), value, f"{above}{name}.")
        else:
            yield Difference(f"{above}{name}", None if there is None else _shown(there), _shown(value))


def _parts(there: object, value: Mapping[str, object]) -> Mapping[str, object]:
    """Return the parts of what stands there; a person may be written as nothing but addresses."""
    if isinstance(there, Mapping):
        return there
    return {"reach": there} if there is not None and value.keys() <= set(PERSON) else {}


def _target(name: str, there: object, value: object) -> object:
    """Return what should stand there: for addresses, those that stand there with the wanted ones among them."""
    held = [there] if isinstance(there, str) else there
    if name != "reach" or not isinstance(held, list) or not isinstance(value, list):
        return value
    result = [str(each) for each in held]
    for address in value:
        if address.casefold() in (each.casefold() for each in result):
            continue
        scheme = address.partition(":")[0]
        alike = [place for place, each in enumerate(result) if each.startswith(scheme) and each not in value]
        if alike:
            result[alike[0]] = address
        else:
            result.append(address)
    return result


def _same(name: str, there: object, value: object, currency: str) -> bool:
    if there is None:
        return False
    if isinstance(value, list):
        held = there if isinstance(there, list) else [there]
        return sorted(map(str, held)) == sorted(map(str, value))
    if name in _AMOUNTS:
        return _amount(there, currency) == _amount(value, currency)
    return " ".join(str(there).split()) == " ".join(str(value).split())


def _amount(value: object, currency: str) -> Money | str:
    text = str(value).strip()
    try:
        return Money(micro(text), currency) if text.replace(".", "", 1).isdigit() else parse_money(text)
    except ValueError:
        return text


def _shown(value: object) -> str:
    return printable(f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value))
