"""The simulated provider as it is started, stopped and commanded."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

from notifier.demo.provider.desk import Desk
from notifier.demo.provider.play import ROOT, Play, fault_of
from notifier.demo.provider.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Reply
    from notifier.demo.provider.request import Request
    from notifier.demo.provider.script import Asked


class Provider:
    """The simulated provider, listening on 127.0.0.1 from its making until `stop`.

    *organizations* are all that there are, or a function that knows the one of a key (`None` for a key that nobody
    has). *today* says how far its calendar has come: later days do not exist yet. *port* 0 is any free one.
    """

    def __init__(
        self,
        organizations: Iterable[Organization] | Callable[[str], Organization | None],
        today: Callable[[], date],
        *,
        port: int = 0,
    ) -> None:
        known: tuple[Organization, ...] = ()
        if callable(organizations):
            find = organizations
        else:
            known = tuple(organizations)
            find = {value: each for each in known for value, _, _ in each.openings()}.get
        self._desk = Desk(find, today)
        self._play = Play(self._desk.script, known)
        self._server = Server(port, self._answer)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="provider", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, with the version of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def start(self) -> None:
        """Begin to answer, beside the caller."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, end all connections and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def play(self, fault: str, *, times: int | None = None, **options: Any) -> None:
        """Let *fault*, one of `kinds.KINDS`, happen to the next *times* requests, or until it is taken back.

        *options*: ``path`` (``*`` in it stands for anything), ``organization`` (its id), ``after`` (pages that are
        answered before a page token is refused), ``seconds`` (to wait, as a text). A request meets one fault, the
        first that was ordered of those that can happen to it.

        Raises:
            ValueError: there is no such fault or option, or its value is none.
        """
        self._desk.script.order(fault_of(fault, **options), times)

    def take_back(self, fault: str | None = None) -> None:
        """End all faults, or those of one kind."""
        self._desk.script.take_back(fault)

    @property
    def requests(self) -> tuple[Asked, ...]:
        """The last thousand requests, oldest first, without those of the control path."""
        return self._desk.script.latest()

    def forget(self) -> None:
        """Begin to count requests anew."""
        self._desk.script.forget()

    def _answer(self, request: Request) -> Reply:
        if request.path == ROOT or request.path.startswith(f"{ROOT}/"):
            return self._play.answer(request)
        return self._desk.answer(request)
