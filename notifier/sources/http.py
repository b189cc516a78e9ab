"""A source that is told where each fact stands: one JSON document of any interface, asked by https.

Everything about it stands in the accounts file: the address, the key, and a JSON pointer for each fact.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from notifier.answers import Interface
from notifier.core.account import MAIN
from notifier.core.costs import utc_day
from notifier.core.facts import Reading
from notifier.core.observed import refuse_observed
from notifier.core.seen import Seen
from notifier.core.wanted import load_wanted
from notifier.ports import Examined, Heard, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.account import Poll
    from notifier.core.calendar import Day
    from notifier.core.facts import Observed
    from notifier.core.wanted import Wanted
    from notifier.net import Answer, Net
    from notifier.ports import Question

PARTS = {MAIN: 60 * 60}
MAIN_IS = "answer"
BY_KEY_ALONE = False
WHAT = "what is wanted"


class _Asked(NamedTuple):
    """What `Poll.settings` say: the facts that are *wanted*, and the *header* of the key ('': a bearer token)."""

    wanted: Sequence[Wanted]
    header: str

    @classmethod
    def by(cls, poll: Poll) -> _Asked:
        settings = json.loads(poll.settings)
        return cls(load_wanted(settings["facts"]), settings.get("header", ""))


class Http:
    """The source ``http``."""

    parts: Mapping[str, int] = PARTS

    def __init__(self, net: Net) -> None:
        self._net = net

    async def read(self, question: Question) -> Heard:
        """Every fact that the accounts file asks for, as it stands in the answer.

        Raises:
            Unreadable: there was no answer, a refusal, or one in which any of the facts is missing or of another
                type; then nothing is reported.
        """
        asked = _Asked.by(question.poll)
        answer = await self._ask(question, asked)
        seen = Seen(utc_day(question.now), question.poll.url, question.poll.settings, question.key)
        seen.take(answer.raw)
        if seen.is_all_of(question.seen):
            return Heard(None, seen.token)
        account: dict[str, Observed] = {}
        grants: dict[str, dict[str, Observed]] = {}
        for wanted, value in _found(question, asked, answer):
            (grants.setdefault(wanted.grant, {}) if wanted.grant else account)[wanted.fact] = value
        return Heard(Reading(question.name, question.now, account, grants), seen.token)

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Whether every fact is found."""
        asked = _Asked.by(question.poll)
        found = _found(question, asked, await self._ask(question, asked))
        names = ", ".join(wanted.fact for wanted, _ in found)
        return (Examined("the answer", good=True, found=f"everything that is wanted stands in it: {names}"),)

    async def _ask(self, question: Question, asked: _Asked) -> Answer:
        url, key = question.poll.url, question.key
        if not question.poll.key:
            return await self._net.get_json(url)
        if asked.header:
            return await self._net.get_json(url, headers={asked.header: key})
        return await self._net.get_json(url, bearer=key)


def _found(question: Question, asked: _Asked, answer: Answer) -> list[tuple[Wanted, Observed]]:
    """Each wanted fact with its value."""
    interface = _interface(question.poll)
    if answer.status != HTTPStatus.OK:
        raise interface.refusal(answer, WHAT)
    if not isinstance(answer.body, (dict, list)):
        raise Unreadable(f"The answer of {interface.name} is no JSON object or list; none of it was used.")
    today = max(question.account.locale.day_of(question.now), utc_day(question.now))  # theirs may be either
    try:
        return [(each, _observed(each, answer.body, today)) for each in asked.wanted]
    except ValueError as error:
        raise Unreadable(f"The answer of {interface.name} {error}; none of it was used.") from None


def _observed(wanted: Wanted, document: object, today: Day) -> Observed:
    value = wanted.read(document)
    try:
        refuse_observed(wanted.fact, value, today, came=False)
    except ValueError as error:
        raise ValueError(f"says at {wanted.at} what cannot be of `{wanted.fact}`: {error}") from None
    return value


def _interface(poll: Poll) -> Interface:
    host = urlsplit(poll.url).hostname or "The address"
    key = f"a valid one under the name {poll.key}" if poll.key else "one, under `key:`"
    return Interface(host, key, otherwise="check the address, and what it takes")


def source(net: Net) -> Http:
    """The source with the connections *net*."""
    return Http(net)
