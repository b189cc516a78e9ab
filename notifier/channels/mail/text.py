"""A mail's outline as text: for readers without HTML, for screen readers, for search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.channels.mail.outline import Command, Draft, Group, Next, Rows, Said, Table
from notifier.core.bars import bar

if TYPE_CHECKING:
    from notifier.channels.mail.outline import Block, Entry, Outline

RULE = "-" * 40
WIDEST_CELL = 32  # a longer one pushes its own row only


def text(page: Outline) -> str:
    """*page* as text, a blank line between two blocks. Lines are as long as what they say; readers wrap them."""
    return "\n\n".join([page.title, *(_said(block) for block in page.blocks)]) + "\n"


def _said(block: Block) -> str:
    match block:
        case Next(text=said):
            return f"Next: {said}"
        case Said():
            return f"{block.label}: {block.text}" if block.label else block.text
        case Rows():
            return "\n".join([*([block.above] if block.above else []), *(f"- {row}" for row in block.rows)])
        case Table():
            return _table(block)
        case Command():
            return f"{block.when}\n    {block.command}"
        case Draft():
            return _draft(block)
        case Group():
            return _group(block)


def _group(group: Group) -> str:
    lines = [group.heading, "-" * min(len(group.heading), len(RULE))]
    lines += [group.text] if group.text else []
    lines += [_table(group.dates)] if group.dates is not None else []
    return "\n".join([*lines, *(_entry(entry) for entry in group.entries)])


def _entry(entry: Entry) -> str:
    said = f"- {entry.about} · {entry.said}"
    words = entry.words if entry.share is None else f"{bar(entry.share)}  {entry.words}"
    return f"{said}\n  {words}" if words else said


def _table(table: Table) -> str:
    rows = [table.head, *table.rows]
    widths = [min(max(len(cell) for cell in column), WIDEST_CELL) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _draft(draft: Draft) -> str:
    fields = "\n".join(f"{name}: {value}" for name, value in draft.fields)
    return "\n".join([f"Letter, {draft.state}", draft.how, RULE, fields, "", draft.body, RULE])
