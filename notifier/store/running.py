"""Whether somebody runs on a database, asked from beside: without waiting, and without keeping anybody out."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from notifier.store.lock import LONGEST_NOTE

if TYPE_CHECKING:
    from pathlib import Path

UNNAMED = 0


def holder(database: Path) -> int | None:
    """The process that runs on *database* (`UNNAMED` where it cannot be told); None if none does.

    Whoever stops leaves an empty note in the lock's file, and then the lock itself is not touched. After a crash
    the note is left over: only then is the lock tried, shared and for as long as it takes to give it back.
    """
    try:
        handle = os.open(f"{database}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    note = os.pread(handle, LONGEST_NOTE, 0).decode(errors="replace").strip()
    try:
        if not note:
            return None
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(note) if note.isdigit() else UNNAMED
    except OSError:
        return None
    finally:
        os.close(handle)
    return None
