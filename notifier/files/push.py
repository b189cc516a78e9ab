"""``push: {env: NAME}``: the name of the secret with which programs push facts of an account."""

from __future__ import annotations

from notifier.files import forms
from notifier.files.table import Table

NAMES_A_VARIABLE = "names a variable, such as LAB_PUSH_TOKEN; the token itself never stands here"


def read_push(table: Table) -> str:
    """The name of the secret that `push:` of an account's *table* gives; '' where no program may push."""
    found = table.get("push")
    if found is None:
        return ""
    if found.entries is None:
        table.fault("push", f"`push: {{env: NAME}}` {NAMES_A_VARIABLE}")
        return ""
    push = Table(found, table.faults, "`push`")
    name = push.read("env", forms.secret_name, needed=True)
    push.rest()
    return name or ""
