"""What interfaces of providers answer: taken, or put into a sentence that says what a person can do about it.

Their own words are looked into and never shown: they may quote the key, or say anything at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifier.ports import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.core.calendar import Moment
    from notifier.net import Answer

_FIRST_YEAR = 1971
_LONGEST_TIME = 40  # characters


@dataclass(frozen=True, slots=True)
class Interface:
    """Whom we ask: its *name*, the *key* that it takes and where one is made, the page with its *status*.

    *otherwise* is what to do where it did not understand the question.
    """

    name: str
    key: str
    status: str = ""
    otherwise: str = "check the address; if it is right, notifier needs an update"

    def accepted(self, answer: Answer, what: str, hint: str = "") -> Mapping[str, Any]:
        """The object in a good answer about *what*; *hint* is added where the key was refused.

        Raises:
            Unreadable: it is another answer.
        """
        if answer.status != HTTPStatus.OK:
            raise self.refusal(answer, what, hint)
        if not isinstance(answer.body, dict):
            raise self.malformed(what, "it is no JSON object")
        return answer.body

    def refusal(self, answer: Answer, what: str, hint: str = "") -> Unreadable:
        """What to do about an answer that says no."""
        status = answer.status
        if status == HTTPStatus.UNAUTHORIZED:
            why = f"{self.name} refused the key (401): it is wrong, revoked or expired; put in {self.key}{hint}."
            return Unreadable(why, whole=True)
        if status == HTTPStatus.FORBIDDEN:
            return Unreadable(f"{self.name} does not let this key read {what} (403): it takes {self.key}{hint}.")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            why = f"{self.name} asked to wait before {what} can be read (429)."
            return Unreadable(why, answer.again_in, whole=True)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            page = f"; see {self.status} if it lasts" if self.status else ""
            return Unreadable(
                f"{self.name} failed when asked for {what} ({status}){page}.", answer.again_in, whole=True
            )
        return Unreadable(f"{self.name} did not accept the question for {what} ({status}): {self.otherwise}.")

    def malformed(self, what: str, detail: str) -> Unreadable:
        """That an answer about *what* cannot be understood, and that nothing was made of it."""
        return Unreadable(
            f"The answer of {self.name} about {what} is not as documented ({detail}); "
            "none of it was used, and if this lasts, notifier needs an update."
        )


def moment(stated: object) -> Moment:
    """The moment that an RFC 3339 text states; one without a zone is taken as UTC.

    Raises:
        ValueError: it states none after the year 1970. What stands there is not repeated.
    """
    try:
        found = (
            datetime.fromisoformat(stated) if isinstance(stated, str) and len(stated) <= _LONGEST_TIME else None
        )
    except ValueError:
        found = None
    if found is None or found.year < _FIRST_YEAR:
        raise ValueError("is no time such as 2026-11-22T09:00:00Z")
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
