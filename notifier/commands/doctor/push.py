"""What `doctor` finds about pushing: whether each token is set and long enough, and whether anything listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.commands.doctor.block import MOST_NAMED, Block, some
from notifier.core.words import say_list
from notifier.ports import Examined
from notifier.pushes import unfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.files.places import Files
    from notifier.settings import Settings

ADVICE = "Put a long random text there under this name, as `openssl rand -hex 32` makes one."


def of_push(settings: Settings, files: Files) -> Iterator[Block]:
    """The tokens with which programs push facts, by name; the token itself is never shown."""
    users: dict[str, list[str]] = {}
    for declaration in files.declared:
        if declaration.account.push:
            users.setdefault(declaration.account.push, []).append(declaration.account.id)
    if not users:
        return
    wrong = [
        Examined(name, False, f"it {why}, so nothing can be pushed to {some(accounts)}", ADVICE)
        for name, accounts in users.items()
        if (why := unfit(settings.secret(name)))
    ]
    if settings.port is None:
        wrong.append(Examined("", False, "nothing listens for what is pushed", "Set NOTIFIER_PORT, such as 8080."))
    well = Examined("", True, f"{say_list(list(users)[:MOST_NAMED])}: all of them can be used")
    yield Block("tokens for pushing", wrong or [well])
