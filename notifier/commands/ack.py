"""``notifier ack``: somebody sees to an open alert. It asks again if it is still open when that is over."""

from __future__ import annotations

from notifier.commands.acting import Meant, Options, meant, say, until
from notifier.flow.acting import ACK

A_WEEK = "1 week"


def ack(account: str, rule: str, item: str | None, options: Options) -> None:
    """Acknowledge an open alert until the time that is named, or for a week."""
    acknowledge(meant(account, rule, item, options), options)


def acknowledge(chosen: Meant, options: Options) -> None:
    """Leave the acknowledgement in the inbox, and say so."""
    at = until(options, A_WEEK, chosen.account.locale, chosen.now)
    chosen.act(ACK, options.because, until=at)
    say(
        f"Acknowledged: {chosen.named}, until {chosen.when(at)}. No reminders until then; if it is still open, it "
        "asks again. A tighter step is told all the same."
    )
