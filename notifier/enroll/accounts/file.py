"""The existing accounts file, read as far as a place for a grant has to be found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from notifier.enroll.accounts.insertion import field_of, is_null
from notifier.enroll.printable import printable

VERSION: Final = 1
BYTE_ORDER_MARK: Final = "\ufeff"


class EnrollError(ValueError):
    """The grant cannot be put into the file; the text says why, and what to do."""


class AccountsFileError(EnrollError):
    """The existing file is faulty; the text begins with the place, line and column counted from one."""

    def __init__(self, line: int, column: int, fault: str) -> None:
        super().__init__(f"line {line}, column {column}: {fault}")
        self.line = line
        self.column = column
        self.fault = fault


@dataclass(frozen=True, slots=True)
class AccountsFile:
    """The file: its text, what it means, and where everything stands in it (None for an empty file)."""

    text: str
    data: Mapping[str, object]
    root: MappingNode | None

    @property
    def accounts(self) -> list[Mapping[str, object]]:
        """The accounts, in order."""
        entries = self.data.get("accounts")
        return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []

    @property
    def nodes(self) -> list[MappingNode]:
        """Where the accounts stand in the text, in order."""
        listed = None if self.root is None else field_of(self.root, "accounts")
        return [node for node in listed.value if isinstance(node, MappingNode)] if listed is not None else []

    @property
    def defaults(self) -> Mapping[str, object]:
        """What counts for accounts that say nothing else themselves."""
        defaults = self.data.get("defaults")
        return defaults if isinstance(defaults, Mapping) else {}


def grants_of(account: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the grants listed under an account."""
    listed = account.get("grants")
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def read_accounts(text: str) -> AccountsFile:
    """Parse the text and check its outline; what else is wrong in it is `notifier check`'s to say.

    Raises:
        AccountsFileError: no YAML, or no accounts where they are expected.
    """
    data, root = _read(text)
    if data is None:
        return AccountsFile(text, {}, None)
    if not isinstance(root, MappingNode) or not isinstance(data, Mapping):
        _fault(root, "`version:` and `accounts:` are expected here")
    _check_version(root, data.get("version", VERSION))
    _check_items(field_of(root, "accounts"), "account")
    return AccountsFile(text, data, root)


def load(text: str) -> object:
    """Return what a YAML 1.2 text means.

    Raises:
        AccountsFileError: it is none; with the place.
    """
    return _read(text)[0]


def _read(text: str) -> tuple[object, Node | None]:
    """Return what a text means, and where everything stands in it; as `load`."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        data = None if root is None else yaml.constructor.construct_document(root)
        if "<<" in text:  # to construct what is merged, the nodes themselves are merged
            root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise AccountsFileError(line, column, printable(error.problem or "no YAML")) from error
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise AccountsFileError(line, column, "a character that YAML does not allow") from error
    except (ValueError, OverflowError) as error:  # a date such as 2024-02-31, of which the parser keeps no place
        line, column = _place_of_bad_scalar(text)
        raise AccountsFileError(line, column, printable(str(error))) from error
    except (YAMLError, RecursionError) as error:
        raise AccountsFileError(1, 1, "no YAML, or nested too deeply") from error
    return data, root


def _place_of_bad_scalar(text: str) -> tuple[int, int]:
    for scalar in _scalars(YAML(pure=True).compose(text)):
        try:
            YAML(typ="safe", pure=True).load(scalar.value if not scalar.style else "")
        except (ValueError, OverflowError):
            return scalar.start_mark.line + 1, scalar.start_mark.column + 1
        except YAMLError:  # a text that is only valid where it stands
            continue
    return 1, 1


def _scalars(node: Node | None) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MappingNode | SequenceNode):
        for entry in node.value:
            for each in entry if isinstance(entry, tuple) else (entry,):
                yield from _scalars(each)


def _check_version(root: MappingNode, version: object) -> None:
    if version != VERSION:
        _fault(field_of(root, "version"), f"version {version} is not known here; {VERSION} is")


def _check_items(listed: Node | None, kind: str) -> None:
    """Check that a list of accounts, or of grants, is one of mappings with an id."""
    if listed is None or is_null(listed):
        return
    if not isinstance(listed, SequenceNode):
        _fault(listed, f"a list of {kind}s is expected here, each beginning with `- id:`")
    for item in listed.value:
        if not isinstance(item, MappingNode):
            _fault(item, f"{_article(kind)} is expected here, beginning with `id:`")
        if kind == "account":
            if field_of(item, "id") is None:
                _fault(item, "this account has no `id:`")
            _check_items(field_of(item, "grants"), "grant")


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _fault(node: Node | None, text: str) -> NoReturn:
    line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)
    raise AccountsFileError(line, column, text)
