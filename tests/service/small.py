"""A small rules file, accounts by hand, and an outside world that is a sheet of paper and a meter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.clock import Clock
from notifier.core.account import MAIN
from notifier.core.calendar import utc
from notifier.core.facts import Costs, Reading
from notifier.files.places import Places
from notifier.ports import Examined, Heard, Post, Question

TODAY = utc(Clock().now()).date()
RULES = """\
program: small
version: 1
rules:
  - id: used
    title: "{{ value }} used"
    say: Much of it is used.
    next: Look at it.
    threshold: credits_used / credits_granted
    reaches: [50%]
    tell: [pi]
"""


def accounts(*names: str) -> str:
    accepted = TODAY - timedelta(days=40)
    grant = (
        f'{{id: "1", program: small, accepted_on: {accepted}, enrolled_on: {accepted},'
        f" batches: [{{amount: 1000 USD, granted_on: {accepted}}}]}}"
    )
    people = "people: {pi: mailto:a@example.edu}"
    made = [
        f"  - {{id: {name}, key: {{env: KEY, reads: [costs]}}, {people}, grants: [{grant}]}}\n" for name in names
    ]
    return "version: 1\naccounts:\n" + "".join(made)


@dataclass
class Meter:
    """A source: every account has used four fifths, or it fails."""

    fails: Exception | None = None
    asked: list[str] = field(default_factory=list)
    parts: Mapping[str, int] = field(default_factory=lambda: {MAIN: 1800})

    async def read(self, question: Question) -> Heard:
        self.asked.append(question.account.id)
        if self.fails is not None:
            raise self.fails
        costs = Costs.by_day("USD", {TODAY.toordinal(): 800 * 10**6})
        return Heard(Reading(question.name, question.now, {}, costs=costs))

    async def examine(self, question: Question) -> Sequence[Examined]:  # noqa: ARG002  as the port has it
        return ()


@dataclass
class Paper:
    """A channel that is written on, at its pace."""

    pace: int = 0
    fails: Exception | None = None
    told: list[str] = field(default_factory=list)

    async def deliver(self, post: Post) -> str:
        if self.fails is not None:
            raise self.fails
        self.told.append(post.message.title)
        return post.key

    async def find(self, post: Post) -> str | None:  # noqa: ARG002  as the port has it
        return None


def write_files(folder, *names: str) -> Places:
    """The rules and the accounts *names* in *folder*."""
    places = Places(folder / "rules", folder / "accounts.yaml", folder / "state")
    places.rules.mkdir(exist_ok=True)
    (places.rules / "small.yaml").write_text(RULES)
    places.accounts.write_text(accounts(*names))
    return places
