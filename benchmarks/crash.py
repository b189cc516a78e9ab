"""Kill the demo with SIGKILL at random moments, again and again, and compare what was told in the end.

    python -m benchmarks.crash [kills per round] [rounds]

Each round starts on an empty state folder, kills the service that many times at random moments of its life (start,
migration, first poll, judging, telling), lets it finish once, and compares the console's record with that of a run
that nobody disturbed. Prints how many messages were missing or told twice; exits with 1 if any was.
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from threading import Timer

PROJECT = Path(__file__).resolve().parents[1]
LONGEST = 1.8  # seconds: a whole first round takes about this long


def start(folder: Path) -> subprocess.Popen[str]:
    """The demo on the state in *folder*."""
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", "run", "--demo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},  # noqa: TID251  a child's
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_once(folder: Path, after: float) -> None:
    """Start it and kill it *after* seconds."""
    with start(folder) as process:
        Timer(after, process.kill).start()
        process.communicate()


def finish(folder: Path) -> None:
    """Let one start tell everything that is left."""
    with start(folder) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "That is all for now" in line:
                break
        process.kill()


def told(folder: Path) -> Counter[str]:
    """How often each message stands in the console's record."""
    record = folder / "demo-state" / "console.jsonl"
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return Counter(str(json.loads(line)["key"]) for line in lines)


def main() -> None:
    """Run the rounds and print what was found."""
    kills, rounds = (int(argument) for argument in (*sys.argv[1:], "10", "5")[:2])
    seed = random.SystemRandom().randrange(10**6)
    chance, missing, twice = random.Random(seed), 0, 0
    print(f"{platform.platform()}, Python {platform.python_version()}, seed {seed}")
    with tempfile.TemporaryDirectory() as quiet:
        finish(Path(quiet))
        wanted = told(Path(quiet))
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(kills):
                kill_once(Path(folder), chance.uniform(0.1, LONGEST))
            finish(Path(folder))
            found = told(Path(folder))
            missing += sum((wanted - found).values())
            twice += sum((found - wanted).values())
    print(f"{kills * rounds} kills, {rounds} rounds of {sum(wanted.values())} messages: ", end="")
    print(f"{missing} missing, {twice} told twice")
    sys.exit(1 if missing or twice else 0)


if __name__ == "__main__":
    main()
