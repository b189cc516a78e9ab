"""Notices edits of files, so that nothing has to be restarted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LOOK_MS = 1_000  # until it is taken as begun, if nothing is edited before
QUIET_MS = 200  # an editor writes several times; edits closer together than this are one


async def edits(paths: list[Path]) -> AsyncIterator[set[Path]]:
    """The sets of files in the folders *paths* that were edited together. Ends when it is cancelled.

    The first set is empty: watching has begun, and who asks should look once for what happened before.
    """
    begun = False
    async for changes in awatch(
        *paths, step=QUIET_MS, rust_timeout=LOOK_MS, yield_on_timeout=True, recursive=False
    ):
        if not begun:
            begun = True
            yield set()
        if changes:
            yield {Path(path) for _, path in changes}
