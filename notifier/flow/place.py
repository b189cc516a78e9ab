"""Where a post belongs: it begins a thread or goes on with one, and changes what earlier posts say.

A thread is the posts about one opening of an alert in one destination. What its first post says now is kept with
the delivery that began it (`Around.above`), so that every change builds on the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.delivery import Around, Delivery
from notifier.core.grouping import as_it_stands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.message import Message
    from notifier.core.subject import Subject
    from notifier.ports import Tx

WORSE = (Reason.OPENED, Reason.ESCALATED, Reason.REMINDED, Reason.PASSED_ON, Reason.LAPSED)


@dataclass(slots=True)
class _Thread:
    """A thread that deliveries go on with: who began it, what was told last in it, and the news.

    The news are by the place that their alert has in the thread's first post.
    """

    began: Delivery
    newest: Delivery
    news: dict[int, Message] = field(default_factory=dict)


def post_id(tx: Tx, delivery: Delivery) -> str:
    """What names the post of *delivery* towards a channel: another database makes another name of the same key."""
    return sha256(f"{tx.installation()}|{delivery.key}".encode()).hexdigest()[:32]


def around(tx: Tx, group: Sequence[Delivery], alone: Sequence[Message], whole: Message) -> Around:
    """Where the post of *group* belongs: it says *whole*, and would say *alone* of each delivery by itself.

    It goes on with the thread of its deliveries if they have one in common; else it begins one, and the first
    posts of their own threads change where they stand.
    """
    threads = _threads(tx, group, alone)
    worse = any(delivery.told.reason in WORSE for delivery in group)
    above = [(thread, _changed(tx, thread)) for thread in threads]
    if len(threads) == 1 and len(threads[0].news) == len(group):
        thread, says = above[0]
        place = thread.began.around or _of_an_older_release(tx, thread.began)
        return Around(place.thread, place.topic, thread.began.id, thread.newest.receipt, says, worse=worse)
    others = tuple((thread.newest.receipt, says) for thread, says in above)
    return Around(post_id(tx, group[0]), _topic(whole), others=others, worse=worse)


def _topic(message: Message) -> str:
    return f"{message.topic or message.headline} · {message.about}"


def _of_an_older_release(tx: Tx, began: Delivery) -> Around:
    """Where a post stands that was told before posts had a place."""
    return Around(post_id(tx, began), _topic(began.post) if began.post is not None else began.rule)


def _threads(tx: Tx, group: Sequence[Delivery], alone: Sequence[Message]) -> list[_Thread]:
    """The threads in which something of *group* was told before."""
    past, threads = _Past(tx), dict[int, _Thread]()
    for delivery, message in zip(group, alone, strict=True):
        earlier = tx.told(delivery) if delivery.seq > 1 else []
        if not earlier:
            continue
        began = past.beginning(earlier[-1])
        thread = threads.setdefault(began.id, _Thread(began, earlier[-1]))
        thread.newest = max(thread.newest, earlier[-1], key=lambda each: each.id)
        thread.news[past.place(began, earlier[-1])] = message
    return list(threads.values())


class _Past:
    """What was told before; looked up once, since the lines of a table have their beginning in common."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._called: dict[int, Delivery | None] = {}
        self._places: dict[int, dict[Subject, int]] = {}

    def beginning(self, told: Delivery) -> Delivery:
        """Who began the thread in which *told* was told."""
        carrier = self._itself_or(told.leader, told)
        return self._itself_or(carrier.around.began if carrier.around else 0, carrier)

    def place(self, began: Delivery, told: Delivery) -> int:
        """Which place the alert of *told* has in the first post of the thread that *began* began."""
        if began.id not in self._places:
            members = [began, *self._tx.led(began.id)]
            lines = {each.subject: place for place, each in enumerate(members)}
            self._places[began.id] = lines
        return self._places[began.id].get(told.subject, 0)

    def _itself_or(self, number: int, delivery: Delivery) -> Delivery:
        if number and number not in self._called:
            self._called[number] = self._tx.delivery(number)
        return self._called.get(number) or delivery


def _changed(tx: Tx, thread: _Thread) -> Message:
    """What the thread's first post says from now on; kept, so that the next change builds on it."""
    began = thread.began
    place = began.around or _of_an_older_release(tx, began)
    now = place.above or began.post
    several = now is not None and bool(now.lines or (now.rows and now.reason is Reason.STANDING))
    assert now is not None, "what was told had words"
    says = as_it_stands(now, thread.news) if several else next(iter(thread.news.values()))
    tx.put_delivery(replace(began, around=replace(place, above=says)))
    return says
