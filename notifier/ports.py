"""What the product asks of the world: sources, channels, a store. Adapters implement these; tests bring fakes.

Exception
├── Unreadable   a source could not be read
└── Undelivered  a channel could not tell
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from notifier.core.account import MAIN
from notifier.core.audience import CONSOLE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from notifier.core.account import Account, Poll
    from notifier.core.alert import Alert, Cause, Transition
    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery, Destination
    from notifier.core.entry import Entry
    from notifier.core.facts import Observed, Reading
    from notifier.core.hold import Hold
    from notifier.core.journal import Noted, What
    from notifier.core.message import Message
    from notifier.core.subject import Subject


class Unreadable(Exception):
    """A source could not be read. *why* is one sentence for a person, without any secret.

    *again_in* is the number of seconds after which the source asked to be read again; None if it did not say.
    *whole* says that another part of the source would fare no better now: a refused key, an unreachable host.
    """

    def __init__(self, why: str, again_in: int | None = None, *, whole: bool = False) -> None:
        super().__init__(why)
        self.why, self.again_in, self.whole = why, again_in, whole


class Undelivered(Exception):
    """A channel could not tell. *why* is one sentence for a person, without any secret.

    *permanent* says that trying again cannot help; *again_in* is the number of seconds after which the far end
    asked to be tried again. *whole* says that the failure is about the destination, so that another post would
    fare no better: a refused connection, a limit, a revoked token. *unknown* says that the post may have arrived
    all the same: the answer was lost, not the question.
    """

    def __init__(
        self,
        why: str,
        *,
        permanent: bool = False,
        again_in: int | None = None,
        whole: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(why)
        self.why, self.permanent, self.again_in = why, permanent, again_in
        self.whole, self.unknown = whole, unknown


class CannotAsk(Enum):
    """The answer of a channel that cannot be asked whether it has told something."""

    CANNOT_ASK = "cannot ask"


async def nothing_before() -> Reading | None:
    """What a source said last, where it has not been read yet."""
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """What a source is asked: a *part* of what *poll* reads of *account*, at *now*, with the secret *key*.

    *organization* is what the accounts file says the key belongs to, '' if it does not say. *before* gets what
    was kept of this part when it was last read. *seen* is what the source returned as `Heard.seen` then; empty if
    nobody remembers.
    """

    account: Account
    poll: Poll
    key: str
    now: Moment
    part: str = MAIN
    organization: str = ""
    before: Callable[[], Awaitable[Reading | None]] = nothing_before
    seen: bytes = b""

    @property
    def name(self) -> str:
        """What the reading is called."""
        return self.poll.reading(self.part)


class Heard(NamedTuple):
    """What a source answered: *reading*, or None where it said, byte by byte, what it had said before.

    *seen* stands for the bytes of the answer: the next question brings it back.
    """

    reading: Reading | None
    seen: bytes = b""


class Source(Protocol):
    """Reads facts about one account from outside, part by part. Never retries by itself.

    *parts* says what can be read, the main part first, each with the seconds after which it is usually read
    again. Every part is kept, and grows old, and fails, by itself.
    """

    parts: Mapping[str, int]

    async def read(self, question: Question) -> Heard:
        """What the source says to *question*. The reading is called `Question.name` and is of `Question.now`.

        Raises:
            Unreadable: nothing, or only some of it, could be read. Never an empty reading instead.
        """

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Look whether the key can read what *question* wants, and what else it can do, for ``notifier doctor``.

        Raises:
            Unreadable: it could not be found out.
        """


@dataclass(frozen=True, slots=True)
class Post:
    """One thing in a channel: what is told, where, and where it belongs there.

    *key* names it for ever, *id* (32 hexadecimal digits) is made of the key and of this installation: a channel
    that knows the id has told it. The posts about one opening of an alert make a thread: *thread* is the id of
    the one that began it (its own, if it begins one), *topic* what the thread has been called since then,
    *parent* the receipt of the newest post in it. *worse* says that something became more pressing: in a thread
    it must be seen. *since* is the moment of the first attempt: nothing of it can have arrived earlier.

    Where a channel can change what it has told: *above* is what the thread's first post should say from now on,
    and *others* are posts of other threads, each by its receipt, with what their first posts should say.
    """

    key: str
    message: Message
    to: str = CONSOLE
    id: str = ""
    thread: str = ""
    topic: str = ""
    parent: str | None = None
    above: Message | None = None
    worse: bool = False
    since: Moment = 0
    others: tuple[tuple[str, Message], ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at in a destination: whether it is as it should be, and what to do if it is not.

    *what* names it (``the token``), *found* is a sentence for a person, without any secret; *advice* is empty
    where nothing is to be done. *good* is None where it could not be found out.
    """

    what: str
    good: bool | None
    found: str
    advice: str = ""


class Channel(Protocol):
    """Tells people through one kind of destination. Never retries by itself, and keeps nothing between two posts.

    *pace* is the number of seconds that have to lie between two posts to the same destination; 0 where there is no
    such limit.
    """

    pace: int

    async def deliver(self, post: Post) -> str:
        """Tell *post*; the receipt returned finds it again in the channel, and is the *parent* of what follows.

        Raises:
            Undelivered: it was not told, or nobody knows.
        """

    async def find(self, post: Post) -> str | CannotAsk | None:
        """The receipt of *post* if it was already told, None if it was not.

        Raises:
            Undelivered: the channel could be asked, but does not answer now.
        """

    async def examine(self, to: str, *, send: bool) -> Sequence[Examined]:
        """Look whether the destination *to* can be told, for ``notifier doctor``; with *send*, tell it a greeting.

        Whatever goes wrong is in what is returned; nothing is raised.
        """

    async def aclose(self) -> None:
        """Give back what is open: connections, sessions. What is told later opens new ones."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did, from a command, a button or a link. *id* is unique: the same act has one effect.

    *kind* is the verb (``record``), *said* what they said, by fact; *by* is who did it.
    """

    id: str
    kind: str
    account: str
    grant: str
    said: Mapping[str, Observed]
    at: Moment
    by: str


class Tx(Protocol):
    """One transaction of the store. Everything written in it is committed together, or not at all."""

    def accounts(self, ids: Iterable[str]) -> list[Account]:
        """The accounts called *ids*, in the order of their ids; those that do not exist are left out."""

    def naming(self, text: str) -> list[Account]:
        """The accounts in whose declaration *text* stands, such as an address; in the order of their ids."""

    def account_ids(self) -> list[str]:
        """All accounts."""

    def put_account(self, account: Account) -> None:
        """Add or replace an account's declaration."""

    def remove_account(self, account: str) -> None:
        """Forget an account's declaration; its alerts and its history stay."""

    def readings(self, ids: Iterable[str]) -> dict[str, list[Reading]]:
        """The latest reading of every source, by account."""

    def reading(self, account: str, source: str) -> Reading | None:
        """The latest reading of one *source*; None if there is none."""

    def put_reading(self, account: str, reading: Reading) -> bool:
        """Keep *reading* as the latest of its source, and each changed value in the history.

        Returns whether any value differs from the reading before.
        """

    def record(self, account: str, grant: str, said: Mapping[str, Observed], at: Moment, by: str) -> None:
        """Add what a person observed to the append-only record, and to the reading of source ``recorded``."""

    def take_back(self, account: str, grant: str, facts: Iterable[str], at: Moment, by: str) -> None:
        """Add to the append-only record that the newest observation of each of *facts* was taken back.

        In the reading of source ``recorded`` the one before it counts again, with its own time. Where nothing is
        left to be taken back, nothing happens.
        """

    def recorded(self, ids: Iterable[str]) -> dict[str, list[Entry]]:
        """What people recorded of each account, the newest first, also what was taken back."""

    def confirm(self, account: str, source: str, at: Moment) -> bool:
        """Note that *source* said at *at* what it had said before, so that its latest reading is of *at*.

        Returns False, and does nothing, where no reading is kept.
        """

    def forget(self, account: str, source: str) -> None:
        """Remove the latest reading of *source* and the note that it cannot be read: it is no longer polled.

        Its values stay in the history.
        """

    def read_at(self, ids: Iterable[str] | None = None) -> dict[tuple[str, str], Moment]:
        """When each source of the accounts *ids*, or of all, was last read: (account, source) → at."""

    def put_failure(self, account: str, source: str, why: str, at: Moment) -> None:
        """Note that *source* cannot be read since *at*; an earlier note stands. A reading clears it."""

    def failures(self, ids: Iterable[str] | None = None) -> dict[tuple[str, str], tuple[Moment, str]]:
        """What cannot be read now, of the accounts *ids* or of all: (account, source) → since when, and why."""

    def alerts(self, ids: Iterable[str]) -> dict[Subject, Alert]:
        """All alerts of the accounts *ids*, open or remembered."""

    def put_alert(self, subject: Subject, alert: Alert) -> None:
        """Add or replace an alert."""

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
        """Add a delivery to the outbox. The same transition is never owed twice to a destination.

        What is *held* is not told before `let_go` is called for its event.
        """

    def at(self, now: Moment) -> None:
        """Whatever is noted in the journal from here on happens at *now*. Everything that is written is noted.

        `due`, `tellable` and `claim` say it too.
        """

    def note(self, account: str, what: What, body: Mapping[str, object], at: Moment | None = None) -> None:
        """Note in the journal of *account* what is written nowhere else; *body* is JSON, without secrets."""

    def put_rules(self, fingerprint: str, programs: Iterable[str], at: Moment) -> None:
        """Note that the rules with this *fingerprint* judge from now on, unless they did before."""

    def journal(self, account: str) -> list[Noted]:
        """Everything that was noted of *account*, in order."""

    def journal_ends(self) -> dict[str, tuple[int, str]]:
        """Where the chain of each account ends: number and hash of its last entry."""

    def new_event(self) -> int:
        """A number that the deliveries of one event share."""

    def arm(self, account: str, moment: Moment, rules: str) -> None:
        """Judge *account* again at *moment*; it has been judged by the rules whose fingerprint is *rules*."""

    def due(self, now: Moment, rules: str, most: int) -> list[tuple[str, Cause]]:
        """At most *most* accounts to be judged now, with why: never judged, other *rules*, or the moment came."""

    def wake(self, account: str, *, edited: bool = False) -> None:
        """Judge *account* as soon as possible: its facts changed, *edited* if because people edited its files."""

    def digests(self, until: Moment = ...) -> dict[str, Moment]:
        """When each recipient's next digest is due, by recipient, where that is at *until* at the latest."""

    def put_digest(self, recipient: str, next_at: Moment) -> None:
        """Note when the next digest of *recipient* is due: `next_moment` counts it."""

    def forget_digest(self, recipient: str) -> None:
        """*recipient* has no digest any more."""

    def next_moment(self, now: Moment = 0, busy: Collection[str] | None = ()) -> Moment:
        """The next moment at which an account is to be judged, a digest is due or a delivery can be told.

        `FOREVER` if there is none.

        Deliveries to the destinations *busy* (None: to any) do not count: they are being told, and what is left is
        seen then.
        """

    def installation(self) -> int:
        """A number that was drawn once for this database."""

    def beat(self, at: Moment) -> None:
        """Note that the database took this write at *at*."""

    def beaten_at(self) -> Moment:
        """When `beat` last came; 0 if it never did."""

    def tellable(
        self, now: Moment, boot: str, most: int, busy: Collection[str] = (), destinations: int = 500
    ) -> list[Delivery]:
        """At most *most* deliveries that are due, or were claimed by another boot, in order.

        Of one alert and destination only the oldest; none to a destination that is *busy* or has to wait, and none
        to more than so many *destinations*.
        """

    def claim(self, chosen: Iterable[Delivery], now: Moment, boot: str) -> list[Delivery]:
        """Take *chosen*, which `tellable` found in the same transaction; returns them as they are now.

        What a dead process held is in doubt from now on: it may have arrived.
        """

    def waiting(self, deliveries: Sequence[Delivery], now: Moment) -> list[list[Delivery]]:
        """Each of *deliveries* with the unattempted ones of its alert and destination, in order.

        Those are what comes later and is not held at *now*, and what is held and came earlier.
        """

    def told(self, delivery: Delivery) -> list[Delivery]:
        """What was told of the same episode of the alert to the same destination, in order."""

    def led(self, leader: int) -> list[Delivery]:
        """The deliveries that the post of *leader* tells too, in order."""

    def siblings(self, delivery: Delivery) -> list[Delivery]:
        """The deliveries of the same transition, to every destination."""

    def heard(self, subject: Subject, episode: int) -> list[str]:
        """The destinations to which that opening of the alert was told, or is to be told, in order."""

    def newest(self, subject: Subject, destination: str, before: int = ...) -> Delivery | None:
        """What *subject* told *destination* last, of the episodes before *before*; None if nothing was owed."""

    def backlog(self, names: Collection[str]) -> dict[str, int]:
        """How many deliveries are still to be told to each of the destinations *names*; none where none is."""

    def troubled(self) -> list[Delivery]:
        """What was given up, and what has failed and is still to be told, in order."""

    def delivery(self, number: int) -> Delivery | None:
        """The delivery with that number, if there is one."""

    def destinations(self, names: Collection[str] | None = None) -> list[Destination]:
        """What is remembered of the destinations *names*, or of all; those that never had to wait are left out."""

    def put_destination(self, destination: Destination) -> None:
        """Remember this of a destination."""

    def put_delivery(self, delivery: Delivery) -> None:
        """Replace a delivery's row."""

    def deliveries(self) -> Sequence[Delivery]:
        """The whole outbox, in order."""

    def holds(self) -> list[Hold]:
        """Every edit whose tellings were held, the oldest first, and the one that is being weighed."""

    def put_hold(self, hold: Hold) -> None:
        """Add or replace a hold."""

    def forget_hold(self, event: int) -> None:
        """Take away a hold that held nothing."""

    def held(self, event: int) -> list[Delivery]:
        """What is held of *event*, in order."""

    def let_go(self, event: int) -> None:
        """Make everything that is held of *event* due."""

    def rouse(self, account: str) -> None:
        """Make due what rests because *account* is paused, so that it is looked at anew."""

    def put_act(self, act: Act) -> None:
        """Add what a person did to the inbox; an act whose id is there already changes nothing."""

    def acts(self) -> list[Act]:
        """What has not had its effect yet, oldest first."""

    def act(self, act: str) -> Act | None:
        """The act with this id, also one that has had its effect; None if there never was one."""

    def consume(self, act: str, outcome: str) -> None:
        """Note that the act with this id has had its effect, and what came of it, for people to read."""
