"""The outbox in one transaction: what is owed, what was claimed, where it goes, and what is held back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, Moment
from notifier.core.delivery import Delivery, Destination, Doubt, State
from notifier.core.hold import Hold, Stage
from notifier.core.journal import SERVICE, What
from notifier.core.message import Told
from notifier.core.subject import Subject
from notifier.store import rows, statements, tables
from notifier.store.journal import Journal, about
from notifier.store.session import MOST_IDS, Values, batches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from notifier.core.alert import Cause, Transition
    from notifier.store.session import Found


# What the journal tells when a delivery gets there.
WORTH_NOTING = {
    State.DONE: What.TOLD,
    State.GIVEN_UP: What.GIVEN_UP,
    State.DROPPED: What.DROPPED,
    State.DUE: What.AGAIN,
}
NO_EPISODE = 1 << 62  # later than every one
Line = tuple[Subject, str]  # an alert and a destination: told in order


class Outbox(Journal):
    """The part of the port `notifier.ports.Tx` that is about telling."""

    _installation: int | None = None

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._states: dict[int, State] = {}  # of the deliveries that were looked at, as they are in the database

    def owe(
        self,
        subject: Subject,
        transition: Transition,
        destination: str,
        cause: Cause,
        event: int,
        *,
        held: bool = False,
    ) -> None:
        """As the port says; it is due at the transition's own moment."""
        happened = Told(transition.reason, transition.at, transition.step, transition.anchor)
        owed = Delivery(
            *(0, *subject, transition.episode, transition.seq, destination, event, happened),
            state=State.HELD if held else State.DUE,
            due_at=FOREVER if held else transition.at,
        )
        self._writes.add(statements.OWE, None, rows.delivery_row(owed) | {"cause": cause.value})
        self.note_found(subject, transition.at, _found(transition, cause, held=held), destination)

    def new_event(self) -> int:
        number: int = self._connection.execute(statements.NEW_EVENT).scalar_one()
        return number

    def installation(self) -> int:
        """As the port says; it never changes, and every post asks."""
        if self._installation is None:
            self._installation = self._connection.execute(statements.INSTALLATION).scalar_one()
        return self._installation

    def beat(self, at: Moment) -> None:
        self._writes.add(statements.BEAT, "heartbeat", {"name": "heartbeat", "value": at})

    def beaten_at(self) -> Moment:
        return next((row.value for row in self._rows(tables.counter, statements.BEATEN_AT)), 0)

    # deliveries

    def tellable(
        self, now: Moment, boot: str, most: int, busy: Collection[str] = (), destinations: int = MOST_IDS
    ) -> list[Delivery]:
        """As the port says; what a dead process held comes first."""
        self.at(now)
        self._writes.flush(tables.destination.name)
        place = {"now": now, "busy": sorted(busy)}
        found = list(self._rows(tables.delivery, statements.ORPHANS, boot=boot, most=most, **place))
        found += self._rows(tables.delivery, statements.DUE, most=most - len(found), **place)
        chosen = set(list(dict.fromkeys(destination for _, destination in found))[:destinations])
        return self._called([number for number, destination in found if destination in chosen])

    def _called(self, numbers: Collection[int]) -> list[Delivery]:
        rows_of = (
            self._rows(tables.delivery, statements.DELIVERIES_CALLED, ids=some) for some in batches(numbers)
        )
        return sorted((self._known(row) for some in rows_of for row in some), key=lambda each: each.id)

    def claim(self, chosen: Iterable[Delivery], now: Moment, boot: str) -> list[Delivery]:
        """As the port says. *attempts* of what is returned counts this claim: 1 means that nobody tried before."""
        self.at(now)
        claimed = [_claimed(each, now, boot) for each in chosen]
        self._writes.flush(tables.delivery.name)
        for some in batches([each.id for each in claimed]):
            self._connection.execute(statements.CLAIM, {"ids": some, "boot_": boot, "now_": now})
        return claimed

    def waiting(self, deliveries: Sequence[Delivery], now: Moment) -> list[list[Delivery]]:
        """As the port says, for each of *deliveries* in their order."""
        untold: defaultdict[Line, list[Delivery]] = defaultdict(list)
        for row in self._rows_of(tables.delivery, statements.UNTOLD, {each.account for each in deliveries}):
            other = self._known(row)
            untold[_line_of(other)].append(other)
        lines = [(each, _behind(each, untold[_line_of(each)], now)) for each in deliveries]
        return [sorted([first, *behind], key=lambda each: each.id) for first, behind in lines]

    def told(self, delivery: Delivery) -> list[Delivery]:
        found = self._rows(tables.delivery, statements.TOLD, episode=delivery.episode, **_line(delivery))
        return [self._known(row) for row in found]

    def led(self, leader: int) -> list[Delivery]:
        return [self._known(row) for row in self._rows(tables.delivery, statements.LED, leader=leader)]

    def siblings(self, delivery: Delivery) -> list[Delivery]:
        said = {name: getattr(delivery, name) for name in (*Subject._fields, "episode", "seq")}
        return [self._known(row) for row in self._rows(tables.delivery, statements.SIBLINGS, **said)]

    def heard(self, subject: Subject, episode: int) -> list[str]:
        said = {**subject._asdict(), "episode": episode}
        return [name for (name,) in self._rows(tables.delivery, statements.HEARD, **said)]

    def newest(self, subject: Subject, destination: str, before: int = NO_EPISODE) -> Delivery | None:
        said = {**subject._asdict(), "destination": destination, "before": before}
        found = self._rows(tables.delivery, statements.NEWEST, **said)
        return rows.delivery_from(found[0]) if found else None

    def backlog(self, names: Collection[str]) -> dict[str, int]:
        found = self._rows_of(tables.delivery, statements.BACKLOG, names)
        return {row.destination: row[1] for row in found}

    def troubled(self) -> list[Delivery]:
        return [self._known(row) for row in self._rows(tables.delivery, statements.TROUBLED)]

    def delivery(self, number: int) -> Delivery | None:
        found = self._rows(tables.delivery, statements.DELIVERY, id=number)
        return self._known(found[0]) if found else None

    def _known(self, row: Found) -> Delivery:
        delivery = rows.delivery_from(row)
        self._states[delivery.id] = delivery.state
        return delivery

    def put_delivery(self, delivery: Delivery) -> None:
        """As the port says. What is told, given up, dropped or tried again by that is noted in the journal."""
        if delivery.state in WORTH_NOTING:
            self._note_progress(delivery)
        self._states[delivery.id] = delivery.state
        self._writes.add(statements.PUT_DELIVERY, delivery.id, rows.delivery_row(delivery) | {"id_": delivery.id})

    def _note_progress(self, delivery: Delivery) -> None:
        if delivery.id not in self._states:
            found = self._rows(tables.delivery, statements.STATE_OF, id_=delivery.id)
            self._states[delivery.id] = State(found[0][0]) if found else delivery.state
        before = self._states[delivery.id]
        what = WORTH_NOTING[delivery.state]
        if before is delivery.state or (what is What.AGAIN and before is not State.GIVEN_UP):
            return
        told = {"to": delivery.destination, "reason": delivery.told.reason.value, "step": delivery.told.step}
        came = {"delivery": delivery.id, "receipt": delivery.receipt, "why": delivery.why}
        self.note(delivery.account, what, about(delivery.subject) | told | came)

    def deliveries(self) -> Sequence[Delivery]:
        return [self._known(row) for row in self._rows(tables.delivery, statements.DELIVERIES)]

    def next_delivery(self, now: Moment, busy: Collection[str]) -> Iterable[Moment | None]:
        """When something can be told next where nobody is telling now; 0 if a dead process holds something."""
        self._writes.flush(tables.destination.name)
        place = {"now": now, "busy": sorted(busy)}
        if self._rows(tables.delivery, statements.ANY_DISOWNED, **place)[0][0]:
            return [0]
        coming = [moment for (moment,) in self._rows(tables.delivery, statements.NEXT_DELIVERY, **place)]
        for slot, due, held in self._rows(tables.delivery, statements.SLOTS, **place):
            coming += [slot] if held else [max(slot, due)] if due is not None else []
        return coming

    # destinations

    def destinations(self, names: Collection[str] | None = None) -> list[Destination]:
        """As the port says, in the order of their names."""
        if names is None:
            found = self._rows(tables.destination, statements.DESTINATIONS)
        else:
            found = list(self._rows_of(tables.destination, statements.DESTINATIONS_CALLED, names))
        return [Destination(*row) for row in found]

    def put_destination(self, destination: Destination) -> None:
        row: Values = {"name": destination.name, "next_slot": destination.next_slot, "why": destination.why}
        row |= {"failing_since": destination.failing_since, "failures": destination.failures}
        self._writes.add(statements.PUT_DESTINATION, destination.name, row)

    # what is held

    def holds(self) -> list[Hold]:
        found = self._rows(tables.hold, statements.HOLDS)
        return [Hold(event, at, why, Stage(stage), count, by) for event, at, why, stage, count, by in found]

    def put_hold(self, hold: Hold) -> None:
        """As the port says. That a person is asked, and what they say, is noted in the journal."""
        if hold.stage is not Stage.WEIGHING:
            said = {"event": hold.event, "stage": hold.stage.value, "count": hold.count, "by": hold.by}
            self.note(SERVICE, What.HELD, said | {"why": hold.why}, hold.at)
        row: Values = {"event": hold.event, "at": hold.at, "why": hold.why, "stage": hold.stage.value}
        self._writes.add(statements.PUT_HOLD, hold.event, row | {"count": hold.count, "by": hold.by})

    def forget_hold(self, event: int) -> None:
        self._writes.add(statements.FORGET_HOLD, event, {"event_": event})

    def held(self, event: int) -> list[Delivery]:
        return [self._known(row) for row in self._rows(tables.delivery, statements.HELD, event=event)]

    def let_go(self, event: int) -> None:
        self._writes.flush(tables.delivery.name)  # what it finds may wait to be written
        self._connection.execute(statements.LET_GO, {"event_": event})

    def rouse(self, account: str) -> None:
        self._writes.flush_all()
        self._connection.execute(statements.ROUSE, {"account_": account})


def _found(transition: Transition, cause: Cause, *, held: bool) -> dict[str, object]:
    """A transition as the journal tells of it."""
    return {
        "reason": transition.reason.value,
        "step": transition.step,
        "anchor": transition.anchor,
        "episode": transition.episode,
        "seq": transition.seq,
        "cause": cause.value,
        "held": held,
    }


def _line_of(delivery: Delivery) -> Line:
    return delivery.subject, delivery.destination


def _behind(first: Delivery, line: Sequence[Delivery], now: Moment) -> list[Delivery]:
    """Those of its *line* that come after *first*, and what is held before it.

    What is held after it may still be dropped by a person: it counts when it is to be told.
    """
    later = [each for each in line if each.id > first.id and (each.state is not State.HELD or each.due_at <= now)]
    return later + [each for each in line if each.id < first.id and each.state is State.HELD]


def _line(delivery: Delivery) -> dict[str, object]:
    """What the deliveries of one alert to one destination have in common."""
    return {name: getattr(delivery, name) for name in (*Subject._fields, "destination")}


def _claimed(delivery: Delivery, now: Moment, boot: str) -> Delivery:
    """*delivery* as `notifier.store.statements.CLAIM` leaves it."""
    return replace(
        delivery,
        state=State.CLAIMED,
        boot=boot,
        attempts=delivery.attempts + 1,
        tried_at=delivery.tried_at or now,
        trying_since=delivery.trying_since or now,
        doubt=Doubt.UNKNOWN if delivery.state is State.CLAIMED else delivery.doubt,
    )
