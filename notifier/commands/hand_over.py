"""``notifier hand-over``: another role sees to an open alert from now on."""

from __future__ import annotations

from notifier.commands.acting import Options, meant, person, role, say
from notifier.commands.common import stop
from notifier.flow.acting import HAND_OVER


def hand_over(account: str, rule: str, item: str | None, options: Options) -> None:
    """Hand an open alert over to the role that is named."""
    chosen = meant(account, rule, item, options)
    to = role(chosen.account, options.to)
    if chosen.alert.owner == to:
        stop(f"{chosen.named} is with {person(chosen.account, to)} already")
    chosen.act(HAND_OVER, options.because, to=to)
    say(f"Handed over: {chosen.named}, to {person(chosen.account, to)}, who is told of it.")
