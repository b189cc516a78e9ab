"""What an account or a grant may be called."""

import re
import unicodedata

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def is_id(name: str) -> bool:
    """Whether an account or a grant may be called so."""
    return _ID.fullmatch(name) is not None


def as_id(name: str) -> str:
    """Return a name as an id: `Chemistry, group 3` becomes `chemistry-group-3`. Empty if nothing is left of it."""
    ascii_only = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", ascii_only))[:63].rstrip("-")
