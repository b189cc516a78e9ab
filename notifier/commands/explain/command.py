"""``notifier explain``: why a rule tells what it tells about a subject, or nothing. It reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from notifier.commands.acting import there
from notifier.commands.case import Looked, cases_of, rule_named, rule_of
from notifier.commands.common import moment, stop
from notifier.commands.known import where
from notifier.commands.record.meant import find_grant
from notifier.core.vocabulary import suggestion
from notifier.flow.explain import explain as explained
from notifier.flow.subjects import items_of, questions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.rule import Rule
    from notifier.files.places import Places
    from notifier.flow.finding import Case
    from notifier.flow.subjects import Question


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    grant: str | None = None
    format: str = "text"
    now: str | None = None
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False


def explain(rule: str, account: str, item: str | None, options: Options) -> None:
    """Show what *rule* asks about *account*, what holds its message back, and what comes next."""
    now = moment(options.now)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    declared, found = cases_of(places, account, now, demo=options.demo)
    looked, meant = _meant(declared, found, rule, options.grant)
    question = _question(looked.case, meant, item)
    explanation = explained(looked.case, question, looked.said, runs=_runs(places))
    if options.format == "json":
        from notifier.commands.explain.document import document  # noqa: PLC0415  each form loads only what it needs

        click.echo(document(explanation))
    else:
        from notifier.commands.explain.text import show  # noqa: PLC0415  each form loads only what it needs

        show(explanation)


def _runs(places: Places) -> bool:
    """Whether the service runs here; asked before the database is opened."""
    if not places.database.exists():
        return False
    from notifier.store.running import holder  # noqa: PLC0415  only where a service ever ran

    return holder(places.database) is not None


def _meant(account: Account, found: Sequence[Looked], rule: str, grant: str | None) -> tuple[Looked, Rule]:
    """The grant and the rule that are meant; a rule of the whole account needs no grant."""
    named = [each for each in found if rule_named(each.case, rule) is not None]
    asking = [each for each in named if each.case.watched.asks(rule_of(each.case, rule))]
    of_account = [each for each in asking if rule_of(each.case, rule).of_account]
    if of_account:
        return of_account[0], rule_of(of_account[0].case, rule)
    if grant is None and len(asking) == 1:
        return asking[0], rule_of(asking[0].case, rule)
    if grant is None and not asking:
        rule_of(found[0].case, rule)
    wanted = find_grant(account, grant)
    looked = next((each for each in found if each.case.grant.id == wanted.id), None)
    if looked is None:
        stop(f"the rules of the program `{wanted.program}` cannot be read: `check` says why")
    return looked, rule_of(looked.case, rule)


def _question(case: Case, rule: Rule, item: str | None) -> Question:
    """*rule* asked of the item that is meant, or of its subject; ends if there is no such item, or several."""
    short, several = rule.id.rpartition("/")[2], rule.each.replace("_", " ")
    asked = {
        each.subject.item: each for each in questions(case.scene.account, case.watched) if each.rule.id == rule.id
    }
    if not rule.each:
        if item is not None:
            stop(f"`{short}` is not judged item by item: leave `{item}` out")
        return asked[""]
    if items_of(rule, case.scene.facts) is None:
        stop(f"`{short}` is judged for each of the {several}, which cannot be read now")
    if not asked:
        stop(f"`{short}` is judged for each of the {several}; there are none")
    if item is None and len(asked) == 1:
        return next(iter(asked.values()))
    if item is None:
        stop(f"say of which of the {several}{there(asked)}")
    if item not in asked:
        stop(f"there is no `{item}` among the {several}{suggestion(item, asked) or there(asked)}")
    return asked[item]
