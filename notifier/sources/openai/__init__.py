"""What OpenAI says of an organization: costs, limits, projects, members, keys, models. Read with an admin key.

The organization's interface has no endpoint for credits or balances. Comments in brackets say where a trap is
known from: [spec] the public OpenAPI document, [sdk] the source of the provider's own package, [seen] people who
reported live answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.account import MAIN

if TYPE_CHECKING:
    from notifier.net import Net
    from notifier.sources.openai.reader import OpenAI

_SIX_HOURS = 6 * 3600
PARTS = {
    MAIN: 30 * 60,
    "limits": _SIX_HOURS,
    "projects": _SIX_HOURS,
    "members": _SIX_HOURS,
    "keys": _SIX_HOURS,
    "models": _SIX_HOURS,
}
MAIN_IS = "costs"
BY_KEY_ALONE = True
TELLS = {MAIN: ("costs", "last_spend_on", "last_refund_on"), "limits": ("spend_limit",)}


def source(net: Net) -> OpenAI:
    """The source with the connections *net*."""
    from notifier.sources.openai.reader import OpenAI  # noqa: PLC0415  who only reads an accounts file asks nobody

    return OpenAI(net)
