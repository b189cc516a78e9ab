"""What each scenario of the tests tells, when and why: ``python -m benchmarks.scenarios [part of a name]``."""

from __future__ import annotations

import sys
from pathlib import Path

from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a file, from anywhere

from tests.core.test_scenarios import FOLDER, Run


def main(part: str = "") -> None:
    """Print every scenario whose name holds *part*: its story, and a line for each thing told."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if part not in path.stem:
            continue
        text = path.read_text(encoding="utf-8")
        story = YAML(typ="safe", pure=True).load(text)
        run = Run(story)
        print(f"\n{path.stem}: {text.splitlines()[0].removeprefix('# ')}")
        told = [(tick["at"], run.zone, each) for tick in story["ticks"] for each in run.look(tick)]
        for at, zone, each in told:
            print(f"  {at!s:26} {zone:20} {each}")
        print(f"  {len(told)} told in {len(story['ticks'])} looks")


if __name__ == "__main__":
    main(*sys.argv[1:2])
