"""Every form of the acceptance mail and what is read from it, and what mutated files do to the reader.

    python -m benchmarks.forms [mutations] [seed]

Prints one row for each form and marks with ≠ what differs from what is expected. Then reads the files that are
made to exhaust a reader and, with a number of *mutations*, as many spoilt files. Ends with 1 if a cell differs or
anything crashed.
"""

from __future__ import annotations

import platform
import random
import sys
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))  # the builders of the forms live with the tests

from notifier.enroll.acceptances.acceptance import NotAnAcceptance, acceptances  # noqa: E402  after the path
from notifier.enroll.acceptances.recognition import recognition_of  # noqa: E402  after the path
from notifier.enroll.mails.reading import UnreadableMail, read_mails  # noqa: E402  after the path
from notifier.files.rulebook import read_rulebook  # noqa: E402  after the path
from tests.enroll.forms import Form, forms  # noqa: E402  after the path
from tests.enroll.monsters import MONSTERS, mutated  # noqa: E402  after the path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.enroll.acceptances.recognition import Recognition
    from notifier.enroll.mails.mail import Mail
    from notifier.files.positions import Fault

READER = ZoneInfo("Europe/Berlin")
WIDTHS = (44, 24, 26, 20, 8, 11, 14)
HEADINGS = ("form", "sender", "recipient", "original date", "zone", "write_after", "granted_models")
NOTHING = "-"
SLOW = 5.0  # seconds
REPORTED = 2_000  # mutations between two lines


def shipped() -> list[Recognition]:
    """How the shipped programs recognize their mail."""
    faults: list[Fault] = []
    rulebook = read_rulebook(PROJECT / "rules", "rules", faults)
    assert not faults, faults
    return [known for program in rulebook.programs.values() if (known := recognition_of(program)) is not None]


def expected(form: Form) -> tuple[str, ...]:
    """The cells that the row of *form* should have, beside its name."""
    zone = NOTHING if form.sent is None else ("its own" if form.own_zone else "assumed")
    return (form.sender or NOTHING, form.recipient or NOTHING, form.sent or NOTHING, zone, "3 weeks", "gpt-4")


def read(form: Form, known: Sequence[Recognition]) -> tuple[str, ...]:
    """The cells that are read. The zone is told by reading once more without knowing the reader's."""
    messages = read_mails(form.raw, READER)
    acceptance = acceptances(messages, known)[0]
    place = acceptance.message - 1, acceptance.level - 1
    mail = messages[place[0]][place[1]]
    elsewhere = read_mails(form.raw, None)[place[0]][place[1]]
    models = acceptance.understood.value("granted_models")
    return (
        mail.sender or NOTHING,
        mail.recipient or NOTHING,
        _dated(mail),
        NOTHING if mail.sent_at is None else ("assumed" if elsewhere.zone_assumed else "its own"),
        str(acceptance.understood.value("write_after")),
        ", ".join(models) if isinstance(models, tuple) else str(models),
    )


def _dated(mail: Mail) -> str:
    return mail.sent_at.strftime("%Y-%m-%d %H:%M %Z") if mail.sent_at else NOTHING


def table(known: Sequence[Recognition]) -> int:
    """Print the table; return how many cells differ."""
    print(_row(HEADINGS))
    different = 0
    for form in forms():
        wanted = expected(form)
        try:
            got = read(form, known)
        except (UnreadableMail, NotAnAcceptance) as error:
            got = (str(error).split("\n", 1)[0], *(NOTHING for _ in wanted[1:]))
        pairs = list(zip(got, wanted, strict=True))
        different += sum(cell != want for cell, want in pairs)
        print(_row((form.name, *(cell if cell == want else f"≠ {cell}" for cell, want in pairs))))
    print(f"\n{len(forms())} forms, {different} cells differ from what is expected")
    return different


def _row(cells: Sequence[str]) -> str:
    return " | ".join(f"{cell}{' ' * (width - _columns(cell))}" for cell, width in zip(cells, WIDTHS, strict=True))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def tried(raw: bytes, known: Sequence[Recognition]) -> tuple[str, float]:
    """What became of *raw*, and in how many seconds."""
    began = time.perf_counter()
    try:
        messages = read_mails(raw, READER)
        "".join(mail.subject + mail.body + mail.sent_words for levels in messages for mail in levels).encode()
        outcome = "read"
        acceptances(messages, known)
    except UnreadableMail:
        outcome = "refused"
    except NotAnAcceptance:
        outcome = "read"
    except Exception as error:  # noqa: BLE001  whatever else comes is what is looked for
        outcome = f"crashed: {error!r:.200}"
    return outcome, time.perf_counter() - began


def monsters(known: Sequence[Recognition]) -> int:
    """Read what is made to exhaust; return how many crashed or took longer than five seconds."""
    bad, slowest = 0, (0.0, "")
    outcomes = Counter[str]()
    for name, build in MONSTERS.items():
        outcome, seconds = tried(build(), known)
        outcomes[outcome[:7]] += 1
        slowest = max(slowest, (seconds, name))
        if outcome.startswith("crashed") or seconds > SLOW:
            bad += 1
            print(f"≠ {name}: {outcome}, {seconds:.1f} s")
    print(
        f"{len(MONSTERS)} files made to exhaust: {_counted(outcomes)}; slowest {slowest[0]:.2f} s ({slowest[1]})"
    )
    return bad


def fuzz(number: int, seed: int, known: Sequence[Recognition]) -> int:
    """Read *number* spoilt files; return how many crashed."""
    chance = random.Random(seed)
    raws = [form.raw for form in forms()]
    outcomes, slowest = Counter[str](), 0.0
    began = time.perf_counter()
    for done in range(1, number + 1):
        raw = mutated(raws, chance)
        outcome, seconds = tried(raw, known)
        if outcome.startswith("crashed") and not outcomes["crashed"]:
            print(f"≠ {outcome}: {raw[:2_000]!r}")
        outcomes[outcome[:7]] += 1
        slowest = max(slowest, seconds)
        if done % REPORTED == 0 and sys.stderr.isatty():
            print(f"{done:,}: {_counted(outcomes)}", file=sys.stderr)
    print(
        f"{number:,} mutations, seed {seed}: {_counted(outcomes)}; slowest {slowest * 1000:.0f} ms; "
        f"{time.perf_counter() - began:.0f} s in all"
    )
    return outcomes["crashed"]


def _counted(outcomes: Counter[str]) -> str:
    return ", ".join(f"{outcomes[outcome]:,} {outcome}" for outcome in ("read", "refused", "crashed"))


def main() -> None:
    """Print everything once."""
    mutations = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1  # noqa: PLR2004  the second argument
    print(f"{platform.platform()}, Python {platform.python_version()}, tzdata {version('tzdata')}\n")
    known = shipped()
    bad = table(known) + monsters(known)
    bad += fuzz(mutations, seed, known) if mutations else 0
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
