"""A mail server as it is configured, and the stages that a mail goes through on its way into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server, and how it is spoken to.

    *security* is ``starttls`` (usual on port 587), ``tls`` (usual on 465) or ``none`` (25 on this machine). With
    a *user* there is a sign-in. *timeout* is the number of seconds that each answer may take; *patience* that of
    the answer to a whole mail, which servers search for viruses and spam before they take it: who gives up too
    soon tells people twice. RFC 5321, 4.5.3.2.6, asks for ten minutes.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    timeout: float = 30
    patience: float = 300

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Stage(StrEnum):
    """How far a mail has come; the value is what is refused when the server refuses."""

    CONNECT = "the connection"
    ENCRYPT = "the encryption"
    SIGN_IN = "the sign-in"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    CONTENT = "the mail"
    END = "the mail's content"  # sent to its end, or partly: only an answer tells whether it was taken


ADVICE = {
    Stage.CONNECT: "Check the server's name and port, and whether this machine may reach it.",
    Stage.ENCRYPT: "Check the port and the kind of encryption: starttls is usual on port 587, tls on 465.",
    Stage.SIGN_IN: "Check user, password and encryption; many providers want a password made for programs.",
    Stage.SENDER: "Use a sender that this user may send as.",
    Stage.RECIPIENT: "Check the address.",
    Stage.CONTENT: "Ask whoever runs the mail server.",
    Stage.END: "Ask whoever runs the mail server.",
}
