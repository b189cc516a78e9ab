"""Sources: where the state of accounts is read. One file each, loaded when an account names it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from notifier.net import Net
    from notifier.ports import Source


def kinds() -> tuple[str, ...]:
    """What accounts files can name: the files of this folder."""
    return tuple(module.name.replace("_", "-") for module in iter_modules(__path__))


class Sources:
    """The sources of one process, each made when it is first asked for, all with the same connections."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._made: dict[str, Source] = {}

    def __call__(self, kind: str) -> Source:
        """The source called *kind*, one of `kinds`."""
        if kind not in self._made:
            module = import_module(f"{__name__}.{kind.replace('-', '_')}")
            self._made[kind] = cast("Source", module.source(self._net))
        return self._made[kind]
