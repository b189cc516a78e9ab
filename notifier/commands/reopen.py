"""``notifier reopen``: an acknowledgement or a snooze is taken back."""

from __future__ import annotations

from notifier.commands.acting import Options, meant, say
from notifier.commands.common import stop
from notifier.flow.acting import REOPEN


def reopen(account: str, rule: str, item: str | None, options: Options) -> None:
    """Take back that an open alert was acknowledged or snoozed."""
    chosen = meant(account, rule, item, options)
    if chosen.alert.hold is None:
        stop(f"nobody has acknowledged or snoozed {chosen.named}: there is nothing to take back")
    chosen.act(REOPEN, options.because)
    say(f"Reopened: {chosen.named}. Reminders begin anew; what was kept quiet is told.")
