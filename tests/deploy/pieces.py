"""What stands in the files by which the program is deployed, read as far as the tests ask."""

from __future__ import annotations

import re
import shlex
import tomllib
from configparser import ConfigParser
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ENTRYPOINT = PROJECT / "entrypoint.sh"


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def fly() -> dict[str, object]:
    return tomllib.loads(text("fly.toml"))


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile, with their arguments on one line and without comments."""
    lines = "\n".join(line for line in text("Dockerfile").splitlines() if not line.strip().startswith("#"))
    instructions = [line.split(maxsplit=1) for line in lines.replace("\\\n", " ").splitlines() if line.strip()]
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions:
        if name == "FROM":
            found.append([])
        found[-1].append((name, " ".join(rest.split())))
    return found


def said(stage: list[tuple[str, str]], name: str) -> list[str]:
    """The arguments of every instruction *name* of a stage."""
    return [rest for instruction, rest in stage if instruction == name]


def image() -> dict[str, str]:
    """The environment of the image."""
    pairs = [pair for rest in said(stages()[-1], "ENV") for pair in shlex.split(rest)]
    return dict(pair.split("=", 1) for pair in pairs)


class _Units(dict[str, object]):
    """A unit may say a thing several times: everything counts."""

    def __setitem__(self, key: str, value: object) -> None:
        if key in self and isinstance(value, list):
            value = [*self[key], *value]
        super().__setitem__(key, value)


def unit() -> dict[str, list[str]]:
    """What the section ``[Service]`` of the unit says, by name; a name may stand there several times."""
    parser = ConfigParser(strict=False, interpolation=None, dict_type=_Units, delimiters="=")
    parser.optionxform = str
    parser.read_string(text("docs/notifier.service"))
    return {name: value.splitlines() for name, value in parser["Service"].items()}


def settings_of_unit() -> dict[str, str]:
    pairs = [pair for line in unit()["Environment"] for pair in shlex.split(line)]
    return dict(pair.split("=", 1) for pair in pairs)


def workflow() -> str:
    """The example for GitHub Actions."""
    shown = re.search(r"```yaml\n(name: notifier\n.*?)```", text("docs/operations.md"), re.DOTALL)
    assert shown is not None
    return shown[1]
