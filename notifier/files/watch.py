"""Notices edits of files, so that nothing has to be restarted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import awatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUIET_MS = 200  # an editor writes several times; edits closer together than this are one


async def edits(paths: list[Path]) -> AsyncIterator[set[Path]]:
    """The sets of files in the folders *paths* that were edited together. Ends when it is cancelled."""
    async for changes in awatch(*paths, step=QUIET_MS, recursive=False):
        yield {Path(path) for _, path in changes}
