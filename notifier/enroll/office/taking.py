"""The rows of an office's list taken into the accounts file one after another, and what became of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from notifier.enroll.accounts.changes import Changes
from notifier.enroll.accounts.differences import USUAL, Difference, changed, differences, merged, only_new
from notifier.enroll.accounts.entries import Entry
from notifier.enroll.accounts.file import AccountsFile, EnrollError
from notifier.enroll.accounts.refusals import AlreadyEnrolled
from notifier.enroll.office.applicants import Applicant, Forms, RowError, applicant
from notifier.enroll.office.rows import LABEL, Row
from notifier.enroll.printable import printable

_COLUMN_OF: Final = {
    "people.pi.name": "pi_name",
    "people.pi.position": "pi_position",
    "people.pi.reach": "pi_email",
    "people.team.reach": "team",
    "key.env": "key_env",
}


class End(Enum):
    """What became of a row; the value says it in the count at the end."""

    ADDED = "added"
    CHANGED = "changed"
    THERE = "already there"
    DIFFERS = "different"
    REFUSED = "cannot be used"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: its account (as far as it is known), and the words for it."""

    row: int
    account: str
    end: End
    says: str

    @property
    def is_taken(self) -> bool:
        """Whether all that the row says stands in the file."""
        return self.end not in {End.DIFFERS, End.REFUSED}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms rows are taken."""

    programs: Sequence[str]
    usual: str | None
    """The program that a row means which names none."""
    forms: Forms
    today: Callable[[str], date]
    """The day that it is in a time zone."""
    elsewhere: Mapping[str, str]
    """Accounts of other files, each with the name of its file."""
    common: Mapping[str, object]
    """What the accounts file beside a folder says for the files in it."""
    update: bool = False


class Taking:
    """Rows taken into one accounts file: `outcomes` has an entry for each, `changes` what is to be written."""

    def __init__(self, file: AccountsFile, rows: Sequence[Row], terms: Terms) -> None:
        self.changes = Changes(file, _usual_zone(rows, terms.forms), terms.common)
        self.outcomes: list[Outcome] = []
        self._terms = terms
        self._called: dict[str, tuple[str, int]] = {}  # account → what a row calls it, and which row
        self._said: dict[str, tuple[Entry, int]] = {}  # account → what rows say of it, and the last that said more
        self._grants: dict[tuple[str, str, date | None], tuple[Applicant, int]] = {}
        for row in rows:
            self.outcomes.append(self._outcome(row))

    def _outcome(self, row: Row) -> Outcome:
        account = printable(row.cells.get("account", "(no account)"))
        try:
            terms = self._terms
            read = applicant(row, terms.programs, terms.usual, terms.forms, self.changes.currency)
            account = read.account
            self._refuse_contradictions(row, read)
            end, says = self._taken(read)
        except (RowError, EnrollError) as error:
            return Outcome(row.number, account, End.REFUSED, f"cannot be used: {str(error).splitlines()[0]}")
        self._remember(row, read)
        return Outcome(row.number, account, end, says)

    def _taken(self, read: Applicant) -> tuple[End, str]:
        before = self._grants.get(_key(read))
        if before is not None:
            return End.THERE, f"already there, as row {before[1]} says"
        if self._terms.update and read.grant and self.changes.has_grant(read.account, read.grant):
            return self._updated(read, read.grant)
        enrolled_on = self._terms.today(
            str(read.wanted.account.get("time_zone") or self.changes.zone_name(read.account))
        )
        try:
            grant, differing = self.changes.add(read.account, read.grant, enrolled_on, read.wanted)
        except AlreadyEnrolled as already:
            return self._already(read, already)
        if not differing:
            return End.ADDED, f"added, grant {grant}"
        if not self._terms.update:
            return End.DIFFERS, f"added, grant {grant}; the account {_differs(differing)}"
        return End.ADDED, f"added, grant {grant}; {self._updated(read, grant)[1]}"

    def _already(self, read: Applicant, already: AlreadyEnrolled) -> tuple[End, str]:
        if not already.differences:
            return End.THERE, "already there"
        if self._terms.update:
            return self._updated(read, already.grant)
        return End.DIFFERS, _differs(already.differences)

    def _updated(self, read: Applicant, grant: str) -> tuple[End, str]:
        _, differing = self.changes.update(read.account, grant, read.wanted)
        if not differing:
            return End.THERE, "already there"
        said = (f"{_column(each)}: {_bare(each.in_file)}, now {_bare(each.in_mail)}" for each in differing)
        return End.CHANGED, f"changed in {'; '.join(said)}"

    def _refuse_contradictions(self, row: Row, read: Applicant) -> None:
        """Refuse what an earlier row says otherwise: which of the two is meant is not guessed."""
        if read.account in self._terms.elsewhere:
            raise RowError([f"account {read.account} stands in {self._terms.elsewhere[read.account]}"])
        name, number = self._called.get(read.account, (row.cells["account"], row.number))
        if name.casefold() != row.cells["account"].casefold():
            raise RowError(
                [f'account would be {read.account}, which row {number} writes "{name}"; write both alike']
            )
        said, number = self._said.get(read.account, ({}, 0))
        against = _contradicted(said, read.wanted.account)
        if _key(read) in self._grants:
            earlier, at = self._grants[_key(read)]
            against = against or _contradicted(earlier.wanted.grant, read.wanted.grant)
            number = number if _contradicted(said, read.wanted.account) else at
        if against:
            each = against[0]
            raise RowError([f"{_column(each)} {_bare(each.in_mail)}, but row {number} says {_bare(each.in_file)}"])

    def _remember(self, row: Row, read: Applicant) -> None:
        self._called.setdefault(read.account, (row.cells["account"], row.number))
        self._grants.setdefault(_key(read), (read, row.number))
        said, _ = self._said.get(read.account, ({}, 0))
        if only_new(said, read.wanted.account):
            self._said[read.account] = merged(said, read.wanted.account), row.number


def count(outcomes: Iterable[Outcome]) -> str:
    """Say how many rows there were, and what became of them."""
    ends = Counter(outcome.end for outcome in outcomes)
    total = ends.total()
    parts = [f"{ends[end]:,} {end.value}" for end in End if ends[end]]
    return f"{total:,} row{'s' if total != 1 else ''}: {', '.join(parts) or 'nothing to take'}."


def _key(read: Applicant) -> tuple[str, str, date | None]:
    return read.account, read.wanted.program, read.wanted.accepted_on


def _contradicted(said: Entry, wanted: Entry) -> list[Difference]:
    differing = changed(said, wanted, USUAL["currency"])
    return [each for each in differences(said, differing) if each.in_file is not None]


def _differs(differing: Sequence[Difference]) -> str:
    said = (
        f"{_column(each)}: {_bare(each.in_file)} in the file, {_bare(each.in_mail)} in the row"
        for each in differing
    )
    return f"differs in {'; '.join(said)}; --update changes it"


def _column(difference: Difference) -> str:
    """Return the column of the list that says what a field of the file says."""
    if difference.field.startswith("labels."):
        return LABEL + difference.field.removeprefix("labels.")
    return _COLUMN_OF.get(difference.field, difference.field)


def _bare(value: str | None) -> str:
    return "nothing" if value is None else value.removeprefix("[").removesuffix("]")


def _usual_zone(rows: Iterable[Row], forms: Forms) -> str:
    """Return the time zone that most rows name, for the defaults of a file that is new."""
    for zone, _ in Counter(row.cells.get("time_zone", "") for row in rows).most_common():
        try:
            return forms.time_zone(zone)
        except ValueError:
            continue
    return USUAL["time_zone"]
