"""What OpenRouter says is left: the credits of an account, or what one key of it may still spend.

Read with a management key, which cannot use models, or else with an ordinary one. Comments in brackets say where
a trap is known from: [docs] the provider's documentation.
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifier.answers import Interface, moment
from notifier.core.account import MAIN
from notifier.core.amounts import EXACT, NoAmount, exact, rounded
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import utc_day
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.core.seen import Seen
from notifier.ports import Examined, Heard, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.net import Answer, Net
    from notifier.ports import Question

PARTS = {MAIN: 60 * 60}
MAIN_IS = "balance"
BY_KEY_ALONE = True
TELLS = {MAIN: ("balance",)}
BASE_URL = "https://openrouter.ai/api/v1"
CREDITS, KEY = "the credits", "the key"
CURRENCY = "USD"  # a credit is a US dollar [docs]
SOON = 30 * SECONDS_A_DAY
OPENROUTER = Interface(
    "OpenRouter",
    "a management key of the account, made at openrouter.ai/settings/management-keys",
    "status.openrouter.ai",
)


class OpenRouter:
    """The source ``openrouter``."""

    parts: Mapping[str, int] = PARTS

    def __init__(self, net: Net) -> None:
        self._net = net

    async def read(self, question: Question) -> Heard:
        """`balance`: the credits that were bought less those that were used.

        Of an ordinary key what it may still spend, where its limit is never set back; the account behind it may
        have less.

        Raises:
            Unreadable: there was no answer, a refusal, or none as documented; or the key has no such limit.
        """
        answer = await self._ask(question, "/credits")
        ordinary = answer.status == HTTPStatus.FORBIDDEN
        if ordinary:
            answer = await self._ask(question, "/key")
        said = _data(answer, KEY if ordinary else CREDITS)
        seen = Seen(utc_day(question.now), question.poll.url, question.key)
        seen.take(answer.raw)
        if seen.is_all_of(question.seen):
            return Heard(None, seen.token)
        try:
            left = _left_of_key(said) if ordinary else _left(said)
        except NoAmount as error:
            raise OPENROUTER.malformed(KEY if ordinary else CREDITS, str(error)) from None
        return Heard(Reading(question.name, question.now, {"balance": Money(left, CURRENCY)}), seen.token)

    async def examine(self, question: Question) -> Sequence[Examined]:
        """What kind of key it is, and when it ends."""
        said = _data(await self._ask(question, "/key"), KEY)
        if said.get("is_management_key") is True:
            found = "a management key: it reads the balance, cannot use models, and could make and delete keys"
            kind = Examined("the key", good=True, found=found)
        else:
            found = "an ordinary key: it reads only what it may still spend itself, and can spend it"
            kind = Examined("the key", good=None, found=found, advice=f"Better is {OPENROUTER.key}.")
        return (kind, *_ending(said, question.now))

    async def _ask(self, question: Question, path: str) -> Answer:
        return await self._net.get_json(f"{question.poll.url or BASE_URL}{path}", bearer=question.key)


def _data(answer: Answer, what: str) -> Mapping[str, Any]:
    data = OPENROUTER.accepted(answer, what).get("data")
    if not isinstance(data, dict):
        raise OPENROUTER.malformed(what, "it has no data")
    return data


def _left(credits_: Mapping[str, Any]) -> int:
    """In micro-units; below zero where more was used than bought."""
    bought, used = exact(credits_.get("total_credits")), exact(credits_.get("total_usage"))
    return rounded(EXACT.subtract(bought, used))


def _left_of_key(said: Mapping[str, Any]) -> int:
    """What an ordinary key may still spend, in micro-units."""
    reset, left = said.get("limit_reset"), said.get("limit_remaining")
    if left is None or reset is not None:
        without = "no limit" if left is None else "a limit that is set back every day, week or month"
        raise Unreadable(
            f"OpenRouter does not say what is left of the account to this key, which has {without} (403): "
            f"it takes {OPENROUTER.key}."
        )
    return rounded(exact(left))


def _ending(said: Mapping[str, Any], now: Moment) -> Sequence[Examined]:
    """When the key itself ends, if it says so."""
    if said.get("expires_at") is None:
        return ()
    try:
        ends = moment(said["expires_at"])
    except ValueError as error:
        raise OPENROUTER.malformed(KEY, f"expires_at {error}") from None
    found = f"it ends on {date.fromordinal(utc_day(ends))}"
    if ends > now + SOON:
        return (Examined("the key's end", good=True, found=found),)
    return (
        Examined("the key's end", good=None, found=found, advice="Make another one, and put it in its place."),
    )


def source(net: Net) -> OpenRouter:
    """The source with the connections *net*."""
    return OpenRouter(net)
