"""How an account and a grant are written in the accounts file: lines of YAML, ready to be put in."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from notifier.enroll.acceptance import Understood, Value
from notifier.enroll.recognition import Ask

ACCOUNT_FIELDS: Final = ("organization",)
GRANT_FIELDS: Final = (
    "accepted_on",
    "accepted_address",
    "credits_requested",
    "use_case",
    "research_ends_on",
    "granted_models",
)
_IN_LINES = frozenset({"people", "defaults"})  # the rest that has parts is short enough for brackets
_NEARLY_A_NUMBER = re.compile(r"[\d:.-]+")
_NEVER_WRAPPED = 100_000  # columns
_HEADER = """\
# The accounts and grants that notifier watches. This file is yours: what you write here stays as it is.
# `notifier enroll` appends a grant from its acceptance mail; `notifier check` finds mistakes.
"""

Entry = dict[str, object]


def grant_entry(understood: Understood, grant: str, enrolled_on: date) -> Entry:
    """Return the fields of the grant, in the order of the file. Terms are what the mail says of its own."""
    known = {found.name: found.value for found in understood.found}
    terms = {name: _plain(value) for name, value in known.items() if _is_term(name)}
    fields: Entry = {name: _plain(known[name]) for name in GRANT_FIELDS if name in known}
    entry: Entry = {"id": grant, "program": understood.program}
    return entry | fields | {"enrolled_on": enrolled_on} | ({"terms": terms} if terms else {})


def account_entry(understood: Understood, account: str) -> Entry:
    """Return the fields of a new account, without its grants."""
    known = {name: value for name in ACCOUNT_FIELDS if (value := understood.value(name))}
    address = understood.value("accepted_address")
    people = {"people": {"pi": {"reach": [f"mailto:{address}"]}}} if address else {}
    return {"id": account, **known, **people}


def account_item(account: Entry, grant: Entry, asks: Iterable[Ask]) -> list[str]:
    """Return the lines of a list item: the account, its first grant, and what is missing of both."""
    lines = [*_lines(account), "grants:", *indented(grant_item(grant, asks), 2), *missing_of_account(asks)]
    return _as_item(lines)


def grant_item(grant: Entry, asks: Iterable[Ask]) -> list[str]:
    """Return the lines of a list item: the grant, and under it what is missing, to be uncommented."""
    missing = _commented(ask for ask in asks if ask.name not in ACCOUNT_FIELDS)
    return _as_item([*_lines(grant), *missing])


def missing_of_account(asks: Iterable[Ask]) -> list[str]:
    """Return what is missing of the account itself, to be uncommented."""
    return _commented(ask for ask in asks if ask.name in ACCOUNT_FIELDS)


def fresh_head(zone_name: str) -> list[str]:
    """Return everything above the first account of a new file."""
    return [*_HEADER.splitlines(), *_lines({"version": 1, "defaults": defaults_entry(zone_name)})]


def defaults_entry(zone_name: str) -> Entry:
    """Return the defaults of a new file."""
    return {"time_zone": zone_name, "tell_at": "09:00"}


def indented(lines: Iterable[str], columns: int) -> list[str]:
    """Return the lines, moved to the right."""
    return [f"{' ' * columns}{line}" for line in lines]


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _is_term(name: str) -> bool:
    return "." not in name and name not in {"program", *GRANT_FIELDS, *ACCOUNT_FIELDS}


def _commented(asks: Iterable[Ask]) -> list[str]:
    lines = [
        # From a rules file: a line end in it would end the comment.
        f"# {' '.join(f'{ask.name}: {ask.example}   # {ask.where}'.splitlines())}"
        for ask in asks
    ]
    return ['# Not in the mail; fill in, and remove the "# " in front:', *lines] if lines else []


def _as_item(lines: list[str]) -> list[str]:
    return [f"{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]


def _lines(entry: Mapping[str, object]) -> list[str]:
    """Return the entry as YAML: one field a line, what is below it in brackets."""
    yaml = YAML()
    yaml.width = _NEVER_WRAPPED
    yaml.allow_unicode = True
    stream = StringIO()
    yaml.dump(CommentedMap((name, _written(name, value)) for name, value in entry.items()), stream)
    return stream.getvalue().splitlines()


def _written(name: str, value: object) -> object:
    """Return the value in the style of the file: small things in brackets, numbers that are names in quotes."""
    if isinstance(value, Mapping):
        mapping = CommentedMap((key, _written(key, entry)) for key, entry in value.items())
        if name not in _IN_LINES:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(value)
        sequence.fa.set_flow_style()
        return sequence
    # 09:00 is a number of base 60 to older readers of YAML; 2024-2 is only nearly a date.
    if isinstance(value, str) and _NEARLY_A_NUMBER.fullmatch(value):
        return DoubleQuotedScalarString(value)
    return value


def shown(value: object) -> str:
    """Return a value of an entry as a person reads it."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
