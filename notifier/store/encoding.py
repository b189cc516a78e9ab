"""The JSON that the store keeps: one form for equal content, and a version in every document (``"v"``).

A newer version is refused, never guessed at. Keys that are not known are left aside, keys that are missing take
the record's default: both happen where two releases meet on one database.
"""

from __future__ import annotations

import json
from typing import Any

from notifier.store.errors import StoreError

VERSION = 1

# ASCII only: what a provider calls a project may hold half a surrogate pair, which UTF-8 cannot.
dump = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
_scan = json.JSONDecoder().raw_decode  # without looking for white space around it: the store writes none


def load(text: str, what: str) -> dict[str, Any]:
    """Read the document *text*; *what* names it in the error.

    Raises:
        StoreError: a newer version wrote it.
    """
    raw: dict[str, Any] = _scan(text)[0]
    if raw["v"] > VERSION:
        raise StoreError(
            f"{what} was stored by a newer notifier (format {raw['v']}; this one reads {VERSION}): upgrade it"
        )
    return raw
