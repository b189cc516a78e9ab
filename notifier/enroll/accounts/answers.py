"""What a person says beyond the acceptance mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Answers:
    """What a mail does not say and a person did: read and checked, in the words of the accounts file.

    None is what nobody answered. It is never guessed, and what the file says of it stays.
    """

    accepted_address: str | None = None
    """Where a mail that was copied without its head went."""
    organization: str | None = None
    affiliation: str | None = None
    credits_requested: str | None = None
    """An amount, such as `5000 USD`; a bare number is in the account's currency."""
    use_case: str | None = None
    research_ends_on: date | None = None
    pi_name: str | None = None
    pi_position: str | None = None
    pi_address: str | None = None
    """Where the pi is reached: an address of mail, with `mailto:` or without."""
