"""The only reader of the process's environment."""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "NOTIFIER_"
DOTENV = Path(".env")
LOCAL_TIME = Path("/etc/localtime")  # a link into the zone data, on Linux and macOS


def variable(name: str) -> str | None:
    """The environment variable *name*; None if it is missing or empty."""
    return os.environ.get(name) or None  # noqa: TID251  the one place


def names() -> list[str]:
    """The names of all variables for this program: ``NOTIFIER_…``, in whatever case they are written."""
    return [name for name in os.environ if name.upper().startswith(PREFIX)]  # noqa: TID251  the one place


def is_configured() -> bool:
    """Whether anything is set for this program: a ``NOTIFIER_…`` variable, or a `.env` file."""
    return DOTENV.exists() or bool(names())


def time_zone() -> str | None:
    """What this machine calls its time zone, such as ``Europe/Berlin``; None where that cannot be known."""
    said = variable("TZ")
    try:
        name = said.lstrip(":") if said else str(LOCAL_TIME.readlink())
    except (OSError, NotImplementedError):  # a copy of the zone's data, or no such file
        return None
    zone = name.rpartition("zoneinfo/")[2]
    return "UTC" if zone == "Etc/UTC" else zone
