"""Where the files are that people edit, and all of them read at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.files.accounts import accounts_files, read_accounts, years_around
from notifier.files.rulebook import read_rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.core.account import Person
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.files.positions import Fault
    from notifier.flow.declare import Declaration


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files are that people edit, and the folder that the service writes to."""

    rules: Path
    accounts: Path
    state: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state / "notifier.db"

    @property
    def record(self) -> Path:
        """What the console has told."""
        return self.state / "console.jsonl"

    @property
    def letters(self) -> Path:
        """Letters, as files that a mail program opens."""
        return self.state / "letters"

    @property
    def wake(self) -> Path:
        """The file that a command touches to say that something stands in the inbox."""
        return self.state / "wake"

    @property
    def rules_name(self) -> str:
        """What faults call the rules folder: as it was named, or in short where it is the shipped one."""
        return self.rules.name if self.rules.is_absolute() else str(self.rules)

    def watched(self) -> list[Path]:
        """The folders in which edits are noticed, without what lies below them."""
        folders = [self.rules, self.rules / "drafts", self.accounts.absolute().parent]
        folders += [self.accounts.absolute().with_suffix(""), self.state]
        return sorted({folder.absolute() for folder in folders if folder.is_dir()})

    def concerns(self, edited: Path) -> bool:
        """Whether *edited* is a rules file, a draft or an accounts file."""
        rules, accounts = self.rules.absolute(), self.accounts.absolute()
        kinds = {rules: ".yaml", rules / "drafts": ".txt", accounts.with_suffix(""): ".yaml"}
        return edited == accounts or kinds.get(edited.parent) == edited.suffix


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say now, and what is wrong with them; *service* are the people who hear about the service."""

    rulebook: Rulebook
    declared: list[Declaration]
    rule_faults: list[Fault] = field(default_factory=list)
    account_faults: list[Fault] = field(default_factory=list)
    service: dict[str, Person] = field(default_factory=dict)


def read_files(places: Places, now: Moment, good: Rulebook | None = None) -> Files:
    """Read rules, drafts and accounts; every fault is in the answer.

    Where the rules have mistakes, *good* (the last that had none) stands in for them, if there is one.
    """
    rule_faults: list[Fault] = []
    account_faults: list[Fault] = []
    rulebook = read_rulebook(places.rules, places.rules_name, rule_faults)
    if rule_faults and good is not None:
        rulebook = good
    service: dict[str, Person] = {}
    files, years = accounts_files(places.accounts), years_around(now)
    declared = read_accounts(files, rulebook.programs, years, account_faults, service)
    return Files(rulebook, declared, rule_faults, account_faults, service)
