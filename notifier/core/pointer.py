"""Where something stands in a JSON document: pointers as RFC 6901 writes them, ``/data/0/remaining``."""

from __future__ import annotations

import re

MOST_STEPS = 30
MOST_LETTERS = 300
_ESCAPED = re.compile(r"~(?![01])")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")  # of a list, from 0, without leading zeros (RFC 6901, section 4)


def parse_pointer(text: str) -> tuple[str, ...]:
    """The steps of a pointer, from the outermost: keys of objects, or places in lists.

    Raises:
        ValueError: *text* is no pointer to something inside a document; the message says how one is written.
    """
    if not text.startswith("/"):
        fitting = "/" + re.sub(r"\[(\d+)\]", r".\1", text.removeprefix("$").strip(".")).replace(".", "/")
        hint = f"; did you mean `{fitting}`?" if re.fullmatch(r"(/[\w-]+)+", fitting) else ""
        raise ValueError(f"{text!r} is no JSON pointer such as /data/remaining{hint}")
    if _ESCAPED.search(text):
        raise ValueError(f"{text!r}: in a pointer ~ is written ~0, and a slash within a name ~1")
    steps = text[1:].split("/")
    if len(steps) > MOST_STEPS or len(text) > MOST_LETTERS:
        raise ValueError(f"a pointer has at most {MOST_STEPS} steps and {MOST_LETTERS} characters")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def follow(document: object, pointer: str) -> object:
    """What stands in *document* where *pointer* points; JSON's null is None.

    Raises:
        LookupError: nothing stands there.
    """
    found = document
    for step in parse_pointer(pointer):
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and _INDEX.fullmatch(step) and int(step) < len(found):
            found = found[int(step)]
        else:
            raise LookupError(pointer)
    return found
