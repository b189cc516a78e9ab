"""What is polled of an account: ``key:`` and its fields, what stands under ``sources:``, and ``probe:``.

The secret itself never stands in a file, only its name. A source is known by its file in `notifier.sources`, which
is loaded when an account names it, and says itself what it can read.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.account import Poll
from notifier.core.wanted import dump_wanted, load_wanted
from notifier.files import asking, forms
from notifier.files.table import Table
from notifier.files.wanted import read_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.files.positions import Place
    from notifier.files.wanted import Askable

    Known = Callable[[], Askable]  # made only where somebody asks for it: most accounts do not


class Stated(NamedTuple):
    """Something to poll, and where the file says so."""

    place: Place
    poll: Poll


def read_polls(table: Table, known: Known) -> tuple[Poll, ...]:
    """Everything that is polled of the account in *table*; *known* are the facts that can be asked for."""
    stated: list[Stated | None] = []
    if (key := _secret(table, "key", "`key`")) is not None:
        stated.append(_key(key))
    stated += [_source(entry, known) for entry in table.tables("sources", "a source")]
    if (probe := _secret(table, "probe", "`probe`")) is not None:
        stated.append(_probe(probe, _address_of(stated)))
    found = [each for each in stated if each is not None]
    _refuse_twice(table, found)
    return tuple(each.poll for each in found)


def _secret(table: Table, name: str, what: str) -> Table | None:
    """The mapping in field *name*, which begins with ``env: NAME``; anything else may be the key itself."""
    found = table.get(name)
    if found is None:
        return None
    if found.entries is None:
        table.fault(name, f"`{name}: {{env: NAME}}` {forms.NAMES_A_VARIABLE}")
        return None
    return Table(found, table.faults, what)


def _key(table: Table) -> Stated | None:
    """``{env: NAME, provider: …, reads: […], every: …, url: …}``."""
    name = table.read("env", forms.secret_name, needed=True)
    kind = table.read("provider", asking.provider) or asking.OPENAI
    parts = _parts(table, kind)
    every, url = table.read("every", asking.every) or 0, table.read("url", asking.address) or ""
    table.rest()
    return Stated(table.located.place, Poll(kind, name, parts, every, url)) if name else None


def _address_of(stated: Sequence[Stated | None]) -> str:
    """Where OpenAI is asked for the account: its probe is to go nowhere else, unless it says so."""
    found = (each.poll.url for each in stated if each is not None and each.poll.source == asking.OPENAI)
    return next(found, "")


def _probe(table: Table, usual: str) -> Stated | None:
    """``{env: NAME, model: …, url: …}``: once a day, and only where somebody asked for it; else at *usual*."""
    name = table.read("env", forms.secret_name, needed=True)
    model = table.read("model", asking.model, needed=True)
    url = table.read("url", asking.address) or usual
    table.rest()
    settings = json.dumps({"model": model})
    return (
        Stated(table.located.place, Poll(asking.PROBE, name, url=url, settings=settings))
        if name and model
        else None
    )


def _source(table: Table, known: Known) -> Stated | None:
    """One entry of ``sources:``: a provider, or an interface that is told where each fact stands."""
    kind = table.read("kind", asking.kind, needed=True)
    name = table.read("name", lambda text: asking.name(text, kind or "")) or ""
    every = table.read("every", asking.every) or 0
    if kind is None:
        table.rest(also=("key", "reads", "url", "facts"))
        return None
    poll = _http(table, known) if kind == asking.HTTP else _by_key(table, kind)
    table.rest()
    if poll is None:
        return None
    return Stated(table.located.place, replace(poll, name=name, every=every))


def _by_key(table: Table, kind: str) -> Poll | None:
    parts, url = _parts(table, kind), table.read("url", asking.address) or ""
    key = _secret(table, "key", "`key`")
    if key is None:
        if "key" not in table.entries:
            table.missing("key")
        return None
    name = key.read("env", forms.secret_name, needed=True)
    key.rest()
    return Poll(kind, name, parts, url=url) if name else None


def _http(table: Table, known: Known) -> Poll | None:
    """``{url: …, key: {env: NAME, header: …}, facts: {balance: {at: /data/remaining}}}``."""
    url = table.read("url", asking.page, needed=True)
    key = _secret(table, "key", "`key`")
    name = key.read("env", forms.secret_name, needed=True) if key is not None else ""
    header = key.read("header", asking.header) if key is not None else None
    if key is not None:
        key.rest()
    facts = table.table("facts", "`facts`")
    if facts is None:
        table.missing("facts")
    wanted = read_wanted(facts, known()) if facts is not None else ()
    if not url or not wanted or name is None:
        return None
    settings = {"facts": dump_wanted(wanted)} | ({"header": header} if header else {})
    return Poll(asking.HTTP, name, url=url, settings=json.dumps(settings))


def _parts(table: Table, kind: str) -> tuple[str, ...]:
    """What is read with the key: what ``reads:`` names, else everything that the source can read."""
    called = asking.readable(kind)
    found = [table.convert(item, lambda text: forms.one_of(text, called, "part")) for item in table.all("reads")]
    if "reads" in table.entries and not found:
        named = ", ".join(called)
        table.fault("reads", f"it names nothing; leave it out to read everything, or name some of {named}")
    wanted = {called[word] for word in found if word}
    return tuple(part for part in called.values() if part in wanted or not wanted)


# -- what does not go together ------------------------------------------------------------------------------------


def _refuse_twice(table: Table, stated: Sequence[Stated]) -> None:
    """Fault what would be called the same or told twice (which of two counts would be chance), and strangers."""
    told: dict[str, str] = {}
    names: set[str] = set()
    home = next((at for each in stated if (at := _organization_at(each.poll))), "")
    for place, poll in stated if len(stated) > 1 else ():
        name = poll.name or poll.source
        facts = _told(poll)
        twice = next((fact for fact in facts if fact in told), None)
        if name in names:
            table.fault_at(place, f"a source is called `{name}` here already; give this one another `name`")
        elif (at := _organization_at(poll)) not in ("", home):
            table.fault_at(place, f"this account is an organization at {home}; one at {at} is another account")
        elif twice:
            table.fault_at(
                place, f"`{twice}` is read from `{told[twice]}` already; leave it out in one of the two"
            )
        names.add(name)
        told = dict.fromkeys(facts, name) | told


def _organization_at(poll: Poll) -> str:
    """The provider that *poll* makes the account one of; '' where it tells of any account."""
    if poll.source == asking.HTTP:
        return ""
    return asking.OPENAI if poll.source == asking.PROBE else poll.source


def _told(poll: Poll) -> Sequence[str]:
    """What *poll* tells of the account and its grants: parts of a provider, and facts."""
    if poll.source == asking.HTTP:
        wanted = load_wanted(json.loads(poll.settings)["facts"])
        return [f"{each.grant}/{each.fact}" if each.grant else each.fact for each in wanted]
    tells: Mapping[str, Sequence[str]] = getattr(asking.module(poll.source), "TELLS", {})
    words = {part: word for word, part in asking.readable(poll.source).items()}
    return [told for part in poll.parts for told in (words[part], *tells.get(part, ()))]
