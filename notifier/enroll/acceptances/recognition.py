"""How the acceptance mail of a program is recognized and read: what its rules file says of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from notifier.core.rule import Ask, Program
from notifier.core.vocabulary import BUILT_IN, Fact, Kind

__all__ = ["ASKS", "OF_THE_PI", "Ask", "Recognition", "recognition_of"]

OF_THE_PI: Final = ("pi_name", "pi_position")
"""What letters are signed with: facts of a person, not of an account or a grant."""
ASKS: Final = (
    Ask("organization", "…", "the id of your organization, in the provider's settings"),
    Ask("credits_requested", "… USD", "the amount asked for in your application"),
    Ask("use_case", "…", "one sentence from your application"),
    Ask("research_ends_on", "YYYY-MM-DD", "the timeline in your application"),
    Ask("affiliation", "…", "your institution and group"),
    Ask("pi_name", "…", "who signs the letters"),
    Ask("pi_position", "…", "below the name, such as PhD student"),
)
"""What is asked where a program's file does not say itself."""
_KINDS: Final[Mapping[str, Kind]] = {fact.name: fact.kind for fact in BUILT_IN}


@dataclass(frozen=True, slots=True)
class Recognition:
    """How the acceptance mail of one program is recognized and read.

    `senders` are addresses, or whole domains as `@example.org`. `phrases` are marks of an acceptance,
    and of no other mail of the program. `patterns` finds facts: name → regular expression, with the fact
    in the group `value`; case does not matter, white space is single blanks. Names with a dot
    (`contacts.general`, `links.papers`, `owed.summary`) are for the reader only; the others become fields or
    terms of the grant, each of its kind.
    """

    program: str
    senders: tuple[str, ...]
    phrases: tuple[str, ...]
    patterns: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ASKS
    kinds: Mapping[str, Kind] = field(default_factory=lambda: _KINDS)
    ours: Mapping[str, str] = field(default_factory=dict)
    """What the program's own file says, by the same names: its terms, contacts and links."""
    checked_on: date | None = None
    """When a person last compared that file with what the provider publishes."""

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return the compiled pattern of the fact *name*."""
        return re.compile(self.patterns[name], re.IGNORECASE)


def recognition_of(program: Program) -> Recognition | None:
    """Return how acceptances of *program* are recognized; None if its file does not say."""
    if program.mail is None:
        return None
    return Recognition(
        program=program.id,
        senders=program.mail.senders,
        phrases=program.mail.phrases,
        patterns=program.mail.patterns,
        asks=program.mail.asks or ASKS,
        kinds={fact.name: fact.kind for fact in program.vocabulary.facts},
        ours=dict(_said_by(program)),
        checked_on=date.fromordinal(program.checked_on) if program.checked_on is not None else None,
    )


def _said_by(program: Program) -> Iterator[tuple[str, str]]:
    for fact in program.vocabulary.facts:
        if fact.default is not None:
            yield fact.name, _term(fact)
    for name, contact in program.contacts.items():
        yield f"contacts.{name}", contact
    for name, link in program.links.items():
        yield f"links.{name}", link


def _term(fact: Fact) -> str:
    is_day = fact.kind is Kind.DATE and isinstance(fact.default, int)
    return str(date.fromordinal(fact.default) if is_day and isinstance(fact.default, int) else fact.default)
