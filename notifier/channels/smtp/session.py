"""One connection to a mail server, spoken to command by command."""

from __future__ import annotations

import asyncio
import re
import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from notifier.channels.smtp.failures import FAULTS, Impossible, causes
from notifier.channels.smtp.server import Stage

if TYPE_CHECKING:
    from notifier.channels.smtp.server import SmtpServer

GOODBYE_SECONDS = 2
GO_AHEAD, TAKEN = 354, range(200, 300)
WAYS_TO_SIGN_IN = ("plain", "login", "cram-md5")  # the connection is encrypted: the simplest is the surest


class Session:
    """One connection to a server; *stage* is what was being done last."""

    def __init__(self, server: SmtpServer) -> None:
        self.server, self.stage = server, Stage.CONNECT
        self._client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            start_tls=False,
            use_tls=server.security == "tls",
            local_hostname="localhost",  # never said: `_greet` says the address instead
        )
        self._transport: asyncio.WriteTransport | None = None

    async def open(self, tls: ssl.SSLContext) -> None:
        """Connect, encrypt, sign in, as the server is set up."""
        self._client.tls_context = tls
        await self._connect()
        await self._greet()
        if self.server.security == "starttls":
            self.stage = Stage.ENCRYPT
            if not self._client.supports_extension("starttls"):
                raise Impossible("offers no STARTTLS, and without it nothing is sent")
            await self._client.starttls()
            await self._greet()
        if self.server.user:
            self.stage = Stage.SIGN_IN
            await self._sign_in()

    async def _connect(self) -> None:
        try:
            await self._client.connect()
        except SMTPException as fault:
            if any(isinstance(each, ssl.SSLError) for each in causes(fault)):
                self.stage = Stage.ENCRYPT
            raise

    async def begin(self, sender: str) -> None:
        """Say who the mail is from."""
        self.stage = Stage.SENDER
        await self._client.mail(sender)

    async def name(self, recipient: str) -> None:
        """Say who the mail is for."""
        self.stage = Stage.RECIPIENT
        await self._client.rcpt(recipient)

    async def address(self, sender: str, recipient: str) -> None:
        """Begin a mail and take it back, to see whether the server would take it."""
        await self.begin(sender)
        await self.name(recipient)
        self.stage = Stage.CONTENT
        await self._client.rset()

    async def hand_over(self, content: bytes) -> None:
        """Give the whole mail, and wait until the server answers for it."""
        self.stage = Stage.CONTENT
        answer = await self._client.execute_command(b"DATA")
        if answer.code != GO_AHEAD:
            raise SMTPResponseException(answer.code, answer.message)
        protocol = self._client.protocol
        if protocol is None:
            raise ConnectionResetError  # it hung up at once: nothing of the mail was sent
        self.stage = Stage.END
        protocol.write(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")  # RFC 5321, 4.5.2
        answer = await protocol.read_response(timeout=self.server.patience)
        if answer.code not in TAKEN:
            raise SMTPResponseException(answer.code, answer.message)

    async def say_goodbye(self) -> None:
        """Close in the way that servers like: QUIT, and wait for the answer."""
        try:
            await self._client.quit(timeout=GOODBYE_SECONDS)
        except FAULTS:
            pass  # it is gone, which was the point
        finally:
            self.hang_up()
            await asyncio.sleep(0)  # the loop gives the socket back in its next round

    def hang_up(self) -> None:
        """Close at once: a polite end of TLS could wait half a minute for the server."""
        self._client.close()
        if self._transport is not None:
            self._transport.abort()

    def found(self, sender: str, to: str) -> dict[Stage, str]:
        """What can be said of each stage that this session goes through, when it went well."""
        security = {"starttls": "STARTTLS", "tls": "TLS"}.get(self.server.security)
        return {
            Stage.CONNECT: f"{self.server} answers",
            **({Stage.ENCRYPT: f"{security}, and the certificate is trusted"} if security else {}),
            **({Stage.SIGN_IN: "user and password are accepted"} if self.server.user else {}),
            Stage.SENDER: f"mail may come from {sender}",
            Stage.RECIPIENT: f"mail to {to} is taken",
        }

    async def _greet(self) -> None:
        """Name this machine by its address: a name that nobody can look up is refused here and there."""
        transport = self._client.transport
        self._transport = transport if isinstance(transport, asyncio.WriteTransport) else None
        here = str(self._client.get_transport_info("sockname")[0]).partition("%")[0]
        await self._client.ehlo(hostname=f"[IPv6:{here}]" if ":" in here else f"[{here}]")

    async def _sign_in(self) -> None:
        """Sign in, in one way and once: wrong passwords are counted."""
        server, client = self.server, self._client
        if client.get_transport_info("sslcontext") is None and not self._is_here():
            raise Impossible("would get the password over a connection that is not encrypted; it was not sent")
        ways = {
            "plain": client.auth_plain,
            "login": client.auth_login,
            "cram-md5": client.auth_crammd5,
        }
        way = next((ways[name] for name in WAYS_TO_SIGN_IN if name in client.server_auth_methods), None)
        if way is None:
            raise Impossible("offers no sign-in with user and password here")
        await way(server.user, server.password)

    def _is_here(self) -> bool:
        """Whether the other end is on this machine."""
        return ip_address(str(self._client.get_transport_info("peername")[0]).partition("%")[0]).is_loopback
