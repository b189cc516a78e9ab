"""Two mail servers on loopback: a real one (aiosmtpd), and one that does what it is told to, also wrong things."""

import asyncio
import socket
import time
from contextlib import suppress
from threading import Thread

from aiosmtpd.smtp import SMTP, AuthResult

HANG_UP, SILENCE = "hang up", "silence"
USER, PASSWORD = "alerts", "very-secret-password"


class Mailroom:
    """A real server: it keeps what it is given. *refusal* is its answer to a mail's content while it is set.

    *over* is for TLS from the first byte; the other options are aiosmtpd's.
    """

    def __init__(self, over=None, **options):
        self.mails, self.refusal, self.sessions, self.tries = [], "", 0, 0
        self.loop = asyncio.new_event_loop()
        listen = self.loop.create_server(self._session(options), "127.0.0.1", 0, ssl=over)
        self.server = self.loop.run_until_complete(listen)
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def _session(self, options):
        def made():
            self.sessions += 1
            return SMTP(self, hostname="mail.test", loop=self.loop, **options)

        return made

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802  as aiosmtpd asks it
        self.tries += 1
        if self.refusal:
            return self.refusal
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 2.0.0 queued as 1"

    def close(self):
        async def end():
            self.server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


def only_with_the_password(server, session, envelope, mechanism, auth_data):
    known = (auth_data.login, auth_data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


USUAL = {
    "connect": "220 mail.test ESMTP",
    "EHLO": "250-mail.test\r\n250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 8BITMIME",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 End data with <CR><LF>.<CR><LF>",
    ".": "250 2.0.0 Ok: queued",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
    "AUTH": "235 2.7.0 Authentication successful",
    "STARTTLS": "220 2.0.0 Ready to start TLS",
}


class Scripted:
    """A server that answers each command as *script* says, and notes what it heard, `connect` for a connection.

    An answer is a reply, `HANG_UP` or `SILENCE`; of a list of answers the last one stays.
    """

    def __init__(self, **script):
        self.script = {"." if name == "END" else name: answers for name, answers in script.items()}
        self.heard, self.contents, self.threads, self.closing = [], [], [], False
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.thread = Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            if self.closing:
                connection.close()
                return
            thread = Thread(target=self._talk, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _talk(self, connection):
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            connection.settimeout(5)
            if not self._answer(connection, "connect"):
                return
            for line in lines:
                command = line.decode("ascii", "replace").partition(" ")[0].strip().upper()
                if not self._answer(connection, command):
                    return
                if command == "DATA" and self._next("DATA", peek=True).startswith("354"):
                    self.contents.append(self._content(lines))
                    if not self._answer(connection, "."):
                        return

    def _content(self, lines):
        said = []
        for line in lines:
            if line == b".\r\n":
                break
            said.append(line.removeprefix(b"."))
        return b"".join(said)

    def _answer(self, connection, command):
        self.heard.append(command)
        answer = self._next(command)
        if answer == HANG_UP:
            return False
        if answer == SILENCE:
            connection.recv(65536)  # until the other end has had enough
            return False
        connection.sendall(answer.encode() + b"\r\n")
        return True

    def _next(self, command, *, peek=False):
        answers = self.script.get(command, USUAL.get(command, "500 unknown"))
        if isinstance(answers, str):
            return answers
        return answers[0] if peek or len(answers) == 1 else answers.pop(0)

    def close(self):
        self.closing = True
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self.server.close()
        self.thread.join(5)
        for thread in self.threads:
            thread.join(5)


def until(seen, most=2.0):
    """Wait, for a moment, until *seen* is true."""
    end = time.monotonic() + most  # noqa: TID251  a test of two threads
    while not seen() and time.monotonic() < end:  # noqa: TID251
        time.sleep(0.005)  # noqa: TID251
    assert seen()
