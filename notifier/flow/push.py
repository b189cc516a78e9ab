"""A program says what no source reads: facts that are pushed, looked through as a whole, and kept as one act.

What people record and what sources poll can be pushed, and the answers to the questions of rules files. What
follows from other facts cannot, nor what the accounts file alone says: people, plans, terms. A pushed fact counts
from its time like a recorded one, and grows as old as a polled one where it is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from notifier.core.entry import pushed_with
from notifier.core.keys import refuse_key
from notifier.core.vocabulary import suggestion
from notifier.core.words import iso, say_list
from notifier.flow.pushable import Pushable, Saying
from notifier.ports import Act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.rule import Rulebook
    from notifier.flow.pushable import Written
    from notifier.ports import Tx

PUSH = "push"
OF_ACCOUNT = "account."  # in an act, begins the name of a fact of the account itself
FACTS, GRANT, AT, KEY = "facts", "grant", "at", "Idempotency-Key"
MOST_FACTS = 200  # in one push
AHEAD = 5 * 60  # seconds by which the clock of who pushes may be ahead
MOST_SHOWN = 100  # characters of a name that is repeated
Document = Mapping[str, object]  # JSON, its numbers as `Decimal`


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one *fact*, or with a field of what was pushed; *why* is a sentence."""

    fact: str
    why: str


class Mistaken(Exception):
    """What was pushed has *mistakes*, all of which are here; nothing of it is kept."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("; ".join(f"{each.fact}: {each.why}" for each in mistakes))
        self.mistakes = mistakes


class NotAllowed(Exception):
    """Nobody can push to that account with that secret, or there is no such account: it is not said which."""


class TooOften(Exception):
    """More was pushed to an account than it takes; after *again_in* seconds it takes more."""

    def __init__(self, again_in: int) -> None:
        super().__init__(again_in)
        self.again_in = again_in


class NotKept(Exception):
    """The database could not be read or written; nothing of what was pushed is kept."""


@dataclass(frozen=True, slots=True)
class Push:
    """What a program says of *account*: its *document*, and the *id* of the act that it becomes."""

    account: Account
    document: Document
    id: str


def understood(tx: Tx, push: Push, rulebook: Rulebook, written: Written, now: Moment) -> Act:
    """The act that *push* becomes.

    Raises:
        Mistaken: it cannot be kept as it is.
    """
    mistakes = [*_strange(push.document)]
    pushable = Pushable(tx, push.account, rulebook, now)
    at, grant = now, ""
    try:
        at = _moment(push.document.get(AT), now)
    except ValueError as error:
        mistakes.append(Mistake(AT, str(error)))
    try:
        grant = pushable.grant(push.document.get(GRANT))
    except ValueError as error:
        mistakes.append(Mistake(GRANT, str(error)))
    said, wrong = _said(push.document, Saying(pushable, grant, written))
    if mistakes or wrong:
        raise Mistaken(*mistakes, *wrong)
    of_grant = any(not name.startswith(OF_ACCOUNT) for name in said)
    by = pushed_with(push.account.push)
    return Act(push.id, PUSH, push.account.id, grant if of_grant else "", said, at, by)


def put(tx: Tx, act: Act, *, timed: bool) -> None:
    """Leave *act* in the inbox; one that is there already is not left again.

    *timed*: the program said when it was.

    Raises:
        Mistaken: something else was pushed under its id.
    """
    before = tx.act(act.id)
    if before is None:
        tx.put_act(act)
    elif (before.grant, before.said) != (act.grant, act.said) or (timed and before.at != act.at):
        raise Mistaken(Mistake(KEY, "other facts were pushed with this key; each push has one of its own"))


def parts(act: Act) -> Iterator[tuple[str, dict[str, Observed]]]:
    """What *act*, a push, says of its grant and of the account itself (''), each only if it says something."""
    own = {name.removeprefix(OF_ACCOUNT): value for name, value in act.said.items() if name.startswith(OF_ACCOUNT)}
    of_grant = {name: value for name, value in act.said.items() if not name.startswith(OF_ACCOUNT)}
    yield from ((grant, said) for grant, said in ((act.grant, of_grant), ("", own)) if said)


def names(act: Act) -> list[str]:
    """The facts that *act*, a push, says, as the program called them."""
    return [name.removeprefix(OF_ACCOUNT) for name in act.said]


def shown(name: str) -> str:
    """*name* as an answer repeats it: bounded, in whole letters, and no key."""
    try:
        refuse_key(name)
    except ValueError:
        return "…"
    return name[:MOST_SHOWN].encode("utf-8", "replace").decode()


def _strange(document: Document) -> Iterator[Mistake]:
    """The fields that no push has."""
    known = (FACTS, GRANT, AT)
    for name in document:
        if name not in known:
            yield Mistake(shown(name), f"is not a field of a push{suggestion(name, known)}")


def _moment(text: object, now: Moment) -> Moment:
    """When it was: as stated, else now.

    Raises:
        ValueError: it states no moment, or one that is still to come.
    """
    if text is None:
        return now
    try:
        stated = datetime.fromisoformat(text if isinstance(text, str) else "")
        at = int(stated.timestamp() // 1) if stated.tzinfo is not None else -1
    except (ValueError, OverflowError):
        at = -1
    if at < 0:
        raise ValueError(f"has to be a moment with its zone, such as {iso(now)}")
    if at > now + AHEAD:
        raise ValueError(f"is still to come; here it is {iso(now)}")
    return at


def _said(document: Document, saying: Saying) -> tuple[dict[str, Observed], list[Mistake]]:
    """What is said of each fact, by the name that it has in an act, and what is wrong with them."""
    facts = document.get(FACTS)
    if not isinstance(facts, Mapping) or not facts:
        return {}, [
            Mistake(FACTS, 'has to be an object with at least one fact, such as {"credits_left": "412.50 USD"}')
        ]
    if len(facts) > MOST_FACTS:
        return {}, [Mistake(FACTS, f"has {len(facts):,} facts; a push has at most {MOST_FACTS}")]
    said: dict[str, Observed] = {}
    mistakes: list[Mistake] = []
    of_which = False  # whether a fact is one of a grant, and nobody can know of which
    for name, value in facts.items():
        try:
            fact = saying.pushable.fact(name, saying.grant)
            of_which |= fact.grant and not saying.grant
            said[name if fact.grant else OF_ACCOUNT + name] = saying.value(fact, value)
        except ValueError as error:
            mistakes.append(Mistake(shown(name), str(error)))
    if of_which and document.get(GRANT) is None:
        mistakes.append(Mistake(GRANT, f"has to be one of {say_list(saying.pushable.grants)}"))
    return said, mistakes
