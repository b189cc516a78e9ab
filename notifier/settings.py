"""Configuration from the environment, `.env` and a secrets folder."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifier.environment import DOTENV, PREFIX, variable

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED_RULES = PROJECT / "rules"


class Settings(BaseSettings):
    """Where things are; each can be set as ``NOTIFIER_<NAME>`` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, extra="ignore")

    rules: Path = SHIPPED_RULES
    """Folder of rules files and drafts."""
    accounts: Path = Path("accounts.yaml")
    """Accounts file; the files of a folder `accounts/` beside it count too."""
    state: Path = Path("state")
    """Folder of the database, the letters and the console's record."""
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
