"""The only reader of the process's environment."""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "NOTIFIER_"
DOTENV = Path(".env")


def variable(name: str) -> str | None:
    """The environment variable *name*; None if it is missing or empty."""
    return os.environ.get(name) or None  # noqa: TID251  the one place


def is_configured() -> bool:
    """Whether anything is set for this program: a ``NOTIFIER_…`` variable, or a `.env` file."""
    return DOTENV.exists() or any(name.upper().startswith(PREFIX) for name in os.environ)  # noqa: TID251  the one place
