"""Addresses of mail, in the form in which servers take them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr

from notifier.channels.mail.plain import for_header

MOST_ADDRESS = 254  # octets: RFC 5321, 4.5.3.1.3, less the angle brackets
MOST_LOCAL = 64  # octets: RFC 5321, 4.5.3.1.1
MOST_NAME = 100
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail comes from: a *name* for people, and an *address*."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part of the address that says where identifiers of mails belong."""
        return self.address.rpartition("@")[2]


def read_sender(text: str) -> Sender:
    """``notifier <notifier@example.edu>``, or an address alone, as a sender.

    Raises:
        ValueError: it has no address that a mail can come from.
    """
    name, address = parseaddr(text)
    return Sender(for_header(name, MOST_NAME), mailbox(address or text))


def mailbox(text: str) -> str:
    """*text*, with or without ``mailto:``, as the address that is given to a server.

    An international domain is written in ASCII (RFC 5890). A name before the ``@`` that is not ASCII would need
    SMTPUTF8 all the way to its reader; quoted names (``"a b"@…``) are not taken either: nobody has one.

    Raises:
        ValueError: no mail can go there. The sentence has no address in it that could do harm.
    """
    local, _, domain = text.strip().removeprefix("mailto:").rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    address = f"{local}@{domain}"
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise ValueError(f"{for_header(text, MOST_NAME)!r} is not an address that a mail can go to")
    if len(local) > MOST_LOCAL or len(address) > MOST_ADDRESS:
        raise ValueError(f"{for_header(text, MOST_NAME)!r} is longer than an address of mail can be")
    return address


def header_of(name: str, address: str) -> Address:
    """A name and an address as they stand in a header."""
    return Address(name, addr_spec=address)
