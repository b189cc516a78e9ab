"""Configuration from the environment, `.env` and a secrets folder."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifier.core.hold import MOST_AT_ONCE
from notifier.environment import DOTENV, PREFIX, variable

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED_RULES = PROJECT / "rules"


class SettingsError(ValueError):
    """A setting cannot be used; the text has a line for each, by its name."""


class Settings(BaseSettings):
    """Where things are; each can be set as ``NOTIFIER_<NAME>`` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, extra="ignore")

    rules: Path = SHIPPED_RULES
    """Folder of rules files and drafts."""
    accounts: Path = Path("accounts.yaml")
    """Accounts file; the files of a folder `accounts/` beside it count too."""
    state: Path = Path("state")
    """Folder of the database, the letters and the console's record."""
    hold_above: int = Field(MOST_AT_ONCE, ge=0)
    """How many messages an edit, an import or a first start may tell before a person is asked."""
    secrets: Path = Path("secrets")
    """Folder with one file for each secret, named like it."""

    def secret(self, name: str) -> str | None:
        """The secret called *name*: from the environment, else `.env`, else its file in the secrets folder."""
        found = variable(name) or dotenv_values(DOTENV).get(name)
        if found:
            return found
        try:
            return (self.secrets / name).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError):
            return None


def read_settings() -> Settings:
    """The settings as they are now.

    Raises:
        SettingsError: one or more cannot be used; what was given is not repeated, it may be a secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{PREFIX}{fault['loc'][0]}".upper() + f": {fault['msg']}" for fault in error.errors()]
        raise SettingsError("\n".join(lines)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{DOTENV} is not UTF-8") from None
