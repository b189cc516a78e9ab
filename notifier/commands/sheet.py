"""One accounts file, from its reading to its writing: whole or not at all, and never over somebody else's edit."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.commands.common import refuse, stop
from notifier.enroll.accounts.file import BYTE_ORDER_MARK, AccountsFile, AccountsFileError, read_accounts
from notifier.files.accounts import accounts_files, years_around
from notifier.files.accounts import read_accounts as read_whole
from notifier.files.positions import MOST_BYTES, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.rule import Program

NEW = 0o666  # narrowed by the umask


@dataclass(frozen=True, slots=True)
class Sheet:
    """An accounts file as it was read; *raw* is None if there is none yet.

    *common* is what the accounts file beside a folder of such files says for all of them.
    """

    path: Path
    raw: bytes | None
    file: AccountsFile
    common: Mapping[str, object]

    @property
    def defaults(self) -> Mapping[str, object]:
        """What counts for accounts that say nothing else themselves."""
        return {**self.common, **self.file.defaults}

    @property
    def ids(self) -> list[str]:
        """The accounts in it."""
        return [str(each["id"]) for each in self.file.accounts]

    def account(self, name: str) -> Mapping[str, object]:
        """What it says of an account; nothing if it has none of that name."""
        return next((each for each in self.file.accounts if str(each["id"]) == name), {})

    def zone_name(self, account: str) -> str | None:
        """The time zone that counts for an account; None if nobody has said one."""
        zone = self.account(account).get("time_zone") or self.defaults.get("time_zone")
        return str(zone) if zone else None

    def write(self, text: str) -> None:
        """Put *text* in its place at one blow; ends if somebody has edited the file since it was read.

        A link stays one, and the file keeps its permissions.
        """
        mark = BYTE_ORDER_MARK if (self.raw or b"").startswith(BYTE_ORDER_MARK.encode()) else ""
        after = (mark + text).encode()
        if len(after) > MOST_BYTES:
            stop(f"{self.path} would have {len(after):,} bytes; {MOST_BYTES:,} are the most. Nothing was written.")
        target = Path(os.path.realpath(self.path))
        part = target.with_name(f".{target.name}.part")
        try:
            if _bytes(target) != self.raw:
                stop(f"{self.path} was edited in the meantime. Nothing was written; call this again.")
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(part, after, target)
        except OSError as error:
            stop(f"{self.path} cannot be written: {error.strerror or error}")
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def refuse_mistakes(accounts: Path, programs: Mapping[str, Program], now: Moment) -> None:
    """End with every mistake of the accounts files, as `check` names them: nothing is written beside one.

    A file that says nothing yet has none.
    """
    faults: list[Fault] = []
    files = [] if accounts.is_dir() else accounts_files(outermost(accounts))
    read_whole([each for each in files if _says_something(each[0])], programs, years_around(now), faults)
    if faults:
        refuse(faults)


def outermost(accounts: Path) -> Path:
    """The accounts file that is read first: the one beside the folder that *accounts* lies in, if there is one."""
    folder = accounts.parent
    above = folder.with_name(f"{folder.name}.yaml") if folder.name else accounts
    return above if above.exists() else accounts


def read_sheet(path: Path, common: Mapping[str, object] | None = None) -> Sheet:
    """Read an accounts file, which need not be there yet. Ends with its mistakes if it has any of form."""
    try:
        raw = _bytes(path)
        text = (raw or b"").decode().removeprefix(BYTE_ORDER_MARK)
        return Sheet(path, raw, read_accounts(text), common or {})
    except IsADirectoryError:
        stop(f"{path} is a folder; name the file in it: --accounts {path}/accounts.yaml")
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        refuse([Fault(Place(str(path)), f"is not UTF-8 (byte {error.start})")])
    except AccountsFileError as error:
        refuse([Fault(Place(str(path), error.line, error.column), error.fault)])


def sheets(accounts: Path) -> list[Sheet]:
    """The accounts file, be it there or not, and those in the folder beside it."""
    main = read_sheet(accounts)
    others = [path for path, _ in accounts_files(accounts) if path != accounts]
    return [main, *(read_sheet(path, main.file.defaults) for path in others)]


def sheet_with(there: Sequence[Sheet], account: str) -> Sheet:
    """The file that holds *account*; the first if none does."""
    return next((sheet for sheet in there if sheet.account(account)), there[0])


def _says_something(path: Path) -> bool:
    try:
        text = path.read_bytes().removeprefix(BYTE_ORDER_MARK.encode())
    except OSError:
        return True  # whoever reads it says why it cannot be read
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines())


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_whole(part: Path, content: bytes, target: Path) -> None:
    part.unlink(missing_ok=True)  # left by somebody who was interrupted
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW), "wb") as file:
        if target.exists():
            os.fchmod(file.fileno(), target.stat().st_mode & 0o7777)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
