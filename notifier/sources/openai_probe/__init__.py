"""Whether a model answers: one tiny request with a project key, at most once a UTC day, only where it is wanted.

Costs and limits say nothing of credits that have not been used yet. A request does, but proves little: an answer
may have been paid for by a card, a refusal may pass in minutes. So it is a hint (`credits_hint`) and never
decides. It costs what 16 tokens of the model cost. What the model says is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.account import MAIN
from notifier.core.calendar import SECONDS_A_DAY
from notifier.sources.openai_probe.probe import OpenAIProbe

if TYPE_CHECKING:
    from notifier.net import Net

__all__ = ["BY_KEY_ALONE", "MAIN_IS", "PARTS", "TELLS", "OpenAIProbe", "source"]

PARTS = {MAIN: SECONDS_A_DAY}
MAIN_IS = "probe"
BY_KEY_ALONE = False
TELLS = {MAIN: ("probe_said",)}


def source(net: Net) -> OpenAIProbe:
    """The source with the connections *net*."""
    return OpenAIProbe(net)
