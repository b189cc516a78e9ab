"""A folder of rules that was read before is not read again, where the test is not about reading it.

Reading what is shipped costs some 400 ms, and nearly every command begins with it. What was read is kept by
everything that the reading depends on: what the folder is called, and each name and byte of it. So an edit is seen
as ever. Whoever asks gets programs of their own, with nothing in them that another test has compiled or put there;
what they share, the rules and drafts, is immutable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.rule import Rulebook
from notifier.files import rulebook as reading
from notifier.files.positions import Fault

READ = reading.read_rulebook
MOST_KEPT = 100  # folders
Key = tuple[str, tuple[tuple[str, bytes], ...]]

_kept: dict[Key, tuple[Rulebook, tuple[Fault, ...]]] = {}


def read_once(folder: Path, name: str, faults: list[Fault]) -> Rulebook:
    """As `read_rulebook`. What cannot be read, or comes after other faults, is read each time."""
    try:
        key = name, _content(folder)
    except OSError:
        return READ(folder, name, faults)
    if faults:
        return READ(folder, name, faults)
    if key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found: list[Fault] = []
        _kept[key] = READ(folder, name, found), tuple(found)
    rulebook, found_then = _kept[key]
    faults += found_then
    own = {program.id: replace(program, family={}) for program in rulebook.programs.values()}
    return replace(rulebook, programs=own)


def _content(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Every file that counts; of one that is only noticed for its name, no byte."""
    counts = [*folder.glob("*.yaml"), *folder.glob("drafts/*.txt")]
    named = [(str(path.relative_to(folder)), b"") for path in sorted(folder.glob("*.yml"))]
    return (*((str(path.relative_to(folder)), path.read_bytes()) for path in sorted(counts)), *named)


@contextmanager
def rules_read_once() -> Iterator[None]:
    """Let the program read with `read_once`. A test that imports `read_rulebook` itself has the real one."""
    with pytest.MonkeyPatch.context() as patch:
        for module in [each for name, each in sys.modules.items() if name.partition(".")[0] == "notifier"]:
            if getattr(module, "read_rulebook", None) is READ:
                patch.setattr(module, "read_rulebook", read_once)
        yield
