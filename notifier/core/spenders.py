"""Who spends, in words: the projects, members, keys and models with the greatest shares of the last week."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notifier.core.builtin import POLLED_COUNTS_FOR
from notifier.core.costs import Spending, utc_day
from notifier.core.fact import Kind, item_fact
from notifier.core.known import say_read
from notifier.core.shares import last_week

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notifier.core.fact import Collection
    from notifier.core.facts import Reading
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene

LISTS = ("projects", "members", "keys", "models")
MOST_NAMED = 3  # of each list
MOST_LISTS = 2  # in a message
MOST_LETTERS = 40  # of a name
LEAST_LEFT = 0.01  # of what the account spent; what nobody is named with, or what is nobody's
# What a rule looks at that is about spending; who spends is said with it.
OF_SPENDING = frozenset(
    {
        *("costs", "usual_daily_spend", "pace_change", "spent_since_granted", "runway"),
        *("credits_used", "credits_left", "account.credits_used", "account.credits_left"),
        *("runs_out_earliest", "runs_out_on", "runs_out_latest"),
        *("unused_at_least", "unused_at_end", "unused_at_most"),
    }
)


class Spender(NamedTuple):
    """One item of a list, by its *name*, and its *share* of what the account spent in the last week."""

    name: str
    share: float


class Spenders(NamedTuple):
    """Who spends, of one list: *one* is what an item is called, *spenders* come by their shares.

    They are known from *reading*.
    """

    one: str
    spenders: tuple[Spender, ...]
    reading: Reading

    @property
    def first(self) -> tuple[Spender, ...]:
        """Those with the greatest shares: as many as a text names."""
        return self.spenders[:MOST_NAMED]

    @property
    def named(self) -> list[str]:
        """The first of them, each with its share, and what is left: ``thesis-7 61%``, ``others 9%``."""
        left = 1 - sum(share for _, share in self.first)
        others = [f"others {left:.0%}"] if left >= LEAST_LEFT else []
        return [f"{_cut(name)} {share:.0%}" for name, share in self.first] + others

    def say(self) -> str:
        """``project thesis-7 61%, demo 20%, others 19%``."""
        return f"{self.one} {', '.join(self.named)}"


def is_of_spending(rule: Rule) -> bool:
    """Whether *rule* judges what is spent or left; not where it judges a date, or names who spends itself."""
    if rule.condition.asked.kind is Kind.DATE or rule.each in LISTS:
        return False
    return any(rule.vocabulary.facts[place].name in OF_SPENDING for place in rule.condition.places())


def say_spenders(scene: Scene) -> str:
    """Who spends, where it is known; '' where it is not.

    ``project thesis-7 61%, demo 39%; member ada 70%, others 30% of the last 7 days (openai, read 13:00 UTC, …)``.
    """
    found = list(spenders(scene))
    several = [each for each in found if len(each.spenders) > 1] or found  # a single one tells nothing new
    by_age: dict[str, list[str]] = {}
    for each in several[:MOST_LISTS]:
        by_age.setdefault(say_read(each.reading, scene.now), []).append(each.say())
    return "; ".join(f"{'; '.join(said)} of the last 7 days ({age})" for age, said in by_age.items())


def spenders(scene: Scene) -> Iterator[Spenders]:
    """Who spends, list by list; those of which nothing is known are left out."""
    collections = scene.program.vocabulary.collections
    for name in LISTS:
        if name not in collections:
            continue
        reading = max(_that_tell(name, scene), key=lambda each: each.at, default=None)
        place, collection = collections[name]
        items = scene.facts.values[place]
        if reading is not None:
            known = [*_listed(items, collection), *_unlisted(name, reading, items, scene)]
            spend = sorted((each for each in known if each.share > 0), key=lambda each: (-each.share, each.name))
            yield from [Spenders(collection.one, tuple(spend), reading)] if spend else []


def _that_tell(name: str, scene: Scene) -> Iterator[Reading]:
    """The readings that tell costs of the items of the list *name* and still count."""
    for reading in scene.facts.readings:
        fresh = reading.at + POLLED_COUNTS_FOR > scene.now
        if fresh and any(key.startswith(f"{name}/") for key in reading.spends):
            yield reading


def _listed(items: object, collection: Collection) -> Iterator[Spender]:
    """The items of a list that have a share."""
    at = {fact.name: number for number, fact in enumerate(collection.facts)}
    for item in items if isinstance(items, tuple) else ():
        share = item.values[at["share"]]
        if isinstance(share, (int, float)):
            yield Spender(str(item.values[at["name"]]), share)


def _unlisted(name: str, reading: Reading, items: object, scene: Scene) -> Iterator[Spender]:
    """Those that cost something and stand in no list that was read: they are known by their ids alone.

    What is read as an item of the file's stands in a list under the provider's id.
    """
    place = scene.program.vocabulary.places["costs"]
    heard = {each for other in scene.facts.readings for each in _ids(other.account.get(name))}
    heard |= {item.id for item in items} if isinstance(items, tuple) else set()
    for key, costs in reading.spends.items():
        listed, _, item = key.partition("/")
        if listed == name and item not in heard:
            own = Spending(costs, utc_day(reading.at))
            _, share = last_week(own, scene.facts.values[place], scene.account.locale)
            if isinstance(share, (int, float)):
                yield Spender(_name_of(name, item, scene), share)


def _ids(value: object) -> Iterable[str]:
    return map(str, value) if isinstance(value, tuple) else ()


def _name_of(name: str, item: str, scene: Scene) -> str:
    """What a reading calls an item that stands in no list; its id where none does."""
    called = item_fact(name, item, "name")
    return next((str(each.account[called]) for each in scene.facts.readings if each.account.get(called)), item)


def _cut(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1].rstrip()}…"
