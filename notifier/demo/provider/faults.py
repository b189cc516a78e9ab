"""What a fault does to a request: whether it meets it, and what becomes of the answer."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.reply import Refused

if TYPE_CHECKING:
    from notifier.demo.provider.fault import Fault
    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Body, Reply
    from notifier.demo.provider.request import Query, Request


def meets(fault: Fault, request: Request, organization: Organization | None) -> bool:
    """Whether *request* goes wrong: only one that the fault can spoil does."""
    if fault.organization is not None and (organization is None or organization.id != fault.organization):
        return False
    return fnmatchcase(request.path, fault.path) and KINDS[fault.kind].spoils(fault, request)


def instead(fault: Fault) -> Reply | None:
    """What is answered in place of everything; None if the fault lets an answer be made."""
    answers = KINDS[fault.kind].instead
    made = None if answers is None else answers(fault)
    return made.reply() if isinstance(made, Refused) else made


def posing(fault: Fault, organization: Organization) -> Organization:
    """The organization that answers in place of *organization*: mostly itself."""
    poses = KINDS[fault.kind].poses
    return organization if poses is None else poses(organization)


def twisted(fault: Fault, query: Query, body: Body) -> Body:
    """*body* as the fault leaves it."""
    twist = KINDS[fault.kind].twist
    return body if twist is None else twist(query, body)
