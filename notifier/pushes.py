"""Pushing: who may push facts of an account, how often, and how what was pushed gets into the inbox.

A program may push facts of one account: it knows the secret that this account names as `push:`. An account that is
not there, one that takes no pushes and a wrong secret are refused alike.
"""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

import structlog

from notifier.files import forms
from notifier.flow.push import AT, NotAllowed, NotKept, Push, TooOften, names, put, understood
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.clock import Clock
    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.flow.push import Document
    from notifier.store.store import Store

SHORTEST_TOKEN = 16  # characters: what is shorter can be guessed, however slowly it is tried
MOST_A_MINUTE = 60  # pushes of one account
MINUTE = 60
log = structlog.get_logger()


def unfit(token: str | None) -> str:
    """Why nobody can push with *token*, as the end of a sentence that begins with its name; '' if one can."""
    if token is None:
        return "is neither in the environment nor in the secrets folder"
    return f"is shorter than {SHORTEST_TOKEN} characters" if len(token) < SHORTEST_TOKEN else ""


@dataclass(slots=True)
class _Pace:
    """When an account was pushed to within the last minute."""

    moments: deque[Moment] = field(default_factory=deque)

    def step(self, now: Moment) -> int:
        """Note a push at *now*; or, where there were enough, the seconds after which one more is taken."""
        while self.moments and not now - MINUTE < self.moments[0] <= now:  # a clock that is set back forgets
            self.moments.popleft()
        if len(self.moments) >= MOST_A_MINUTE:
            return self.moments[0] + MINUTE - now
        self.moments.append(now)
        return 0


class Pushes:
    """Takes what programs push. *rulebook* are the rules in force; *news* is called when the inbox got mail."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        secret: Callable[[str], str | None],
        rulebook: Callable[[], Rulebook],
        news: Callable[[], None],
    ) -> None:
        self._store, self._clock, self._secret = store, clock, secret
        self._rulebook, self._news = rulebook, news
        self._nobody = secrets.token_bytes(32)  # stands for the secret where there is none: nobody can know it
        self._paces: dict[str, _Pace] = {}
        self._said_until: Moment = 0

    async def admit(self, account: str, token: bytes) -> Account:
        """The account called so, if *token* is the secret with which its facts may be pushed.

        Raises:
            NotAllowed: nobody can push to that account with that token.
            TooOften: it was pushed to often enough for now.
            NotKept: the database cannot be read.
        """
        found = next(iter(await self._known(account)), None)
        token_is = compare_digest(sha256(token).digest(), sha256(self._expected(found)).digest())
        if found is None or not token_is:
            raise NotAllowed
        if wait := self._paces.setdefault(account, _Pace()).step(self._clock.now()):
            raise TooOften(wait)
        return found

    async def take(self, account: Account, document: Document, key: str) -> Sequence[str]:
        """Leave what *document* says of *account* in the inbox; returns the facts. It is on the disk then.

        What comes again with the same *key* has one effect; without one ('') each push is one of its own.

        Raises:
            Mistaken: it has mistakes.
            NotKept: the database took nothing.
        """
        name = f"{account.id}\0{key}" if key else secrets.token_hex(16)
        push = Push(account, document, f"push-{sha256(name.encode()).hexdigest()[:32]}")
        now, rulebook = self._clock.now(), self._rulebook()
        try:
            act = await self._store.aread(understood, push, rulebook, forms.value, now)
            await self._store.awrite(put, act, timed=document.get(AT) is not None)
        except StoreError as error:
            raise self._not_kept(error) from None
        said = names(act)
        log.info("facts were pushed", action="pushed", account=account.id, facts=said, by=act.by)
        self._news()
        return said

    async def _known(self, account: str) -> list[Account]:
        try:
            return await self._store.aread(lambda tx: tx.accounts([account]))
        except StoreError as error:
            raise self._not_kept(error) from None

    def _not_kept(self, error: StoreError) -> NotKept:
        log.error("a push could not be kept", action="push_not_kept", why=str(error))
        return NotKept()

    def _expected(self, account: Account | None) -> bytes:
        """The secret of *account*; one that nobody knows where it takes no pushes."""
        if account is None or not account.push:
            return self._nobody
        token = self._secret(account.push)
        if why := unfit(token):
            self._say(account, f"{account.push} {why}")
            return self._nobody
        assert token is not None
        return token.encode("utf-8", "surrogateescape")

    def _say(self, account: Account, why: str) -> None:
        """Log why nothing can be pushed to *account*, at most once a minute: others decide how often they try."""
        now = self._clock.now()
        if not self._said_until - MINUTE <= now < self._said_until:
            self._said_until = now + MINUTE
            log.warning("nothing can be pushed", action="push_refused", account=account.id, why=why)
