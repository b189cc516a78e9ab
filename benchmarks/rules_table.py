"""The table of all rules: a case that tells, the cases that are silent, and the message as it reads. Markdown.

    python -m benchmarks.rules_table [--book shipped|own|examples] [--form text|slack|email] [WORD ...]

The cases are those of ``tests/rules/cases``, played as the tests play them; WORD chooses rules by a part of their
id.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from notifier.channels.console import panel
from notifier.channels.mail.address import Sender
from notifier.channels.mail.mime import mail
from notifier.channels.slack.blocks import blocks, notification
from notifier.ports import Post
from tests.rules.casebook import cases, play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from notifier.core.message import Answer, Message
    from tests.rules.casebook import Case

WIDTH = 100
BOOKS = ("shipped", "own", "examples")


def typed(answer: Answer) -> str:
    """The command that gives *answer*."""
    return f"notifier {answer.verb} {answer.rest}".rstrip()


def text(message: Message) -> str:
    """As the console shows it."""
    terminal = Console(file=StringIO(), width=WIDTH, color_system=None, highlight=False)
    with terminal.capture() as written:
        terminal.print(panel(message, width=WIDTH))
    answers = [f"  {answer.when}: {typed(answer)}" for answer in message.answers]
    return "\n".join([written.get().rstrip("\n"), *answers])


def slack(message: Message) -> str:
    """What Slack would be given."""
    payload = {"text": notification(message), "blocks": blocks(message, typed)}
    return json.dumps(payload, ensure_ascii=False, indent=2)


def email(message: Message) -> str:
    """The text of the mail, below its subject."""
    post = Post("a|b|c|1|1|render", message, "mailto:a.researcher@example.edu", "0" * 32, "0" * 32, message.title)
    made = mail(post, Sender("notifier", "notifier@example.edu"), typed)
    body = made.get_body(("plain",))
    return f"Subject: {made['Subject']}\n\n{body.get_content().rstrip() if body is not None else ''}"


FORMS: dict[str, Callable[[Message], str]] = {"text": text, "slack": slack, "email": email}


def table(book: str, words: Sequence[str], form: Callable[[Message], str]) -> Iterator[str]:
    """A row for each rule, and below it the first message that it told."""
    by_rule: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases():
        if case.book == book and (not words or any(word in case.rule for word in words)):
            by_rule[case.rule].append(case)
    yield f"# {book}: {len(by_rule)} rules"
    for rule, found in by_rule.items():
        yield f"\n## {rule}\n"
        yield "| case | what was told |\n|---|---|"
        shown: Message | None = None
        for case in found:
            with TemporaryDirectory() as folder:
                heard = play(case, Path(folder))
            shown = shown or next((each.message for each in heard), None)
            wrong = "" if [each.told for each in heard] == list(case.tells) else " (expected otherwise)"
            yield f"| {case.name} | {', '.join(each.told for each in heard) or 'nothing'}{wrong} |"
        yield f"\n```\n{form(shown)}\n```" if shown is not None else "\nNever told."


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The table of all rules, as Markdown.")
    parser.add_argument("words", nargs="*", metavar="WORD", help="rules whose id has this in it")
    parser.add_argument("--book", choices=BOOKS, default="shipped")
    parser.add_argument("--form", choices=list(FORMS), default="text")
    asked = parser.parse_args(arguments)
    for line in table(asked.book, asked.words, FORMS[asked.form]):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
