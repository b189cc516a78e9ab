"""``notifier render``: the message of a rule about an account, as a channel would tell it. Nothing is sent."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from io import StringIO
from shlex import quote
from typing import TYPE_CHECKING

import click
from rich.console import Console as Terminal

from notifier.channels.console import panel
from notifier.commands.case import case_of, rule_of
from notifier.commands.common import called, moment, stop
from notifier.commands.known import configured, where
from notifier.core.audience import audience
from notifier.core.audience import said as role_said
from notifier.core.vocabulary import suggestion
from notifier.core.words import plain, say_list
from notifier.files.positions import shown
from notifier.flow.finding import OpenAlert, judged, question_of, said
from notifier.ports import Post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.message import Answer, Message
    from notifier.core.rule import Rule
    from notifier.flow.finding import Case

SENDER = "notifier <notifier@example.edu>"  # while nobody has set one
SOMEBODY = "mailto:somebody@example.edu"
WIDEST = 100


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options; *form* is text, slack or email."""

    grant: str | None = None
    step: str | None = None
    form: str = "text"
    to: str | None = None
    now: str | None = None
    save: Path | None = None
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False

    def typed(self, answer: Answer) -> str:
        """The command that gives *answer*, as one types it here."""
        given = {"rules": self.rules, "accounts": self.accounts, "state": self.state}
        same = "".join(f" --{name} {quote(str(path))}" for name, path in given.items() if path is not None)
        return f"{called()} {answer.verb}{' --demo' if self.demo else same} {answer.rest}".rstrip()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is shown, and what a file of it holds."""

    shown: str
    content: bytes


def render(rule: str, account: str, options: Options) -> None:
    """Show what *rule* says about *account* now, at one step of it; with *save* write it to a file too."""
    now = moment(options.now)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    case = case_of(places, account, options.grant, now, demo=options.demo)
    found = rule_of(case, rule)
    alert = _alert(case, found, options.step)
    message = said(case, alert)
    if message.letter is None and found.draft.last_at(found.policy.rank(alert.step)):
        click.echo("The letter is left out, because it cannot be filled: `check` says why.", err=True)
    post = _post(case, alert, message, options.to)
    rendered = FORMS[options.form](post, options)
    click.echo(rendered.shown)
    if options.save is not None:
        save(options.save, rendered.content)
    click.echo("Only shown: nothing was sent.", err=True)


# -- what is meant -----------------------------------------------------------------------------------------------


def _alert(case: Case, rule: Rule, step: str | None) -> OpenAlert:
    """The alert of *rule* at *step*: as it is open now, or as it would open."""
    ladder = rule.condition.ladder
    wanted = None if step is None else rule.condition.named(step)
    if wanted is not None and wanted not in ladder:
        near = suggestion(wanted, ladder) or f"; there are {say_list(list(ladder))}"
        stop(f"`{rule.id}` has no step `{wanted}`{near}")
    opened = next((alert for alert in judged(case)[0] if alert.rule.id == rule.id), None)
    if opened is not None and wanted in (None, opened.step):
        return opened
    chosen = wanted if wanted is not None else next(iter(ladder), "")
    asked = question_of(case, rule)
    verdict = asked.judge(asked.facts.values, case.scene.now)
    return OpenAlert(asked, chosen, verdict.anchor, None, (), silent=False, urgent=False, pressing=False)


def _post(case: Case, alert: OpenAlert, message: Message, to: str | None) -> Post:
    """The message as the first post of its alert; the same command always gives the same one."""
    account, rule = case.scene.account, alert.rule
    key = f"{rule.id}|{account.id}|{case.grant.id}|1|1|render"
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    hears = audience(account, rule, rule.policy, alert.step, case.scene.ways).roles
    address = to or _inbox(account, hears)
    return Post(key, message, address, name, name, message.title, since=case.scene.now)


def _inbox(account: Account, roles: Sequence[str]) -> str:
    """The first address of mail of those who hear it."""
    heard = [person for role, person in account.people.items() if role_said(role) in roles]
    return next((each for person in heard for each in person.reach if each.startswith("mailto:")), SOMEBODY)


# -- the forms ---------------------------------------------------------------------------------------------------


def as_text(post: Post, options: Options) -> Rendered:
    """As the console shows it, with what one would type to answer it."""
    terminal = Terminal(file=StringIO(), width=min(Terminal().width, WIDEST), color_system=None, highlight=False)
    with terminal.capture() as written:
        terminal.print(panel(post.message, width=terminal.width))
    lines = [written.get().rstrip("\n")]
    for answer in post.message.answers:
        when = answer.when if answer.when.endswith("?") else f"{answer.when}:"
        lines += [f"  {plain(when)}", f"    {plain(options.typed(answer))}"]
    text = "\n".join(lines)
    return Rendered(text, f"{text}\n".encode())


def as_slack(post: Post, options: Options) -> Rendered:
    """What Slack would be given: the text of a notification, and blocks."""
    from notifier.channels.slack.blocks import blocks, notification  # noqa: PLC0415  each form loads what it needs

    to = {"channel": options.to.removeprefix("slack:")} if options.to else {}
    payload = {**to, "text": notification(post.message), "blocks": blocks(post.message, options.typed)}
    text = json.dumps(payload, ensure_ascii=False, indent=2)
    return Rendered(text, f"{text}\n".encode())


def as_email(post: Post, options: Options) -> Rendered:
    """The mail: its headers, its text and the names of its files are shown, a file holds all of it."""
    from notifier.channels.mail.address import read_sender  # noqa: PLC0415  each form loads what it needs
    from notifier.channels.mail.mime import mail  # noqa: PLC0415

    said_sender = "" if options.demo else configured().mail_from
    try:
        made = mail(post, read_sender(said_sender or SENDER), options.typed)
    except ValueError as error:
        stop(f"--to: {error}")
    head = [f"{name}: {plain(str(value))}" for name, value in made.items()]
    body = made.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    files = [f"[attached: {plain(str(part.get_filename()))}]" for part in made.iter_attachments()]
    return Rendered("\n".join([*head, "", *map(plain, text.rstrip().split("\n")), *files]), bytes(made))


FORMS = {"text": as_text, "slack": as_slack, "email": as_email}


def save(path: Path, content: bytes) -> None:
    """Write a rendered message to *path*; ends if that cannot be done."""
    try:
        path.write_bytes(content)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}")
    click.echo(shown(f"Written to {path}."), err=True)
