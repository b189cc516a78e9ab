"""Small builders for the core's tests: a locale, a record, a condition read from a rule's plain fields."""

from datetime import UTC, date, datetime, time
from importlib import import_module
from zoneinfo import ZoneInfo

from notifier.core.calendar import Calendar, Locale
from notifier.core.language.types import recurring, understand
from notifier.core.rule import Rule
from notifier.core.verdict import Gates
from notifier.core.vocabulary import Fact, Kind, Owner, Vocabulary

DAY = 86_400
KINDS = {"deadline": "deadline", "threshold": "threshold", "while": "while_", "change": "change",
         "unreadable": "unreadable"}  # fmt: skip
GATES = {"applies_to": (), "unless": (), "when": (), "starting": (Kind.DATE,), "ending": (Kind.DATE,)}


def fact(name, kind, owner=Owner.DECLARED, **more):
    return Fact(name, kind, owner, f"where {name} is found", **more)


# One or two facts of every kind, so that a test can ask anything.
SMALL = Vocabulary(
    (
        fact("due_on", Kind.DATE),
        fact("other_on", Kind.DATE),
        fact("lead", Kind.DURATION, default=None),
        fact("granted", Kind.MONEY, Owner.RECORDED),
        fact("used", Kind.MONEY, Owner.POLLED, max_age=2 * DAY),
        fact("count", Kind.NUMBER),
        fact("ratio", Kind.NUMBER),
        fact("title", Kind.TEXT),
        fact("names", Kind.TEXTS),
        fact("done", Kind.YESNO),
        fact("wanted", Kind.YESNO),
    )
)


def day(text):
    return date.fromisoformat(text).toordinal()


def moment(text, zone="UTC"):
    """``2026-03-29 09:00`` in *zone*, as seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def said(seconds, zone="UTC"):
    """The other way: for failures that a person can read."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def locale(zone="UTC", tell_at="09:00", currency="USD", closed=(), rates=()):
    calendar = Calendar(frozenset(map(day, closed)))
    return Locale(ZoneInfo(zone), time.fromisoformat(tell_at), calendar, currency, tuple(rates))


def record(vocabulary=SMALL, **values):
    """The values of a record in the vocabulary's order; what is not named is none."""
    return tuple(values.get(fact.name) for fact in vocabulary.facts)


class PlainFields:
    """A rule's fields as plain texts and lists: what `Condition.read` is given in these tests."""

    def __init__(self, fields, vocabulary=SMALL):
        self.fields, self.vocabulary, self.faults = fields, vocabulary, []

    def expression(self, name, *kinds):
        return self.keep(name, lambda text: understand(str(text), self.vocabulary, *kinds), self.fields.get(name))

    def each(self, name, convert):
        listed = self.fields.get(name, [])
        texts = listed if isinstance(listed, list) else [listed]
        read = [self.keep(name, convert, str(text)) for text in texts]
        return [made for several in read if several is not None for made in several]

    def parsed(self, name, text, *kinds):
        return self.keep(name, lambda whole: understand(whole, self.vocabulary, *kinds), text)

    def begins(self, name, word):
        return str(self.fields.get(name, "")).startswith(word)

    def recurring(self, name):
        return self.keep(name, lambda text: recurring(text, self.vocabulary), self.fields.get(name))

    def keep(self, name, convert, text):
        try:
            return None if text is None else convert(text)
        except ValueError as error:
            self.faults.append((name, str(error)))
            return None

    def fault(self, name, why):
        self.faults.append((name, why))


def read_condition(fields, vocabulary=SMALL):
    """The condition that *fields* ask (None if faulty), and the faults."""
    plain = PlainFields(fields, vocabulary)
    gates = Gates(**{name: plain.expression(name, *kinds) for name, kinds in GATES.items()})
    kind = next(each for each in KINDS if each in fields)
    made = getattr(module_of(KINDS[kind]), KINDS[kind].rstrip("_").title()).read(plain, gates)
    return (None if plain.faults else made), plain.faults


def condition(vocabulary=SMALL, **fields):
    made, faults = read_condition(fields, vocabulary)
    assert faults == []
    return made


def rule(title, made, **more):
    return Rule("program/rule", made, title, **more)


def module_of(kind):
    return import_module(f"notifier.core.conditions.{kind}")
