"""Does `for` mean what it means to Prometheus: ``python -m benchmarks.promtool [series] [seed]``.

Random series are told to a rule of ours, which looks only when a value changes or its last answer ends. What is
open then at each minute is what ``promtool test rules`` has to find firing.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a file, from anywhere

from notifier.core.alert import Alert, Cause, Policy, advance
from notifier.core.calendar import Locale, Moment
from notifier.core.timing import Timing
from notifier.core.verdict import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60
LENGTH = 90  # minutes of each series
LEVEL = 5
SPANS = (30, 60, 90, 120, 300, 600, 1_200)  # seconds that a value has to last
LASTS_PER_VALUE = (1, 1, 2, 5, 12, 25)  # minutes
HIGH, CLEAR = Verdict(Finding.JUDGED, "high", "high"), Verdict(Finding.JUDGED)

Values = list[int | None]  # one a minute; None: there is no such series


def series(chance: random.Random) -> Values:
    """A value for each minute; it stays for a while, and sometimes the series is gone."""
    values: Values = []
    while len(values) < LENGTH:
        value = None if chance.random() < 0.1 else chance.randint(0, 2 * LEVEL)  # noqa: PLR2004  a share
        values += [value] * chance.choice(LASTS_PER_VALUE)
    return values[:LENGTH]


def firing(values: Values, lasting: int) -> list[bool]:
    """For each minute whether our alert is open."""
    policy = Policy(("high",), Timing(lasting), Locale(ZoneInfo("UTC")))
    alert: Alert | None = None
    until: Moment = 0
    found = []
    for minute, value in enumerate(values):
        changed = minute == 0 or value != values[minute - 1]
        while changed or until <= minute * MINUTE:
            now = minute * MINUTE if changed else until
            verdict = HIGH if value is not None and value > LEVEL else CLEAR
            decided = advance(policy, alert, verdict, Cause.FACTS if changed else Cause.MOMENT, now)
            alert, until, changed = decided.alert, decided.until, False
        found.append(alert is not None and alert.open)
    return found


def rules(spans: Sequence[int]) -> dict[str, object]:
    """A rules file of Prometheus: one alert for each series."""
    alerts = [
        {"alert": f"A{number}", "expr": f'x{{n="{number}"}} > {LEVEL}', "for": f"{span}s"}
        for number, span in enumerate(spans)
    ]
    return {"groups": [{"name": "g", "interval": "1m", "rules": alerts}]}


def expectations(all_values: Sequence[Values], found: Sequence[list[bool]]) -> dict[str, object]:
    """A test file of promtool: every minute of every series."""
    told = [
        {
            "series": f'x{{n="{number}"}}',
            "values": " ".join("stale" if value is None else str(value) for value in values),
        }
        for number, values in enumerate(all_values)
    ]
    expected = [
        {
            "eval_time": f"{minute}m",
            "alertname": f"A{number}",
            "exp_alerts": [{"exp_labels": {"n": str(number)}}] if fires else [],
        }
        for number, minutes in enumerate(found)
        for minute, fires in enumerate(minutes)
    ]
    test = {"interval": "1m", "input_series": told, "alert_rule_test": expected}
    return {"rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": [test]}


def agrees(promtool: str, folder: Path, written: dict[str, object]) -> tuple[bool, str]:
    """Whether promtool finds what is *written*, and what it said."""
    (folder / "test.json").write_text(json.dumps(written), encoding="utf-8")
    ran = subprocess.run(
        [promtool, "test", "rules", "test.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    return ran.returncode == 0, ran.stdout + ran.stderr


def main(many: int = 300, seed: int = 1) -> int:
    """Compare, and see that a single wrong minute would be found."""
    promtool = shutil.which("promtool")
    if promtool is None:
        print("promtool is not on the PATH: nothing was compared")
        return 0
    chance = random.Random(seed)
    all_values = [series(chance) for _ in range(many)]
    spans = [chance.choice(SPANS) for _ in range(many)]
    found = [firing(values, span) for values, span in zip(all_values, spans, strict=True)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules.json").write_text(json.dumps(rules(spans)), encoding="utf-8")
        same, words = agrees(promtool, folder, expectations(all_values, found))
        wrong = chance.randrange(many), chance.randrange(LENGTH)
        found[wrong[0]][wrong[1]] = not found[wrong[0]][wrong[1]]
        noticed = not agrees(promtool, folder, expectations(all_values, found))[0]
    fires = sum(map(sum, found))
    print(
        f"{many} series, {many * LENGTH} minutes, {fires} of them firing: {'all agree' if same else words[:4000]}"
    )
    print(f"one minute turned around: {'noticed' if noticed else 'NOT noticed'}")
    return 0 if same and noticed else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
