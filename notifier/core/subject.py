"""What a rule is judged for: an alert's identity."""

from __future__ import annotations

from typing import NamedTuple


class Subject(NamedTuple):
    """The identity of an alert, never its text.

    *rule* is the rule's id, ``program/rule``; *grant* is '' for a rule that is judged once per account; *item* is
    the id of a project, member, paper … for a rule with ``for_each``, else ''.
    """

    rule: str
    account: str
    grant: str = ""
    item: str = ""
