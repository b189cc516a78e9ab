"""The commands and their options. Each command's work is in `notifier.commands`, imported when it is called.

Exit codes: 0 done · 1 mistakes in files that people edit · 2 the command cannot be carried out as given.
"""

from __future__ import annotations

import re
import sys
from io import TextIOWrapper
from pathlib import Path

import click

ACCOUNTS = click.option("--accounts", type=click.Path(path_type=Path), help="The accounts file [accounts.yaml].")
RULES = click.option("--rules", type=click.Path(path_type=Path), help="The rules folder [the shipped one].")
STATE = click.option("--state", type=click.Path(path_type=Path), help="Folder of the service's database [state].")
NOW = click.option("--now", metavar="TIME", help="Pretend it is this time: 2026-11-22 or 2026-11-22T14:05Z.")
DEMO = click.option("--demo", is_flag=True, help="On the demo's simulated grants.")
BELOW_ZERO = re.compile(r"-[.\d]")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version="0.1.0", prog_name="notifier")
def main() -> None:
    """Tell a research group, once and in time, what its grant of API credits asks of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows `?` for it


@main.command()
@RULES
@ACCOUNTS
@STATE
@click.option("--demo", is_flag=True, help="On simulated grants; ignores settings and accounts, reaches nobody.")
@click.option("--speed", metavar="SPEED", help="With --demo: play a grant's year, at 1day/s, 6h/s or 1week/s.")
def run(rules: Path | None, accounts: Path | None, state: Path | None, *, demo: bool, speed: str | None) -> None:
    """Watch the accounts, judge them by the rules, tell the right person."""
    from notifier.commands.run.command import run as command

    command(rules, accounts, state, demo=demo, speed=speed)


@main.command()
@RULES
@ACCOUNTS
@STATE
def once(**options: object) -> None:
    """Do what is due now and end, for cron: read the accounts, judge them, tell the right person.

    Exit codes: 0 everything was read and told; 1 mistakes in files that people edit (the accounts without one were
    looked after); 2 the command cannot be carried out as given; 3 something could not be read or told, or waits
    for a person.
    """
    from notifier.commands.once import Options
    from notifier.commands.once import once as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("folder", default="group", type=click.Path(path_type=Path))
@click.option("--id", "account", metavar="ACCOUNT", help="What to call your account [lab].")
@click.option("--zone", metavar="ZONE", help="Your time zone, such as Europe/Berlin [this machine's].")
@click.option("--pi-name", metavar="NAME", help="Name of the PI, who signs the letters.")
@click.option("--pi-address", metavar="ADDRESS", help="Email address of the PI.")
@click.option("--team", metavar="WHERE", help="The team's channel or address, such as #lab-grants.")
@click.option("--affiliation", metavar="TEXT", help="Institution and group, for the letters.")
@click.option("--yes", is_flag=True, help="Take the defaults without asking.")
def init(folder: Path, **options: object) -> None:
    """Set up FOLDER [group] for your own grants: rules, an accounts file, and .env beside it."""
    from notifier.commands.init.command import Options
    from notifier.commands.init.command import init as command

    command(folder, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@ACCOUNTS
@NOW
def check(folder: Path | None, accounts: Path | None, now: str | None) -> None:
    """Find every mistake in the rules of FOLDER, their drafts, and the accounts file."""
    from notifier.commands.check import check as command

    command(folder, accounts, now)


@main.command()
@click.argument("file", metavar="FILE|FOLDER|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--id", "account", metavar="ACCOUNT", help="What to call the account, such as lab [asked].")
@click.option("--grant", metavar="ID", help="What to call the grant [the year of its acceptance].")
@click.option("--accepted-on", metavar="DATE", help="The day, where the mail lost its head; of several: which.")
@click.option("--zone", metavar="ZONE", help="Where the mail is read, such as Europe/Berlin [asked].")
@click.option("--update", is_flag=True, help="Change what the accounts file says otherwise.")
@click.option("--yes", is_flag=True, help="Write without asking anything.")
@RULES
@ACCOUNTS
@NOW
def enroll(file: Path, account: str | None, **options: object) -> None:
    """Read the acceptance mail in FILE and add its grant to the accounts file.

    The mail may be saved as .eml, .mbox, or its text; forwarded or not. Of a FOLDER every file is read, and each
    account is named after its file unless --id names one. `-` reads standard input.
    """
    from notifier.commands.enroll.command import enroll as command
    from notifier.commands.enroll.enrolling import Options

    command(file, account, Options(**options))  # type: ignore[arg-type]  # click has checked each


LIST = """\b
Columns of the list:
  account            its id, or a name that an id is made of      needed
  accepted_on        2026-03-31, or 31.03.2026                    needed
  program            needed where several programs are known
  grant              its id [the year of acceptance]
  accepted_address   the address that was accepted
  credits_requested  5000 USD
  use_case           what the API is for, in one sentence
  research_ends_on   a date
  organization       id of the API organization: org-abc123
  affiliation        institution, as letters name it
  pi_name            who signs letters
  pi_position        their position
  pi_email           where they are reached [accepted_address]
  team               an address or a #channel, or several
  time_zone          Europe/Berlin [as the accounts file says]
  currency           EUR [as the accounts file says]
  key_env            name of the variable with the admin key
  label.X            the account's label X: label.department
"""


@main.command(name="import", epilog=LIST)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--update", is_flag=True, help="Change what the accounts file says otherwise.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@RULES
@ACCOUNTS
@NOW
def import_(file: Path, **options: object) -> None:
    """Add the grants of an office's list: a CSV file with a row for each.

    The first row names the columns, in any order. An empty cell says nothing.

    Rows that cannot be used are named and left out. Exit code 1 says that there were such rows.
    """
    from notifier.commands.import_ import Options
    from notifier.commands.import_ import import_ as command

    command(file, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.option("--account", metavar="ACCOUNT", multiple=True, help="Only this account, or grant: lab, lab/2026.")
@click.option("--from", "since", metavar="DATE", help="Only from this day on [the grant's beginning].")
@click.option("--until", metavar="DATE", help="Only through this day [the grant's end].")
@click.option("--if", "suppose", metavar="FACT=VALUE", multiple=True,
              help='Suppose this: "credits_granted=1000 USD on 2026-12-04".')  # fmt: skip
@click.option("--ics", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
              help="Also write a calendar file to import (- for standard output).")  # fmt: skip
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="As text or JSON [text].")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def timeline(**options: object) -> None:
    """Show what will be told over each grant's whole life, when, to whom, with which letter."""
    from notifier.commands.timeline.command import Options
    from notifier.commands.timeline.command import timeline as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


class WithNumbers(click.Command):
    """A command to which `-5` is a value: no option begins with a digit."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave numbers below zero to the command."""
        ctx.ignore_unknown_options = any(BELOW_ZERO.match(each) for each in args)
        return super().parse_args(ctx, args)


@main.command(cls=WithNumbers)
@click.argument("account")
@click.argument("fact", required=False)
@click.argument("value", nargs=-1)
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--on", metavar="DATE", help="The day of it, where it has one [today, unless it is known].")
@click.option("--undo", is_flag=True, help="Take back what people recorded last of FACT; what was before counts.")
@STATE
@RULES
@ACCOUNTS
@DEMO
def record(account: str, fact: str | None, value: tuple[str, ...], **options: object) -> None:
    """Record what you see: FACT of ACCOUNT is VALUE, such as `lab credits_granted 1000 USD`.

    Without FACT: list what is recorded of ACCOUNT, and what can be. A date may be `today` or `yesterday`. The
    newest observation counts, be it yours or the accounts file's; the file itself is never written.
    """
    from notifier.commands.record.command import Options
    from notifier.commands.record.command import record as command

    command(account, fact, value, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("account")
@click.argument("letter")
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--on", metavar="DATE", help="The day on which it was sent [today].")
@click.option("--by", metavar="NAME", help="Who sent it [you].")
@click.option("--undo", is_flag=True, help="Take back that it was sent.")
@STATE
@RULES
@ACCOUNTS
@DEMO
def sent(account: str, letter: str, **options: object) -> None:
    """Say that you sent a letter that was drafted for you, such as `lab credits-not-allocated`.

    If no answer is recorded within the days that its draft names, the follow-up is offered. The service itself
    never sends a letter.
    """
    from notifier.commands.letters import Options
    from notifier.commands.sent import sent as command

    command(account, letter, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("account")
@click.argument("letter")
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--on", metavar="DATE", help="The day on which the answer came [today].")
@click.option("--undo", is_flag=True, help="Take back that an answer came.")
@STATE
@RULES
@ACCOUNTS
@DEMO
def answered(account: str, letter: str, **options: object) -> None:
    """Say that the answer to a letter came: no follow-up is offered."""
    from notifier.commands.answered import answered as command
    from notifier.commands.letters import Options

    command(account, letter, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("number", type=int, required=False)
@STATE
@RULES
@ACCOUNTS
@DEMO
def release(number: int | None, **options: object) -> None:
    """Tell what an edit would tell and what is held since: under NUMBER, or all of it."""
    from notifier.commands.held import Options, answer

    answer("release", number, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("what", metavar="[NUMBER|D17|DESTINATION]", required=False)
@STATE
@RULES
@ACCOUNTS
@DEMO
def drop(what: str | None, **options: object) -> None:
    """Never tell what is held since an edit: under NUMBER, or all of it; or deliveries that cannot be told.

    These are one by its name, such as D17, or all that failed at a DESTINATION, such as slack:#lab-grants.
    """
    from notifier.commands.held import Options, answer

    given = Options(**options)  # type: ignore[arg-type]  # click has checked each
    if what is None or what.isdecimal():
        answer("drop", int(what) if what else None, given)
    else:
        from notifier.commands.redeliver import drop as command

        command(what, given)


@main.command()
@click.argument("what", metavar="D17|DESTINATION")
@STATE
@RULES
@ACCOUNTS
@DEMO
def retry(what: str, **options: object) -> None:
    """Tell again what was given up, or what fails and waits: one delivery, or all of a destination."""
    from notifier.commands.held import Options
    from notifier.commands.redeliver import retry as command

    command(what, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.option("--destination", metavar="ADDRESS", help="Only what goes there, such as slack:#lab-grants.")
@click.option("--all", is_flag=True, help="Also everything that was told long ago.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="Text, or one JSON document.")
@STATE
@RULES
@ACCOUNTS
@DEMO
def deliveries(**options: object) -> None:
    """Show what is owed to whom: what could not be told and why, what waits, what was told last."""
    from notifier.commands.deliveries import Options
    from notifier.commands.deliveries import deliveries as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


GRANT = click.option("--grant", metavar="ID", help="Which grant, if it is open for several.")
UNTIL = click.option("--until", metavar="DATE", help="The day whose hour of telling ends that: 2026-12-01.")
FOR = click.option("--for", "length", metavar="LENGTH", help="How long: 3 days, 2 weeks, 5 working days, 6 hours.")
BECAUSE = click.option("--because", metavar="WHY", default="", help="Why, for those who read of it.")


def _on_an_alert(verb: str, account: str, rule: str, item: str | None, options: dict[str, object]) -> None:
    """Call the command that is named like *verb* with its arguments."""
    from importlib import import_module

    from notifier.commands.acting import Options

    command = getattr(import_module(f"notifier.commands.{verb}"), verb)
    command(account, rule, item, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("account")
@click.argument("rule")
@click.argument("item", required=False)
@GRANT
@UNTIL
@FOR
@BECAUSE
@STATE
@RULES
@ACCOUNTS
@DEMO
def ack(account: str, rule: str, item: str | None, **options: object) -> None:
    """Say that you see to an open alert, such as `ack lab credits-not-allocated`, for a week unless you say else.

    There are no reminders until then, and it is not passed on. A tighter step is told all the same, and so is its
    end. If it is still open when the time is over, it asks again.
    """
    _on_an_alert("ack", account, rule, item, options)


@main.command()
@click.argument("account")
@click.argument("rule")
@click.argument("item", required=False)
@GRANT
@UNTIL
@FOR
@BECAUSE
@STATE
@RULES
@ACCOUNTS
@DEMO
def snooze(account: str, rule: str, item: str | None, **options: object) -> None:
    """Hear nothing of an open alert for a while, but that it is resolved.

    What becomes more pressing meanwhile is told once, when the time is over.
    """
    _on_an_alert("snooze", account, rule, item, options)


@main.command()
@click.argument("account")
@click.argument("rule")
@click.argument("item", required=False)
@click.option("--value", metavar="VALUE", help="What is recorded: a day [today], an amount, a text.")
@GRANT
@UNTIL
@FOR
@BECAUSE
@STATE
@RULES
@ACCOUNTS
@DEMO
def done(account: str, rule: str, item: str | None, **options: object) -> None:
    """Say that what RULE asks of ACCOUNT has happened, such as `done lab summary-due`.

    It records the fact that ends the alert. A rule that asks for nothing that people record is acknowledged.
    """
    _on_an_alert("done", account, rule, item, options)


@main.command("hand-over")
@click.argument("account")
@click.argument("rule")
@click.argument("item", required=False)
@click.option("--to", metavar="ROLE", help="The role that sees to it from now on, such as pi or office.")
@GRANT
@BECAUSE
@STATE
@RULES
@ACCOUNTS
@DEMO
def hand_over(account: str, rule: str, item: str | None, **options: object) -> None:
    """Hand an open alert over to another role of ACCOUNT, which is told of it."""
    _on_an_alert("hand_over", account, rule, item, options)


@main.command()
@click.argument("account")
@click.argument("rule")
@click.argument("item", required=False)
@GRANT
@BECAUSE
@STATE
@RULES
@ACCOUNTS
@DEMO
def reopen(account: str, rule: str, item: str | None, **options: object) -> None:
    """Take back that an open alert was acknowledged or snoozed. What was kept quiet is told."""
    _on_an_alert("reopen", account, rule, item, options)


@main.command()
@click.argument("account", required=False)
@click.option("--since", metavar="DATE", help="Only what happened since then: 2026-11-22, or 2026-11-22T14:05.")
@click.option("--rule", metavar="RULE", help="Only what is about this rule, such as credits-used.")
@click.option("--json", is_flag=True, help="As data, with the hashes.")
@click.option("--verify", is_flag=True, help="Only say whether everything is as it was written; of all accounts.")
@click.option("--kept", metavar="HASH", help="With --verify: a hash that you kept must be among those of ACCOUNT.")
@STATE
@RULES
@ACCOUNTS
@DEMO
def log(account: str | None, **options: object) -> None:
    """Tell what happened to ACCOUNT, the newest last: who did what, what was found, who was told.

    What concerns the service itself is told by `log notifier`. Exit code 1 with --verify: somebody changed an
    entry, or took one out.
    """
    from notifier.commands.log.command import Options
    from notifier.commands.log.command import log as command

    command(account, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.option("--account", metavar="ACCOUNT", multiple=True, help="Only this account; may be given several times.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="Text, or one JSON document.")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def status(**options: object) -> None:
    """Show how every grant stands: its state, credits against time, what is open, what comes next.

    Exit codes: 0 everything is told and read; 1 mistakes in files that people edit; 2 the command cannot be
    carried out as given; 3 something waits for a person: what was given up, is held after an edit, or could not
    be read.
    """
    from notifier.commands.status.command import Options
    from notifier.commands.status.command import status as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.option("--send", is_flag=True, help="Also send a greeting to each destination.")
@click.option("--account", metavar="ACCOUNT", multiple=True, help="Only this account; may be given several times.")
@STATE
@RULES
@ACCOUNTS
def doctor(**options: object) -> None:
    """Look whether settings, keys and every destination that accounts name work, and say what to do.

    Nothing is sent without --send. Exit codes: 0 all is well; 1 something is to be mended.
    """
    from notifier.commands.doctor.command import Options
    from notifier.commands.doctor.command import doctor as command

    command(Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("recipient", required=False)
@click.option("--as", "form", type=click.Choice(["text", "slack", "email"]), default="text",
              help="As the console, Slack or a mail shows it [text].")  # fmt: skip
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE", help="Also write it whole to FILE.")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def digest(recipient: str | None, **options: object) -> None:
    """Show what the weekly digest would say now to RECIPIENT, such as `slack:#lab-grants`; nothing is sent.

    Without RECIPIENT: list who hears one and when, or show it if there is only one.
    """
    from notifier.commands.digest import digest as command
    from notifier.commands.render import Options

    command(recipient, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("rule")
@click.argument("account")
@click.argument("item", required=False)
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", help="Text, or one JSON document.")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def explain(rule: str, account: str, item: str | None, **options: object) -> None:
    """Say why RULE tells what it tells about ACCOUNT, or nothing, such as `credits-used lab`.

    First what holds its message back, and what comes next; then what it asks, part by part, and on what facts,
    with where each comes from and how old it is. ITEM is a project, paper or letter, for a rule that asks each.
    """
    from notifier.commands.explain.command import Options
    from notifier.commands.explain.command import explain as command

    command(rule, account, item, Options(**options))  # type: ignore[arg-type]  # click has checked each


@main.command()
@click.argument("rule")
@click.argument("account")
@click.option("--grant", metavar="ID", help="Which grant, if the account has several.")
@click.option("--step", metavar="STEP", help='Which step of the rule, such as "1 week after" [the one in force].')
@click.option("--as", "form", type=click.Choice(["text", "slack", "email"]), default="text",
              help="As the console, Slack or a mail shows it [text].")  # fmt: skip
@click.option("--to", metavar="ADDRESS", help="For whom: a mail's recipient, a channel in Slack.")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE", help="Also write it whole to FILE.")
@STATE
@RULES
@ACCOUNTS
@DEMO
@NOW
def render(rule: str, account: str, **options: object) -> None:
    """Show the message that RULE sends about ACCOUNT, such as `credits-used lab`, without sending it."""
    from notifier.commands.render import Options
    from notifier.commands.render import render as command

    command(rule, account, Options(**options))  # type: ignore[arg-type]  # click has checked each
