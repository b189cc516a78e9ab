"""The simulated provider without its network: a question goes in, a reply comes out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.demo.provider.answers import answer
from notifier.demo.provider.faults import instead, posing, twisted
from notifier.demo.provider.reply import Refused, Reply, written
from notifier.demo.provider.script import Asked, Script

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from notifier.demo.provider.fault import Fault
    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.request import Request


class Desk:
    """Where questions are answered. *find* knows the organization of a key, *today* how far the calendar is."""

    def __init__(self, find: Callable[[str], Organization | None], today: Callable[[], date]) -> None:
        self.find, self.today = find, today
        self.script = Script()

    def answer(self, request: Request) -> Reply:
        """The reply to *request*: right, refused, or as the script wants it. It is counted."""
        organization = self.find(request.bearer)
        fault = self.script.next_for(request, organization)
        reply = self._reply(request, organization, fault)
        self.script.note(
            Asked(
                request.method,
                request.path,
                str(request.query),
                None if organization is None else organization.id,
                0 if reply.instead else reply.status,
                None if fault is None else fault.kind,
            )
        )
        return reply

    def _reply(self, request: Request, organization: Organization | None, fault: Fault | None) -> Reply:
        made = None if fault is None else instead(fault)
        if made is not None:
            return made
        if fault is not None and organization is not None:
            organization = posing(fault, organization)
        headers = _headers(organization)
        try:
            body = answer(organization, request, self.today())
            if fault is not None:
                body = twisted(fault, request.query, body)
            return Reply(HTTPStatus.OK, written(body), headers=headers)
        except Refused as refusal:
            return refusal.reply(headers)


def _headers(organization: Organization | None) -> tuple[tuple[str, str], ...]:
    """Whose key it was is said in a header [docs]."""
    if organization is None or organization.id is None:
        return ()
    return (("openai-organization", organization.id),)
