"""What goes wrong by command, and what was asked: everything of the simulated provider that changes."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from notifier.demo.provider.faults import meets

if TYPE_CHECKING:
    from notifier.demo.provider.fault import Fault
    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.request import Request

KEPT = 1000


class Asked(NamedTuple):
    """One request that was made: who asked what, what was answered, and the kind of fault that it met.

    *status* is 0 where nothing was answered. The key is not kept.
    """

    method: str
    path: str
    query: str
    organization: str | None
    status: int
    fault: str | None


@dataclass(slots=True)
class _InForce:
    fault: Fault
    left: int | None


class Script:
    """The faults in force, in the order in which they were ordered, and the requests so far.

    Used by all connections at once.
    """

    def __init__(self) -> None:
        self._in_force: list[_InForce] = []
        self._counts = Counter[str]()
        self._latest = deque[Asked](maxlen=KEPT)
        self._lock = Lock()

    def order(self, fault: Fault, times: int | None) -> None:
        """Let *fault* happen to the next *times* requests that it can spoil; None is until it is taken back."""
        with self._lock:
            self._in_force.append(_InForce(fault, times))

    def take_back(self, kind: str | None = None) -> None:
        """Order nothing any more, or nothing of *kind*."""
        with self._lock:
            self._in_force = [each for each in self._in_force if kind not in {None, each.fault.kind}]

    def next_for(self, request: Request, organization: Organization | None) -> Fault | None:
        """The fault that *request* meets: the first that was ordered. It is used up by that."""
        if not self._in_force:  # read without the lock: what is ordered this very moment may come one later
            return None
        with self._lock:
            for each in self._in_force:
                if meets(each.fault, request, organization):
                    if each.left is not None:
                        each.left -= 1
                        if not each.left:
                            self._in_force.remove(each)
                    return each.fault
        return None

    def note(self, asked: Asked) -> None:
        """Count what was asked."""
        with self._lock:
            self._counts[asked.path] += 1
            self._latest.append(asked)

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._counts.clear()
            self._latest.clear()

    def counts(self) -> dict[str, int]:
        """How many requests there were for each path."""
        with self._lock:
            return dict(self._counts)

    def latest(self) -> tuple[Asked, ...]:
        """The last requests, oldest first; at most KEPT."""
        with self._lock:
            return tuple(self._latest)

    def in_force(self) -> tuple[tuple[Fault, int | None], ...]:
        """The faults, each with how many times it is left."""
        with self._lock:
            return tuple((each.fault, each.left) for each in self._in_force)
