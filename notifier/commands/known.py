"""What commands that look at grants share: where the files are, what they say, what the service remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, refuse, stop
from notifier.files.accounts import accounts_files
from notifier.files.places import Files, Places, read_files
from notifier.flow.declare import SOURCE
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.facts import Reading
    from notifier.settings import Settings


def configured() -> Settings:
    """The settings; ends if one cannot be used."""
    from notifier.settings import SettingsError, read_settings  # noqa: PLC0415  the demo never reads settings

    try:
        return read_settings()
    except SettingsError as error:
        stop(str(error))


def named(rules: Path | None, accounts: Path | None, state: Path | None = None) -> Places:
    """The places that options name, else settings; nothing is looked for there."""
    settings = configured()
    return Places(rules or settings.rules, accounts or settings.accounts, state or settings.state)


def where(rules: Path | None, accounts: Path | None, *, demo: bool, state: Path | None = None) -> Places:
    """The demo's places, or those that options and settings name.  Ends if there is no accounts file."""
    demo_places = Places(SHIPPED_RULES, DEMO_STATE / "accounts.yaml", DEMO_STATE)
    places = demo_places if demo else named(rules, accounts, state)
    if not accounts_files(places.accounts):
        hint = "start it once with `run --demo`" if demo else "`enroll` makes one from an acceptance mail"
        stop(f"there is no {places.accounts}: {hint}")
    return places


def remembered(places: Places) -> tuple[dict[str, Account], dict[str, list[Reading]]]:
    """What the service knows, if it ever ran: its accounts, and what it has read and people have recorded.

    What the files say is left out: whoever asks has read them anew.
    """
    if not places.database.exists():
        return {}, {}
    try:
        store = Store.open(places.database, lock=False)
    except StoreError as error:
        stop(str(error))
    accounts = store.read(lambda tx: tx.accounts(tx.account_ids()))
    found = store.read(lambda tx: tx.readings(tx.account_ids()))
    store.close()
    heard = {name: [reading for reading in several if reading.source != SOURCE] for name, several in found.items()}
    return {account.id: account for account in accounts}, heard


def read_whole(places: Places, now: Moment) -> Files:
    """Rules and accounts; ends with every mistake named if there is one."""
    files = read_files(places, now)
    if files.rule_faults or files.account_faults:
        refuse([*files.rule_faults, *files.account_faults])
    return files
