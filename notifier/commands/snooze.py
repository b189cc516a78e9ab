"""``notifier snooze``: nothing of an open alert is told for a while, but its end."""

from __future__ import annotations

from notifier.commands.acting import Options, meant, say, until
from notifier.flow.acting import SNOOZE


def snooze(account: str, rule: str, item: str | None, options: Options) -> None:
    """Snooze an open alert until the time that is named."""
    chosen = meant(account, rule, item, options)
    at = until(options, None, chosen.account.locale, chosen.now)
    chosen.act(SNOOZE, options.because, until=at)
    say(f"Snoozed: {chosen.named}, until {chosen.when(at)}. Before that only its resolution is told.")
