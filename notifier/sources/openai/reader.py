"""What reads OpenAI: which part is read how."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from notifier.core.account import MAIN
from notifier.sources.openai import PARTS
from notifier.sources.openai.bill import DAYS_BACK, Groupings
from notifier.sources.openai.examine import examine
from notifier.sources.openai.keys import read_keys
from notifier.sources.openai.limits import read_limits
from notifier.sources.openai.main import read_costs
from notifier.sources.openai.members import read_members
from notifier.sources.openai.models import read_models
from notifier.sources.openai.projects import read_projects
from notifier.sources.openai.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from notifier.net import Net
    from notifier.ports import Examined, Heard, Question


class OpenAI:
    """Reads an organization. *base_url* ends in the version; *days_back* is how far back costs are read at first.

    Which groupings of costs are refused is remembered for a day, by account.
    """

    parts: Mapping[str, int] = PARTS

    def __init__(
        self, net: Net, base_url: str = "https://api.openai.com/v1", *, days_back: int = DAYS_BACK
    ) -> None:
        self._net, self._base_url = net, base_url
        refused = Groupings()
        self._read: dict[str, Callable[[Talk], Awaitable[Heard]]] = {
            MAIN: partial(read_costs, refused=refused, days_back=days_back),
            "limits": read_limits,
            "projects": read_projects,
            "members": partial(read_members, refused=refused, days_back=days_back),
            "keys": partial(read_keys, refused=refused, days_back=days_back),
            "models": read_models,
        }

    async def read(self, question: Question) -> Heard:
        """What OpenAI says of the part that *question* is about; see the function that reads it.

        Raises:
            Unreadable: an answer was missing, refused or not as documented; then nothing is reported.
        """
        return await self._read[question.part](self._talk(question))

    async def examine(self, question: Question) -> Sequence[Examined]:
        """What the key can read, whose it is, and until when, for ``notifier doctor``; see `examine`."""
        return await examine(self._talk(question))

    def _talk(self, question: Question) -> Talk:
        return Talk(self._net, question.poll.url or self._base_url, question)
