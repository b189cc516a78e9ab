"""The demo's year, played: real service, simulated time; the same start tells the same story."""

import asyncio
import io
import json
import re
import signal
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner
from rich.console import Console as Terminal

from notifier.cli import main
from notifier.commands.run import playing
from notifier.core.subject import Subject
from notifier.demo import play as module
from notifier.demo.group import ACCOUNT, FIRST_KEY, SECOND_KEY, Group
from notifier.demo.play import Deed, Done, Play, Tally, Telling
from notifier.demo.simulated import SimulatedClock
from notifier.demo.tally import summary
from notifier.store.store import Store

PROJECT = Path(__file__).parents[2]
BEGINS = date(2027, 3, 1)  # a Monday
WAITED, NOT_THERE = "credits-expected", "credits-not-allocated"


def on_paper():
    return Terminal(file=io.StringIO(), width=100, highlight=False)


def quickly(folder, days):
    """Play the first *days*, polling costs alone: the tally, and what was printed."""
    paper = on_paper()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playing, "TEXT", playing.TEXT.replace("every: 1 day", "every: 1 day, reads: [costs]"))
        tally = playing.perform(folder, BEGINS, paper, days=days)
    return tally, paper.file.getvalue()


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    """The first 33 days: the credits do not come, a letter is sent, they come. Tally, what was printed, folder."""
    folder = tmp_path_factory.mktemp("play")
    return *quickly(folder, 32), folder


def test_each_message_comes_on_its_day(spring):
    tally, _, _ = spring

    assert [(f"{each.day:%m-%d}", each.rule, each.title.partition(":")[0][:5]) for each in tally.told] == [
        ("03-15", WAITED, "The c"),
        ("03-23", WAITED, "No lo"),
        ("03-23", NOT_THERE, "Credi"),
        ("03-29", NOT_THERE, "Credi"),
        ("03-31", NOT_THERE, "Done"),
        ("03-31", "amount-differs", "The g"),
        ("03-31", "guidelines-shared", "The c"),
        ("04-01", "guidelines-shared", "Done"),
    ]


def test_people_do_what_they_were_asked_for_after_they_were_asked(spring):
    tally, _, _ = spring

    assert [(f"{day:%m-%d}", said) for day, said in tally.done] == [
        ("03-23", "A. Researcher sends the letter, and says so."),
        ("03-23", "A. Researcher acknowledges credits-not-allocated: the letter is out."),
        ("03-29", "The program answers; A. Researcher records the day."),
        ("03-31", "The credits are there: A. Researcher records credits_granted 1,000.00 USD."),
        ("04-01", "A. Researcher acknowledges amount-differs: we plan with what came."),
        ("04-01", "B. Student sends everybody the guidelines, and records the day."),
    ]


def test_each_day_stands_once_above_what_happened_on_it_with_how_long_nothing_did(spring):
    _, printed, _ = spring

    days = re.findall(r"^(\w+, \d\d \w+ 2027(?:  \(\d+ days later\))?) ─", printed, re.MULTILINE)
    assert days == [
        "Monday, 15 March 2027",
        "Tuesday, 23 March 2027  (8 days later)",
        "Monday, 29 March 2027  (6 days later)",
        "Wednesday, 31 March 2027  (2 days later)",
        "Thursday, 01 April 2027",
    ]
    recorded = printed.index("15:00  The credits are there: A. Researcher records credits_granted 1,000.00 USD.")
    assert printed.index("Wednesday, 31 March") < recorded < printed.index("Done: Credits have not arrived")


def test_the_letter_stands_there_whole_and_no_clock_is_thought_to_have_jumped(spring):
    _, printed, folder = spring

    assert "Your acceptance email asks us to write when nothing has arrived after 3 weeks." in printed
    assert (folder / "letters" / "aurora.1.credits-not-allocated.eml").exists()
    assert "jump" not in printed


def test_everything_is_the_service_s_own(spring):
    """Acts stand in the journal, polls in the readings, messages in the console's record."""
    tally, _, folder = spring

    told = [json.loads(line) for line in (folder / "console.jsonl").read_text().splitlines()]
    assert [each["title"] for each in told] == [each.title for each in tally.told]
    with closing(Store.open(folder / "notifier.db", lock=False)) as store:
        read = store.read(lambda tx: tx.read_at([ACCOUNT]))
        entries = store.read(lambda tx: tx.recorded([ACCOUNT]))[ACCOUNT]
    last = max(at for (_, source), at in read.items() if source.startswith("openai"))
    assert date(1970, 1, 1) + timedelta(last // 86_400) == BEGINS + timedelta(32)
    assert {each.by for each in entries} == {"A. Researcher", "B. Student"}


def test_the_same_start_tells_the_same_story(spring, tmp_path):
    tally, _, _ = spring
    again, _ = quickly(tmp_path, 22)
    until = BEGINS + timedelta(22)

    assert again.told == [each for each in tally.told if each.day <= until]
    assert again.done == [each for each in tally.done if each[0] <= until]


# -- the group at its provider ------------------------------------------------------------------------------------


def test_a_key_that_was_revoked_opens_nothing_and_another_one_does():
    group = Group(BEGINS)
    group.revoke()
    assert group.known_by(FIRST_KEY) is None
    group.renew()

    assert (group.key, group.known_by(FIRST_KEY)) == (SECOND_KEY, None)
    assert group.known_by(SECOND_KEY) is group.organization


def test_a_corrected_day_reads_as_before_until_the_correction_is_seen():
    group, day = Group(BEGINS), BEGINS + timedelta(172)
    before = group.organization.cost_on(day)
    group.correct(day, day + timedelta(3))

    assert group.organization.cost_on(day, day + timedelta(2)) == before
    assert 0 < group.organization.cost_on(day, day + timedelta(3)) < before


@pytest.mark.parametrize("begins", [BEGINS + timedelta(number) for number in range(7)], ids=str)
def test_the_year_uses_nearly_all_of_the_grant_whatever_day_it_begins_on(begins):
    group = Group(begins)

    assert group.spent(begins + timedelta(32)) == 0
    assert Decimal(950) < group.spent(begins + timedelta(365)) < Decimal(1000)


# -- how it is played ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1day/s", 86_400), ("1 day/s", 86_400), ("6h/s", 21_600), ("1week/s", 604_800), ("30 min/second", 1_800)],
)
def test_a_speed_is_a_length_of_time_in_a_second(text, seconds):
    assert playing.simulated_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "1day", "day/s", "0h/s", "1day/min", "2 working days/s", "1 month/s", "-1h/s"]
)
def test_what_is_no_speed_is_refused_with_how_one_is_written(text):
    with pytest.raises(ValueError, match=r"is no speed such as 1day/s, 6h/s or 1week/s"):
        playing.simulated_seconds(text)


class Pages:
    """A story of five days in which one thing is done."""

    begins, ends = BEGINS, BEGINS + timedelta(4)
    deeds = (Deed(lambda now, _: Done(f"done {now % 86_400 // 3600}"), 2, timedelta(hours=10)),)


class Still:
    """A service that has nothing to do: it starts the engine and waits to be stopped."""

    busy = False

    def __init__(self, played, clock):
        self.engine = played.engine(self.work, clock)

    async def work(self):
        return 2**33

    async def run(self, stopped):
        self.engine.start()
        await stopped.wait()
        await self.engine.stop()


def paced(monkeypatch, speed, story=Pages):
    """The seconds that a play of *story* waits, one wait after the other, without waiting; and its tally."""
    waits = []

    async def sleep(seconds):
        waits.append(round(seconds, 1))

    monkeypatch.setattr(module, "sleep", sleep)
    monkeypatch.setattr(Play, "_seconds", lambda _: 1_000.0)  # nothing takes any time but what is waited for
    clock = SimulatedClock((BEGINS - date(1970, 1, 1)).days * 86_400)
    played = Play(story(), clock, on_paper(), speed)
    asyncio.run(played.perform(Still(played, clock), object(), asyncio.Event()))
    return waits, played.tally


def test_a_simulated_day_takes_as_long_as_was_asked_for(monkeypatch):
    waits, tally = paced(monkeypatch, 8_640)

    # Two days and ten hours, each day from the move of the clock on; then the rest of the story.
    assert waits == [10.0, 20.0, 24.2, 5.8, 15.8, 25.8]
    assert tally.done == [(BEGINS + timedelta(2), "done 10")]


class Weekend(Pages):
    """What is to be done on a Saturday and on a Sunday."""

    ends = BEGINS + timedelta(9)
    deeds = tuple(Deed(lambda *_: Done(""), days, timedelta(hours=10)) for days in (4, 5, 6))


def test_nobody_works_on_weekends(monkeypatch):
    _, tally = paced(monkeypatch, None, Weekend)

    assert [f"{day:%A}" for day, _ in tally.done] == ["Friday", "Monday", "Monday"]


def test_without_a_speed_nothing_is_waited_for(monkeypatch):
    assert paced(monkeypatch, None)[0] == []


def test_what_fails_in_the_service_is_raised(monkeypatch):
    async def fail(_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Still, "work", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        paced(monkeypatch, None)


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        ("p/rule|lab|1|1|2|console", Subject("p/rule", "lab", "1")),
        ("p/rule|lab||1|2|console", Subject("p/rule", "lab")),
        ("p/rule|lab|1|thesis-7|1|2|console", Subject("p/rule", "lab", "1", "thesis-7")),
    ],
)
def test_whom_a_post_is_about_stands_in_its_key(key, subject):
    assert module._subject(key) == subject


def test_the_tally_fits_one_screen_with_a_row_for_each_rule_and_a_column_for_each_month():
    told = [
        Telling(BEGINS + timedelta(days), rule, "") for days, rule in ((0, "a"), (40, "b"), (41, "a"), (380, "b"))
    ]
    paper = Terminal(file=io.StringIO(), width=80, highlight=False)
    paper.print(summary(Tally(told, [(BEGINS, "this")])))
    lines = [line.split() for line in paper.file.getvalue().splitlines() if line.strip()]

    assert " ".join(lines[0]) == "4 messages from 01 March 2027 to 15 March 2028"
    assert " ".join(lines[1]) == "Messages Mar Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar All"
    assert lines[2] == ["a", "1", "1", *"·" * 11, "2"]
    assert lines[3] == ["b", "·", "1", *"·" * 10, "1", "2"]
    assert lines[4] == ["all", "of", "them", "1", "2", *"·" * 10, "1", "4"]
    assert lines[5] == ["what", "was", "done", "1", *"·" * 12, "1"]


# -- the command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--speed", "1day/s"], "--speed plays the demo, the real world keeps its own time: add --demo"),
        (["--demo", "--speed", "fast"], "--speed 'fast' is no speed such as 1day/s, 6h/s or 1week/s"),
        (["--demo", "--speed", "1day/s", "--rules", "r"], "leave the other options out"),
        (["--demo", "--speed", "1day/s", "--state", "."], ". is not an empty folder; a play begins anew"),
        (["--demo", "--speed", "1day/s", "--state", "something"], "something is not an empty folder"),
        (
            ["--demo", "--speed", "1day/s", "--state", "something/in/it"],
            "something/in/it cannot be used: Not a direc",
        ),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_sentence(arguments, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").write_text("")
    result = CliRunner().invoke(main, ["run", *arguments])

    assert result.exit_code == 2
    assert why in result.stderr
    assert len(list(tmp_path.iterdir())) == 1


def test_ctrl_c_ends_it_with_the_tally_and_nothing_is_left_behind(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "notifier", "run", "--demo", "--speed", "8 weeks/s"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watchdog = Timer(50, process.kill)
    watchdog.start()
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            if "The credits should be there by now" in line:
                process.send_signal(signal.SIGINT)
    finally:
        watchdog.cancel()
        process.kill()
        process.stdout.close()
    assert process.wait() == 0
    assert re.search(r"^\d+ messages? from", printed, re.MULTILINE)
    assert "Traceback" not in printed
    assert list(tmp_path.iterdir()) == []
