"""What an acceptance wants the accounts file to say: of its account, and of its grant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from notifier.enroll.acceptances.acceptance import Understood, Value
from notifier.enroll.acceptances.recognition import Ask
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.accounts.notation import as_item, indented, inline, lines

Entry = dict[str, object]

ACCOUNT_FIELDS: Final = ("organization", "affiliation")
GRANT_FIELDS: Final = (
    "accepted_on",
    "accepted_address",
    "credits_requested",
    "use_case",
    "research_ends_on",
    "granted_models",
)
GRANT_ORDER: Final = ("id", "program", *GRANT_FIELDS, "enrolled_on", "terms")
ACCOUNT_ORDER: Final = (
    *("id", *ACCOUNT_FIELDS, "time_zone", "currency", "labels", "key", "people"),
    *GRANT_ORDER[1:],  # an account's one grant may stand on itself
    "grants",
)
PERSON: Final = ("name", "position", "reach")
MISSING: Final = '# Not in the mail; fill in, and remove the "# " in front:'
_PI: Final = ("pi_name", "pi_position", "pi_address")
_HEADER = """\
# The accounts and grants that notifier watches. This file is yours: what you write here stays as it is.
# `notifier enroll` appends a grant from its acceptance mail; `notifier check` finds mistakes.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file should say after one acceptance; what is not named in it stays as it is."""

    program: str
    accepted_on: date | None
    account: Entry
    """Fields of the account, without `id` and `grants`."""
    grant: Entry
    """Fields of the grant, without `id`, `program` and `enrolled_on`."""
    asks: tuple[Ask, ...] = ()
    """What is missing; it is named in comments."""
    answered: frozenset[str] = frozenset()
    """Fields that somebody answered; the others stand in the mail."""

    def is_answered(self, field: str) -> bool:
        """Whether somebody answered the field, rather than the mail."""
        return field in self.answered or field.startswith("people.")

    def grant_entry(self, grant: str, enrolled_on: date) -> Entry:
        """Return the fields of the grant, in the order of the file."""
        entry: Entry = {"id": grant, "program": self.program, **self.grant, "enrolled_on": enrolled_on}
        return {name: entry[name] for name in sorted(entry, key=_place_of_grant_field)}

    def account_entry(self, account: str) -> Entry:
        """Return the fields of a new account; its pi is reached at the address that was accepted."""
        entry: Entry = {"id": account, **self.account}
        people = entry.get("people")
        people = dict(people) if isinstance(people, Mapping) else {}
        address, pi = self.grant.get("accepted_address"), people.get("pi", {})
        if address and "reach" not in pi:
            people["pi"] = {**pi, "reach": [f"mailto:{address}"]}
        if people:
            people = {role: people[role] for role in sorted(people, key=lambda role: role != "pi")}
            entry["people"] = {role: each if role == "pi" else _shortest(each) for role, each in people.items()}
        return {name: entry[name] for name in ACCOUNT_ORDER if name in entry}


def wanted(understood: Understood, answers: Answers) -> Wanted:
    """Return what a mail and a person's answers say together; an answer wins. Terms are the mail's own."""
    known = {found.name: _plain(found.value) for found in understood.found}
    given = {
        name: value
        for name in (*ACCOUNT_FIELDS, *GRANT_FIELDS, *_PI)
        if (value := getattr(answers, name, None)) is not None
    }
    terms = {name: value for name, value in known.items() if _is_term(name)}
    known |= given
    fields: Entry = {name: known[name] for name in GRANT_FIELDS if name in known}
    account: Entry = {name: known[name] for name in ACCOUNT_FIELDS if known.get(name)}
    pi = person(*(given.get(name) for name in _PI))
    accepted_on = known.get("accepted_on")
    return Wanted(
        understood.program,
        accepted_on if isinstance(accepted_on, date) else None,
        account | ({"people": {"pi": pi}} if pi else {}),
        fields | ({"terms": terms} if terms else {}),
        tuple(ask for ask in understood.asks if ask.name not in given),
        frozenset(given),
    )


def person(name: object, position: object, *addresses: object) -> Entry:
    """Return a person's fields; an address without a scheme is one of mail."""
    reach = [str(each) if ":" in str(each) else f"mailto:{each}" for each in addresses if each]
    entry: Entry = {"name": name, "position": position, "reach": reach}
    return {field: value for field, value in entry.items() if value}


def account_item(account: Entry, grants: Iterable[list[str]], asks: Sequence[Ask]) -> list[str]:
    """Return the lines of a list item: the account, its grants, and what is missing of the account itself."""
    listed = [line for grant in grants for line in grant]
    return as_item([*_account_lines(account, asks), "grants:", *indented(listed, 2), *missing_of_account(asks)])


def grant_item(grant: Entry, asks: Iterable[Ask]) -> list[str]:
    """Return the lines of a list item: the grant, and under it what is missing, to be uncommented."""
    missing = _commented(ask for ask in asks if ask.name not in {*ACCOUNT_FIELDS, *_PI})
    return as_item([*lines(grant), *missing])


def missing_of_account(asks: Iterable[Ask]) -> list[str]:
    """Return what is missing of the account itself, to be uncommented."""
    return _commented(ask for ask in asks if ask.name in ACCOUNT_FIELDS)


def _account_lines(account: Entry, asks: Sequence[Ask]) -> list[str]:
    """Return the account's fields; if more is to be said of its pi, then a line for each thing said of them."""
    written, people = lines(account), account.get("people")
    pi = people.get("pi") if isinstance(people, Mapping) else None
    missing = [Ask(ask.name.removeprefix("pi_"), ask.example, ask.where) for ask in asks if ask.name in _PI]
    if isinstance(pi, Mapping) and missing:
        at = written.index(f"  pi: {inline(pi)}")
        written[at : at + 1] = ["  pi:", *indented([*lines(pi), *map(_comment, missing)], 4)]
    return written


def fresh_head(fields: Entry) -> list[str]:
    """Return everything above the first account of a new file."""
    return [*_HEADER.splitlines(), *lines(fields)]


def defaults_entry(zone_name: str) -> Entry:
    """Return the defaults of a new file."""
    return {"time_zone": zone_name, "tell_at": "09:00"}


def _shortest(person: Entry) -> object:
    """Return somebody of whom only addresses are known as these addresses."""
    return person["reach"] if person.keys() == {"reach"} else person


def _place_of_grant_field(name: str) -> int:
    return GRANT_ORDER.index(name)


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _is_term(name: str) -> bool:
    return "." not in name and name not in {"program", *GRANT_FIELDS, *ACCOUNT_FIELDS, *_PI}


def _commented(asks: Iterable[Ask]) -> list[str]:
    several = [_comment(ask) for ask in asks]
    return [MISSING, *several] if several else []


def _comment(ask: Ask) -> str:
    # From a rules file: a line end in it would end the comment.
    return f"# {' '.join(f'{ask.name}: {ask.example}   # {ask.where}'.splitlines())}"
