"""What a command imports and needs: --help is quick, and no terminal is too poor."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LISTS = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_module("notifier", run_name="__main__")
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def start(folder, *arguments, code=None, **environment):
    program = ["-c", code, "notifier"] if code else ["-m", "notifier"]
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=30,
        check=False,
    )


def imported(folder, *arguments):
    result = start(folder, *arguments, code=LISTS)
    assert result.returncode == 0, result.stderr
    return {name.partition(".")[0] for name in result.stderr.split()}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["check", "-h"], ["--version"]])
def test_help_imports_nothing_that_it_does_not_need(tmp_path, arguments):
    heavy = {
        "sqlalchemy",
        "lark",
        "pydantic",
        "httpx",
        "rich",
        "apscheduler",
        "holidays",
        "jinja2",
        "ruamel",
        "asyncio",
    }

    assert imported(tmp_path, *arguments) & heavy == set()


def test_check_imports_neither_store_nor_network_nor_settings(tmp_path):
    found = imported(tmp_path, "check")

    assert "lark" in found
    assert found & {"sqlalchemy", "httpx", "apscheduler", "holidays", "pydantic", "rich", "asyncio"} == set()


def test_every_command_says_what_it_is_for(tmp_path):
    result = start(tmp_path, "--help")

    assert result.returncode == 0
    for command in ("check", "enroll", "record", "run", "timeline"):
        assert f"\n  {command} " in result.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_that_lacks_letters_is_no_reason_to_crash(tmp_path, encoding):
    (tmp_path / "accounts.yaml").write_text("version: 1\naccounts: [{id: lab, n\u0105me: x}]\n", encoding="utf-8")
    result = start(tmp_path, "check", PYTHONIOENCODING=encoding, PYTHONUTF8="0")

    assert result.returncode == 1
    assert result.stderr == "1 mistake.\n"
    assert "accounts.yaml:2:22: `n" in result.stdout
