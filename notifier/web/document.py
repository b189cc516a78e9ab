"""JSON from anybody: read exactly, or refused with a sentence. Numbers are `Decimal`, as they are written."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class NotRead(ValueError):
    """A body that cannot be read; the text says why, and repeats nothing of it."""


def read(body: bytes) -> Mapping[str, object]:
    """The JSON object in *body*.

    Raises:
        NotRead: it is none; or a name stands twice in an object, or a number is none that JSON knows.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        raise NotRead("the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotRead(f"the body is not JSON: {error.msg.lower()}, {where}") from None
    except RecursionError:
        raise NotRead("the body is nested too deeply") from None
    if not isinstance(found, dict):
        raise NotRead('the body is no JSON object such as {"facts": {"credits_left": "412.50 USD"}}')
    return found


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotRead("a number in the body is beyond belief") from None


def _no_number(_: str) -> NoReturn:
    raise NotRead("the body has a NaN or an Infinity, which JSON does not have")


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotRead("a name stands twice in one object of the body")
    return found
