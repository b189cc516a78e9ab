"""What an accounts file says already of an account and its grant, and where what is missing belongs."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from notifier.enroll.acceptances.acceptance import Understood
from notifier.enroll.accounts.file import read_accounts
from notifier.enroll.accounts.holding import places, same_grant
from notifier.enroll.accounts.insertion import field_of

_COMMENTED = re.compile(r"\s*# (\w+): ")
_Entry = Mapping[str, object]
_PI = {"pi_name": "name", "pi_position": "position"}


def stated(account: _Entry, defaults: _Entry, understood: Understood, grant: str | None = None) -> frozenset[str]:
    """Return the names of what the file says of the account, of who signs its letters, and of this very grant."""
    entries = (defaults, account, held_grant(account, understood, grant) or {})
    pi = {**_pi(defaults), **_pi(account)}
    said = [name for each in entries for name, value in each.items() if value]
    return frozenset([*said, *(name for name, field in _PI.items() if pi.get(field))])


def held_grant(account: _Entry, understood: Understood, grant: str | None = None) -> _Entry | None:
    """Return what the account says of this grant, as `same_grant` finds it; None if it has none."""
    place = same_grant(account, understood.program, understood.value("accepted_on"), grant)
    return None if place is None else places(account)[place]


def lines_of_gaps(text: str, account: str, grant: str, names: Iterable[str]) -> dict[str, int]:
    """Return in which line (from 1) of an accounts file each of *names* belongs.

    That is the line of its comment, as `enroll` writes it; for who signs the letters, that of the pi. What has no
    such line is left out.
    """
    file = read_accounts(text)
    node = next(
        (node for data, node in zip(file.accounts, file.nodes, strict=True) if data["id"] == account), None
    )
    if node is None:
        return {}
    lines = text.splitlines()
    found = dict(_commented(lines, node))
    if (entry := _grant_node(node, grant)) is not None:
        found |= dict(_commented(lines, entry))
    people = field_of(node, "people")
    pi = field_of(people, "pi") if isinstance(people, MappingNode) else None
    found |= dict.fromkeys(_PI, pi.start_mark.line + 1) if pi is not None else {}
    return {name: found[name] for name in names if name in found}


def _commented(lines: list[str], node: Node) -> Iterator[tuple[str, int]]:
    for number in range(node.start_mark.line, min(node.end_mark.line + 1, len(lines))):
        if match := _COMMENTED.match(lines[number]):
            yield match[1], number + 1


def _grant_node(account: MappingNode, grant: str) -> Node | None:
    listed = field_of(account, "grants")
    nodes = listed.value if isinstance(listed, SequenceNode) else []
    named = {each.value: node for node in nodes if (each := field_of(node, "id")) is not None}
    return named.get(grant)


def _pi(entry: _Entry) -> _Entry:
    people = entry.get("people")
    pi = people.get("pi") if isinstance(people, Mapping) else None
    return pi if isinstance(pi, Mapping) else {}
