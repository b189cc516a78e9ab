"""The single values by which an accounts file says what is polled: kinds, names, addresses, rhythms.

All of them raise ValueError, which becomes a fault at the value's place. A source is known by its file in
`notifier.sources`, which is loaded when an account names it, and says itself what it can read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notifier.core.account import MAIN
from notifier.core.calendar import Duration, parse_span
from notifier.core.keys import refuse_key
from notifier.files import forms
from notifier.files.table import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCES = "notifier.sources"  # not imported by name: which of them is loaded, the accounts files say
OPENAI = "openai"  # which source reads the account behind a `key:` that names no provider
HTTP = "http"  # the source that is told where each fact stands
PROBE = "openai-probe"
LEAST, MOST = 5 * 60, 86_400  # seconds between two polls
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
OURS = frozenset({"declared", "recorded", "service"})  # what the product's own readings are called
# Headers that say how an answer travels, not who asks.
OF_THE_WIRE = frozenset({"accept", "accept-encoding", "connection", "content-length", "expect", "host", "te",
                         "trailer", "transfer-encoding", "upgrade", "user-agent"})  # fmt: skip
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
_IN_ADDRESSES = re.compile(r"[!-~]+")  # printable ASCII, no blanks


def readable(kind: str) -> Mapping[str, str]:
    """What the source *kind* can read: by the word that ``reads:`` uses for it, the part; the main part first."""
    source = module(kind)
    return {source.MAIN_IS if part == MAIN else part: part for part in source.PARTS}


@lru_cache(1)
def providers() -> Sequence[str]:
    """What ``provider:`` can name: the sources that need nothing but a key."""
    return [kind for kind in kinds() if module(kind).BY_KEY_ALONE]


@lru_cache(1)
def kinds() -> Sequence[str]:
    """Every kind of source that there is."""
    return [each.name.replace("_", "-") for each in iter_modules(import_module(SOURCES).__path__)]


def module(kind: str) -> Any:
    """The module of the source *kind*: what every one of them has, `notifier.sources` says."""
    return import_module(f"{SOURCES}.{kind.replace('-', '_')}")


def provider(text: str) -> str:
    """What stands under ``provider:``."""
    return forms.one_of(text, dict.fromkeys(providers()), "provider")


def kind(text: str) -> str:
    """What stands under ``kind:``."""
    return forms.one_of(text, dict.fromkeys((*providers(), HTTP)), "kind of source")


def name(text: str, of: str) -> str:
    """What the readings of a source of kind *of* are called."""
    if text in OURS:
        raise ValueError(f"`{text}` is what the service calls readings of its own; give this one another name")
    if text in kinds() and text != of:
        raise ValueError(f"`{text}` is another kind of source; give this one another name")
    return word(text)


def model(text: str) -> str:
    """The name of a model, as the provider calls it."""
    refuse_key(text)
    if _MODEL.fullmatch(text):
        return text
    raise ValueError(f"{text!r} is no name of a model such as gpt-5-nano")


def header(text: str) -> str:
    """The name of the header in which a key travels."""
    refuse_key(text)
    if _HEADER.fullmatch(text) and text.lower() not in OF_THE_WIRE:
        return text
    raise ValueError(f"{text!r} is no header that a key travels in, such as X-Api-Key")


def every(text: str) -> int:
    """Seconds between two polls."""
    span = parse_span(text)
    if isinstance(span, Duration) or not LEAST <= span <= MOST:
        raise ValueError(f"{text!r} is not between 5 minutes and 1 day, such as `1 hour`")
    return span


def address(text: str) -> str:
    """Where a provider is asked, by https (http is for this machine only), without a slash at its end."""
    return _safe(text, "https://eu.api.openai.com/v1", query=False).rstrip("/")


def page(text: str) -> str:
    """The address of one JSON document; a query may stand in it, but no key."""
    return _safe(text, "https://billing.example.edu/api/lab", query=True)


def _safe(text: str, example: str, *, query: bool) -> str:
    refuse_key(text)
    if not _IN_ADDRESSES.fullmatch(text):
        raise ValueError(f"{text!r} is no address such as {example}")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"{text!r} is no address such as {example}") from None
    if not host or parts.scheme not in ("https", "http"):
        raise ValueError(f"{text!r} is no address such as {example}")
    if parts.username or parts.password or parts.fragment or (parts.query and not query):
        none = "password or fragment" if query else "password, query or fragment"
        raise ValueError(f"an address holds no {none} here; a key goes into a variable")
    if parts.scheme == "http" and host not in HERE:
        raise ValueError(f"{text!r} would send the key readable for everybody: use https")
    return text
