"""From a destination to the channel that tells it, as the settings say; the console always leads somewhere.

A channel is made when it is first asked for, and its module loaded then: who only sends mail loads nothing of
Slack.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from notifier.core.audience import CONSOLE
from notifier.flow.deliver import Outlets
from notifier.settings import PORTS, webhook_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.audience import Ways
    from notifier.core.message import Answer
    from notifier.net import Net
    from notifier.ports import Channel
    from notifier.settings import Settings


class Destinations:
    """Every channel that is configured.

    *console* shows what has no other destination; None where nothing is told. *command* makes a command that a
    person can type of what a message offers.
    """

    def __init__(
        self, settings: Settings, net: Net, console: Channel | None, command: Callable[[Answer], str]
    ) -> None:
        self._settings, self._net, self._console, self._command = settings, net, console, command
        self._made: dict[str, Channel] = {}

    @property
    def ways(self) -> Ways:
        """Through which addresses people can be told."""
        return self._settings.ways

    @property
    def outlets(self) -> Outlets:
        """All of this, as the flow wants it."""
        resend = self._settings.mail_unknown == "resend"
        return Outlets(self.channel, self.ways, self.why_not, resend=resend)

    def channel(self, destination: str) -> Channel | None:
        """What tells *destination*; None if nothing does. Any thread may ask: making a channel opens nothing."""
        if destination == CONSOLE:
            return self._console
        if not self._settings.leads_to(destination):
            return None
        name, make = self._way(destination)
        if name not in self._made:
            self._made.setdefault(name, make())
        return self._made[name]

    def pace(self, destination: str) -> int:
        """The seconds that have to lie between two posts to *destination*."""
        channel = self.channel(destination)
        return channel.pace if channel is not None else 0

    def why_not(self, destination: str) -> str:
        """Why *destination* cannot be told, and what to set so that it can; empty if it can."""
        return self._settings.why_not(destination)

    async def aclose(self) -> None:
        """Close every channel that was made."""
        made, self._made = self._made, {}
        await asyncio.gather(*(channel.aclose() for channel in made.values()), return_exceptions=True)

    def _way(self, destination: str) -> tuple[str, Callable[[], Channel]]:
        """The channel of *destination* by a name that others share, and what makes it."""
        if destination.startswith("mailto:"):
            return "mail", self._sendgrid if self._settings.sendgrid_key is not None else self._smtp
        webhook = self._settings.webhook(destination)
        if webhook is not None:
            return webhook_name(destination), partial(self._webhook, webhook.get_secret_value())
        return "slack", self._bot

    def _bot(self) -> Channel:
        from notifier.channels.slack.bot import SlackBot  # noqa: PLC0415  only who has Slack loads it

        said = self._settings
        token = said.slack_token.get_secret_value() if said.slack_token is not None else ""
        return SlackBot(token, self._command, f"{said.slack_url.rstrip('/')}/")

    def _webhook(self, address: str) -> Channel:
        from notifier.channels.slack.webhook import SlackWebhook  # noqa: PLC0415  as above

        return SlackWebhook(address, self._command)

    def _smtp(self) -> Channel:
        from notifier.channels.smtp import Smtp, SmtpServer  # noqa: PLC0415  only who has a mail server loads it

        said = self._settings
        password = said.smtp_password.get_secret_value() if said.smtp_password is not None else ""
        port = said.smtp_port or PORTS[said.smtp_security]
        server = SmtpServer(said.smtp_host, port, said.smtp_security, said.smtp_user, password)
        return Smtp(server, said.mail_from, self._command)

    def _sendgrid(self) -> Channel:
        from notifier.channels.sendgrid import SendGrid  # noqa: PLC0415  only who has SendGrid loads it

        said = self._settings
        key = said.sendgrid_key.get_secret_value() if said.sendgrid_key is not None else ""
        return SendGrid(self._net, key, said.mail_from, self._command, said.sendgrid_url)
