"""What can only be a key, wherever it was typed: providers begin theirs with marks of their own."""

from __future__ import annotations

import re

_KEY = re.compile(r"(?<![A-Za-z0-9])(?:sk-[\w-]{20,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}|SG\.[\w.-]{20,})")


def refuse_key(text: str) -> None:
    """Let *text* pass unless a key stands in it.

    Raises:
        ValueError: one does; the text is not repeated.
    """
    if _KEY.search(text):
        raise ValueError("looks like a key; a key never stands here, only its name, under `key: {env: NAME}`")
