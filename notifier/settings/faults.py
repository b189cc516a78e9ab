"""Whether the settings fit each other: each fault is a sentence that names its settings, and no value."""

from __future__ import annotations

import re
from email.utils import parseaddr
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifier.environment import PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from notifier.settings import Settings

FAMILY = f"{PREFIX}SLACK_WEBHOOK_"  # one setting for each channel, which ends its name
BOT_TOKEN = "api.slack.com/apps, your app, OAuth & Permissions: Bot User OAuth Token, which begins with xoxb-"  # noqa: S105  where one is found
TOKENS = {  # https://docs.slack.dev/authentication/tokens
    "xoxp-": f"is the token of a person; a bot's is meant: {BOT_TOKEN}",
    "xapp-": f"is the token of an app, for Socket Mode; its bot's is meant: {BOT_TOKEN}",
    "xoxe": "is a token that expires, of an app with token rotation; take one of an app without it",
    "xox": f"is not the token of a bot: {BOT_TOKEN}",
    "http": f"is an address; that of a webhook belongs to {FAMILY}<CHANNEL>",
}
HOOK = "https://hooks.slack.com/services/"
HOOKS = "the address of an incoming webhook, at hooks.slack.com (api.slack.com/apps, your app, Incoming Webhooks)"
MOST_LOCAL, MOST_ADDRESS = 64, 254  # octets: RFC 5321, 4.5.3.1
_REACH = re.compile(r"(?:mailto|slack):[^@\s]+@[^@\s]+|slack:#[\w.-]+|slack:[CGD][A-Z0-9]{7,}")
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[\w.-]+|[0-9a-fA-F:]+")


def slack_faults(settings: Settings) -> Iterator[str]:
    """What is wrong with the settings of Slack."""
    if settings.slack_token is not None:
        token = settings.slack_token.get_secret_value()
        if not token.startswith("xoxb-"):
            why = next((why for head, why in TOKENS.items() if token.startswith(head)), "")
            yield f"{PREFIX}SLACK_TOKEN {why or f'is not a token: {BOT_TOKEN}'}"
        elif not _is_key(token):
            yield f"{PREFIX}SLACK_TOKEN has characters that no token has: copy it again"
    for channel, address in settings.slack_webhook.items():
        if not channel:
            yield f"{FAMILY} names no channel: for #lab-grants write {FAMILY}LAB_GRANTS"
        elif why := _no_webhook(address.get_secret_value()):
            yield f"{FAMILY}{channel} {why}"
    if not _is_safe(settings.slack_url):
        yield f"{PREFIX}SLACK_URL has to be an https address: a token goes there"


def _no_webhook(address: str) -> str:
    """Why *address* is not that of an incoming webhook; empty if it is."""
    if address.startswith(HOOK) or (_is_safe(address) and _is_here(_host(address))):
        whole = address != HOOK and _is_key(address)
        return "" if whole else "is not whole, or has characters that no address has: copy it again"
    if _host(address) == "hooks.slack.com":
        return f"is the address of a workflow, not {HOOKS}"
    if address.startswith("xox"):
        return f"is a token; a bot's belongs to {PREFIX}SLACK_TOKEN"
    return f"is not {HOOKS}"


def mail_faults(settings: Settings, given: Collection[str]) -> Iterator[str]:
    """What is wrong with the settings of mail; *given* are the fields that somebody set."""
    host, sendgrid = settings.smtp_host, settings.sendgrid_key
    if host and sendgrid is not None:
        yield f"{PREFIX}SMTP_HOST and {PREFIX}SENDGRID_KEY are both set, and mail goes one way only: leave one out"
    if settings.sends_mail and not settings.mail_from:
        yield f"{PREFIX}MAIL_FROM is missing: mails need a sender, such as notifier <notifier@example.edu>"
    if settings.mail_from and not _is_sender(settings.mail_from):
        yield f"{PREFIX}MAIL_FROM is not a sender such as notifier <notifier@example.edu>, or an address alone"
    yield from _smtp_faults(settings, given)
    if sendgrid is not None and not _is_key(sendgrid.get_secret_value()):
        yield f"{PREFIX}SENDGRID_KEY has characters that no key has: copy it again"
    if not _is_safe(settings.sendgrid_url):
        yield f"{PREFIX}SENDGRID_URL has to be an https address: a key goes there"


def _smtp_faults(settings: Settings, given: Collection[str]) -> Iterator[str]:
    host, user, password = settings.smtp_host, settings.smtp_user, settings.smtp_password
    lonely = [f"{PREFIX}{name}".upper() for name in sorted(given) if name.startswith("smtp_")]
    if lonely and not host:
        yield f"{' and '.join(lonely)} without {PREFIX}SMTP_HOST: name the mail server"
    if host and not _HOST.fullmatch(host):
        yield f"{PREFIX}SMTP_HOST is not a name such as smtp.example.edu; a port belongs to {PREFIX}SMTP_PORT"
    if user and password is None:
        yield f"{PREFIX}SMTP_USER without {PREFIX}SMTP_PASSWORD: to sign in, both are needed"
    if password is not None and not user:
        yield f"{PREFIX}SMTP_PASSWORD without {PREFIX}SMTP_USER: to sign in, both are needed"
    if password is not None and host and settings.smtp_security == "none" and not _is_here(host):
        yield f"{PREFIX}SMTP_SECURITY=none would send the password in the open: take starttls or tls"


def fallback_faults(settings: Settings) -> Iterator[str]:
    """Whether what could not be told can be told there."""
    fallback = settings.fallback
    if fallback and not _REACH.fullmatch(fallback):
        yield f"{PREFIX}FALLBACK is not an address such as mailto:office@example.edu or slack:#office"
    elif fallback and (why := settings.why_not(fallback)):
        yield f"{PREFIX}FALLBACK cannot be told: {why}"


def watch_faults(settings: Settings, given: Collection[str]) -> Iterator[str]:
    """What is wrong with the settings by which others watch the service; *given* are those that somebody set."""
    if "bind" in given and settings.port is None:
        yield f"{PREFIX}BIND without {PREFIX}PORT: to answer, both are needed"
    try:
        ip_address(settings.bind)
    except ValueError:
        yield f"{PREFIX}BIND is not an address of this machine such as 127.0.0.1, 0.0.0.0 or ::"
    address = settings.ping_url.get_secret_value() if settings.ping_url is not None else None
    if address is not None and not (_is_safe(address) and _is_key(address)):
        yield f"{PREFIX}PING_URL has to be an https address: whoever reads it can say that all is well"


def _is_sender(text: str) -> bool:
    """Whether a mail can come from *text*: an address in ASCII, but for its domain, with or without a name."""
    local, _, domain = (parseaddr(text)[1] or text).rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return False
    fits = len(local) <= MOST_LOCAL and len(f"{local}@{domain}") <= MOST_ADDRESS
    return fits and bool(_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))


def _is_key(text: str) -> bool:
    """Whether *text* can be a key, a token or an address: it has no blank, and no letter that is not ASCII."""
    return text.isascii() and text.isprintable() and " " not in text


def _is_safe(address: str) -> bool:
    """Whether a secret may be sent to *address*: by https, or to this machine."""
    host = _host(address)
    return bool(host) and (address.startswith("https://") or (address.startswith("http://") and _is_here(host)))


def _host(address: str) -> str:
    """The host of *address*; empty if it has none, or hides one behind a user's name."""
    try:
        url = urlsplit(address)
    except ValueError:
        return ""
    return "" if "@" in url.netloc else url.hostname or ""


def _is_here(host: str) -> bool:
    """Whether *host* is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
