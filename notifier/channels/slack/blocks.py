"""A message as blocks of Slack: what and how it stands, the next action, what is known, the letter to copy.

Whatever a message holds, what is made of it is within Slack's limits, and says what had to be left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.channels.slack.digest import in_words, section_parts
from notifier.channels.slack.elements import (
    MOST_HEADER,
    Block,
    Part,
    bullets,
    header,
    link,
    paragraph,
    rich,
    run,
    size,
    small,
)
from notifier.channels.slack.letters import letter_parts, letter_text
from notifier.channels.slack.table import table
from notifier.channels.slack.text import cut, escape, plain, quiet
from notifier.core.alert import Reason
from notifier.core.message import MOST_SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notifier.core.message import Answer, Message

MOST_BLOCKS = 50  # a message, https://docs.slack.dev/reference/block-kit/blocks
# Slack refuses what is larger as a whole with `msg_blocks_too_long` and documents no number. Of what people
# report, nothing below 13,200 characters was refused (https://github.com/slackapi/bolt-js/issues/2509 and 2867).
MOST_IN_ALL = 12_000
ROOM_FOR_NOTE = 400
LEAST_TABLE = 3_000
MOST_BARE = 3_800  # of a message without blocks: "limit the text to 4,000 characters" (chat.postMessage)
SOON = 300  # characters within which the next action stands
MOST_TITLE, MOST_SAY, MOST_KNOWN, MOST_SHORT = 400, 900, 900, 300
MOST_ANSWERS = 8
STATES = {
    Reason.OPENED: "New",
    Reason.ESCALATED: "More pressing",
    Reason.MOVED: "Date moved",
    Reason.REMINDED: "Still open",
    Reason.PASSED_ON: "Nobody has answered",
    Reason.LAPSED: "Open again",
    Reason.ACKNOWLEDGED: "Somebody sees to it",
    Reason.SNOOZED: "Snoozed",
    Reason.HANDED_OVER: "Handed over",
    Reason.REOPENED: "Reopened",
    Reason.RESOLVED: "Done",
    Reason.CLOSED: "No longer watched",
    Reason.STANDING: "Open when it was enrolled",
    Reason.HELD: "Waits for a person",
    Reason.UNDELIVERED: "Not told where it should have been",
    Reason.DIGEST: "Weekly digest",
}
OVER = (Reason.RESOLVED, Reason.CLOSED)


def notification(message: Message) -> str:
    """What a phone shows: one line of at most 150 characters."""
    line = plain(f"{_urgent(message)}{message.summary}")
    return quiet(line if len(line) <= MOST_SUMMARY else f"{line[: MOST_SUMMARY - 1].rstrip()}…")


def blocks(message: Message, command: Callable[[Answer], str], belongs: str = "") -> list[Block]:
    """*message* as blocks; *belongs* names what it goes on with, where no thread does."""
    parts = [*_top(message, belongs), *_rest(message, command)]
    if message.lines or message.rows:
        room = MOST_IN_ALL - ROOM_FOR_NOTE - sum(size(part.blocks) for part in parts)
        parts[_top_ends(parts) : _top_ends(parts)] = table(message, command, max(room, LEAST_TABLE))
    return _fitting(parts)


def shortened(message: Message, above: Message | None) -> Message:
    """*message* as a reply below *above*, which says the rest: what happened and what to do, and what is new."""
    if above is None:
        return message
    there = {line.letter for line in above.lines}
    lines = [replace(line, letter=None) if line.letter in there else line for line in message.lines]
    return replace(
        message,
        contact="",
        link="",
        known="",
        told="",
        hint="" if message.hint == above.hint else message.hint,
        spends="",
        rows=() if message.rows == above.rows else message.rows,
        lines=tuple(lines),
        answers=() if message.answers == above.answers else message.answers,
        letter=None if message.letter == above.letter else message.letter,
    )


def bare(message: Message, command: Callable[[Answer], str], belongs: str = "") -> str:
    """*message* as nothing but text, for when Slack does not take its blocks."""
    said = [f"{_urgent(message)}{message.title}", _labelled("Next", message.next), _state(message), message.say]
    said += [_labelled("Belongs to", belongs), *(f"- {row}" for row in message.rows)]
    said += [f"- {' · '.join((*line_of, ''))[:-3]}" for line_of in _lines(message)]
    said += [line for section in message.sections for line in in_words(section)]
    said += [_labelled(called, text) for called, text in message.notes]
    said += [_labelled("Write to", message.contact), _labelled("Link", message.link)]
    said += [f"{_when(answer)} {command(answer)}" for answer in message.answers]
    text = "\n".join(plain(line) for line in said if plain(line))
    if message.letter is not None:
        text += f"\n\n{letter_text(message.letter)}"
    most = MOST_BARE
    while len(quiet(cut(text, most))) > MOST_BARE:  # what is escaped grows
        most = most * 9 // 10
    return quiet(cut(text, most))


def _lines(message: Message) -> Iterator[tuple[str, ...]]:
    for line in message.lines:
        yield tuple(text for text in (line.about, line.headline, line.date, line.state) if text)


def _urgent(message: Message) -> str:
    return "URGENT: " if message.urgent else ""


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""


def _when(answer: Answer) -> str:
    return plain(answer.when if answer.when.endswith("?") else f"{answer.when}:")


def _state(message: Message) -> str:
    """How it stands, in words, as in ``More pressing: 2 weeks after``."""
    step = "" if message.reason in OVER else plain(message.step)
    return f"{STATES.get(message.reason, str(message.reason))}{f': {step}' if step else ''}."


def _top(message: Message, belongs: str) -> Iterator[Part]:
    """What everybody reads: the title, how it stands, the next action within the first 300 characters."""
    title = plain(f"{_urgent(message)}{message.title}")
    state, say, following = plain(_state(message)), plain(message.say), plain(message.next)
    yield Part((header(title or "Message"),))
    said = Part((rich(paragraph(run(cut(state, MOST_SHORT), bold=True), run(cut(f" {say}", MOST_SAY)))),))
    if not following:
        yield said
    else:
        to_do = Part((rich(paragraph(run("Next: ", bold=True), run(cut(following, MOST_SAY)))),))
        before = min(len(title), MOST_HEADER) + len(state) + len(say)
        yield from (said, to_do) if before + len(following) <= SOON else (to_do, said)
    if len(escape(title)) > MOST_HEADER:
        yield Part((rich(paragraph(run("In full: ", bold=True), run(cut(title, MOST_TITLE)))),))
    if belongs:
        yield Part((small(f"Belongs to: {cut(plain(belongs), MOST_SHORT)}"),), 1, "what it belongs to")


def _top_ends(parts: Sequence[Part]) -> int:
    """Where a table has its place: below what everybody reads."""
    return next((place for place, part in enumerate(parts) if part.rank), len(parts))


def _rest(message: Message, command: Callable[[Answer], str]) -> Iterator[Part]:
    """What follows below, the first to be left out at the end of `RANKS`."""
    whom, page = plain(message.contact), plain(message.link)
    yield from section_parts(message.sections)
    for called, text in message.notes:
        said = paragraph(run(f"{called}: ", bold=True), run(cut(plain(text), MOST_SHORT)))
        yield Part((rich(said),), 3, called.lower())
    if whom:
        yield Part(
            (rich(paragraph(run("Write to: ", bold=True), run(cut(whom, MOST_SHORT)))),), 2, "whom to write to"
        )
    if page:
        shown = link(page, page) if len(page) <= MOST_SAY else run(cut(page, MOST_SAY))
        yield Part((rich(paragraph(run("Link: ", bold=True), shown)),), 3, "the link")
    if message.answers:
        yield _answers(message.answers, command)
    if message.letter is not None:
        yield from letter_parts(message.letter)
    for label, text, rank in (("Known: ", message.known, 5), ("", message.told, 4)):
        if plain(text):
            called = "what is known" if label else "who was told"
            yield Part((small(f"{label}{cut(plain(text), MOST_KNOWN)}"),), rank, called)


def _answers(answers: Sequence[Answer], command: Callable[[Answer], str]) -> Part:
    """The commands that answer the message, each whole, to be copied."""
    items = []
    for answer in answers[:MOST_ANSWERS]:
        typed = cut(plain(command(answer)), MOST_SAY)
        items.append(paragraph(run(f"{cut(_when(answer), MOST_SHORT)} ", bold=True), run(typed, code=True)))
    if len(answers) > MOST_ANSWERS:
        items.append(paragraph(run(f"{len(answers) - MOST_ANSWERS} more commands are left out here.")))
    return Part((rich(bullets(items) if len(items) > 1 else items[0]),), 2, "the commands that answer it")


def _fitting(parts: Sequence[Part]) -> list[Block]:
    """The blocks of *parts* that a message can hold, and a remark about those that it cannot."""
    kept, missing = list(parts), list[str]()
    while _too_large(kept, missing):
        last = max((part.rank, place) for place, part in enumerate(kept))[1]
        missing.insert(0, kept.pop(last).called)
    return [*(block for part in kept for block in part.blocks), *_note(missing)]


def _too_large(parts: Sequence[Part], missing: Sequence[str]) -> bool:
    made = [*(block for part in parts for block in part.blocks), *_note(missing)]
    return any(part.rank for part in parts) and (len(made) > MOST_BLOCKS or size(made) > MOST_IN_ALL)


def _note(missing: Sequence[str]) -> list[Block]:
    called = ", ".join(dict.fromkeys(missing))
    return [small(f"Left out, because a message in Slack can hold no more: {called}.")] if called else []
