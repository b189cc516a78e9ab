"""Who runs on a database: one process, by a lock that the operating system takes back when the process ends.

The lock is held on ``<database>.lock``, which stays behind: it means nothing when nobody holds it.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from notifier.store.errors import StoreLocked

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NOTE = 20  # bytes: a process id


def take(database: Path) -> int:
    """Lock *database* for this process, without waiting; what is returned is to be handed to `release`.

    Raises:
        StoreLocked: another process runs on it.
    """
    handle = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, LONGEST_NOTE, 0).decode(errors="replace").strip()
        os.close(handle)
        who = f"another notifier (process {holder})" if holder.isdigit() else "another notifier"
        raise StoreLocked(f"{database} is in use by {who}; only one may run on it.") from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def release(handle: int) -> None:
    """Let another process run on the database."""
    os.ftruncate(handle, 0)
    os.close(handle)
