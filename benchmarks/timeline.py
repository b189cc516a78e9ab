"""How long ``notifier timeline`` takes for one account and the year to come, as a person waits for it.

    python -m benchmarks.timeline [runs]

Starts the whole command anew each time, as text, as JSON and with a calendar file: Python, imports, rules, the
accounts file, and what is shown. *cpu* is the processor's own time; where other work goes on, wait and cpu differ.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ACCOUNTS = """\
version: 1
defaults: {time_zone: Europe/Berlin}
accounts:
  - id: lab
    organization: org-1
    people: {pi: {name: A. Researcher, reach: [mailto:a@example.edu]}, team: ["slack:#lab-grants"]}
    grants:
      - {id: "2026", program: openai-researcher-access, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}
"""
YEAR = ["--account", "lab", "--now", "2026-10-05", "--from", "2026-10-05", "--until", "2027-10-04"]
FORMS = {
    "text": [],
    "supposing": ["--if", "credits_granted=1000 on 2026-12-04"],
    "json": ["--format", "json"],
    "calendar": ["--ics", "grant.ics"],
}


def once(folder: Path, arguments: list[str]) -> tuple[float, float]:
    """Run the command once; the seconds that a person waits, and the seconds of the processor."""
    before, begun = _cpu(), time.perf_counter()
    command = [sys.executable, "-m", "notifier", "timeline", *YEAR, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}  # noqa: TID251  the measured program's, not ours
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return time.perf_counter() - begun, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure each form and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in ("click", "lark", "rich", "ruamel.yaml", "icalendar")))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
        for form, arguments in FORMS.items():
            once(folder, arguments)  # the first run compiles what was never imported
            waits, cpu = zip(*(once(folder, arguments) for _ in range(runs)), strict=True)
            print(
                f"{form:<10} waited {statistics.median(waits):.2f} s in the middle of {runs} runs, "
                f"{min(waits):.2f} at best, {max(waits):.2f} at worst; cpu {statistics.median(cpu):.2f} s"
            )


if __name__ == "__main__":
    main()
