"""Image, fly.toml, unit and workflow say what the program does: its commands, settings, paths and port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib

import pytest
from ruamel.yaml import YAML

from notifier.cli import main
from notifier.core.health import LATE_AFTER
from notifier.lanes import PATIENCE
from notifier.settings import Settings
from notifier.web.app import HEALTH
from notifier.web.server import LAST_ANSWERS
from tests.deploy.pieces import (
    ENTRYPOINT,
    PROJECT,
    fly,
    image,
    said,
    settings_of_unit,
    stages,
    text,
    unit,
    workflow,
)

EXIT = 5  # seconds that a stop may take
SETTINGS = {f"NOTIFIER_{name}".upper() for name in Settings.model_fields}
USER = "10001"


def unknown(names):
    """The *names* that look like a setting and are none."""
    return {name for name in names if name.startswith("NOTIFIER_") and name not in SETTINGS} - {
        name for name in names if name.startswith("NOTIFIER_SLACK_WEBHOOK_")
    }


def test_every_setting_that_is_named_is_one():
    env = YAML().load(workflow())["jobs"]["once"]["steps"]
    named = [name for step in env for name in step.get("env", {})]

    assert unknown([*image(), *fly()["env"], *settings_of_unit(), *named]) == set()


def test_the_page_names_only_settings_that_are_there():
    assert unknown(re.findall(r"NOTIFIER_[A-Z_]*[A-Z]\b", text("docs/operations.md"))) == set()


def commands():
    pages = "\n".join(map(text, ("docs/operations.md", "docs/notifier.service", "Dockerfile", "fly.toml")))
    return sorted(set(re.findall(r"(?:-m notifier|entrypoint\.sh) (\w[\w-]*)", pages)))


@pytest.mark.parametrize("line", commands())
def test_every_command_that_is_named_is_one(line):
    assert line in main.commands


# -- the image ------------------------------------------------------------------------------------------------


def test_the_image_starts_the_service_as_its_entry_point_does():
    last = stages()[-1]

    assert said(last, "ENTRYPOINT") == ['["/app/entrypoint.sh"]']
    assert said(last, "CMD") == ['["run"]']
    assert said(last, "STOPSIGNAL") == ["SIGTERM"]
    assert os.access(ENTRYPOINT, os.X_OK)


def test_the_image_is_made_of_the_hashed_lock_and_of_nothing_else():
    installs = re.findall(r"pip [^;]*install[^;]*", "; ".join(said(stages()[0], "RUN")))

    assert len(installs) == 1
    assert "--require-hashes -r requirements.lock" in installs[0]
    lock = re.findall(r"^(\S+)==\S+ .*\\\n    --hash=sha256:", text("requirements.lock"), re.MULTILINE)
    assert len(lock) == text("requirements.lock").count("==")


def test_every_stage_has_one_python_which_the_project_supports():
    tags = {rest.split()[0] for stage in stages() for rest in said(stage, "FROM")} - {"scratch"}
    (tag,) = tags
    version = re.fullmatch(r"python:(3\.\d+)-slim", tag)
    assert version is not None
    lowest = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"].removeprefix(">=")

    assert tuple(map(int, version[1].split("."))) >= tuple(map(int, lowest.split(".")))
    assert set(re.findall(r"python(3\.\d+)", text("Dockerfile"))) == {version[1]}


def test_what_is_copied_is_there_and_not_ignored():
    copied = [rest.split()[:-1] for stage in stages() for rest in said(stage, "COPY") if "--from" not in rest]
    names = {name for some in copied for name in some}
    ignored = text(".dockerignore").splitlines()

    assert all((PROJECT / name).exists() for name in names)
    assert next(line for line in ignored if line and not line.startswith(("#", "!"))) == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == names


def test_the_image_writes_to_its_volume_alone():
    told, (volume,) = image(), said(stages()[-1], "VOLUME")

    assert {told["NOTIFIER_STATE"], told["SQLITE_TMPDIR"], *said(stages()[-1], "WORKDIR")} == {volume}
    assert told["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_image_answers_at_the_port_that_it_names():
    told, (expose,) = image(), said(stages()[-1], "EXPOSE")

    assert told["NOTIFIER_PORT"] == expose
    assert HEALTH in said(stages()[-1], "HEALTHCHECK")[0]
    assert Settings(port=int(expose), bind=told["NOTIFIER_BIND"]).bind == "0.0.0.0"


# -- the entry point ------------------------------------------------------------------------------------------

SAYS = '#!/bin/sh\necho "$(basename "$0")" "$@" >> "$SAID"\n'


@pytest.fixture
def started(tmp_path):
    """What the entry point calls where the user is *user* and the volume *state*; nothing of it really happens."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("chown", "setpriv", "python"):
        (tools / name).write_text(SAYS)

    def start(user, *arguments):
        (tools / "id").write_text(f"#!/bin/sh\necho {user}\n")
        for tool in tools.iterdir():
            tool.chmod(0o755)
        state = tmp_path / "data"
        state.mkdir(exist_ok=True)
        (state / "notifier.db").touch()
        heard = tmp_path / "said"
        subprocess.run(
            [ENTRYPOINT, *arguments],
            env={"PATH": f"{tools}:/usr/bin:/bin", "SAID": str(heard), "NOTIFIER_STATE": str(state)},
            check=True,
            timeout=20,
        )
        return heard.read_text().replace(str(state), "DATA").splitlines()

    return start


def test_as_root_it_hands_the_volume_over_and_drops_every_right(started):
    chown, start = started("0", "run")

    assert chown == f"chown -h {USER}:{USER} DATA DATA/notifier.db"
    expected = f"setpriv --reuid={USER} --regid={USER} --clear-groups --no-new-privs --inh-caps=-all"
    assert start == f"{expected} python -m notifier run"


def test_as_somebody_else_it_starts_the_program_and_no_more(started):
    assert started("1000", "record", "lab", "a b") == ["python -m notifier record lab a b"]


def test_the_user_of_the_entry_point_is_the_one_that_the_image_has():
    (run,) = said(stages()[1], "RUN")

    assert f"user={USER}\n" in ENTRYPOINT.read_text()
    assert f"useradd --uid {USER} " in run
    assert f"install -d -o {USER} -g {USER} -m 0700 {image()['NOTIFIER_STATE']}" in run


# -- Fly ------------------------------------------------------------------------------------------------------


def test_fly_stops_the_service_kindly_and_keeps_it_running():
    said_there = fly()

    assert said_there["kill_signal"] == "SIGTERM"
    assert said_there["kill_timeout"] > EXIT
    assert [each["policy"] for each in said_there["restart"]] == ["always"]
    assert said_there["deploy"] == {"strategy": "rolling"}


def test_fly_mounts_the_volume_where_the_service_keeps_its_state():
    said_there = fly()

    assert said_there["mounts"]["destination"] == said_there["env"]["NOTIFIER_STATE"]
    assert image()["NOTIFIER_STATE"] == said_there["env"]["NOTIFIER_STATE"]
    assert [each["guest_path"] for each in said_there["files"]] == [said_there["env"]["NOTIFIER_ACCOUNTS"]]


def test_fly_asks_where_the_service_answers_and_opens_nothing_to_the_internet():
    said_there = fly()
    check = said_there["checks"]["healthz"]

    assert (check["type"], check["method"], check["path"]) == ("http", "get", HEALTH)
    assert str(check["port"]) == said_there["env"]["NOTIFIER_PORT"]
    assert said_there["env"]["NOTIFIER_BIND"] == "0.0.0.0"
    assert not said_there.keys() & {"http_service", "services"}


# -- systemd --------------------------------------------------------------------------------------------------


def test_the_unit_runs_the_service_from_its_folder_and_keeps_it_running():
    service, (start,) = unit(), unit()["ExecStart"]
    environment = settings_of_unit()

    assert start.split()[1:] == ["-m", "notifier", "run"]
    assert start.startswith(f"{environment['PYTHONPATH']}/.venv/bin/python ")
    assert environment["NOTIFIER_STATE"] == f"/var/lib/{service['StateDirectory'][0]}"
    assert (service["Restart"], service["KillSignal"]) == (["always"], ["SIGTERM"])
    assert int(service["TimeoutStopSec"][0]) > EXIT


def test_the_unit_takes_away_what_the_service_does_not_need():
    service = unit()

    assert service["User"] == ["notifier"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] in ([], [""])
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]


# -- the rest -------------------------------------------------------------------------------------------------


def test_a_stop_is_over_before_anybody_kills():
    assert PATIENCE + LAST_ANSWERS <= EXIT


def test_the_page_says_how_late_is_late():
    assert f"more than {('ten' if LATE_AFTER == 600 else LATE_AFTER)} minutes late" in " ".join(
        text("docs/operations.md").split()
    )


def test_the_workflow_keeps_its_state_and_never_runs_twice_at_once():
    flow = YAML().load(workflow())
    steps = flow["jobs"]["once"]["steps"]
    paths = {step["with"]["path"] for step in steps if "cache" in step.get("uses", "")}

    assert flow["concurrency"]
    assert flow["permissions"] == {"contents": "read"}
    assert paths == {str(Settings.model_fields["state"].default)}
    assert steps[-1]["if"] == "always()"


def test_a_signal_ends_the_program_before_its_loop_runs():
    """The first process of a container is not ended by a signal that it does not handle."""
    code = (
        "import os, signal, notifier.commands.run.command as command\n"
        "command.plan = lambda *_: os.kill(os.getpid(), signal.SIGTERM)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "from notifier.cli import main\n"
        "main(['run'])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, timeout=30, check=False
    )

    assert result.returncode == 1
    assert b"Aborted!" in result.stderr
