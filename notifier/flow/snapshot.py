"""What the store holds at one moment, in one look: for whoever asks how things stand, beside a running service."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.core.delivery import State
from notifier.core.entry import Log
from notifier.core.hold import Stage
from notifier.flow.declare import Declaration
from notifier.flow.record import observations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifier.core.account import Account
    from notifier.core.alert import Alert
    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery, Destination
    from notifier.core.facts import Reading
    from notifier.core.hold import Hold
    from notifier.core.subject import Subject
    from notifier.ports import Act, Tx

UNTOLD = (State.DUE, State.CLAIMED, State.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the service remembers. Without arguments: it never ran.

    *readings* and *logs* are by account, *deliveries* by account and grant, in the order of owing. A log has what
    people recorded, with what still waits in the inbox.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    readings: Mapping[str, Sequence[Reading]] = field(default_factory=dict)
    failures: Mapping[tuple[str, str], tuple[Moment, str]] = field(default_factory=dict)
    alerts: Mapping[Subject, Alert] = field(default_factory=dict)
    deliveries: Mapping[tuple[str, str], Sequence[Delivery]] = field(default_factory=dict)
    holds: Sequence[Hold] = ()
    acts: Sequence[Act] = ()
    logs: Mapping[str, Log] = field(default_factory=dict)
    destinations: Sequence[Destination] = ()

    @property
    def last_wrote(self) -> Moment | None:
        """The newest moment at which anything was read, found or owed; None if nothing ever was."""
        moments = [reading.at for several in self.readings.values() for reading in several]
        moments += [each.told.at for several in self.deliveries.values() for each in several]
        return max(moments, default=None)

    @property
    def waiting(self) -> list[Hold]:
        """The edits that wait for a person to release or drop what they would tell."""
        return [hold for hold in self.holds if hold.stage is Stage.WAITING]

    def failing(self, account: Account) -> list[tuple[str, Moment, str]]:
        """The account's sources that cannot be read now, each with since when and why."""
        found = [(name, self.failures.get((account.id, name))) for name in account.readings]
        return [(name, *failure) for name, failure in found if failure is not None]

    def undelivered(self) -> list[Delivery]:
        """What was given up, and what was tried without success, the newest first."""
        tried = [
            each
            for several in self.deliveries.values()
            for each in several
            if each.state in UNTOLD and each.attempts and each.why and not each.leader
        ]
        return sorted(tried, key=lambda each: (each.state is not State.GIVEN_UP, -each.id))

    @property
    def parked(self) -> list[Destination]:
        """The destinations that have failed as a whole since they were last told anything."""
        return [each for each in self.destinations if each.failing_since]


def take(tx: Tx, now: Moment, only: Iterable[str] | None = None) -> Snapshot:
    """Look at everything, or at the accounts *only* and what concerns all."""
    known = tx.account_ids()
    ids = known if only is None else sorted(set(known).intersection(only))
    deliveries = defaultdict[tuple[str, str], list["Delivery"]](list)
    for each in tx.deliveries():
        deliveries[each.account, each.grant].append(each)
    accounts = {account.id: account for account in tx.accounts(ids)}
    acts = tx.acts()
    logs = {name: Log(entries) for name, entries in tx.recorded(ids).items()}
    for name in {act.account for act in acts} & accounts.keys():
        logs[name] = observations(tx, Declaration(accounts[name]), now).log
    return Snapshot(
        *(accounts, tx.readings(ids), tx.failures(), tx.alerts(ids), dict(deliveries), tx.holds(), acts, logs),
        tx.destinations(),
    )
