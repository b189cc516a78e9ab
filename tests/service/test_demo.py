"""The demo as a person meets it: started, stopped, started again, killed at any moment."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner

from notifier.cli import main

PROJECT = Path(__file__).parents[2]
PATIENCE = 30  # seconds until something that never comes is called missing
FAMILIES = ("Credits have not arrived · aurora", "used · borealis", "Free access ends in 12 days · cirrus",
            "One-page summary is due · cirrus")  # fmt: skip
END = "That is all for now"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "notifier", *arguments]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def running(folder: Path, *arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Everything it prints until *text* stands in it."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(f"{text!r} was never printed, but:\n{printed}")


OFFERED = ["timeline", "record", "status", "check"]


def offered(printed: str) -> list[str]:
    """The commands that it ends with, as printed."""
    return re.findall(r"^    (\S+ -m notifier .*)$", printed.partition("In another terminal:")[2], re.MULTILINE)


def told(folder: Path) -> list[dict[str, str]]:
    record = folder / "demo-state" / "console.jsonl"
    return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []


def play(folder: Path, **env: str) -> str:
    """One start of the demo until it has told everything, ended with Ctrl-C; what it printed."""
    with running(folder, "run", "--demo", **env) as process:
        printed = read_until(process, END)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    return printed


def test_it_tells_one_alert_of_each_family_and_its_letters_are_files_that_a_mail_program_opens_unsent(tmp_path):
    printed = play(tmp_path)

    for family in FAMILIES:
        assert family in printed
    assert "To: researcheraccess@openai.com" in printed
    assert "Could you check whether the API credits" in printed
    letters = [line["letter"] for line in told(tmp_path) if line["letter"]]
    mails = [message_from_bytes((tmp_path / path).read_bytes(), policy=policy.default) for path in letters]
    assert {mail["X-Unsent"] for mail in mails} == {"1"}
    assert {mail["To"] for mail in mails} == {"researcheraccess@openai.com"}
    assert len(mails) == 3


def test_a_second_start_repeats_nothing(tmp_path):
    play(tmp_path)
    first = told(tmp_path)
    printed = play(tmp_path)

    assert told(tmp_path) == first
    assert not any(family in printed for family in FAMILIES)


def test_it_reads_neither_environment_nor_dotenv_nor_the_accounts_file(tmp_path):
    (tmp_path / ".env").write_text("NOTIFIER_STATE=elsewhere\nNOTIFIER_ACCOUNTS=mine.yaml\n")
    (tmp_path / "accounts.yaml").write_text("this is: [not an accounts file")
    printed = play(tmp_path, NOTIFIER_STATE="elsewhere", NOTIFIER_RULES="nowhere", AURORA_KEY="sk-real")

    assert FAMILIES[0] in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "accounts.yaml", "demo-state"]


@pytest.mark.parametrize("option", ["--state", "--rules", "--accounts"])
def test_it_cannot_be_pointed_at_something_real(tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(main, ["run", "--demo", option, "state"])

    assert (refused.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "leave the other options out" in refused.stderr


def test_the_commands_it_ends_with_can_be_typed_as_printed(tmp_path):
    with running(tmp_path, "run", "--demo") as process:
        commands = offered(read_until(process, "-m notifier check"))
        assert [words.split()[3] for words in commands] == OFFERED
        for line in commands:
            done = subprocess.run(
                line, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        resolved = read_until(process, "Done: Credits have not arrived")
    assert "Traceback" not in resolved


def test_a_second_run_on_the_same_file_is_refused_in_one_sentence(tmp_path):
    with running(tmp_path, "run", "--demo") as process:
        read_until(process, END)
        second = subprocess.run(
            command("run", "--demo"), cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )

    assert second.returncode == 2
    assert str(process.pid) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def test_an_edit_of_the_accounts_file_is_taken_over_and_a_faulty_one_is_not(tmp_path):
    with running(tmp_path, "run", "--demo") as process:
        read_until(process, END)
        accounts = tmp_path / "demo-state" / "accounts.yaml"
        good = accounts.read_text()
        accounts.write_text(good.replace("program: openai-researcher-access", "program: openai", 1))
        rejected = read_until(process, "edit_rejected")
        granted = good.replace(
            "credits_requested: 5000 USD", "credits_requested: 5000 USD\n        credits_granted: 900 USD"
        )
        accounts.write_text(granted)
        read_until(process, "Done: Credits have not arrived")

    assert "accounts.yaml:14:18: there is no program `openai`" in rejected


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_any_moment_it_tells_the_same_once(tmp_path, seed):
    chance = random.Random(seed)
    for _ in range(4):
        with running(tmp_path, "run", "--demo") as process:
            Timer(chance.uniform(0.3, 1.6), process.kill).start()
            assert process.stdout is not None
            process.stdout.read()
    play(tmp_path)

    keys = [line["key"].rpartition("|1|1|1|")[0] for line in told(tmp_path)]
    assert sorted(keys) == [
        "openai-researcher-access/access-ends|cirrus",
        "openai-researcher-access/balance-reading-old|borealis",
        "openai-researcher-access/balance-reading-old|cirrus",
        "openai-researcher-access/credits-not-allocated|aurora",
        "openai-researcher-access/credits-used|borealis",
        "openai-researcher-access/lapses-unused|cirrus",
        "openai-researcher-access/summary-due|cirrus",
    ]


def test_without_a_grant_it_says_what_to_do_and_works_on(tmp_path):
    (tmp_path / "accounts.yaml").write_text("version: 1\naccounts: []\n")
    with running(tmp_path, "run") as process:
        printed = read_until(process, "-m notifier check")

    assert "No grant is watched yet; `enroll` adds one from its mail." in printed
    assert "Traceback" not in printed


def test_what_a_real_run_offers_speaks_of_the_files_that_it_was_given(tmp_path):
    grant = "program: openai-researcher-access, accepted_on: 2026-10-05"
    (tmp_path / "our groups.yaml").write_text(f"version: 1\naccounts:\n  - {{id: lab, {grant}}}\n")
    with running(tmp_path, "run", "--accounts", "our groups.yaml", "--state", "kept") as process:
        commands = offered(read_until(process, "-m notifier check"))
        assert [words.split()[3] for words in commands] == [verb for verb in OFFERED if verb != "record"]
        for line in commands:
            done = subprocess.run(
                line, shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "our groups.yaml"]


def test_a_start_says_what_is_held_with_the_commands_that_answer(tmp_path):
    grants = "".join(
        f"  - {{id: lab-{number}, program: openai-researcher-access, accepted_on: 2024-03-11}}\n"
        for number in range(2)
    )
    (tmp_path / "accounts.yaml").write_text(f"version: 1\naccounts:\n{grants}")
    for _ in range(2):
        with running(tmp_path, "run", NOTIFIER_HOLD_ABOVE="1") as process:
            printed = read_until(process, "-m notifier check")

    assert re.search(
        r"^2 messages are held since .*:\n    \S+ -m notifier release 1\n    \S+ -m notifier drop 1$",
        printed,
        re.MULTILINE,
    )
