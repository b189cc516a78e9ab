"""The control path ``/_play``: what goes wrong, and what is corrected, ordered over HTTP from another process.

POST   /_play           {"fault": "429", "times": 2, "path": "/v1/organization/costs"}
POST   /_play/correct   {"organization": "org-1", "day": "2026-11-20", "project": "proj_1", "line_item": "gpt-5",
                         "amount": "3.50", "seen_from": "2026-11-22"}
DELETE /_play           takes all faults back; ?fault=429 those of one kind
DELETE /_play/requests  begins to count anew
GET    /_play           the faults in force, all that there are, and the requests so far
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifier.demo.provider.fault import Fault
from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.reply import Refused, Reply, invalid, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Request
    from notifier.demo.provider.script import Script

ROOT = "/_play"
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


def fault_of(kind: str, **options: Any) -> Fault:
    """The fault *kind* with its options: ``path``, ``organization``, ``after``, ``seconds``.

    Raises:
        ValueError: there is no such kind or option, or its value is none.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
    types = {"path": str, "organization": str, "after": int, "seconds": str}
    for name, value in options.items():
        if name not in types or not isinstance(value, types[name]):
            raise ValueError(f"{name!r} is no option of a fault, or its value is none: {', '.join(types)}")
    if not _SECONDS.fullmatch(options.get("seconds", "1")):
        raise ValueError("'seconds' is a text such as 6.937")
    return Fault(kind, **options)


class Play:
    """The orders that come over HTTP, for *script* and for the *organizations* that can be corrected."""

    def __init__(self, script: Script, organizations: Iterable[Organization]) -> None:
        self._script, self._organizations = script, organizations

    def answer(self, request: Request) -> Reply:
        """Do what is ordered, and say how things stand."""
        try:
            self._obey(request)
        except Refused as refusal:
            return refusal.reply()
        except (ValueError, ArithmeticError, TypeError, KeyError) as mistake:
            return invalid(f"Not understood: {mistake}").reply()
        return Reply(HTTPStatus.OK, written(self._state()))

    def _obey(self, request: Request) -> None:
        match request.method, request.path.removeprefix(ROOT):
            case "GET", "":
                pass
            case "POST", "":
                self._order(**json.loads(request.content))
            case "POST", "/correct":
                self._correct(json.loads(request.content))
            case "DELETE", "":
                self._script.take_back(request.query.one("fault"))
            case "DELETE", "/requests":
                self._script.forget()
            case _:
                raise Refused(HTTPStatus.NOT_FOUND, f"There is no {request.method} {request.path}.")

    def _order(self, fault: str, times: int | None = None, **options: Any) -> None:
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("'times' is a whole number from 1 on")
        self._script.order(fault_of(fault, **options), times)

    def _correct(self, said: dict[str, str | None]) -> None:
        found = [each for each in self._organizations if each.id == said["organization"]]
        if not found:
            raise ValueError("there is no such organization")
        seen_from = said.get("seen_from")
        found[0].correct(
            date.fromisoformat(str(said["day"])),
            said.get("project"),
            said.get("line_item"),
            Decimal(str(said["amount"])),
            api_key=said.get("api_key"),
            seen_from=None if seen_from is None else date.fromisoformat(seen_from),
        )

    def _state(self) -> Body:
        in_force = [asdict(fault) | {"left": left} for fault, left in self._script.in_force()]
        return {
            "faults": in_force,
            "kinds": {name: kind.says for name, kind in KINDS.items()},
            "requests": self._script.counts(),
            "latest": [each._asdict() for each in self._script.latest()],
        }
