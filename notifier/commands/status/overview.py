"""What a status is made of: every account's, what concerns all, and which of it is shown in full."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.commands.common import MISTAKES
from notifier.core.delivery import State as Delivered
from notifier.flow.headline import State
from notifier.flow.hold import ACCOUNT as ITSELF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
    from notifier.files.positions import Fault
    from notifier.flow.snapshot import Snapshot
    from notifier.flow.status import AccountStatus
    from notifier.ports import Act

PARKED = 3
MOST_IN_FULL = 20  # accounts; where there are more, those that need nobody are only counted
NEED_A_PERSON = (State.NEEDS_YOU, State.UNREADABLE)


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Everything that the command found: the *accounts*, those that need a person first, and what concerns all.

    *runs* is the process that runs the service (0: one that cannot be named, None: none), *known* whether the
    service ever ran. *chosen* says that somebody asked for these accounts by name.
    """

    now: Moment
    accounts: Sequence[AccountStatus]
    snapshot: Snapshot
    faults: Sequence[Fault]
    runs: int | None
    known: bool
    chosen: bool

    @property
    def counts(self) -> dict[State, int]:
        """How many accounts are in which state, those that need a person first."""
        found = Counter(account.state for account in self.accounts)
        return {state: found[state] for state in State if found[state]}

    @property
    def counts_of_grants(self) -> dict[State, int]:
        """How many grants are in which state, and how many accounts have none."""
        found = Counter(grant.state for account in self.accounts for grant in account.grants)
        found[State.NO_GRANT] = sum(not account.grants for account in self.accounts)
        return {state: found[state] for state in State if found[state]}

    @property
    def in_full(self) -> list[AccountStatus]:
        """The accounts that are shown in full: all where they are few or were asked for."""
        if self.chosen or len(self.accounts) <= MOST_IN_FULL:
            return list(self.accounts)
        return [account for account in self.accounts if account.state in NEED_A_PERSON][:MOST_IN_FULL]

    @property
    def in_brief(self) -> list[AccountStatus]:
        """The accounts beyond those that need a person too: one line each."""
        if self.chosen or len(self.accounts) <= MOST_IN_FULL:
            return []
        return [account for account in self.accounts if account.state in NEED_A_PERSON][MOST_IN_FULL:]

    @property
    def undelivered(self) -> list[Delivery]:
        """What could not be told about these accounts, and about the service itself."""
        return [each for each in self.snapshot.undelivered() if self._concerns(each.account)]

    @property
    def inbox(self) -> list[Act]:
        """What people did about these accounts, or about what is held, that has had no effect yet."""
        return [each for each in self.snapshot.acts if self._concerns(each.account)]

    def _concerns(self, account: str) -> bool:
        shown = (each.account.id for each in self.accounts)
        return not self.chosen or account == ITSELF or account in shown

    @property
    def exit_code(self) -> int:
        """Mistakes come first, then what waits for a person."""
        given_up = any(each.state is Delivered.GIVEN_UP for each in self.undelivered)
        unread = any(account.state is State.UNREADABLE or account.failing for account in self.accounts)
        if self.faults:
            return MISTAKES
        waits = given_up or unread or self.snapshot.waiting or self.snapshot.parked
        return PARKED if waits else 0
