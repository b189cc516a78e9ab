"""Very many organizations, made when their key is first used."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from notifier.demo.provider.books import Share
from notifier.demo.provider.organization import Organization
from notifier.demo.provider.records import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_KEY = re.compile(r"fake-admin-key-([0-9]{1,7})")
_PROJECTS = ("proj_1", "proj_2")


class Crowd:
    """The organizations ``org-0`` to ``org-<count - 1>``, opened by the keys ``fake-admin-key-<number>``.

    All began on *started* and have the same two projects; each costs its own amount a day, the same every time.
    """

    def __init__(self, count: int, started: date) -> None:
        self._count, self._started = count, started
        self._met: dict[str, Organization] = {}
        self._projects = tuple(Project(each, f"Project {each[-1]}", started) for each in _PROJECTS)
        self._shares = (Share(3, "proj_1", "gpt-5, input"), Share(1, "proj_2", "gpt-5, output"))

    def __call__(self, key: str) -> Organization | None:
        """The organization of *key*; None if there is none."""
        met = self._met.get(key)
        if met is None:
            found = _KEY.fullmatch(key)
            if found is None or str(int(found[1])) != found[1] or int(found[1]) >= self._count:
                return None
            met = self._met.setdefault(key, self._made(key, int(found[1])))
        return met

    def _made(self, key: str, number: int) -> Organization:
        return Organization(
            key,
            self._started,
            _steady(number),
            id=f"org-{number}",
            projects=self._projects,
            shares=self._shares,
        )


def _steady(number: int) -> Callable[[date], Decimal]:
    """Costs that change a little from day to day, without a table."""

    def daily(day: date) -> Decimal:
        return Decimal(100 + (number * 7 + day.toordinal() * 13) % 97) / 100

    return daily


def key_of(number: int) -> str:
    """The admin key of the organization *number*."""
    return f"fake-admin-key-{number}"
