"""Configuration from the environment, `.env` and a secrets folder. What is secret is shown nowhere."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from notifier.core.audience import CONSOLE, Ways
from notifier.core.hold import MOST_AT_ONCE
from notifier.environment import DOTENV, PREFIX, names, variable
from notifier.settings.faults import FAMILY, fallback_faults, mail_faults, slack_faults, watch_faults

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

PROJECT = Path(__file__).resolve().parents[2]
SHIPPED_RULES = PROJECT / "rules"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")


class SettingsError(ValueError):
    """A setting cannot be used; the text has a line for each, by its name.

    *settings* are the others, with the defaults for those that cannot even be read; None if nothing can be.
    """

    def __init__(self, text: str, settings: Settings | None = None) -> None:
        super().__init__(text)
        self.settings = settings


class _Where(BaseSettings):
    """Where the secrets are; the other settings may be among them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=DOTENV,
        extra="ignore",
        env_ignore_empty=True,
        env_nested_delimiter="_",  # what follows `NOTIFIER_SLACK_WEBHOOK_` is a channel,
        env_nested_max_split=1,  # whatever underscores it has
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    secrets: Path = Path("secrets")
    """Folder with one file for each secret, named like it."""


class Settings(_Where):
    """Each can be set as ``NOTIFIER_<NAME>`` in the environment, in `.env`, or as a file of the secrets folder.

    Made by `read_settings`, which also looks whether they fit each other.
    """

    rules: Path = SHIPPED_RULES
    """Folder of rules files and drafts."""
    accounts: Path = Path("accounts.yaml")
    """Accounts file; the files of a folder `accounts/` beside it count too."""
    state: Path = Path("state")
    """Folder of the database, the letters and the console's record."""
    hold_above: int = Field(MOST_AT_ONCE, ge=0)
    """How many messages an edit, an import or a first start may tell before a person is asked."""
    slack_token: SecretStr | None = None
    """Token of a bot, ``xoxb-…``."""
    slack_webhook: Annotated[dict[str, SecretStr], NoDecode] = Field(default_factory=dict)
    """Incoming webhooks by the channel of each, as `webhook_name` ends."""
    slack_url: str = "https://slack.com/api/"
    """Base address of Slack's Web API, for a gateway of one's own."""
    smtp_host: str = ""
    """Mail server."""
    smtp_port: int | None = Field(None, ge=1, le=65_535)
    """Its port; None: the usual one of `smtp_security`."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection to the mail server is encrypted."""
    smtp_user: str = ""
    """Who signs in there."""
    smtp_password: SecretStr | None = None
    """With which password."""
    sendgrid_key: SecretStr | None = None
    """Key of SendGrid's API, instead of a mail server."""
    sendgrid_url: str = "https://api.sendgrid.com"
    """Base address of SendGrid's API: https://api.eu.sendgrid.com in the EU."""
    mail_from: str = ""
    """Who mails come from: ``notifier <notifier@example.edu>``, or an address alone."""
    mail_unknown: Literal["resend", "ask"] = "resend"
    """What becomes of a mail of which nobody knows whether it arrived: sent again, or a person is asked."""
    fallback: str = ""
    """The destination of what could not be told; empty: another address of the same account, else the console."""
    port: int | None = Field(None, ge=1, le=65_535)
    """On which port `/healthz` is answered and pushed facts are taken; None: on none."""
    bind: str = "127.0.0.1"
    """The address of this machine at which that is answered; ``0.0.0.0`` or ``::`` is every one."""
    ping_url: SecretStr | None = None
    """A dead-man's switch that is told every five minutes how the service is."""

    @field_validator("slack_webhook")
    @classmethod
    def _by_channel(cls, webhooks: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return {_ending(channel): address for channel, address in webhooks.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The first of them that has a setting says what it is."""
        folder = cast("SecretsSettingsSource", file_secret_settings).secrets_dir
        return init_settings, env_settings, dotenv_settings, _Folder(settings_cls, cast("Path | None", folder))

    def secret(self, name: str) -> str | None:
        """The secret called *name*: from the environment, else `.env`, else its file in the secrets folder."""
        found = (variable(name) or _dotenv().get(name) or "").strip()
        if found:
            return found
        try:
            return (self.secrets / name).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    # -- which addresses can be told ----------------------------------------------------------------------------

    @property
    def sends_mail(self) -> bool:
        """Whether mail can be sent."""
        return bool(self.smtp_host or self.sendgrid_key)

    @property
    def told_by(self) -> list[str]:
        """How people are told, in words; empty where nothing is configured."""
        webhooks = len(self.slack_webhook)
        ways = [
            "a bot in Slack" if self.slack_token else "",
            f"{webhooks} webhook{'' if webhooks == 1 else 's'} of Slack" if webhooks else "",
            f"mail from {self.mail_from}" if self.sends_mail else "",
        ]
        return [way for way in ways if way]

    @property
    def ways(self) -> Ways:
        """Through which addresses people can be told; the console alone where nothing is configured."""
        return Ways(self.leads_to if self.told_by else None, self.fallback)

    def leads_to(self, address: str) -> bool:
        """Whether *address* can be told."""
        return not self.why_not(address)

    def why_not(self, address: str) -> str:
        """Why *address* cannot be told, and what to set so that it can; empty if it can."""
        kind, _, name = address.partition(":")
        if address == CONSOLE or self.webhook(address) is not None:
            return ""
        if kind == "mailto":
            return "" if self.sends_mail else f"no mail is sent: set {PREFIX}SMTP_HOST or {PREFIX}SENDGRID_KEY"
        if kind != "slack":
            return "it is no address: those begin with mailto: or slack:"
        if name.startswith("@"):
            return "Slack knows people by their email address: write slack:person@example.edu"
        if self.slack_token is not None:
            return ""
        if name.startswith("#") or _CHANNEL_ID.fullmatch(name):
            return f"set {PREFIX}SLACK_TOKEN for a bot, or {webhook_name(address)} for a webhook of this channel"
        return f"only a bot can write to a person: set {PREFIX}SLACK_TOKEN"

    def webhook(self, address: str) -> SecretStr | None:
        """The incoming webhook that was made for the channel at *address*; where there is one, it is used."""
        kind, _, name = address.partition(":")
        return self.slack_webhook.get(_ending(name)) if kind == "slack" else None


def webhook_name(address: str) -> str:
    """The setting of the webhook of a channel: ``slack:#lab-grants`` → ``NOTIFIER_SLACK_WEBHOOK_LAB_GRANTS``."""
    return FAMILY + _ending(address.removeprefix("slack:"))


def _ending(channel: str) -> str:
    return re.sub(r"\W+", "_", channel).strip("_").upper()


class _Folder(EnvSettingsSource):
    """The settings among the files of the secrets folder; there may be no such folder."""

    def __init__(self, settings_cls: type[BaseSettings], folder: Path | None) -> None:
        self._folder = folder
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        texts = ((path.name.lower(), _text(path)) for path in _files(self._folder))
        return {name: text for name, text in texts if isinstance(text, str) and text}


def _files(folder: Path | None) -> list[Path]:
    """The files of the secrets *folder* that are named like settings."""
    try:
        found = sorted(folder.iterdir()) if folder is not None else []
    except OSError:
        return []
    return [path for path in found if path.name.upper().startswith(PREFIX)]


def _text(path: Path) -> str | Exception:
    """What stands in the file at *path*, or why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return error


# -- reading -----------------------------------------------------------------------------------------------------


def _dotenv() -> Mapping[str, str | None]:
    """What stands in `.env` now. Read again only when it was written: an office asks for a key with each poll."""
    try:
        known = DOTENV.stat()
    except OSError:
        return {}
    return _read_dotenv((known.st_dev, known.st_ino, known.st_mtime_ns, known.st_size))


@lru_cache(1)
def _read_dotenv(_: tuple[int, ...]) -> Mapping[str, str | None]:
    return dotenv_values(DOTENV)


def read_settings() -> Settings:
    """The settings as they are now.

    Raises:
        SettingsError: one or more cannot be used; what was given is not repeated, it may be a secret.
    """
    wrong: dict[str, str] = {}
    try:
        folder = _Where().secrets
        try:
            settings = Settings(_secrets_dir=folder)
        except ValidationError as error:
            wrong = {str(fault["loc"][0]): _in_words(cast("Mapping[str, Any]", fault)) for fault in error.errors()}
            fields = {name: Settings.model_fields[name] for name in wrong}
            usual = {name: field.get_default(call_default_factory=True) for name, field in fields.items()}
            settings = Settings(_secrets_dir=folder, **usual)
    except UnicodeDecodeError:
        raise SettingsError(f"{DOTENV} is not UTF-8") from None
    given = settings.model_fields_set - wrong.keys()
    faults = [*wrong.values(), *_unreadable(folder), *slack_faults(settings), *mail_faults(settings, given)]
    faults += [*fallback_faults(settings), *watch_faults(settings, given)]
    if faults:
        raise SettingsError("\n".join(faults), settings)
    return settings


def unknown_names(used: Collection[str]) -> list[str]:
    """What is named like a setting and is none, a sentence for each; names that are *used* for keys are no fault.

    It is looked for in the environment, in `.env`, and among the files of the secrets folder.
    """
    given = {*names(), *dotenv_values(DOTENV), *(path.name for path in _files(_Where().secrets))}
    known = {f"{PREFIX}{field}".upper() for field in Settings.model_fields}
    odd = [name for name in given if name not in used and name.upper().startswith(PREFIX)]
    odd = [name for name in odd if name.upper() not in known and not name.upper().startswith(FAMILY)]
    return [f"{name} is no setting{_meant(name.upper(), known)}" for name in sorted(odd)]


def _meant(name: str, known: Collection[str]) -> str:
    """``; did you mean …?`` for the setting nearest to *name*, a webhook of some channel among them."""
    parts = name.removeprefix(PREFIX).split("_")
    family = [FAMILY + "_".join(parts[begin:]) for begin in range(1, len(parts))]
    bare = {each.removeprefix(PREFIX): each for each in (*known, *family)}
    near = get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.7)
    return f"; did you mean `{bare[near[0]]}`?" if near else "; what there is stands in .env.example"


def _in_words(fault: Mapping[str, Any]) -> str:
    """What is wrong with one value, without the value."""
    name, allowed = f"{PREFIX}{fault['loc'][0]}".upper(), fault.get("ctx", {})
    words = {
        "int_parsing": "has to be a whole number",
        "greater_than_equal": f"has to be at least {allowed.get('ge')}",
        "less_than_equal": f"has to be at most {allowed.get('le')}",
        "literal_error": f"has to be {str(allowed.get('expected', '')).replace(chr(39), '')}",
        "dict_type": f"names no channel: for #lab-grants write {FAMILY}LAB_GRANTS",
    }
    return f"{name} {words.get(fault['type']) or 'cannot be used'}"


def _unreadable(folder: Path) -> Iterator[str]:
    """What is there in the secrets folder and cannot be read; the folder itself may be missing."""
    try:
        next(folder.iterdir(), None)
    except FileNotFoundError:
        return
    except OSError as error:
        yield f"{PREFIX}SECRETS is not a folder that can be read: {error.strerror}"
    for path in _files(folder):
        text = _text(path)
        if isinstance(text, OSError):
            yield f"{path.name} in the secrets folder cannot be read: {text.strerror}"
        elif isinstance(text, UnicodeDecodeError):
            yield f"{path.name} in the secrets folder is not UTF-8"
