"""Settings against the files: what is named like a setting and is none, and a fallback that is none of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.files.accounts import accounts_files, third_parties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.rule import Rulebook
    from notifier.files.places import Files, Places
    from notifier.settings import Settings

_NAME = re.compile(r"NOTIFIER_\w+")


def misset(settings: Settings, files: Files, places: Places) -> Iterator[str]:
    """What is set in vain, or must not be set like that; a sentence for each. No value is repeated."""
    from notifier.settings import unknown_names  # noqa: PLC0415  takes longer to import than a whole check

    yield from unknown_names(_used(files, places))
    if is_third_party(settings.fallback, files.rulebook):
        yield "NOTIFIER_FALLBACK is a contact of a program, whom only a person writes to: name an address of yours"


def is_third_party(address: str, rulebook: Rulebook) -> bool:
    """Whether *address* is outside of the house: only letters go there, and a person sends them."""
    return address.partition(":")[2].lower() in third_parties(rulebook.programs.values())


def _used(files: Files, places: Places) -> set[str]:
    """The names that accounts give to keys, also those of accounts that are left out for a mistake."""
    used = {poll.key for declaration in files.declared for poll in declaration.account.sources if poll.key}
    used |= {declaration.account.push for declaration in files.declared}
    if files.account_faults:
        texts = [path.read_text(encoding="utf-8", errors="replace") for path, _ in accounts_files(places.accounts)]
        used |= {name for text in texts for name in _NAME.findall(text)}
    return used
