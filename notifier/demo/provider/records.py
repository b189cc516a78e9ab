"""What an organization at the simulated provider consists of. Each record is there from its day on, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

USAGE, MANAGEMENT = "api.usage.read", "api.management.read"
EVERY_SCOPE = frozenset({USAGE, MANAGEMENT})
ALLOW, DENY = "allow_list", "deny_list"


@dataclass(frozen=True, slots=True)
class User:
    """A member of the organization; *role* is ``owner`` or ``reader``."""

    id: str
    name: str
    email: str
    added_on: date
    role: str = "reader"


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody who was asked to join: accepted, expired or pending, as the days go by."""

    id: str
    email: str
    invited_on: date
    role: str = "reader"
    expires_on: date | None = None
    accepted_on: date | None = None
    projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A key that may ask models, and nothing of the organization. Without an *owner* it is a service account's.

    *last_used_on* left out follows from the costs that were made with the key.
    """

    id: str
    name: str
    value: str
    created_on: date
    owner: User | None = None
    last_used_on: date | None = None
    expires_on: date | None = None
    owner_has_access: bool = True


@dataclass(frozen=True, slots=True)
class AdminKey:
    """A key that may read the organization as far as its *scopes* reach, and ask no model."""

    id: str
    name: str
    value: str
    created_on: date
    owner: User | None = None
    last_used_on: date | None = None
    expires_on: date | None = None
    scopes: frozenset[str] = EVERY_SCOPE


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often one model may be asked in a minute."""

    model: str
    requests_per_minute: int
    tokens_per_minute: int


@dataclass(frozen=True, slots=True)
class SpendLimit:
    """The most that a calendar month may cost, in cents; one that is not *enforcing* stops nobody."""

    cents: int
    enforcing: bool = True


@dataclass(frozen=True, slots=True)
class SpendAlert:
    """A mail to *recipients* when a month has cost so many cents."""

    id: str
    cents: int
    recipients: tuple[str, ...]
    subject_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """Where keys live. With *mode* ``allow_list`` only *model_ids* may be asked, with ``deny_list`` all others."""

    id: str
    name: str
    created_on: date
    archived_on: date | None = None
    keys: tuple[ProjectKey, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()
    mode: str = DENY
    model_ids: tuple[str, ...] = ()
    spend_limit: SpendLimit | None = None
    spend_alerts: tuple[SpendAlert, ...] = ()

    def allows(self, model: str) -> bool:
        """Whether *model* may be asked here."""
        return (model in self.model_ids) == (self.mode == ALLOW)


@dataclass(frozen=True, slots=True)
class Model:
    """Something that can be asked from *created_on* on and before *shutdown_on*."""

    id: str
    created_on: date
    owned_by: str = "openai"
    shutdown_on: date | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """US dollars that were granted on a day; what is left of them follows from the costs."""

    amount: Decimal
    granted_on: date
    expires_on: date | None = None
