"""What several commands share: what time it is pretended to be, and how a command ends."""

from datetime import UTC, datetime

import pytest

from notifier.clock import Clock
from notifier.commands.common import moment, stop


def at(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", at(2026, 11, 22, 12)),
        ("2026-11-22T14:05", at(2026, 11, 22, 14, 5)),
        ("2026-11-22T14:05Z", at(2026, 11, 22, 14, 5)),
        ("2026-11-22T14:05+02:00", at(2026, 11, 22, 12, 5)),
        ("2026-11-22T00:00", at(2026, 11, 22)),
    ],
)
def test_a_date_alone_means_noon_and_a_time_without_a_zone_is_utc(text, expected):
    assert moment(text) == expected


def test_without_a_time_it_is_now():
    assert abs(moment(None) - Clock().now()) <= 1


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "2026-11-22T25:00", "0001-01-01T00:00+14:00", "9999-12-31"]
)
def test_what_is_no_time_ends_the_command(text, capsys):
    with pytest.raises(SystemExit) as ended:
        moment(text)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"--now {text!r} ")


def test_why_a_command_ends_is_said_without_secrets_and_moves_no_cursor(capsys):
    with pytest.raises(SystemExit):
        stop("There is no account.\n`sk-proj-abcdefgh\x1b[31m`\n")

    assert capsys.readouterr().err == "There is no account.\n`(not shown: it looks like a secret)\\x1b[31m`\n"
