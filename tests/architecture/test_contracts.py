"""The architecture is a test, and each contract of it bites: one offending import, one broken contract."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CONTRACTS = [
    contract["id"]
    for contract in tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]

# What is added to which module, and the contract that has to refuse it.
VIOLATIONS = [
    ("rings", "core/money.py", "import notifier.ports"),
    ("rings", "files/table.py", "import notifier.store.errors"),
    ("rings", "web/app.py", "import notifier.store.errors"),
    ("rings", "web/app.py", "import notifier.pulse"),
    ("rings", "pulse.py", "import notifier.lanes"),
    ("rings", "stray.py", ""),
    ("pure-core", "core/money.py", "import logging"),
    ("pure-core", "core/language/types.py", "from pathlib import Path"),
    ("conditions", "core/conditions/threshold.py", "import notifier.core.conditions.deadline"),
    ("sources", "sources/stray.py", "import notifier.sources.openai"),
    ("channels", "channels/smtp.py", "import notifier.channels.console"),
    ("no-cycles", "core/money.py", "import notifier.files.table"),
    ("vendor-httpx", "sources/openai/bill.py", "import httpx"),
    ("vendor-slack", "destinations.py", "import slack_sdk"),
    ("vendor-slack", "channels/sendgrid.py", "import aiohttp"),
    ("vendor-smtp", "channels/sendgrid.py", "import aiosmtplib"),
    ("vendor-sendgrid", "channels/smtp.py", "import sendgrid"),
    ("vendor-database", "flow/judge.py", "import sqlalchemy"),
    ("vendor-database", "service.py", "import alembic"),
    ("vendor-scheduler", "service.py", "import apscheduler"),
    ("vendor-grammar", "core/rule.py", "import lark"),
    ("vendor-files", "flow/judge.py", "import jinja2"),
    ("vendor-files", "core/calendar.py", "import holidays"),
    ("vendor-settings", "files/table.py", "import pydantic_settings"),
    ("vendor-calendar", "commands/timeline.py", "import icalendar"),
    ("vendor-web", "service.py", "import uvicorn"),
    ("vendor-web", "commands/once.py", "from starlette.applications import Starlette"),
]


def copy(folder):
    """The package and its configuration, to be spoilt."""
    shutil.copytree(PROJECT / "notifier", folder / "notifier", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def lint(folder, *arguments):
    """What import-linter prints of the package in *folder*, and whether it keeps its contracts."""
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def test_the_house_as_it_stands_keeps_every_contract(tmp_path):
    code, printed = lint(copy(tmp_path))

    assert code == 0, printed
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in printed


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS)
def test_a_contract_bites(tmp_path, contract, module, line):
    path = copy(tmp_path) / "notifier" / module
    before = path.read_text(encoding="utf-8") if path.exists() else '"""A stray module."""\n'
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    code, printed = lint(tmp_path, "--contract", contract)

    assert code == 1, printed
    assert "Contracts: 0 kept, 1 broken." in printed


def test_every_contract_is_shown_to_bite():
    assert sorted({contract for contract, _, _ in VIOLATIONS}) == sorted(CONTRACTS)
