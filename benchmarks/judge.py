"""What judging costs: ``python -m benchmarks.judge [accounts]`` (100,000 unless said).

Ten rules over many accounts of one locale, in CPU time: cold (conditions bound anew, nothing remembered), warm
(the next round, an hour later, of the same records), `advance` where nothing changed, and `assemble`.
"""

from __future__ import annotations

import gc
import platform
import random
import sys
import tracemalloc
from datetime import date, timedelta
from pathlib import Path
from time import process_time_ns
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a file, from anywhere

from notifier.core.alert import Alert, Cause, Policy, advance
from notifier.core.assemble import assemble
from notifier.core.calendar import Calendar, Duration, Locale, Moment, parse_duration
from notifier.core.conditions.deadline import Deadline
from notifier.core.conditions.threshold import Threshold
from notifier.core.facts import UNREAD, Costs, Expected, Facts, Observed, Reading
from notifier.core.language.compile import evaluator
from notifier.core.language.types import Node, recurring, understand
from notifier.core.money import MICRO, Money
from notifier.core.verdict import Condition, Fields, Gates, Judge
from notifier.core.vocabulary import BUILT_IN, Fact, Kind, Owner, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
NOW: Moment = 1_795_341_600  # 22 November 2026, 10:00 UTC
AN_HOUR = 3600
TODAY = date(2026, 11, 22)
ROUNDS = 3  # warm rounds, of which the best counts: the machine may be shared
SAMPLE = 10_000  # accounts whose memory is traced
HAVE_CREDITS, HAVE_A_LIMIT, NAME_AN_END, ARE_STALE = 0.9, 0.7, 0.5, 0.02  # shares of the accounts

VOCABULARY = Vocabulary(BUILT_IN).extended(
    [
        Fact("write_after", Kind.DURATION, Owner.DECLARED, "term", default=parse_duration("3 weeks")),
        Fact("access_length", Kind.DURATION, Owner.DECLARED, "term", default=Duration(12, "months")),
        Fact("access_ends_on", Kind.DATE, Owner.DERIVED, "term", formula="as below"),
        Fact("summary_submitted_on", Kind.DATE, Owner.RECORDED, "question"),
    ]
)
ACCESS_ENDS_ON = "earliest of research_ends_on, credits_expire_on, access_length after accepted_on"

RULES: dict[str, dict[str, str | list[str]]] = {
    "credits-not-allocated": {
        "deadline": "write_after after accepted_on",
        "unless": "credits_granted",
        "ending": "access_ends_on",
        "steps": ["1 week before", "1 day after", "every week after, 4 times"],
    },
    "credits-used": {"threshold": "credits_used / credits_granted", "reaches": ["50%", "80%", "95%", "100%"]},
    "credits-low": {
        "threshold": "credits_left",
        "falls_to": ["200 USD", "50 USD"],
        "when": "credits_granted > 500 USD",
        "clear": "300 USD",
    },
    "lapses-unused": {
        "threshold": "credits_left / credits_granted",
        "reaches": ["25%", "50%"],
        "starting": "3 months before access_ends_on",
        "ending": "access_ends_on",
    },
    "credits-expire": {
        "deadline": "credits_expire_on",
        "when": "credits_left >= 25 USD",
        "steps": ["60 days before", "30 days before", "1 week before", "on the day"],
    },
    "access-ends": {
        "deadline": "access_ends_on",
        "unless": "renewed_by",
        "ending": "1 week after access_ends_on",
        "steps": ["60 days before", "30 days before", "2 weeks before", "1 working day before", "on the day"],
    },
    "no-spend-limit": {
        "deadline": "access_ends_on",
        "unless": "spend_limit",
        "steps": ["2 weeks before", "3 working days before"],
    },
    "summary-due": {
        "deadline": "access_ends_on",
        "unless": "summary_submitted_on",
        "steps": ["6 weeks before", "2 weeks before", "3 working days before", "every week after, 6 times"],
    },
    "unused-for-long": {
        "deadline": "2 months after last_spend_on",
        "when": "credits_left > 0",
        "steps": ["on the day", "every month after, 3 times"],
    },
    "research-ends": {"deadline": "research_ends_on", "steps": ["1 month before", "1 week after"]},
}


class Texts:
    """One rule's fields, all of them right."""

    def __init__(self, texts: dict[str, str | list[str]]) -> None:
        self.texts = texts

    def expression(self, name: str, *kinds: Kind) -> Node | None:
        """The expression in field *name*."""
        text = self.texts.get(name)
        return understand(text, VOCABULARY, *kinds) if isinstance(text, str) else None

    def each(self, name: str, convert: Callable[[str], Sequence[T]]) -> list[T]:
        """What *convert* makes of the texts in field *name*."""
        texts = self.texts.get(name, [])
        return [made for text in ([texts] if isinstance(texts, str) else texts) for made in convert(text)]

    def parsed(self, name: str, text: str, *kinds: Kind) -> Node | None:  # noqa: ARG002  no place to say
        """The expression *text*."""
        return understand(text, VOCABULARY, *kinds)

    def begins(self, name: str, word: str) -> bool:
        """Whether field *name* begins with *word*."""
        return str(self.texts.get(name, "")).startswith(word)

    def recurring(self, name: str) -> tuple[Duration, Node] | None:
        """What the field *name* repeats."""
        return recurring(str(self.texts[name]), VOCABULARY)

    def fault(self, name: str, why: str) -> None:
        """Stop: a benchmark of a faulty rule measures nothing."""
        raise ValueError(f"{name}: {why}")


def conditions() -> Iterator[Condition]:
    """The ten rules' conditions."""
    for texts in RULES.values():
        fields: Fields = Texts(texts)
        gates = Gates(
            fields.expression("unless"),
            fields.expression("when"),
            fields.expression("starting", Kind.DATE),
            fields.expression("ending", Kind.DATE),
        )
        made = (Deadline if "deadline" in texts else Threshold).read(fields, gates)
        assert made is not None
        yield made


def readings(chance: random.Random) -> list[Reading]:
    """What is known of one account: most have credits, some wait for them, some cannot be read."""
    accepted = TODAY - timedelta(days=chance.randrange(500))
    declared: dict[str, Observed] = {"accepted_on": accepted, "grant_id": "g"}
    if chance.random() < NAME_AN_END:
        declared["research_ends_on"] = accepted + timedelta(days=chance.randrange(200, 700))
    known: dict[str, Observed] = {}
    if chance.random() < HAVE_CREDITS:
        granted_on = accepted + timedelta(days=chance.randrange(30))
        known = {"credits_granted": Money(chance.choice((500, 1000, 2500)) * MICRO, "USD")}
        known |= {"credits_granted_on": granted_on, "credits_expire_on": granted_on + timedelta(days=365)}
    read_at = NOW - chance.randrange(AN_HOUR) - (500_000 if chance.random() < ARE_STALE else 0)
    spent = {TODAY.toordinal() - back: chance.randrange(20 * MICRO) for back in range(1, chance.randrange(2, 40))}
    polled: dict[str, Observed] = {"last_spend_on": TODAY - timedelta(days=chance.randrange(1, 90))}
    if chance.random() < HAVE_A_LIMIT:
        polled["spend_limit"] = Money(100 * MICRO, "USD")
    return [
        Reading("declared", NOW - 9 * AN_HOUR, {"account_name": "lab"}, {"g": declared}),
        Reading("recorded", NOW - 5 * AN_HOUR, {}, {"g": known}),
        Reading("openai", read_at, polled, costs=Costs.by_day("USD", spent)),
    ]


def a_locale() -> Locale:
    """A locale that remembers nothing yet."""
    holidays = frozenset(date(year, 12, day).toordinal() for year in (2025, 2026, 2027) for day in (24, 25, 26))
    return Locale(ZoneInfo("Europe/Berlin"), calendar=Calendar(holidays))


def assembled(heard: list[list[Reading]], locale: Locale) -> list[Facts]:
    """The records of all accounts."""
    ends = VOCABULARY.places["access_ends_on"]
    formulas = ((ends, evaluator(understand(ACCESS_ENDS_ON, VOCABULARY, Kind.DATE), locale)),)
    expected = Expected("lab", locale, frozenset({"openai"}))
    return [assemble(VOCABULARY, formulas, read, expected, "g", NOW) for read in heard]


def judged(judges: list[Judge], records: list[tuple[object, ...]], now: Moment) -> None:
    """One round: every rule for every account."""
    for values in records:
        for judge in judges:
            judge(values, now)


def first_round(asked: list[Condition], locale: Locale, records: list[tuple[object, ...]]) -> list[Judge]:
    """Conditions bound anew, and their first round."""
    judges = [condition.bind(locale) for condition in asked]
    judged(judges, records, NOW)
    return judges


def alerts(
    policies: list[Policy], judges: list[Judge], records: list[tuple[object, ...]]
) -> list[list[Alert | None]]:
    """The alerts of all accounts, after everything was looked at once."""
    rules = list(zip(policies, judges, strict=True))
    return [
        [advance(policy, None, judge(values, NOW), Cause.FACTS, NOW).alert for policy, judge in rules]
        for values in records
    ]


def cost(work: Callable[[], T], times: int) -> tuple[T, float]:
    """What *work* returns, and the nanoseconds of CPU time that it took for each of *times*."""
    gc.collect()
    gc.disable()
    start = process_time_ns()
    result = work()
    taken = process_time_ns() - start
    gc.enable()
    return result, taken / times


def traced(heard: list[list[Reading]]) -> tuple[float, float]:
    """Bytes that a record keeps, and the peak while records are made, both for each account."""
    tracemalloc.start()
    kept = assembled(heard, a_locale())
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(kept), peak / len(kept)


def machine() -> str:
    """The processor and the interpreter."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.processor() or platform.machine()}, Python {platform.python_version()}"


def main(count: int) -> None:
    """Measure and print."""
    chance = random.Random(7)
    heard = [readings(chance) for _ in range(count)]
    asked, locale = list(conditions()), a_locale()
    policies = [Policy(condition.ladder) for condition in asked]
    facts, assembling = cost(lambda: assembled(heard, locale), count)
    records = [record.values for record in facts]
    cells = count * len(asked)

    judges, cold = cost(lambda: first_round(asked, locale, records), cells)
    warm = min(cost(lambda: judged(judges, records, NOW + AN_HOUR), cells)[1] for _ in range(ROUNDS))
    opened = alerts(policies, judges, records)
    verdicts = [[judge(values, NOW) for judge in judges] for values in records]
    rows = [row for each in zip(opened, verdicts, strict=True) for row in zip(policies, *each, strict=True)]
    _, advancing = cost(lambda: [advance(*row, Cause.MOMENT, NOW) for row in rows], len(rows))
    held, peak = traced(heard[:SAMPLE])
    unread = sum(value is UNREAD for values in records for value in values)
    standing = sum(alert is not None and alert.open for row in opened for alert in row)

    print(machine())
    print(f"{count:,} accounts, {len(asked)} rules each; {unread:,} facts unread, {standing:,} alerts open")
    print(f"judge, cold     {cold:7.0f} ns an account and rule (budget 400)")
    print(f"judge, warm     {warm:7.0f} ns an account and rule (budget 150)")
    print(f"advance, calm   {advancing:7.0f} ns an alert")
    print(f"assemble        {assembling:7.0f} ns an account")
    print(f"records         {held:7.0f} bytes an account kept, {peak:.0f} at the peak")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
