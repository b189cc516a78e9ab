"""``init``: one's own rules, accounts and `.env` from at most six answers, commented and in working order."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from notifier import environment
from notifier.commands.init.questions import LEFT_OUT, QUESTIONS, Answers, Question
from notifier.commands.init.starting import accounts_text, env_text, rules_texts
from notifier.files.accounts import read_accounts
from notifier.files.rulebook import read_rulebook
from notifier.settings import Settings

PROJECT = Path(__file__).parents[2]
MAIL = PROJECT / "tests" / "enroll" / "acceptance.txt"
RULES, ACCOUNTS = Path("group/rules"), Path("group/accounts.yaml")
PROGRAM = "openai-researcher-access.yaml"
EXAMPLE = re.compile(r"^( *)# (?=[ a-z-])", re.MULTILINE)  # prose begins with a capital letter
SHOWN = Answers(
    "lab",
    "Europe/Berlin",
    "A. Researcher",
    "mailto:a.researcher@example.edu",
    "slack:#lab-grants",
    "Example University, Imaging Group",
)
GRANT = """\
    grants:
      - {id: "2026", program: openai-researcher-access, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}
"""


@pytest.fixture
def here(here, monkeypatch) -> Path:
    monkeypatch.setenv("TZ", "Europe/Vienna")
    return here


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def printed_commands(stdout: str) -> list[list[str]]:
    return [
        shlex.split(line.partition(" -m notifier ")[2]) for line in stdout.splitlines() if " -m notifier " in line
    ]


def uncommented(text: str) -> str:
    return EXAMPLE.sub(r"\1", text)


def blocks(text: str) -> list[str]:
    """*text* with the examples of one run of lines uncommented, for each run."""
    lines = text.splitlines(keepends=True)
    runs: list[list[int]] = []
    for number, line in enumerate(lines):
        if EXAMPLE.match(line):
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
    return ["".join(uncommented(line) if n in run else line for n, line in enumerate(lines)) for run in runs]


# -- what is written ------------------------------------------------------------------------------------------


def test_a_group_is_set_up_and_has_no_mistake(call, here):
    result = call("init", "--yes")

    assert (result.exit_code, result.stderr) == (0, "")
    assert re.search(r"^group/rules: .* drafts and 1 account: no mistakes\.$", result.stdout, re.MULTILINE)
    assert sorted(files(here)) == sorted([".env", str(ACCOUNTS), *(str(RULES / name) for name in rules_texts())])


def test_the_answers_stand_in_the_accounts_file(call, here):
    given = [
        "--id",
        "vision",
        "--zone",
        "Europe/Berlin",
        "--pi-name",
        "A. Researcher",
        "--pi-address",
        "a@example.edu",
    ]
    result = call("init", *given, "--team", "#vision", "--affiliation", "Example University")

    assert result.exit_code == 0
    assert accounts_text(
        Answers(
            "vision",
            "Europe/Berlin",
            "A. Researcher",
            "mailto:a@example.edu",
            "slack:#vision",
            "Example University",
        )
    ) == ACCOUNTS.read_text(encoding="utf-8")


def test_the_files_at_the_top_are_the_texts_that_are_written():
    assert (PROJECT / "accounts.example.yaml").read_text(encoding="utf-8") == accounts_text(SHOWN)
    assert uncommented_settings((PROJECT / ".env.example").read_text(encoding="utf-8")) == env_text(
        RULES, ACCOUNTS
    )


def uncommented_settings(text: str) -> str:
    return text.replace("# NOTIFIER_RULES=", "NOTIFIER_RULES=").replace(
        "# NOTIFIER_ACCOUNTS=", "NOTIFIER_ACCOUNTS="
    )


def test_nobody_is_made_up_for_what_was_left_out(call, here):
    result = call("init", "--yes")
    declared = read_accounts([(ACCOUNTS, "x")], {}, [2026], [])[0]

    assert (declared.account.id, declared.account.locale.zone.key) == ("lab", "Europe/Vienna")
    assert (dict(declared.account.people), dict(declared.facts)) == ({}, {"account_name": "lab"})
    assert "Nobody is named there yet: fill in `people:` in group/accounts.yaml." in result.stdout


def test_settings_name_what_was_written(call, here):
    call("init", "--yes")

    assert (Settings().rules, Settings().accounts) == (RULES, ACCOUNTS)


def test_the_webhook_in_the_settings_is_that_of_the_channel_of_the_team(call, here):
    call("init", "--yes", "--team", "#vision-group.2")
    text = Path(".env").read_text(encoding="utf-8")

    assert "\n# NOTIFIER_SLACK_WEBHOOK_VISION_GROUP_2=https://hooks.slack.com/services/…\n" in text
    assert "#vision-group.2 is VISION_GROUP_2, C0123ABC is C0123ABC" in text
    assert "LAB_GRANTS" not in text


@pytest.mark.parametrize("team", [[], ["--team", "a@example.edu"]])
def test_without_a_channel_the_settings_show_an_example(call, here, team):
    call("init", "--yes", *team)

    assert "\n# NOTIFIER_SLACK_WEBHOOK_LAB_GRANTS=https://" in Path(".env").read_text(encoding="utf-8")


def test_only_the_owner_may_read_the_settings(call, here):
    call("init", "--yes")

    assert oct(Path(".env").stat().st_mode & 0o777) == "0o600"


def test_the_rules_are_the_shipped_ones_below_a_comment(call, here):
    call("init", "--yes")
    shipped = (PROJECT / "rules" / PROGRAM).read_text(encoding="utf-8")
    copied = (RULES / PROGRAM).read_text(encoding="utf-8")

    assert copied.endswith(shipped[shipped.index("version:") :])
    assert copied.startswith("# Your group's copy")
    for draft in (PROJECT / "rules" / "drafts").glob("*.txt"):
        assert (RULES / "drafts" / draft.name).read_bytes() == draft.read_bytes()


@pytest.mark.parametrize("name", ["own.yaml", PROGRAM, "../accounts.yaml"])
def test_every_file_begins_by_saying_what_to_edit_and_how_to_check(call, here, name):
    call("init", "--yes")
    head = (RULES / name).read_text(encoding="utf-8").partition("\nversion: 1\n")[0]

    assert all(line.startswith("# ") and len(line) <= 115 for line in head.splitlines())
    assert "`notifier check`" in head


# -- the examples in it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [SHOWN, Answers()], ids=["with all answers", "with none"])
def test_all_examples_of_the_accounts_file_count_when_they_are_uncommented(call, here, answers):
    call("init", "--yes")
    ACCOUNTS.write_text(uncommented(accounts_text(answers)), encoding="utf-8")
    result = call("check")

    assert re.fullmatch(r"group/rules: .* drafts and 2 accounts: no mistakes\.\n", result.stdout)


@pytest.mark.parametrize("grant", ["", GRANT], ids=["before a grant is enrolled", "after"])
def test_each_example_of_the_accounts_file_counts_alone(call, here, grant):
    call("init", "--yes")
    text = accounts_text(Answers()).replace("    # What letters say", f"{grant}    # What letters say")
    several = blocks(text)
    assert len(several) > 5
    for each in several:
        ACCOUNTS.write_text(each, encoding="utf-8")

        assert call("check").stdout.endswith("no mistakes.\n"), each


def test_the_examples_show_every_field_that_the_accounts_file_has():
    text = uncommented((PROJECT / "accounts.example.yaml").read_text(encoding="utf-8"))
    account = ["organization", "affiliation", "key", "people", "labels", "paused", "rates", "overrides", "grants"]

    assert [field for field in [*account, "calendar", "currency"] if f"{field}:" not in text] == []


def test_all_examples_of_rules_count_when_they_are_uncommented(call, here):
    call("init", "--yes")
    own = RULES / "own.yaml"
    own.write_text(uncommented(own.read_text(encoding="utf-8")), encoding="utf-8")
    rules = read_rulebook(RULES, "rules", []).programs["openai-researcher-access"].rules

    assert call("check").stdout.endswith("no mistakes.\n")
    assert [rule.id for rule in rules if rule.id.startswith("own/")] == [
        "own/ethics-approval-ends",
        "own/report-to-the-funder",
        "own/little-is-left",
        "own/credits-idle",
    ]


def test_each_example_of_a_rule_counts_with_the_facts_above_it(call, here):
    call("init", "--yes")
    own = RULES / "own.yaml"
    head, rules = own.read_text(encoding="utf-8").split("\nrules:\n")
    for each in blocks(rules):
        own.write_text(f"{uncommented(head)}\nrules:\n{each}", encoding="utf-8")
        read = read_rulebook(RULES, "rules", []).programs["openai-researcher-access"].rules

        assert call("check").stdout.endswith(" drafts and 1 account: no mistakes.\n")
        assert len([rule for rule in read if rule.id.startswith("own/")]) == 1


# -- answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "text", "why"),
    [
        ("--id", "Our Läb", "'Our Läb': a name for commands has small letters, digits and hyphens; did you mean"),
        ("--id", "Our Läb", "`our-lab`?"),
        ("--id", "my_lab", "did you mean `my-lab`?"),
        ("--id", "x" * 64, f"did you mean `{'x' * 63}`?"),
        ("--zone", "berlin", "'berlin' is not a time zone such as Europe/Berlin; did you mean `Europe/Berlin`?"),
        ("--zone", "New York", "did you mean `America/New_York`?"),
        ("--zone", "europe/berlim", "did you mean `Europe/Berlin`?"),
        ("--pi-name", "x\x1b[2J", "'x\\x1b[2J' holds a character that cannot be shown (U+001B); write it without"),
        ("--pi-name", "x" * 201, "this has 201 characters, 200 are the most"),
        ("--pi-address", "a@example.edu\x07", "(U+0007)"),
        ("--pi-address", "Ann <ann@example.edu>", "did you mean `ann@example.edu`?"),
        ("--pi-address", "ann", "'ann' is not an address such as a.researcher@example.edu"),
        ("--pi-address", "a@example.edu, b@example.edu", "is not an address"),
        ("--team", "lab grants", "did you mean `#lab-grants`?"),
        ("--team", "#lab grants", "did you mean `#lab-grants`?"),
        ("--team", "team@", "'team@' is not an address"),
        ("--affiliation", "a\nb", "(U+000A)"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_what_probably_was(call, here, option, text, why):
    result = call("init", option, text)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{option}: ")
    assert why in result.stderr
    assert files(here) == {}


def test_all_wrong_answers_are_named_at_once(call, here):
    result = call("init", "--id", "A B", "--team", "x y", "--zone", "Mars")

    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["--id", "--zone", "--team"]


def test_a_key_that_was_pasted_is_not_repeated(call, here):
    assert "Ab0Cd1" not in call("init", "--id", "sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7").output


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("#lab-grants", "slack:#lab-grants"),
        ("slack:#lab", "slack:#lab"),
        (" team@example.edu ", "mailto:team@example.edu"),
        ("mailto:team@example.edu", "mailto:team@example.edu"),
    ],
)
def test_a_team_is_reached_by_channel_or_address(text, read):
    assert question("team").read(text) == read


def question(name: str) -> Question:
    return next(each for each in QUESTIONS if each.name == name)


def test_there_are_at_most_six_questions():
    assert len(QUESTIONS) <= 6


NASTY = ["null", "~", "true", "No", "- a", "007", "1_000", "a: b", "a #b", "{{ x }}", "[x", "&a", "*a", "!!int",
         "%", "@x", "`x`", "'", '"', "\\", "\\x41", "1e5", ".inf", "2026-01-01", "<<", "=", "ä" * 200]  # fmt: skip
said = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
addresses = st.one_of(said, st.builds("{}@{}".format, said, said))


@st.composite
def any_answers(draw) -> Answers:
    """What any text is read as; the default where it is refused."""
    texts = {
        "pi_name": said,
        "affiliation": said,
        "pi_address": addresses,
        "team": addresses | said.map("#{}".format),
    }
    found = {"account": draw(st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5})?", fullmatch=True))}
    found["zone"] = draw(st.sampled_from(["UTC", "Etc/GMT+3", "America/Port-au-Prince", "Europe/Berlin"]))
    for name, strategy in texts.items():
        text = draw(strategy)
        try:
            found[name] = question(name).read(text) or None
        except ValueError:
            found[name] = None
    return Answers(**found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_answers())
@example(Answers("007", "UTC", 'O\'Brien: "x" # y', "mailto:{a}@b", "slack:#null", "null"))
def test_any_answer_stands_in_the_file_as_it_was_meant(tmp_path, answers):
    path = tmp_path / "accounts.yaml"
    path.write_text(accounts_text(answers), encoding="utf-8")
    faults = []
    (declared,) = read_accounts([(path, "x")], {}, [2026], faults)
    people = declared.account.people

    assert faults == []
    assert (declared.account.id, declared.account.locale.zone.key) == (answers.account, answers.zone)
    assert declared.facts.get("affiliation") == answers.affiliation
    assert (people["pi"].name or None if "pi" in people else None) == answers.pi_name
    assert (people["pi"].reach if "pi" in people else ()) == tuple(filter(None, [answers.pi_address]))
    assert (people["team"].reach if "team" in people else ()) == tuple(filter(None, [answers.team]))
    assert YAML(typ="safe", pure=True).load(path)["accounts"][0]["id"] == answers.account  # as `enroll` reads it


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_answers())
def test_after_any_answers_init_finds_no_mistake(call, here, tmp_path_factory, answers):
    os.chdir(tmp_path_factory.mktemp("any"))
    options = {
        "id": answers.account,
        "zone": answers.zone,
        "pi-name": answers.pi_name,
        "pi-address": answers.pi_address,
    }
    options |= {"team": answers.team, "affiliation": answers.affiliation}
    result = call("init", *(f"--{name}={text}" for name, text in options.items() if text))

    assert result.exit_code == 0, result.output
    assert "no mistakes." in result.stdout


@pytest.mark.parametrize(
    ("variable", "link", "zone"),
    [
        ("Europe/Vienna", None, "Europe/Vienna"),
        (":Asia/Tokyo", None, "Asia/Tokyo"),
        ("", "/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("", "/var/db/timezone/zoneinfo/America/New_York", "America/New_York"),
        ("", "../usr/share/zoneinfo/Etc/UTC", "UTC"),
        ("CET-1CEST,M3.5.0", None, "UTC"),
        ("", None, "UTC"),
    ],
)
def test_the_zone_is_the_one_of_the_machine_where_that_can_be_known(call, here, monkeypatch, variable, link, zone):
    monkeypatch.setenv("TZ", variable)
    monkeypatch.setattr(environment, "LOCAL_TIME", here / "localtime")
    if link is not None:
        (here / "localtime").symlink_to(link)
    call("init", "--yes")

    assert f"\n  time_zone: {zone} " in ACCOUNTS.read_text(encoding="utf-8")


# -- what is there already ------------------------------------------------------------------------------------


def test_a_second_time_everything_is_named_and_left(call, here):
    call("init", "--id", "vision")
    (RULES / "own.yaml").write_text("version: 1\n", encoding="utf-8")
    before = files(here)
    result = call("init", "--id", "other")

    assert result.exit_code == 0
    assert (
        "group/accounts.yaml stays as it is, so nothing is asked. The answers given here are not used."
        in result.stdout
    )
    assert re.findall(r"^  (\w+)", result.stdout, re.MULTILINE)[: len(before) - 1] == ["kept"] * (len(before) - 1)
    assert files(here) == before
    assert printed_commands(result.stdout)[0] == ["enroll", "acceptance.eml", "--id", "vision"]


@pytest.mark.parametrize("written", range(8))
def test_who_was_interrupted_calls_it_again_and_has_everything(call, here, monkeypatch, written):
    call("init", "whole", "--yes")
    Path(".env").unlink()
    left = written

    def replace(part, path, _replace=Path.replace):
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        return _replace(part, path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        result = call("init", "--yes")
    there = sorted(str(path) for path in Path("group").rglob("*") if path.is_file() and path.suffix != ".part")
    said = f"Written so far: {', '.join(there)}. Call it again, and what is missing is added."
    assert (result.exit_code, result.stderr) == (2, f"\n{said if there else 'Nothing was written.'}\n")
    assert not Path(".env").exists()
    assert call("init", "--yes").exit_code == 0
    assert files(here / "group") == files(here / "whole")
    assert Path(".env").exists()


def test_a_file_is_never_seen_half_written(call, here, monkeypatch):
    def write_text(path, text, _write=Path.write_text, **how):
        _write(path, text[: len(text) // 2], **how)
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", write_text)
        result = call("init", "--yes")

    assert result.exit_code == 2
    assert result.stderr.endswith(" cannot be used: No space left on device\n")
    assert [name for name in files(here) if not name.endswith(".part")] == []
    assert call("init", "--yes").exit_code == 0
    assert [name for name in files(here) if name.endswith(".part")] == []


def test_settings_that_are_there_are_left_and_the_lines_for_them_are_said(call, here):
    Path(".env").write_text("NOTIFIER_STATE=elsewhere\n", encoding="utf-8")
    result = call("init", "our grants", "--yes")

    assert Path(".env").read_text(encoding="utf-8") == "NOTIFIER_STATE=elsewhere\n"
    assert (
        "\n  NOTIFIER_RULES='our grants/rules'\n  NOTIFIER_ACCOUNTS='our grants/accounts.yaml'\n" in result.stdout
    )
    options = ["--rules", "our grants/rules", "--accounts", "our grants/accounts.yaml"]
    assert [each[-4:] for each in printed_commands(result.stdout)] == [options] * 3


def test_a_variable_that_wins_over_the_settings_is_named(call, here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_RULES", "elsewhere")
    result = call("init", "--yes")

    assert "NOTIFIER_RULES of the environment won over .env" in result.stdout
    assert printed_commands(result.stdout)[1] == ["timeline", "--rules", "group/rules"]


def test_accounts_that_are_watched_already_go_on_being_watched(call, accounts):
    before = accounts.read_bytes()
    result = call("init", "--yes")

    assert result.exit_code == 0
    assert "accounts.yaml stays as it is, so nothing is asked." in result.stdout
    assert (accounts.read_bytes(), ACCOUNTS.exists(), Settings().accounts) == (
        before,
        False,
        Path("accounts.yaml"),
    )
    assert printed_commands(result.stdout)[0] == ["enroll", "acceptance.eml", "--id", "lab"]


def test_a_mistake_in_what_was_there_is_named(call, here):
    call("init", "--yes")
    ACCOUNTS.write_text("version: 7\naccounts: []\n", encoding="utf-8")
    result = call("init")

    assert result.exit_code == 1
    assert "group/accounts.yaml:1:10: this release reads version 1, not 7" in result.stdout


@pytest.mark.parametrize(
    "folder", ["our grants", "it's", "a #b", "'q'", '"q"', "ünï", "x\\'y", "x\\\\y", "a $b", "x/../y"]
)
def test_any_folder_can_stand_in_the_settings(call, here, folder):
    result = call("init", folder, "--yes")

    assert result.exit_code == 0
    assert Settings().accounts == Path(folder) / "accounts.yaml"
    assert "--accounts" not in result.stdout


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("file", "file is a file, and no folder: name another for your own, such as group\n"),
        ("file/below", "file is a file, and no folder"),
        ("${HOME}", "a folder of this name cannot stand in .env: '${HOME}'"),
        ("a\nb", "a folder of this name cannot stand in .env: 'a\\nb'"),
        (str(PROJECT), "is the folder that notifier ships; name another for your own, such as group\n"),
        ("shipped", "is the folder that notifier ships"),
        ("x" * 300, "cannot be used: File name too long\n"),
    ],
)
def test_a_folder_that_cannot_be_used_is_said_in_one_line(call, here, folder, why):
    (here / "file").write_text("mine", encoding="utf-8")
    (here / "shipped").symlink_to(PROJECT)
    before = files(here)
    result = call("init", folder, "--yes")

    assert result.exit_code == 2
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(here) == before


# -- with a person, and with the other commands ---------------------------------------------------------------


def on_a_terminal(folder: Path, *typed: str) -> tuple[int, str]:
    """`init` on a terminal of its own, with what is *typed* there."""
    master, terminal = pty.openpty()
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "TZ": "Europe/Vienna", "TERM": "dumb"}
    program = [sys.executable, "-m", "notifier", "init"]
    with subprocess.Popen(
        program, cwd=folder, env=environ, stdin=terminal, stdout=terminal, stderr=terminal
    ) as ran:
        os.close(terminal)
        os.write(master, "".join(f"{line}\n" for line in typed).encode())
        seen = b""
        while select.select([master], [], [], 30)[0]:
            try:
                seen += (more := os.read(master, 65536))
            except OSError:  # Linux says so where the other end is closed
                break
            if not more:
                break
        os.close(master)
        return ran.wait(30), seen.decode()


def test_on_a_terminal_six_questions_are_asked_and_enter_takes_what_stands_there(here):
    code, seen = on_a_terminal(here, "", "", "", "", "", "")

    assert code == 0
    assert re.findall(r"(\d/\d) [^\[]* \[([^\]]*)\]: ", seen) == [
        ("1/6", "lab"),
        ("2/6", "Europe/Vienna"),
        *((f"{number}/6", "leave out") for number in range(3, 7)),
    ]
    assert ACCOUNTS.read_text(encoding="utf-8") == accounts_text(Answers(zone="Europe/Vienna"))


def test_every_question_and_a_usual_answer_stand_on_one_line():
    answer = "a.researcher@example.edu"

    assert [each for each in QUESTIONS if len(f"6/6 {each.asks} [{LEFT_OUT}]: {answer}") > 80] == []


def test_on_a_terminal_a_bad_answer_is_asked_again(here):
    code, seen = on_a_terminal(
        here, "Our Lab", "our-lab", "", "A. Researcher", "a@@b", "a@example.edu", "#lab", ""
    )

    assert code == 0
    assert "Error: 'Our Lab': a name for commands has small letters" in seen
    assert "Error: 'a@@b' is not an address" in seen
    answers = Answers("our-lab", "Europe/Vienna", "A. Researcher", "mailto:a@example.edu", "slack:#lab")
    assert ACCOUNTS.read_text(encoding="utf-8") == accounts_text(answers)


def test_who_leaves_the_questions_has_nothing_written(here):
    code, seen = on_a_terminal(here, "lab", "\x04")

    assert (code, seen.splitlines()[-1]) == (2, "Nothing was written.")
    assert files(here) == {}


def test_the_commands_that_it_ends_with_can_be_typed_as_they_stand(call, here):
    enroll, timeline, run = printed_commands(call("init", "--yes", "--zone", "Europe/Berlin").stdout)
    Path("acceptance.eml").write_bytes(MAIL.read_bytes())

    assert call(*enroll).exit_code == 0
    assert "program: openai-researcher-access" in ACCOUNTS.read_text(encoding="utf-8")
    assert not Path("accounts.yaml").exists()
    assert call("check").stdout.endswith("1 account: no mistakes.\n")
    assert "This grant ended on" in call(*timeline).stdout
    assert run == ["run"]
    assert re.search(
        r"^Watching 1 account by \d+ rules\. State in state/\.$", seen_running(here, run), re.MULTILINE
    )


def test_it_can_run_before_anything_is_enrolled(call, here):
    *_, run = printed_commands(call("init", "--yes").stdout)

    assert "No grant is watched yet" in seen_running(here, run)


def seen_running(folder: Path, run: list[str]) -> str:
    """What the service says until its first round is over."""
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", "COLUMNS": "120"}
    program = [sys.executable, "-m", "notifier", *run]
    with subprocess.Popen(program, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True) as running:
        seen = ""
        for line in running.stdout:
            seen += line
            if "In another terminal:" in line:
                break
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
    return seen
