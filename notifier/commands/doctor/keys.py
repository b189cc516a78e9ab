"""What `doctor` finds of the keys that accounts are polled with, by asking each provider what its key can do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from notifier.commands.doctor.block import Block, some
from notifier.core.words import say_count
from notifier.net import Net
from notifier.ports import Examined, Question, Unreadable
from notifier.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from notifier.core.account import Poll
    from notifier.core.calendar import Moment
    from notifier.files.places import Files
    from notifier.ports import Source
    from notifier.settings import Settings

AT_ONCE = 8  # keys that are looked at at the same moment
MOST_SHOWN = 20  # keys that are shown one by one; of more, only those of which there is something to say
LONGEST = 120  # seconds in which a source has found out what a key can do
HIDDEN = "…"  # what stands where a source's words held the key


class _Asked(NamedTuple):
    """One key that is looked at, for whatever several *accounts* it is."""

    question: Question
    accounts: list[str]

    @property
    def title(self) -> str:
        """``openai by LAB_KEY, for lab``."""
        poll = self.question.poll
        by = f" by {poll.key}" if poll.key else ""
        return f"{poll.name or poll.source}{by}, for {some(self.accounts)}"


def of_sources(settings: Settings, files: Files, now: Moment) -> Iterator[Block]:
    """What each key that is set can read, and what else it can do; each is looked at once, whoever shares it."""
    asked = _asked(settings, files, now)
    examined = asyncio.run(look(asked))
    blocks = [Block(each.title, found) for each, found in zip(asked, examined, strict=True) if found]
    if len(blocks) <= MOST_SHOWN:
        yield from blocks
        return
    shown = [block for block in blocks if block.to_mend][:MOST_SHOWN]
    yield from shown
    yield _others(blocks, shown)


def _asked(settings: Settings, files: Files, now: Moment) -> list[_Asked]:
    """Everything that is polled with a key that is set, or without one."""
    found: dict[tuple[Poll, str], _Asked] = {}
    for declaration in files.declared:
        account, organization = declaration.account, str(declaration.facts.get("organization") or "")
        for poll in account.sources:
            key = settings.secret(poll.key) if poll.key else ""
            if key is None:
                continue  # that it is missing is said elsewhere
            question = Question(account, poll, key, now, organization=organization)
            found.setdefault((poll, organization), _Asked(question, [])).accounts.append(account.id)
    return list(found.values())


async def look(asked: Iterable[_Asked]) -> list[Sequence[Examined]]:
    """What is found of each of *asked*, some of them at the same moment; what was opened is closed."""
    net = Net()
    sources, turns = Sources(net), asyncio.Semaphore(AT_ONCE)

    async def one(question: Question) -> Sequence[Examined]:
        async with turns:
            found = await _examine(sources(question.poll.source), question)
        return [_without(question.key, each) for each in found]

    try:
        return await asyncio.gather(*(one(each.question) for each in asked))
    finally:
        await net.aclose()


async def _examine(source: Source, question: Question) -> Sequence[Examined]:
    """What *source* finds, or why it found nothing."""
    try:
        async with asyncio.timeout(LONGEST):
            return await source.examine(question)
    except Unreadable as error:
        return [Examined("", False, error.why)]
    except TimeoutError:
        return [Examined("", None, f"it did not end its answers within {LONGEST} seconds", "Try it again later.")]
    except Exception as error:  # noqa: BLE001  its words may hold the key: only its kind is said
        return [Examined("", False, f"a fault in the source: {type(error).__name__}", "Please report it.")]


def _without(key: str, found: Examined) -> Examined:
    """*found* without *key*, should a provider have repeated it and a source passed that on."""
    if not key or not any(key in text for text in (found.what, found.found, found.advice)):
        return found
    what, said, advice = (text.replace(key, HIDDEN) for text in (found.what, found.found, found.advice))
    return replace(found, what=what, found=said, advice=advice)


def _others(blocks: Sequence[Block], shown: Sequence[Block]) -> Block:
    """The keys that are not shown one by one."""
    lacking = sum(bool(block.to_mend) for block in blocks) - len(shown)
    good = len(blocks) - len(shown) - lacking
    found = [Examined("", True, f"{say_count(good, 'other key')} can be used as they are")] if good else []
    if lacking:
        advice = "`doctor --account ACCOUNT` shows what is to be mended of one."
        found.append(
            Examined("", False, f"of {say_count(lacking, 'other key')} something is to be mended", advice)
        )
    return Block("the other keys", found)
