"""What to do with a delivery: is it still worth telling, when to try again, and what may be told together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from zlib import crc32

from notifier.core.alert import Reason
from notifier.core.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.message import Message, Told

FIRST_RETRY = 30  # seconds
LONGEST_RETRY = 6 * 3600
BELIEVED = 5  # times in a row that a far end may name the wait, before it grows by itself
GIVE_UP_AFTER = 6 * 86_400  # seconds since the first attempt: a long weekend and the day after it are not enough
FEWEST_ATTEMPTS = 10  # before anything is given up: a machine that slept for a week has tried once
FEWEST_IN_A_TABLE = 4  # messages of one event, rule and destination that become one
BY_A_PERSON = (Reason.ACKNOWLEDGED, Reason.SNOOZED, Reason.HANDED_OVER, Reason.REOPENED)
MOST_IN_A_TABLE = 25  # lines: what one message of Slack holds, with a link for each letter


class State(StrEnum):
    """Where a delivery stands."""

    DUE = "due"  # to be told, at `due_at` or after it
    HELD = "held"  # held back until `due_at`: too much at once, or paused; what comes later does not wait for it
    CLAIMED = "claimed"  # being told now; after a crash the channel is asked whether it was
    JOINED = "joined"  # told by the post of another delivery, its `leader`, and shares what comes of it
    DONE = "done"
    DROPPED = "dropped"  # overtaken before anybody was told
    GIVEN_UP = "given up"


class Doubt(StrEnum):
    """Whether an earlier attempt may have arrived."""

    NONE = ""
    UNKNOWN = "unknown"  # its answer was lost, or the process died: the channel is asked
    RESEND = "resend"  # the same, and a person said: send it again even if the channel cannot be asked


@dataclass(frozen=True, slots=True)
class Around:
    """Where a post belongs, frozen with it: see `notifier.ports.Post`, whose fields have the same names.

    *began* is the delivery whose post began the thread; 0 for the one that does. *others* are earlier posts of
    other threads, by their receipts, with what they should say from now on.
    """

    thread: str
    topic: str
    began: int = 0
    parent: str | None = None
    above: Message | None = None
    others: tuple[tuple[str, Message], ...] = ()
    worse: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One transition owed to one destination: the outbox row.

    *event* is shared by the transitions of one event. *post* is the content as frozen at the first claim,
    *around* where it belongs; None before it, and where the *leader* carries both. *boot* names the process that
    claimed it, *tried_at* is the moment of its first claim.
    """

    id: int
    rule: str
    account: str
    grant: str
    item: str
    episode: int
    seq: int
    destination: str
    event: int
    told: Told
    state: State = State.DUE
    due_at: Moment = 0
    attempts: int = 0
    boot: str = ""
    post: Message | None = None
    receipt: str = ""
    why: str = ""
    around: Around | None = None
    leader: int = 0
    tried_at: Moment = 0
    doubt: Doubt = Doubt.NONE
    trying_since: Moment = 0

    @property
    def key(self) -> str:
        """What names it towards a channel: the alert, the episode, the transition, the destination.

        It never changes: where there is no item, it is as it was before there were items.
        """
        item = f"{self.item}|" if self.item else ""
        return f"{self.rule}|{self.account}|{self.grant}|{item}{self.episode}|{self.seq}|{self.destination}"

    @property
    def subject(self) -> Subject:
        """The alert that it is about."""
        return Subject(self.rule, self.account, self.grant, self.item)


@dataclass(frozen=True, slots=True)
class Destination:
    """What is remembered of a destination: nothing is told there before *next_slot*.

    *failures* is how often in a row it failed as a whole, *failing_since* when that began (0: it does not), *why*
    what it said last.
    """

    name: str
    next_slot: Moment = 0
    failing_since: Moment = 0
    failures: int = 0
    why: str = ""


def retry_after(attempts: int, salt: str = "") -> int:
    """Seconds to wait after *attempts* failures: 30 s, doubling, at most six hours, give or take a fifth.

    The fifth follows from *salt* and *attempts*, so that what failed together does not come back together.
    """
    longest = min(FIRST_RETRY << min(attempts - 1, 16), LONGEST_RETRY)
    share = crc32(f"{salt}|{attempts}".encode()) % 401 - 200 if salt else 0
    return longest + longest * share // 1000


def wait_after(failures: int, asked: int | None, salt: str = "") -> int:
    """Seconds to wait after *failures* in a row, where the far end *asked* for so many (None: it did not say).

    It is believed, until it has asked too often.
    """
    if asked is None:
        return retry_after(failures, salt)
    return max(asked, 1, retry_after(failures - BELIEVED, salt) if failures > BELIEVED else 0)


def is_hopeless(delivery: Delivery, now: Moment) -> bool:
    """Whether it has been tried long and often enough to be given up."""
    return delivery.attempts >= FEWEST_ATTEMPTS and now - delivery.trying_since >= GIVE_UP_AFTER


def overtaken(waiting: Sequence[Delivery]) -> set[int]:
    """The ids of deliveries that later ones make pointless, among those of one alert and destination.

    They have not been attempted and are in order. What was opened and is already over is not told at all; of
    several steps only the newest is. What a person said makes it pointless to ask, not to say what it is about.
    """
    dropped: set[int] = set()
    opening: list[Delivery] = []
    for delivery in waiting:
        if delivery.told.reason in (Reason.RESOLVED, Reason.CLOSED):
            if opening and opening[0].told.reason in (Reason.OPENED, Reason.STANDING):
                dropped.add(delivery.id)
            dropped.update(earlier.id for earlier in opening)
            opening = []
            continue
        dropped.update(earlier.id for earlier in opening if _overtakes(delivery, earlier))
        if delivery.told.reason is Reason.REMINDED and any(earlier.id not in dropped for earlier in opening):
            dropped.add(delivery.id)  # what it would remind of is still to be told
        opening.append(delivery)
    return dropped


def _overtakes(later: Delivery, earlier: Delivery) -> bool:
    """Whether *later* says all that *earlier* does, both of one opening and neither its end."""
    if later.told.reason in BY_A_PERSON:
        return earlier.told.reason in (*BY_A_PERSON, Reason.REMINDED, Reason.LAPSED)
    return later.told.reason is not Reason.REMINDED or earlier.told.reason in (*BY_A_PERSON, Reason.REMINDED)


def posts(claimed: Sequence[Delivery], *, tables: bool = True) -> list[list[Delivery]]:
    """Which deliveries make one post, in the order of their first.

    What was standing at enrolment is told together, and so are four or more of one event, rule and destination,
    unless *tables* are not wanted. What was frozen stays as it is.
    """
    together: dict[object, list[Delivery]] = {}
    alone = _only_grants(claimed)
    for delivery in claimed:
        together.setdefault(_company(delivery, alone), []).append(delivery)
    found = [post for company in together.values() for post in _split(company, tables=tables)]
    return sorted(found, key=lambda post: claimed.index(post[0]))


def _only_grants(claimed: Sequence[Delivery]) -> dict[object, str]:
    """What was standing of an account is said with its grant where it has one: event and place → the grant."""
    grants: dict[object, set[str]] = {}
    for each in claimed:
        if each.told.reason is Reason.STANDING and each.grant:
            grants.setdefault((each.event, each.destination, each.account), set()).add(each.grant)
    return {place: next(iter(names)) for place, names in grants.items() if len(names) == 1}


def _company(delivery: Delivery, only: Mapping[object, str]) -> object:
    """What deliveries of one post have in common; its own id for what goes alone."""
    reason = delivery.told.reason
    if delivery.post is not None or reason in (Reason.HELD, Reason.UNDELIVERED):
        return delivery.id
    if reason is Reason.STANDING:
        place = (delivery.event, delivery.destination, delivery.account)
        return (*place, delivery.grant or only.get(place, ""))
    return delivery.event, delivery.destination, delivery.rule


def _split(company: Sequence[Delivery], *, tables: bool) -> Iterator[list[Delivery]]:
    """A company as posts: one by one while it is small, else as tables that a message can hold."""
    if company[0].told.reason is Reason.STANDING:
        yield list(company)
    elif not tables or len(company) < FEWEST_IN_A_TABLE:
        yield from ([delivery] for delivery in company)
    else:
        size = -(-len(company) // -(-len(company) // MOST_IN_A_TABLE))  # tables of about the same length
        yield from (list(company[start : start + size]) for start in range(0, len(company), size))
