"""Files of mail, and the acceptances in them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.commands.common import refuse
from notifier.enroll.acceptances.acceptance import acceptances
from notifier.enroll.acceptances.recognition import recognition_of
from notifier.enroll.mails.reading import MOST_FILE_BYTES, read_mails
from notifier.files.rulebook import read_rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from notifier.core.rule import Program
    from notifier.enroll.acceptances.acceptance import Acceptance
    from notifier.enroll.acceptances.recognition import Recognition
    from notifier.files.positions import Fault

STANDARD_INPUT = "-"


def programs_of(rules: Path) -> Mapping[str, Program]:
    """The programs in *rules*; ends with the mistakes in there."""
    faults: list[Fault] = []
    rulebook = read_rulebook(rules, rules.name, faults)
    if faults:
        refuse(faults)
    return rulebook.programs


def recognitions(programs: Mapping[str, Program]) -> list[Recognition]:
    """How acceptances of the *programs* are recognized, of those that say so."""
    known = [recognition_of(program) for program in programs.values()]
    return [each for each in known if each is not None]


def read_bytes(file: Path) -> bytes:
    """As much of *file* as is read of mails, and one byte more where it is longer; `-` is the standard input.

    Raises:
        OSError: it cannot be read.
    """
    if str(file) == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_FILE_BYTES + 1)
    with file.open("rb") as mail:
        return mail.read(MOST_FILE_BYTES + 1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The acceptances of a file in order of date, and sentences about its mails that could not be read."""

    found: list[Acceptance]
    left_out: tuple[str, ...]

    @property
    def assumes_zone(self) -> bool:
        """Whether a date in it has no zone, and nobody has said where its mails are read."""
        return any(each.zone_assumed for each in self.found)


def accepted(raw: bytes, zone: ZoneInfo | None, known: Sequence[Recognition]) -> Accepted:
    """Find the acceptances in *raw*; their dates are those in *zone*, else in UTC.

    Raises:
        UnreadableMail, NotAnAcceptance: there is none; both say why.
    """
    mails = read_mails(raw, zone)
    return Accepted(acceptances(mails, known), mails.left_out)
