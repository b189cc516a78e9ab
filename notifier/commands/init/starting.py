"""The texts of the files with which a group starts, made of its answers.

They are those of `accounts.example.yaml`, `.env.example`, the shipped rules and `starter/`.
"""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.commands.common import SHIPPED_RULES
from notifier.settings import webhook_name
from notifier.settings.faults import FAMILY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.commands.init.questions import Answers

PROJECT = SHIPPED_RULES.parent
ACCOUNTS_EXAMPLE = PROJECT / "accounts.example.yaml"
ENV_EXAMPLE = PROJECT / ".env.example"
STARTER = Path(__file__).parent / "starter"
SLACK, SLACK_CHANNEL = "slack:", "slack:#"
EXAMPLE_CHANNEL, EXAMPLE_WEBHOOK = "#lab-grants", webhook_name("slack:#lab-grants")

_PLAIN = re.compile(r"[^\W\d_](?:[\w.@/+-]|:(?=\w)| (?=\w))*")  # needs no quotes in YAML, unless it is one of:
_NOT_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
_PLAIN_PATH = re.compile(r"[\w./@+-]+")


def accounts_text(answers: Answers) -> str:
    """The accounts file for *answers*; what was left out stands there as an example."""
    pi = {"name": answers.pi_name, "reach": answers.pi_address and [answers.pi_address]}
    said = {name: value for name, value in pi.items() if value}
    return _filled(
        ACCOUNTS_EXAMPLE,
        {
            "time_zone: Europe/Berlin": _yaml(answers.zone),
            "- id: lab": _yaml(answers.account),
            "pi: {name: A. Researcher, reach: [mailto:a.researcher@example.edu]}": _yaml(said) if said else None,
            'team: ["slack:#lab-grants"]': _yaml([answers.team]) if answers.team else None,
            'affiliation: "Example University, Imaging Group"': answers.affiliation and _yaml(answers.affiliation),
        },
    )


def env_lines(rules: Path, accounts: Path) -> dict[str, str]:
    """The lines of `.env` that say where the files are, by the setting's name."""
    places = {"NOTIFIER_RULES": rules, "NOTIFIER_ACCOUNTS": accounts}
    return {name: f"{name}={_quoted(str(path))}" for name, path in places.items()}


def env_text(rules: Path, accounts: Path, team: str | None = None) -> str:
    """The file `.env`; its webhook is that of the *team*'s channel, if it has one."""
    lines, text = env_lines(rules, accounts), ENV_EXAMPLE.read_text(encoding="utf-8")
    if team is not None and team.startswith(SLACK_CHANNEL):
        name = webhook_name(team)
        text = text.replace(EXAMPLE_WEBHOOK, name).replace(
            f"{EXAMPLE_CHANNEL} is {EXAMPLE_WEBHOOK.removeprefix(FAMILY)}",
            f"{team.removeprefix(SLACK)} is {name.removeprefix(FAMILY)}",
        )
    return "".join(f"{lines.get(line.removeprefix('# ').partition('=')[0], line)}\n" for line in text.splitlines())


def rules_texts() -> dict[str, str]:
    """The files of a rules folder by their name in it; a file comes after those that it needs."""
    read = partial(Path.read_text, encoding="utf-8")
    drafts = {f"drafts/{path.name}": read(path) for path in sorted(SHIPPED_RULES.glob("drafts/*.txt"))}
    above = read(STARTER / "program.txt")
    programs = {path.name: above + _below_head(read(path)) for path in sorted(SHIPPED_RULES.glob("*.yaml"))}
    return {
        **drafts,
        "drafts/README.md": read(STARTER / "drafts.md"),
        **programs,
        "own.yaml": read(STARTER / "own.yaml"),
    }


def _below_head(text: str) -> str:
    """*text* without the comment that it begins with: that one speaks of the shipped file."""
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[first:])


def _filled(example: Path, values: Mapping[str, str | None]) -> str:
    """The text of *example*, its lines that begin with a key of *values* saying the value; None: commented."""
    lines = example.read_text(encoding="utf-8").splitlines()
    return "".join(f"{_line(line, values)}\n" for line in lines)


def _line(line: str, values: Mapping[str, str | None]) -> str:
    bare = line.lstrip(" ")
    indent = " " * (len(line) - len(bare))
    for written, value in values.items():
        if bare.startswith(written):
            comment = bare.removeprefix(written).lstrip(" ")
            said = f"{written.partition(': ')[0]}: {value}  "
            filled = f"{said:<{len(bare) - len(comment)}}{comment}".rstrip(" ")
            return indent + (f"# {bare}" if value is None else filled)
    return line


def _yaml(value: object) -> str:
    """*value* on one line of YAML; a text stands in quotes where it needs them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT
    return text if plain else json.dumps(text, ensure_ascii=False)  # a text of JSON is one of YAML


def _quoted(text: str) -> str:
    """*text* as a value of `.env`."""
    if _PLAIN_PATH.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
