"""The questions and answers of one reading: who answered is checked, and what the answers looked like is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.core.costs import utc_day
from notifier.core.seen import Seen
from notifier.ports import Heard, Unreadable
from notifier.sources.openai.answers import accept

if TYPE_CHECKING:
    from notifier.core.facts import Reading
    from notifier.net import Answer, Net, Params
    from notifier.ports import Question
    from notifier.sources.openai.areas import Area

_ORGANIZATION = re.compile(r"org-[A-Za-z0-9_-]{1,64}", re.ASCII)


class Talk:
    """One reading of one part. *base_url* ends in the version."""

    def __init__(self, net: Net, base_url: str, question: Question) -> None:
        self._net, self._base_url, self.question = net, base_url.rstrip("/"), question
        self.today = utc_day(question.now)
        self._seen = Seen(self.today, self._base_url, question.key, question.part)

    async def ask(self, path: str, params: Params = ()) -> Answer:
        """Ask once; every status is an answer.

        Raises:
            Unreadable: no answer came, or another organization's.
        """
        answer = await self.ask_whoever(path, params)
        check_organization(answer, self.question)
        return answer

    async def ask_whoever(self, path: str, params: Params = ()) -> Answer:
        """Ask once, whichever organization answers.

        Raises:
            Unreadable: no answer came.
        """
        return await self._net.get_json(self._base_url + path, params=params, bearer=self.question.key)

    def take(self, answer: Answer) -> Answer:
        """Note what *answer*, which is going to be used, looks like."""
        self._seen.take(answer.raw)
        return answer

    async def get(self, path: str, area: Area, params: Params = ()) -> Answer:
        """Ask for something that has to be there.

        Raises:
            Unreadable: it could not be had.
        """
        return self.take(accept(await self.ask(path, params), area, self.question))

    @property
    def is_unchanged(self) -> bool:
        """Whether everything that was taken so far is, byte by byte, all that was said on the same day before."""
        return self._seen.is_all_of(self.question.seen)

    def nothing_new(self) -> Heard:
        """The answer that nothing changed."""
        return Heard(None, self.question.seen)

    def heard(self, reading: Reading) -> Heard:
        """The answer that something did."""
        return Heard(reading, self._seen.token)


def organization_of(answer: Answer, key: str) -> str:
    """The organization that answered, as its header names it; '' if it does not, or has the *key* in it."""
    named = answer.headers.get("openai-organization", "").strip()
    return named if _ORGANIZATION.fullmatch(named) and key not in named else ""


def check_organization(answer: Answer, question: Question) -> None:
    """Refuse what another organization says than the accounts file names.

    Costs of $0 were read for weeks with a key of the wrong organization [seen: forum thread 1366398]. Names that
    are no ids are not compared: the header had those in the past.

    Raises:
        Unreadable: the key is another organization's.
    """
    answered, expected = organization_of(answer, question.key), question.organization
    if answered and _ORGANIZATION.fullmatch(expected) and answered != expected:
        raise Unreadable(
            f"The key belongs to the organization {answered}, but the accounts file names {expected}: "
            "put in a key of that organization, or correct `organization`. Nothing that it said was used.",
            whole=True,
        )
