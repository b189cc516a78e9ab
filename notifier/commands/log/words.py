"""One entry of a journal in plain words: what happened, who did it, and what decided it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from notifier.core.alert import Cause, Reason
from notifier.core.calendar import Duration
from notifier.core.entry import is_pushed
from notifier.core.journal import What
from notifier.core.known import SOURCES
from notifier.core.money import Money
from notifier.core.words import iso, say_count, say_list
from notifier.flow.act import DROP, NEVER_TELL, RELEASE, RETRY
from notifier.flow.acting import FACT
from notifier.flow.hold import RULE as HELD
from notifier.flow.letters import SOURCE as LETTERS
from notifier.flow.push import PUSH
from notifier.flow.record import RECORD, UNDO
from notifier.flow.settle import RULE as UNDELIVERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notifier.core.calendar import Moment
    from notifier.flow.log import Happened

Body = dict[str, Any]
MOST_NAMED = 8  # facts of one reading; the others are counted, and stand in the data
SHORT = 8  # digits of the rules' fingerprint
OF_THE_OUTBOX = (RELEASE, DROP, RETRY, NEVER_TELL)  # acts whose grant is what they are about: a number, a name
# What concerns the service is about an edit, or a delivery, by its number.
OF_THE_SERVICE = {
    HELD: "The question what becomes of edit {}",
    UNDELIVERED: "That D{} was given up",
}
# What such an act did has an entry of its own.
DONE_ALREADY = {(RECORD, "recorded"), (PUSH, "recorded"), (UNDO, "taken back")}
WHY = {
    Cause.FACTS.value: "because facts changed",
    Cause.MOMENT.value: "because its moment came",
    Cause.RULES.value: "because the rules were edited",
    Cause.PERSON.value: "because a person acted",
    Cause.EDITED.value: "because the accounts files were edited",
}
HAPPENED = {
    Reason.OPENED.value: "opened",
    Reason.ESCALATED.value: "became more pressing",
    Reason.MOVED.value: "is about another date",
    Reason.REMINDED.value: "asks again",
    Reason.PASSED_ON.value: "is passed on",
    Reason.LAPSED.value: "asks again, since what held it back is over",
    Reason.RESOLVED.value: "is resolved",
    Reason.CLOSED.value: "is closed",
    Reason.STANDING.value: "was open when the grant was enrolled",
    Reason.ACKNOWLEDGED.value: "was acknowledged",
    Reason.SNOOZED.value: "was snoozed",
    Reason.HANDED_OVER.value: "was handed over",
    Reason.REOPENED.value: "was reopened",
    Reason.HELD.value: "is asked",
    Reason.UNDELIVERED.value: "is to be told elsewhere",
    Reason.DIGEST.value: "is due",
}


def sentence(each: Happened, when: Callable[[Moment], str] = iso, *, several: bool = True) -> str:
    """What happened, as one sentence; empty where another entry says the same.

    *when* says a moment; *several*: grants are named.
    """
    tell = SENTENCES.get(each.noted.what)
    if tell is None:
        return f"{each.noted.what}: a newer notifier knows what this means."
    try:
        return tell({**(each.body if several else _of_one_grant(each.body)), "when": when})
    except (KeyError, TypeError, ValueError, AttributeError):
        return "This entry cannot be read; --verify says whether somebody changed it."


def _of_one_grant(body: Mapping[str, Any]) -> Body:
    """*body* where there is one grant, which needs no naming."""
    facts = dict(body.get("account", {}))
    for said in body.get("grants", {}).values():
        facts |= said
    return {**body, "account": facts, "grants": {}, "grant": ""}


def short(rules: str) -> str:
    """How a story calls rules with this fingerprint."""
    return rules[:SHORT]


def _declared(body: Body) -> str:
    says = {name: _part(name, value) for name, value in body["says"].items()}
    if body.get("new"):
        first = [f"{name} {says[name]}" for name in ("people", "grants", "zone") if name in says]
        return f"It is declared for the first time: {'; '.join(first) or 'it has neither people nor grants'}."
    return f"The accounts files changed it: {'; '.join(f'{name} is now {text}' for name, text in says.items())}."


def _part(name: str, value: Any) -> str:
    """A part of a declaration, as far as it is worth words."""
    if not value:
        return "nothing"
    if name == "people":
        return say_list([f"{who['role']} ({_reached(who)})" for who in value])
    if name == "grants":
        return say_list([f"{grant['id']} ({_paused(grant)}{grant['program']})" for grant in value])
    if name == "sources":
        return say_list([source for source, *_ in value])
    if name == "paused":
        return f"paused: {value['because']}"
    if name == "overrides":
        return say_list([f"{each['rule']} ({each['because']})" for each in value])
    if name == "labels":
        return say_list([f"{label} {text}" for label, text in value.items()])
    return "otherwise" if isinstance(value, (list, dict)) else str(value)


def _reached(who: Mapping[str, Any]) -> str:
    """Where a person is reached, and what is said about when."""
    when = [f"{name} {who[name]}" for name in ("quiet", "digest", "zone") if who.get(name)]
    return ", ".join([*who.get("reach", ()), *when]) or "nobody"


def _paused(grant: Mapping[str, Any]) -> str:
    return "paused, " if grant.get("paused") else ""


def _read(body: Body) -> str:
    facts = [f"{name} = {value(raw)}" for name, raw in body.get("account", {}).items()]
    for grant, said in body.get("grants", {}).items():
        facts += [f"{name} = {value(raw)} (grant {grant})" for name, raw in said.items()]
    facts += [f"{name} is not said any more" for name in body.get("gone", ())]
    if costs := body.get("costs"):
        span = f"{costs['from']} to {costs['through']}" if costs["days"] > 1 else costs["from"]
        facts.insert(0, f"costs of {value(costs['amount'])} for {span}")
    more = [say_count(len(facts) - MOST_NAMED, "other fact")] if len(facts) > MOST_NAMED else []
    told = "; ".join([*facts[:MOST_NAMED], *more]) or "nothing so far"
    says = "Letters were offered" if body["source"] == LETTERS else f"{_source(body['source'])} says"
    return f"{says}: {told}."


def _source(name: str) -> str:
    return f"The {SOURCES[name]}" if name == "declared" else name


def value(raw: Any) -> str:
    """A value as the journal keeps it, in words: none, yes and no, a date, an amount, a list."""
    match raw:
        case None:
            return "none"
        case bool():
            return "yes" if raw else "no"
        case ["money", int(micro), str(currency)]:
            return str(Money(micro, currency))
        case ["duration", int(number), str(unit)]:
            return str(Duration(number, unit))
        case ["date", str(day)]:
            at = date.fromisoformat(day)
            return f"{at.day} {at:%B %Y}"
        case ["texts", *texts]:
            return say_list([str(text) for text in texts]) or "an empty list"
        case _:
            return str(raw)


def _recorded(body: Body) -> str:
    facts = say_list([f"{name} = {value(raw)}" for name, raw in body["facts"].items()])
    if is_pushed(by := _who(body)):
        return f"{by[0].upper()}{by[1:]}: {facts}{_of_grant(body)}."
    return f"{by} recorded {facts}{_of_grant(body)}."


def _taken_back(body: Body) -> str:
    return f"{_who(body)} took back what was recorded of {say_list(body['facts'])}{_of_grant(body)}."


def _acted(body: Body) -> str:
    outcome = body.get("outcome", "")
    if (body["act"], outcome) in DONE_ALREADY:
        return ""
    return f"{_who(body)} said: {' '.join([body['act'], *_given(body)])}. What came of it: {outcome or 'nothing'}."


def _given(body: Body) -> Iterator[str]:
    """What was said with an act: of which alert, until when, to whom, why, and with which facts."""
    said = dict(body.get("said", {}))
    rule, until, because = (said.pop(name, None) for name in ("rule", "until", "because"))
    about = {"rule": rule or "", "item": said.pop("item", ""), "grant": body.get("grant", "")}
    said.pop("of", None)  # whose facts they are: the grant's or the account's own
    if rule:
        yield _subject(about)
    elif body["act"] in OF_THE_OUTBOX:
        yield body.get("grant", "")
    if until:
        yield f"until {body['when'](until)}"
    if "to" in said:
        yield f"to {said.pop('to')}"
    if said:
        yield ", ".join(f"{name.removeprefix(FACT)} = {value(raw)}" for name, raw in said.items())
    if because:
        yield f"because {because}"


def _found(body: Body) -> str:
    happened = HAPPENED.get(body["reason"], f"is {body['reason']}")
    why = f", as {body['by']} said" if "by" in body else f", {WHY.get(body['cause'], body['cause'])}"
    held = "; held until it is known how much the edit tells" if body.get("held") else ""
    rules = f" Rules {short(body['rules'])} decided it." if "rules" in body else ""
    return f"{_subject(body)} {happened}{why}. To be told: {say_list(body['to'])}{held}.{rules}"


def _told(body: Body) -> str:
    return f"{_subject(body)} was told to {body['to']} ({body['reason']})."


def _given_up(body: Body) -> str:
    return f"{_subject(body)} could not be told to {body['to']} ({body['reason']}): {body.get('why', 'given up')}"


def _dropped(body: Body) -> str:
    return f"{_subject(body)} is not told to {body['to']} ({body['reason']}): {body.get('why', 'dropped')}"


def _again(body: Body) -> str:
    by = f", as {body['by']} said" if "by" in body else ""
    return f"{_subject(body)} is tried again at {body['to']} ({body['reason']}){by}."


def _rules(body: Body) -> str:
    programs = say_list([name or "the group's own" for name in body.get("programs", ())])
    return f"Rules {short(body['rules'])} judge from now on: {programs or 'none'}."


def _held(body: Body) -> str:
    count = say_count(body["count"], "message")
    if body["stage"] == "waiting":
        return f"{body['why']}, which would have told {count}: held until a person says what becomes of them."
    return f"{_who(body)} {body['stage']} the {count} of edit {body['event']} ({body['why']})."


def _who(body: Body) -> str:
    return str(body.get("by") or "Somebody")


def _of_grant(body: Body) -> str:
    return f" of grant {body['grant']}" if body.get("grant") else ""


def _subject(body: Body) -> str:
    """The alert that an entry is about: its rule, its item, its step and its grant."""
    if own := OF_THE_SERVICE.get(body["rule"]):
        return own.format(body.get("grant", ""))
    about = [body[name] for name in ("item", "step") if body.get(name)]
    grant = [f"grant {body['grant']}"] if body.get("grant") else []
    name = body["rule"].rpartition("/")[2]
    return f"{name} ({', '.join([*about, *grant])})" if about or grant else str(name)


SENTENCES: dict[str, Callable[[Body], str]] = {
    What.DECLARED: _declared,
    What.REMOVED: lambda _: "It is not declared any more.",
    What.READ: _read,
    What.UNREADABLE: lambda body: f"{body['source']} cannot be read: {body['why']}",
    What.READABLE: lambda body: f"{body['source']} can be read again.",
    What.RECORDED: _recorded,
    What.TAKEN_BACK: _taken_back,
    What.ACTED: _acted,
    What.FOUND: _found,
    What.TOLD: _told,
    What.GIVEN_UP: _given_up,
    What.DROPPED: _dropped,
    What.AGAIN: _again,
    What.RULES: _rules,
    What.HELD: _held,
}
