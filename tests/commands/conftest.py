"""The commands as a person calls them, in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from notifier.cli import main
from notifier.environment import names

PROGRAM = "openai-researcher-access"
FIVE_RULES = Path(__file__).parents[1] / "flow" / "rules"
ACCOUNTS = f"""\
version: 1
defaults: {{time_zone: Europe/Berlin}}
accounts:
  - id: lab
    organization: org-1
    people:
      pi: {{name: A. Researcher, reach: [mailto:a@example.edu]}}
      team: ["slack:#lab-grants"]
    grants:
      - {{id: "2026", program: {PROGRAM}, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}}
  - id: library
    people: {{team: "slack:#library"}}
    grants:
      - {{id: "2023", program: {PROGRAM}, accepted_on: 2023-05-02, enrolled_on: 2026-11-20}}
      - {{id: "2026", program: {PROGRAM}, accepted_on: 2026-11-02, enrolled_on: 2026-11-02}}
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder in which the command is called; no setting of this machine reaches it."""
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def five_rules(here, monkeypatch) -> Path:
    """The rules that the first release shipped, for tests to which it does not matter what is shipped now."""
    monkeypatch.setenv("NOTIFIER_RULES", str(FIVE_RULES))
    return FIVE_RULES


@pytest.fixture
def accounts(here) -> Path:
    path = here / "accounts.yaml"
    path.write_text(ACCOUNTS, encoding="utf-8")
    return path


@pytest.fixture
def call(here):
    """Call the command line; a terminal of 160 columns."""

    def called(*arguments):
        result = CliRunner(env={"COLUMNS": "160", "TERM": "dumb"}).invoke(main, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return called
