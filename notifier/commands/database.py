"""The service's database, beside a running service: one look at it, or acts put into its inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from notifier.commands.common import stop
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.files.places import Places
    from notifier.ports import Act, Tx

T = TypeVar("T")


def look(places: Places, question: Callable[[Tx], T]) -> T:
    """What *question* finds now; ends if there is no database, or it cannot be read."""
    try:
        store = Store.open(places.database, lock=False)
        try:
            return store.read(question)
        finally:
            store.close()
    except StoreError as error:
        stop(str(error))


def put(places: Places, acts: Sequence[Act]) -> None:
    """Leave *acts* in the inbox and knock; they take effect now, or when the service next runs."""
    try:
        store = Store.open(places.database, lock=False)
        try:
            store.write(_put, acts)
        finally:
            store.close()
    except StoreError as error:
        stop(str(error))
    places.wake.touch()


def _put(tx: Tx, acts: Sequence[Act]) -> None:
    for act in acts:
        tx.put_act(act)
