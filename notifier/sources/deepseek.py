"""What DeepSeek says is left on an account: what was granted, what was paid, and both together.

Read with an API key of the account. Comments in brackets say where a trap is known from: [docs] the provider's
documentation, [seen] people who reported live answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notifier.answers import Interface
from notifier.core.account import MAIN
from notifier.core.amounts import NoAmount, currency, exact, rounded
from notifier.core.costs import utc_day
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.core.seen import Seen
from notifier.ports import Examined, Heard, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.net import Answer, Net
    from notifier.ports import Question

PARTS = {MAIN: 60 * 60}
MAIN_IS = "balance"
BY_KEY_ALONE = True
TELLS = {MAIN: ("balance", "granted_balance", "paid_balance")}
BASE_URL = "https://api.deepseek.com"
BALANCE = "the balance"
DEEPSEEK = Interface(
    "DeepSeek", "an API key of the account, made at platform.deepseek.com/api_keys", "status.deepseek.com"
)


class _Balance(NamedTuple):
    """One currency of the account, in micro-units."""

    currency: str
    total: int
    granted: int
    paid: int

    @property
    def holds_anything(self) -> bool:
        return any((self.total, self.granted, self.paid))


class DeepSeek:
    """The source ``deepseek``."""

    parts: Mapping[str, int] = PARTS

    def __init__(self, net: Net) -> None:
        self._net = net

    async def read(self, question: Question) -> Heard:
        """`balance`, `granted_balance` and `paid_balance`, in one currency.

        An account may have a balance in each of several currencies, in any order and mostly empty [seen]. The
        only one that holds anything counts; of several, the one in the account's currency.

        Raises:
            Unreadable: there was no answer, a refusal, or none as documented; or several currencies count.
        """
        answer = await self._ask(question)
        seen = Seen(utc_day(question.now), question.poll.url, question.key)
        seen.take(answer.raw)
        if seen.is_all_of(question.seen):
            return Heard(None, seen.token)
        counts = _counting(_balances(answer), question.account.locale.currency)
        facts = {
            "balance": Money(counts.total, counts.currency),
            "granted_balance": Money(counts.granted, counts.currency),
            "paid_balance": Money(counts.paid, counts.currency),
        }
        return Heard(Reading(question.name, question.now, facts), seen.token)

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Whether the balance can be read; that the same key can spend it cannot be avoided."""
        _counting(_balances(await self._ask(question)), question.account.locale.currency)
        found = "it reads the balance; DeepSeek has no key for reading alone: whoever has this one can spend it"
        return (Examined("the key", good=True, found=found),)

    async def _ask(self, question: Question) -> Answer:
        url = question.poll.url or BASE_URL
        answer = await self._net.get_json(f"{url}/user/balance", bearer=question.key)
        DEEPSEEK.accepted(answer, BALANCE)
        return answer


def _balances(answer: Answer) -> list[_Balance]:
    listed = DEEPSEEK.accepted(answer, BALANCE).get("balance_infos")
    if not isinstance(listed, list) or not listed:
        raise DEEPSEEK.malformed(BALANCE, "it has no balance_infos")
    try:
        balances = [_balance(each) for each in listed]
    except NoAmount as error:
        raise DEEPSEEK.malformed(BALANCE, str(error)) from None
    if len({each.currency for each in balances}) < len(balances):
        raise DEEPSEEK.malformed(BALANCE, "a currency comes twice")
    return balances


def _balance(stated: object) -> _Balance:
    if not isinstance(stated, dict):
        raise NoAmount("a balance is no object")
    amounts = [rounded(exact(stated.get(f"{name}_balance"))) for name in ("total", "granted", "topped_up")]
    return _Balance(currency(stated.get("currency")), *amounts)


def _counting(balances: Sequence[_Balance], own: str) -> _Balance:
    """The one in the currency that counts; *own* is the account's."""
    funded = [each for each in balances if each.holds_anything]
    some = funded or balances
    if len(some) == 1:
        return some[0]
    chosen = next((each for each in some if each.currency == own), None)
    if chosen is None and funded:
        held = ", ".join(sorted(each.currency for each in funded))
        raise Unreadable(
            f"DeepSeek keeps balances in several currencies ({held}), and none is the account's ({own}): "
            "say with `currency:` which one counts."
        )
    return chosen or min(some)


def source(net: Net) -> DeepSeek:
    """The source with the connections *net*."""
    return DeepSeek(net)
