"""A mail's outline as HTML: readable on a telephone, in the dark, and in mail programs that know little HTML.

Tables make the layout and every style stands at its element, because Outlook and some of Gmail's readers know
nothing else (caniemail.com). The one style element says what a style attribute cannot: darkness and narrowness.
Nothing is loaded from anywhere, and colours only repeat what the words say.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from notifier.channels.mail.outline import Command, Draft, Group, Next, Rows, Said, Table
from notifier.core.bars import filled

if TYPE_CHECKING:
    from notifier.channels.mail.outline import Block, Entry, Outline

_BLANK = re.compile(r"\[[^\[\]\n]+\]")
FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
MONO = "font-family:Consolas,Menlo,'Courier New',monospace"

# Each look's colour on white and on the dark card, and its background for the next action. Every pair of text and
# background has a contrast of 4.5 or more (WCAG 2.2, 1.4.3), tested in tests/channels/test_mail_html.py.
ACCENTS = {
    "urgent": ("#b42318", "#fef1f0", "#ff9d94", "#3a2321"),
    "open": ("#9a5b00", "#fff6e5", "#ffc46b", "#362c1c"),
    "done": ("#1a7f37", "#effaf1", "#7ddc94", "#1d3224"),
    "calm": ("#0b5cad", "#eef5fd", "#8cc2ff", "#1d2c3d"),
    "over": ("#5b6470", "#f1f3f5", "#b4bcc6", "#2b3037"),
}

# Columns of short words, and of names, which a narrow screen should not break; all others may be broken anywhere.
KEPT_WHOLE = {"For": "min-width:76px", "Date": "white-space:nowrap", "State": "word-break:normal"}

# By class: the style at the element, and what of it is different in the dark. Text and background always come
# together: a mail program that darkens one of the two would else leave black on black.
STYLES = {
    "page": (
        "margin:0;padding:0;background-color:#f3f4f6;color:#1c2026",
        "background-color:#121519;color:#e8eaed",
    ),
    "edge": ("padding:24px 12px;background-color:#f3f4f6;color:#1c2026", "background-color:#121519;color:#e8eaed"),
    "card": (
        "width:100%;max-width:600px;background-color:#ffffff;color:#1c2026;border-radius:8px",
        "background-color:#1d2126;color:#e8eaed",
    ),
    "inner": (
        (f"padding:24px;{FONT};font-size:16px;line-height:24px;text-align:left;"
        "background-color:#ffffff;color:#1c2026;border-radius:8px;word-break:break-word"),
        "background-color:#1d2126;color:#e8eaed",
    ),
    "title": (
        "margin:0 0 16px 0;font-size:22px;line-height:29px;font-weight:700;color:#1c2026",
        "color:#f4f5f7",
    ),
    "said": ("margin:0 0 14px 0;color:#1c2026", "color:#e8eaed"),
    "small": ("margin:0 0 8px 0;font-size:14px;line-height:20px;color:#5b6470", "color:#adb5bf"),
    "list": ("margin:0 0 14px 0;padding:0 0 0 22px;color:#1c2026", "color:#e8eaed"),
    "row": ("margin:0 0 4px 0", ""),
    "lines": ("width:100%;margin:0 0 16px 0;border-collapse:collapse;color:#1c2026", "color:#e8eaed"),
    "head": (
        ("padding:6px 10px 6px 0;text-align:left;vertical-align:bottom;font-size:13px;line-height:18px;"
        "font-weight:600;color:#5b6470;border-bottom:2px solid #d9dde3"),
        "color:#adb5bf;border-color:#444b54",
    ),
    "cell": (
        ("padding:8px 10px 8px 0;text-align:left;vertical-align:top;font-size:15px;line-height:21px;"
        "color:#1c2026;border-bottom:1px solid #e4e7eb"),
        "color:#e8eaed;border-color:#343a42",
    ),
    "when": ("margin:14px 0 4px 0;font-weight:600;color:#1c2026", "color:#e8eaed"),
    "command": (
        (f"margin:0 0 16px 0;padding:10px 12px;background-color:#f1f3f5;color:#1c2026;border-radius:6px;"
        f"{MONO};font-size:14px;line-height:20px;white-space:pre-wrap"),
        "background-color:#2a2f36;color:#f0f2f4",
    ),
    "code": (f"{MONO};background-color:#f1f3f5;color:#1c2026", "background-color:#2a2f36;color:#f0f2f4"),
    "leads": (
        (
            "display:inline-block;margin:2px 0;padding:6px 10px;background-color:#eef5fd;color:#0b5cad;"
            "border-radius:6px;font-size:15px;text-decoration:underline"
        ),
        "background-color:#1d2c3d;color:#8cc2ff",
    ),
    "letter": (
        "width:100%;margin:20px 0 8px 0;border:1px solid #d9dde3;border-collapse:separate;border-radius:8px",
        "border-color:#444b54",
    ),
    "about": ("padding:16px;background-color:#f8f9fa;color:#1c2026", "background-color:#23282e;color:#e8eaed"),
    "part": ("margin:0 0 6px 0;font-size:17px;line-height:24px;font-weight:700;color:#1c2026", "color:#f4f5f7"),
    "how": ("margin:0 0 12px 0;font-size:14px;line-height:20px;color:#5b6470", "color:#adb5bf"),
    "ways": ("margin:0", ""),
    "button": (
        ("display:inline-block;margin:0 8px 8px 0;padding:10px 16px;background-color:#0b5cad;color:#ffffff;"
        "border-radius:6px;font-size:15px;line-height:20px;font-weight:600;text-decoration:none"),
        "background-color:#1c6fc4;color:#ffffff",
    ),
    "quiet": (
        ("display:inline-block;margin:0 8px 8px 0;padding:9px 13px;background-color:#ffffff;color:#0b5cad;"
        "border:1px solid #b9c6d6;border-radius:6px;font-size:15px;line-height:20px;font-weight:600;"
        "text-decoration:none"),
        "background-color:#23282e;color:#8cc2ff;border-color:#4d5a69",
    ),
    "written": (
        ("padding:16px;border-top:1px solid #d9dde3;background-color:#ffffff;color:#1c2026;"
        "font-size:15px;line-height:22px;border-radius:0 0 8px 8px"),
        "background-color:#1d2126;color:#e8eaed;border-color:#444b54",
    ),
    "fields": ("margin:0 0 14px 0;color:#1c2026", "color:#e8eaed"),
    "body": ("margin:0;color:#1c2026", "color:#e8eaed"),
    "entry": ("margin:0 0 4px 0;color:#1c2026", "color:#e8eaed"),
    "words": ("margin:4px 0 14px 0;font-size:14px;line-height:20px;color:#5b6470", "color:#adb5bf"),
    "full": ("height:8px;line-height:8px;font-size:1px;background-color:#0b5cad", "background-color:#8cc2ff"),
    "rest": ("height:8px;line-height:8px;font-size:1px;background-color:#d9dde3", "background-color:#444b54"),
    "blank": ("background-color:#fff0b8;color:#1c2026", "background-color:#4d431c;color:#fff3cc"),
}  # fmt: skip


def html(page: Outline) -> str:
    """*page* as a whole HTML document."""
    colour, tint, *_ = ACCENTS[page.look]
    title = _tag("h1", "title", escape(page.title))
    blocks = "\n".join(_said(block, colour, tint) for block in page.blocks)
    inner = _tag("td", "inner", f"\n{title}\n{blocks}\n", f"border-top:5px solid {colour}", look="bar")
    card = _layout("card", f"<tr>{inner}</tr>")
    preview = f'<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{escape(page.preview)}</div>'
    edge = _layout("", f"<tr>{_tag('td', 'edge', card, align='center')}</tr>")
    # The language again, as some readers keep the body only.
    whole = f'<div role="article" aria-roledescription="email" lang="en">{edge}</div>'
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(page.title)}</title>\n<style>\n{_style(page.look)}</style>\n</head>\n"
        f"{_tag('body', 'page', f'{preview}{chr(10)}{whole}')}\n</html>\n"
    )


@cache
def _style(look: str) -> str:
    """What a style attribute cannot say; each rule has to win against the attribute."""
    _, _, colour, tint = ACCENTS[look]
    dark = {f".{name}": rules for name, (_, rules) in STYLES.items() if rules}
    dark |= {".bar": f"border-color:{colour}", ".next": f"background-color:{tint};color:#f4f5f7"}
    dark |= {".next, .bar": f"border-color:{colour}"}
    rules = "\n".join(f"  {name} {{{_winning(said)}}}" for name, said in dark.items())
    return (
        ":root {color-scheme:light dark;supported-color-schemes:light dark}\n"
        f"@media (prefers-color-scheme:dark) {{\n{rules}\n}}\n"
        "@media (max-width:480px) {\n  .edge {padding:0 !important}\n  .inner {padding:16px !important}\n"
        "  .card, .inner {border-radius:0 !important}\n}\n"
    )


def _winning(rules: str) -> str:
    return ";".join(f"{rule} !important" for rule in rules.split(";"))


def _tag(name: str, kind: str, content: str, more: str = "", *, look: str = "", **attributes: str) -> str:
    """An element in the style *kind*, and *more*. *content* is HTML; attributes are escaped here."""
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{_styled(kind, more, look)}{written}>{content}</{name}>"


@cache
def _styled(kind: str, more: str, look: str) -> str:
    style = ";".join(part for part in (STYLES[kind][0] if kind in STYLES else "", more) if part)
    said = {"class": f"{kind} {look}".strip(), "style": style}
    return "".join(f' {key}="{escape(value)}"' for key, value in said.items() if value)


def _layout(kind: str, rows: str) -> str:
    """A table that only lays out: screen readers do not announce it."""
    attributes = {"role": "presentation", "cellpadding": "0", "cellspacing": "0", "border": "0", "width": "100%"}
    return _tag("table", kind, rows, **attributes)


def _said(block: Block, colour: str, tint: str) -> str:
    match block:
        case Next():
            return _next(block, colour, tint)
        case Said():
            return _paragraph(block)
        case Rows():
            rows = "".join(_tag("li", "row", escape(row)) for row in block.rows)
            above = _tag("p", "when", escape(block.above)) if block.above else ""
            return above + _tag("ul", "list", rows)
        case Table():
            return _table(block)
        case Command():
            code = _tag("code", "code", escape(block.command))
            return f"{_tag('p', 'when', escape(block.when))}{_tag('pre', 'command', code)}"
        case Draft():
            return _draft(block)
        case Group():
            return _group(block)


def _next(block: Next, colour: str, tint: str) -> str:
    style = f"padding:12px 14px;background-color:{tint};color:#1c2026;border-left:4px solid {colour}"
    cell = _tag("td", "next", f"<strong>Next:</strong> {escape(block.text)}", style)
    return _layout("", f"<tr>{cell}</tr>") + '<div style="line-height:16px;font-size:16px">&nbsp;</div>'


def _paragraph(block: Said) -> str:
    label = f"<strong>{escape(block.label)}:</strong> " if block.label else ""
    said = escape(block.text)
    if block.href:
        said = _tag("a", "leads", said, href=block.href)
    return _tag("p", "small" if block.small else "said", f"{label}{said}")


def _table(table: Table) -> str:
    head = "".join(_tag("th", "head", escape(name), KEPT_WHOLE.get(name, ""), scope="col") for name in table.head)
    rows = "\n".join(_row(table.head, row) for row in table.rows)
    return _tag("table", "lines", f"\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n")


def _row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    cells = (
        _tag("td", "cell", escape(cell), KEPT_WHOLE.get(name, "")) for name, cell in zip(head, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _draft(draft: Draft) -> str:
    links = [
        _tag("a", "quiet" if place else "button", escape(label), href=href)
        for place, (label, href) in enumerate(draft.links)
    ]
    about = _tag("h2", "part", escape(f"Letter, {draft.state}")) + _tag("p", "how", escape(draft.how))
    about += _tag("p", "ways", "\n".join(links)) if links else ""
    fields = "<br>\n".join(f"<strong>{escape(name)}:</strong> {_marked(value)}" for name, value in draft.fields)
    body = "<br>\n".join(_indented(line) for line in draft.body.split("\n"))
    written = _tag("p", "fields", fields) + _tag("p", "body", body)
    rows = f"<tr>{_tag('td', 'about', about)}</tr>\n<tr>{_tag('td', 'written', written)}</tr>"
    return _layout("letter", rows)


def _group(group: Group) -> str:
    said = [_tag("h2", "part", escape(group.heading), "margin-top:24px")]
    said += [_tag("p", "said", escape(group.text))] if group.text else []
    said += [_table(group.dates)] if group.dates is not None else []
    return "".join([*said, *(_entry(entry) for entry in group.entries)])


def _entry(entry: Entry) -> str:
    """What is said of one grant, then its bar, then the bar in words: a screen reader passes over the bar."""
    said = _tag("p", "entry", f"<strong>{escape(entry.about)}</strong> · {escape(entry.said)}")
    bar = _bar(entry.share) if entry.share is not None else ""
    return said + bar + (_tag("p", "words", escape(entry.words)) if entry.words else "")


def _bar(share: float) -> str:
    """A bar that every mail program shows: two cells of a table, as wide as what is used and what is left."""
    used = filled(share, 100)
    widths = (("full", used), ("rest", 100 - used))
    cells = "".join(_tag("td", kind, "&nbsp;", width=f"{width}%") for kind, width in widths if width)
    return f'<div aria-hidden="true">{_layout("", f"<tr>{cells}</tr>")}</div>'


def _indented(line: str) -> str:
    text = line.lstrip(" ")
    return "&nbsp;" * (len(line) - len(text)) + _marked(text)


def _marked(text: str) -> str:
    """*text* with its blanks made visible: what a person fills in."""
    parts, end = [], 0
    for blank in _BLANK.finditer(text):
        parts += [escape(text[end : blank.start()]), _tag("span", "blank", escape(blank.group()))]
        end = blank.end()
    return "".join([*parts, escape(text[end:])])
