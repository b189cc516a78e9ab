"""What it means when a mail server refuses, hangs up or is silent: by how far the mail had come."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from socket import gaierror
from typing import TYPE_CHECKING

from aiosmtplib import SMTPException, SMTPResponseException, SMTPTimeoutError

from notifier.channels.mail.plain import cut, plain
from notifier.channels.smtp.server import ADVICE, SmtpServer, Stage
from notifier.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_QUOTED = 160
LATER, NEVER = range(400, 500), range(500, 600)
SHUTS_DOWN = 421
NOT_SIGNED_IN = (530, 534, 535, 538)  # RFC 4954, 6
FAULTS = (SMTPException, OSError, ValueError, EOFError)  # what aiosmtplib and asyncio raise, TLS and DNS included
BEFORE_ANY_POST = (Stage.CONNECT, Stage.ENCRYPT, Stage.SIGN_IN, Stage.SENDER)
WHEN = {
    Stage.CONNECT: "",
    Stage.ENCRYPT: "",
    Stage.SIGN_IN: "",
    Stage.SENDER: " when it heard the sender",
    Stage.RECIPIENT: " when it heard the recipient",
    Stage.CONTENT: " before it took the mail",
}
HAPPENED: dict[type[BaseException], str] = {  # the first that fits; {} is the number of seconds that it had
    ssl.SSLError: "does not speak TLS as it was asked to",
    gaierror: "was not found: its name has no address here",
    ConnectionRefusedError: "refused the connection",
    SMTPTimeoutError: "did not answer within {:g} seconds",
    TimeoutError: "did not answer within {:g} seconds",
    ConnectionError: "hung up",
    EOFError: "hung up",
}


class Impossible(SMTPException):
    """The server lacks what this mail needs. The text is the end of a sentence that begins with the server."""


def failure(server: SmtpServer, stage: Stage, fault: BaseException) -> Undelivered:
    """What *fault* means at *stage*."""
    if isinstance(fault, SMTPResponseException) and fault.code in (*LATER, *NEVER):
        return _refused(server, stage, fault.code, fault.message)
    silent = isinstance(fault, TimeoutError)
    if stage is Stage.END:
        # A server that does not answer will not answer the next mail either; one that hangs up may well.
        why = f"{server} had the mail and {_what_happened(server, stage, fault)}; it may have arrived."
        return Undelivered(why, unknown=True, whole=silent)
    permanent = isinstance(fault, Impossible) and stage is Stage.SIGN_IN
    advice = f" {ADVICE[stage]}" if permanent else ""
    why = f"{server} {_what_happened(server, stage, fault)}{WHEN[stage]}.{advice}"
    return Undelivered(why, permanent=permanent, whole=silent or stage is not Stage.CONTENT)


def _refused(server: SmtpServer, stage: Stage, code: int, words: str) -> Undelivered:
    """A refusal: what is about the server or the sender would meet every other mail as well."""
    # Whoever stands between could refuse the encryption in the server's name: that only delays, it loses nothing.
    permanent = code in NEVER and stage is not Stage.ENCRYPT
    whole = stage in BEFORE_ANY_POST or code == SHUTS_DOWN or code in NOT_SIGNED_IN
    later = "" if permanent else " for now"
    advice = f" {ADVICE[Stage.SIGN_IN if code in NOT_SIGNED_IN else stage]}" if permanent and whole else ""
    why = f"{server} refused {stage}{later}: {_quoted(server, stage, code, words)}.{advice}"
    return Undelivered(why, permanent=permanent, whole=whole)


def _quoted(server: SmtpServer, stage: Stage, code: int, words: str) -> str:
    """The server's own words on one line, without what was said to it in confidence."""
    shown = plain(words)
    if stage is Stage.SIGN_IN:  # what it says there is about the secret
        status = re.match(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", shown)  # RFC 3463
        shown = status.group() if status else ""
    for secret in _secrets(server):
        shown = shown.replace(secret, "…")
    return cut(f"{code} {shown}".strip(), MOST_QUOTED).rstrip(".")


def _secrets(server: SmtpServer) -> list[str]:
    """User and password, and the forms in which they travel."""
    user, password = server.user.encode("utf-8", "replace"), server.password.encode("utf-8", "replace")
    travelling = [b64encode(secret).decode() for secret in (b"\0%b\0%b" % (user, password), password, user)]
    return [secret for secret in (*travelling, server.password, server.user) if secret]


def _what_happened(server: SmtpServer, stage: Stage, fault: BaseException) -> str:
    """What the server did, as the end of a sentence; the libraries' own words are left out."""
    under = list(causes(fault))
    if isinstance(fault, Impossible):
        return fault.message
    unproven = next((each for each in under if isinstance(each, ssl.SSLCertVerificationError)), None)
    if unproven is not None:
        return f"could not prove who it is: {plain(unproven.verify_message).rstrip('.')}"
    for kind, said in HAPPENED.items():
        if any(isinstance(each, kind) for each in under):
            return said.format(server.patience if stage is Stage.END else server.timeout)
    return "could not be reached" if isinstance(fault, OSError) else "gave an answer that is not SMTP"


def causes(fault: BaseException | None) -> Iterator[BaseException]:
    """*fault* and what lies under it."""
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
