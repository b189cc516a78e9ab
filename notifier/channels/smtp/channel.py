"""The channel: mails over a few connections that are kept for a while; and whether a server would take one."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from notifier.channels.mail.address import mailbox, read_sender
from notifier.channels.mail.greeting import greeting
from notifier.channels.mail.mime import mail
from notifier.channels.smtp.failures import FAULTS, failure
from notifier.channels.smtp.server import ADVICE, Stage
from notifier.channels.smtp.session import Session
from notifier.ports import CannotAsk, Examined, Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.channels.smtp.server import SmtpServer
    from notifier.core.message import Answer
    from notifier.ports import Post

MOST_CONNECTIONS = 4  # at once: a large office has many recipients, and servers begin to refuse at about ten
IDLE_SECONDS = 20  # servers close after five minutes (RFC 5321, 4.5.3.2.7); what is told together comes in less


class Smtp:
    """A mail server. *command* makes a command that a person can type of what a message offers.

    *sender* is ``notifier <notifier@example.edu>``, or an address alone; *tls* takes the place of the certificate
    authorities that this machine trusts.

    Raises:
        ValueError: *sender* has no address.
    """

    pace = 0

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        command: Callable[[Answer], str],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server, self._sender, self._command, self._tls = server, read_sender(sender), command, tls
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._free: dict[Session, asyncio.TimerHandle] = {}

    async def deliver(self, post: Post) -> str:
        """Hand *post* to the server; the receipt is the mail's Message-ID."""
        try:
            made = mail(post, self._sender, self._command)
            to = mailbox(post.to)
        except ValueError as error:
            raise Undelivered(f"{error}.", permanent=True, whole=True) from None
        async with self._turns:
            await self._send(to, bytes(made))
        return str(made["Message-ID"])

    async def find(self, post: Post) -> CannotAsk:  # noqa: ARG002  no server tells what it was given
        """Nobody can be asked: what a server has taken is out of its hands."""
        return CannotAsk.CANNOT_ASK

    async def examine(self, to: str, *, send: bool) -> list[Examined]:
        """Go through everything that a mail needs, but for the mail; with *send*, send a greeting."""
        try:
            address = mailbox(to)
        except ValueError as error:
            return [Examined(Stage.RECIPIENT, good=False, found=f"{error}.", advice=ADVICE[Stage.RECIPIENT])]
        session = Session(self._server)
        try:
            await session.open(self._context())
            await session.address(self._sender.address, address)
        except FAULTS as fault:
            return _examined(session, failure(session.server, session.stage, fault), self._sender.address, address)
        else:
            findings = _examined(session, None, self._sender.address, address)
        finally:
            session.hang_up()
        return [*findings, *([await self._greet(to)] if send else [])]

    async def aclose(self) -> None:
        """Say goodbye to the server."""
        free, self._free = self._free, {}
        for session, timer in free.items():
            timer.cancel()
            await session.say_goodbye()

    async def _greet(self, to: str) -> Examined:
        try:
            await self.deliver(greeting(to))
        except Undelivered as error:
            return Examined("the greeting", good=False, found=error.why, advice=ADVICE[Stage.CONTENT])
        return Examined("the greeting", good=True, found="the server took it: look into the inbox")

    async def _send(self, to: str, content: bytes) -> None:
        """One mail over a connection that is open already, or over a new one; no command is given twice."""
        session = await self._begun()
        sent = False
        try:
            await session.name(to)
            await session.hand_over(content)
            sent = True
        except FAULTS as fault:
            raise failure(session.server, session.stage, fault) from None
        finally:
            if sent:
                self._keep(session)
            else:
                session.hang_up()

    async def _begun(self) -> Session:
        """A session in which the server has accepted the sender.

        A server may have closed a free connection since; then a new one is opened, and nothing was sent twice.
        """
        while self._free:
            session, timer = self._free.popitem()
            timer.cancel()
            if await self._still_begins(session):
                return session
        session = Session(self._server)
        begun = False
        try:
            await session.open(self._context())
            await session.begin(self._sender.address)
            begun = True
        except FAULTS as fault:
            raise failure(session.server, session.stage, fault) from None
        finally:
            if not begun:
                session.hang_up()
        return session

    async def _still_begins(self, session: Session) -> bool:
        begun = False
        try:
            await session.begin(self._sender.address)
            begun = True
        except FAULTS:
            pass  # whatever it is, a new connection will say it again
        finally:
            if not begun:
                session.hang_up()
        return begun

    def _keep(self, session: Session) -> None:
        """Leave *session* open for the next mail, for a while."""
        self._free[session] = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._let_go, session)

    def _let_go(self, session: Session) -> None:
        self._free.pop(session, None)
        session.hang_up()

    def _context(self) -> ssl.SSLContext:
        """Who is trusted; read from the disk once."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


# -- what an examination found -----------------------------------------------------------------------------------


def _examined(session: Session, error: Undelivered | None, sender: str, to: str) -> list[Examined]:
    """One finding for each stage: what came before the failure is well, what comes after it was not tried."""
    found = session.found(sender, to)
    stages = list(found)
    failed = stages.index(session.stage) if error is not None and session.stage in found else len(stages)
    findings = [Examined(stage, good=True, found=found[stage]) for stage in stages[:failed]]
    if error is not None:
        why, advice = _apart(error.why, ADVICE[session.stage])
        findings.append(Examined(session.stage, good=False, found=why, advice=advice))
    findings += [Examined(stage, good=None, found="not tried") for stage in stages[failed + 1 :]]
    return findings


def _apart(why: str, usual: str) -> tuple[str, str]:
    """What happened, and the advice at the end of it, if there is any; else the *usual* one."""
    for advice in ADVICE.values():
        if why.endswith(advice):
            return why.removesuffix(advice).strip(), advice
    return why, usual
