"""The reference of the rule language, made from what the program reads. ``make docs`` writes `docs/rules.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.language.template import SPECIAL
from notifier.core.vocabulary import BUILT_IN, Fact
from notifier.files.rules import FIELDS, condition_class, condition_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = """\
# Rules

Made by `make docs` from what the program reads; edit the program, not this page.

A rules folder holds `*.yaml` files and `drafts/*.txt`. A file with `program:` describes a grant
program: its contacts, links, terms (`facts:`) and rules. A file without it holds a group's own
rules, for the grants of every program. `notifier check` names every mistake with its place. Edits
are taken over while the service runs; a faulty edit leaves the last good rules in force.

A rule has exactly one condition, `deadline` or `threshold`.
"""

EXPRESSIONS: dict[str, str] = {
    "`3 weeks`, `2w`, `P3W`, `12 months`, `5 working days`": "a duration; months clamp to the end of the month",
    '`200 USD`, `80%`, `3`, `2026-11-22`, `"text"`': "an amount, a share, a number, a date, a text",
    "`write_after after accepted_on`, `2 weeks before access_ends_on`": "a date moved by a duration",
    "`earliest of a, b, c`, `latest of a, b`": "of several dates; those that are none are left out",
    "`+ - * /`": "on numbers and amounts; a bare number beside an amount is in the account's currency",
    "`== != < <= > >=`": "a comparison; with none it is no (`!=` is the opposite of `==`)",
    '`"gpt-4" in granted_models`, `not in`': "whether a text is in a list",
    "`and`, `or`, `not`": "yes and no; a bare fact is yes when it has a value that is not zero, empty or no",
}

TRUTH = """\
A fact is a **value**, **none** (its owner says there is none, or nobody has recorded it) or
**unread** (its source failed or never answered, or its last value is too old). Arithmetic with none
gives none, and none fires nothing. Unread makes the answer unknown unless the rest decides it; what
is unknown never resolves an alert.

There is no `today`: `starting`, `ending` and the conditions say when. That keeps the moment of the
next change computable.
"""

TIME = """\
A step comes at `tell_at` (09:00 unless the account sets it) of its day in the account's zone. The
last step before a deadline, or on it, that falls on a closed day of the account's calendar comes on
the last working day before. After downtime only the tightest step that has come is told. Steps
before a grant's `enrolled_on` count as passed; what they leave open is said in one message. A level
of a threshold is told again only after the value went back by a tenth of it, or past `clear`.
Without `unless` and `ending`, a deadline closes a day after its last step.
"""

DRAFTS = """\
`drafts/<name>.txt`: header lines `To:` (an address) or `Open:` (a page on which to paste the text),
`Cc:`, `Subject:`, `Follow-up:`, an empty line, the body. At most 150 words. The body may name every
fact, `{{ organization }}`, and ask `{% if use_case %}`; it may compare, and change letters with
capitalize, default, lower, title, trim and upper; nothing else. A fact without a value stands there
as a visible blank, `[organization id: Settings, Organization, General]`. The service sends no
letter: a person does.
"""

ADDED = """\
A rules file may add to them under `facts:`

| form | meaning |
|---|---|
| `write_after: {default: 3 weeks}` | a term of the program; what a grant states under `terms:` wins |
| `access_ends_on: {is: "earliest of …"}` | a formula; it may use the facts that stand before it |
| `summary_submitted_on: {type: date, ask: "When …?"}` | a question to a person, answered with `notifier record` |
"""


def reference() -> str:
    """The whole page, in Markdown."""
    parts = [HEAD, "## Fields\n", _table(("field", "form and meaning"), FIELDS.items())]
    for kind in condition_kinds():
        own = condition_class(kind).fields
        parts += [f"\n### `{kind.rstrip('_')}`\n", _table(("field", "form and meaning"), own.items())]
    parts += [
        "\n`tell`, `draft` and `urgent` may begin at a step: `tell: [team, pi from 95%]`, `urgent: from 100%`.\n",
        "\n## Expressions\n",
        _table(("form", "meaning"), EXPRESSIONS.items(), code=False),
        f"\n{TRUTH}\n## Time\n\n{TIME}\n## Texts and drafts\n",
        "\n`title`, `say` and `next` may name every fact, `{{ accepted_on }}`, and:\n",
        _table(("name", "meaning"), SPECIAL.items()),
        f"\n{DRAFTS}\n## Facts\n",
        _facts(BUILT_IN),
        f"\n{ADDED}",
    ]
    return "\n".join(parts)


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]], *, code: bool = True) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    lines += [f"| {f'`{name}`' if code else name} | {meaning} |" for name, meaning in rows]
    return "\n".join(lines)


def _facts(facts: Iterable[Fact]) -> str:
    lines = ["| fact | type | of | owner | where a person finds it |", "|---|---|---|---|---|"]
    for fact in facts:
        of = "grant" if fact.grant else "account"
        lines.append(f"| `{fact.name}` | {fact.kind} | {of} | {fact.owner} | {fact.where} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201  what `make docs` redirects into the page
