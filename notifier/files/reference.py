"""The reference of the rule language, made from what the program reads. ``make docs`` writes `docs/rules.md`.

What the program has as a table (fields, facts, lists, names in texts, limits) is taken from there. The examples
are kept here, and tests/docs reads each of them as the program does.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from notifier.core.builtin import SERVICE_PROGRAM
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.conditions.deadline import MOST_TIMES
from notifier.core.forecast import MOST_WEEKS
from notifier.core.language.grammar import MOST_CHARACTERS, MOST_LEVELS
from notifier.core.language.template import DATED, SPECIAL
from notifier.core.language.types import FUNCTIONS
from notifier.core.letter import FOLLOW_UP_AFTER
from notifier.core.timing import MOST_REMINDERS
from notifier.core.vocabulary import BUILT_IN, COLLECTIONS, POLLED_COUNTS_FOR, SERVICE, Collection, Fact
from notifier.files.facts import KINDS
from notifier.files.overrides import AMEND, STAYS
from notifier.files.rules import FIELDS, condition_class, condition_kinds
from notifier.files.texts import FILTERS, HEADERS, MOST_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HEAD = f"""\
# Rules

Made by `make docs` from what the program reads; edit the program, not this page.

A rules folder holds `*.yaml` files and `drafts/*.txt`. A file with `program:` describes a grant
program: its contacts, links, terms (`facts:`) and rules. A file without it holds a group's own
rules, for all accounts, whatever their programs. `program: {SERVICE_PROGRAM}` is the service itself.
`notifier check` names every mistake with its place. Edits are taken over while the service runs; a
faulty edit leaves the last good rules in force.

A rule has exactly one condition: {{conditions}}.
"""

STEPS = """\
`tell`, `draft` and `urgent` may begin at a step: `tell: [team, pi from 95%]`, `urgent: from 100%`.
"""

SUBJECTS = """\
A rule that asks a fact of the grant is judged for each grant of an account. One that asks nothing but
facts of the account (its members, its papers, its labels, what cannot be read, `account.credits_left`)
is judged once for the account, however many grants it has, and speaks for the newest of them. An
account without a grant is judged by a group's own rules of that kind.

With `for_each:` there is one alert for each item of a list, and the rule may name the item's facts:
`project.owner` in expressions, `{{ project.owner }}` in texts, `tell: [project.owner]` for whoever is
named there, by role, by name or by address. `for_each: grants` says what is so anyway where a rule asks
a grant's facts. Which lists there are stands [below](#lists). An item that is no longer in its list
closes its alert; while the list cannot be read, its alerts stand still.

The first known value of what `change:` watches is no change, and what it tells is over at once. `added
to <list>` and `removed from <list>` are judged for each item too: the first list that is known is no
change, and whoever joined while it could not be read is told when it can.

`applies_to:` asks labels and ids: `labels.team == "bots"`, `account_name == "lab"`. A label that nobody
wrote, or that says no, is none.
"""

TELLING = f"""\
- **`for`**: it must be so all this time before anybody is told. What cannot be read meanwhile does not
  end it. Hours and days are elapsed time; working days are the account's.
- **`repeat`**: what is open is said again, at the hour of telling; at most {MOST_REMINDERS} times where
  a number is given. A tighter step begins anew. Of several that were missed one is told.
- **`escalate`**: what nobody has answered is passed on to one role after the other. Whoever it was passed
  on to hears everything from then on.
- **`per`**: a new day, week or month closes silently what the old one crossed, and tells anew. Costs count
  for the period in which they were read, everything else by the account's own clocks.
- **`clear`**: where the first level counts as gone, if not a tenth behind it.
- Somebody who says `notifier ack` stops reminders and passing on, until that lapses or a tighter step
  comes; `notifier snooze` holds everything but the resolution.
"""

RECURRING = """\
`deadline: every 3 months after accepted_on` comes again and again; the date itself is no occurrence.
Of the occurrences whose first step has come the newest is judged. A date in `unless` answers the
occurrence that it lies nearest to; anything else that is yes answers all. Without `unless` an
occurrence closes a day after its last step, and in any case when the next one begins.
"""

# Examples of expressions, each with its meaning; what stands in backticks is an expression, or an operator.
EXPRESSIONS: dict[str, str] = {
    "`3 weeks`, `2w`, `P3W`, `12 months`, `5 working days`": "a duration; months clamp to the end of the month",
    '`200 USD`, `80%`, `3`, `2026-11-22`, `"text"`, `yes`': "an amount, a share, a number, a date, a text, a yes",
    "`3 weeks after accepted_on`, `2 weeks before credits_expire_on`": "a date moved by a duration",
    "`+ - * /`": "on numbers and amounts; a bare number beside an amount is in the account's currency",
    "`== != < <= > >=`": "a comparison; with none it is no (`!=` is the opposite of `==`)",
    '`"gpt-4" in granted_models`, `"gpt-4" not in granted_models`': "whether a text is in a list of texts",
    "`and or not`": "yes and no; a bare fact is yes when it has a value that is not zero, empty or no",
    '`labels.team == "bots"`': "a label of the account, a text",
    "`grant.renewed_by`, `account.organization`": "may say whose fact is meant; the prefix must fit",
}

# The functions by the name that mistakes call them by.
CALLS: dict[str, tuple[str, str]] = {
    "earliest of": (
        "`earliest of research_ends_on, credits_expire_on`",
        "of several dates; none is left out, and unread makes the result unread",
    ),
    "latest of": (
        "`latest of read_on(credits_left), credits_granted_on`",
        "the same, of the last one",
    ),
    "any(…)": (
        "`any(members, member.is_service_account)`, `any(members)`",
        "whether one item of a list is so, or there is one; facts of the grant and the account may stand beside",
    ),
    "count(…)": (
        "`count(members, not member.is_service_account)`",
        "how many are so; without a question: how many there are",
    ),
    "spend(…)": (
        "`spend(last 30 days)`, `spend(yesterday)`, `spend(this month)`, `spend(since accepted_on)`",
        "what was spent, by UTC days; the day of the reading counts in the last two; of an item: `key.spend(…)`",
    ),
    "read_on(…)": ("`read_on(credits_left)`", "the day on which a fact was last observed"),
}

TRUTH = f"""\
A fact is a **value**, **none** (its owner says there is none, or nobody has recorded it) or
**unread** (its source failed or never answered, or its last value is too old). Arithmetic with none
gives none, and none fires nothing. Unread makes the answer unknown unless the rest decides it; what
is unknown never resolves an alert.

There is no `today`: `starting`, `ending` and the conditions say when. That keeps the moment of the
next change computable. An expression may have {MOST_CHARACTERS:,} characters and nest {MOST_LEVELS} deep.
"""

TIME = f"""\
A step comes at `tell_at` (09:00 unless the account sets it) of its day in the account's zone. The
last step before a deadline, or on it, that falls on a closed day of the account's calendar comes on
the last working day before. `every week after, 4 times` are as many steps, at most {MOST_TIMES}. After
downtime only the tightest step that has come is told. Steps before a grant's `enrolled_on` count as
passed; what they leave open is said in one message. A level of a threshold is told again only after
the value went back by a tenth of it, or past `clear`. Without `unless` and `ending`, a deadline closes
a day after its last step.
"""

DRAFTS = f"""\
`drafts/<name>.txt`: header lines, an empty line, the body. The headers are {{headers}}: `To:` an
address, or `Open:` a page on which to paste the text, and `Follow-up: 10 working days, <draft>` for what
is sent if no answer comes ({FOLLOW_UP_AFTER} if nothing is said). At most {MOST_WORDS} words. The body may name
every fact, `{{{{ organization }}}}`, and those of an item, `{{{{ letter.sent_on }}}}`; it may ask
`{{% if use_case %}}`, compare, and change letters with {{filters}}; nothing else. A fact without a value
stands there as a visible blank, `[organization id: Settings, Organization, General]`. The service sends no
letter: a person does, and says so with `notifier sent`, and with `notifier answered` when the answer
came.

A rule with `for_each: letters` comes with the letter that the `Follow-up:` of the letter in question
names, and where that names none with its own `draft:`.
"""

OTHERWISE = f"""\
A shipped rule stays as it is shipped, so that its file can be upgraded. What it should do otherwise is
said in a rules file of one's own:

| field | form and meaning |
|---|---|
| `{AMEND}` | the rule, `<program>/<id>` |
| `because` | why; always needed |
| `off` | `true`: the rule does not apply at all; what it had found closes |
| any other field of the rule | stands in the place of the rule's own; `{STAYS}` stays: the alert is known by it |

Amendments hold in the order in which they are read: file by file by name, each from top to bottom. A value
that begins at a step which is gone begins at the next tighter one. What one account does otherwise
stands in the accounts file, as `overrides:` of the account, and comes after all amendments; `paused:` of an
account, a grant or a project judges and shows everything and tells what is urgent: see
[accounts.md](accounts.md).
"""

FORECASTS = f"""\
What is polled counts for {POLLED_COUNTS_FOR // SECONDS_A_DAY} days after it was read, and is unread then;
what people declare or record counts until they say otherwise. Several grants of an account share one pool:
of the batches that hold on a day the earliest to expire is used first.

What is left of a grant is what the newest balance says. One that a person read is taken on: what was spent
since then is subtracted: nothing until costs are read after it, and then those of its whole UTC day,
also what was spent before it was read. One that the provider tells is what is left: `granted_balance`; else
`balance` less `paid_balance`; else `balance` where the accounts file says `paid_method: no`. Of several grants
or batches the last to expire keep it. Without a balance, what was granted less what was spent since is left.
`balance_drift` is how far the balance and the costs are apart.

The usual daily spend is worked out from the closed whole weeks that were read, at most the last {MOST_WEEKS},
as [forecast.md](forecast.md) says; `pace_change` is how many times a usual week the last seven closed days
cost. `runway`, `runs_out_on` and `unused_at_end` follow from the usual day and move only when a reading
comes; the range beside each is meant to hold four times in five. An item's `share` is that of the last
seven closed days which its reading and the account's both have.

`credits_hint` is no knowledge: that something was spent though nothing but credits could pay, or what a
small request came to. Texts may show it; no expression can ask it, so it decides nothing.
"""

LISTS = """\
`for_each:`, `any(…)` and `count(…)` name a list; expressions and texts name a fact of an item by the
name in the first column. People record one as `papers/review-bots/submitted_on`.
"""

ADDED = """\
A rules file may add to them under `facts:`

| form | meaning |
|---|---|
| `write_after: {default: 3 weeks}` | a term of the program; what a grant states under `terms:` wins |
| `access_ends_on: {is: "earliest of …"}` | a formula; it may use the facts that stand before it |
| `summary_submitted_on: {type: date, ask: "When …?"}` | a question to a person, answered with `notifier record` |
"""

PAPER = ("field", "form and meaning")


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join([*_fields(), *_language(), *_words(), *_known()])


def _fields() -> Iterator[str]:
    kinds = [kind.rstrip("_") for kind in condition_kinds()]
    yield HEAD.replace("{conditions}", _either([f"`{kind}`" for kind in kinds]))
    yield f"## Fields\n\n{_table(PAPER, FIELDS.items())}"
    for kind in condition_kinds():
        yield f"\n### `{kind.rstrip('_')}`\n\n{_table(PAPER, condition_class(kind).fields.items())}"
    yield f"\n{STEPS}\n## Of what it is judged\n\n{SUBJECTS}\n## When it is told\n\n{TELLING}"


def _language() -> Iterator[str]:
    calls = [CALLS[name] for name in FUNCTIONS]
    yield f"## Expressions\n\n{_table(('form', 'meaning'), [*EXPRESSIONS.items(), *calls], code=False)}"
    yield f"\n{TRUTH}\n## Time\n\n{TIME}\n{RECURRING}"


def _words() -> Iterator[str]:
    dated = _either([f"`{name}`" for name in SPECIAL if name in DATED], "and")
    yield "## Texts and drafts\n\n`title`, `say` and `next` may name every fact, `{{ accepted_on }}`, those of the"
    yield f"item that is judged, `{{{{ paper.title }}}}`, and ({dated} where the rule judges a date):\n"
    yield _table(("name", "meaning"), SPECIAL.items())
    headers = _either([f"`{header}:`" for header in HEADERS], "and")
    drafts = _wrapped(DRAFTS.replace("{headers}", headers).replace("{filters}", _either(FILTERS, "and")))
    yield f"\n{drafts}\n## Shipped rules, otherwise\n\n{OTHERWISE}"


def _known() -> Iterator[str]:
    yield f"## Facts\n\n{_facts(BUILT_IN)}\n\n{FORECASTS}\n{ADDED}"
    yield f"The types are {_either([f'`{kind}`' for kind in KINDS], 'and')}.\n\n## Lists\n\n{LISTS}"
    own = {fact.items.name for fact in SERVICE if fact.items is not None}
    yield "\n".join(_list(each) for each in COLLECTIONS.values() if each.name not in own)
    yield "## The service itself\n"
    yield f"The account `{SERVICE_PROGRAM}` has the facts that every account has, and these. Who hears is the role"
    yield "`operator`.\n"
    yield _facts([fact for fact in SERVICE if fact not in BUILT_IN])
    yield "\n" + "\n".join(_list(each) for each in COLLECTIONS.values() if each.name in own).rstrip()
    yield ""


def _wrapped(text: str) -> str:
    """Paragraphs in lines of one length, whatever the names in them made of it."""
    return "\n\n".join(fill(paragraph, 110, break_on_hyphens=False) for paragraph in text.split("\n\n")) + "\n"


def _either(words: Sequence[str], joint: str = "or") -> str:
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]], *, code: bool = True) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    lines += [f"| {f'`{name}`' if code else name} | {meaning} |" for name, meaning in rows]
    return "\n".join(lines)


def _facts(facts: Iterable[Fact]) -> str:
    """Those that a text can name; of the others the page says how they are asked."""
    lines = ["| fact | type | of | owner | where a person finds it |", "|---|---|---|---|---|"]
    for fact in facts:
        if fact.kind.is_told:
            of = "grant" if fact.grant else "account"
            lines.append(f"| `{fact.name}` | {fact.kind} | {of} | {fact.owner} | {fact.where} |")
    return "\n".join(lines)


def _list(collection: Collection) -> str:
    of = "grant" if collection.grant else "account"
    lines = [f"### `{collection.name}` of the {of}\n", "| fact | type | owner | what it is |", "|---|---|---|---|"]
    for fact in collection.facts:
        name = collection.named(fact.name) if fact.kind.is_told else f"{collection.one}.spend(…)"
        lines.append(f"| `{name}` | {fact.kind} | {fact.owner} | {fact.where} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201  what `make docs` redirects into the page
