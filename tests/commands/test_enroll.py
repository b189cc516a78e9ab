"""``enroll``: from the acceptance mail to a watched grant, on the program's own patterns."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

MAIL = Path(__file__).parents[1] / "enroll" / "acceptance.txt"


@pytest.fixture
def printed(here) -> Path:
    """The mail as a browser prints it."""
    path = here / "mail.txt"
    path.write_bytes(MAIL.read_bytes())
    return path


@pytest.fixture
def saved(here) -> Path:
    """The mail as a mail program saves it."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "The Team <noreply@mail.smapply.net>", "a.researcher@example.edu"
    mail["Subject"] = "Researcher Access Program Acceptance"
    mail["Date"] = datetime(2026, 10, 5, 23, 30, tzinfo=UTC)
    mail.set_content(MAIL.read_text(encoding="utf-8"))
    path = here / "mail.eml"
    path.write_bytes(bytes(mail))
    return path


def test_it_says_what_it_understood_and_writes_the_accounts_file(call, printed, here):
    result = call("enroll", "mail.txt", "--id", "lab", "--zone", "Europe/Berlin")

    assert result.exit_code == 0
    assert "write_after" in result.stdout
    assert '"do not receive your credits within 3 weeks"' in result.stdout
    assert "Not in the mail, and letters need it:" in result.stdout
    text = (here / "accounts.yaml").read_text(encoding="utf-8")
    assert "program: openai-researcher-access" in text
    assert "time_zone: Europe/Berlin" in text


def test_what_it_writes_has_no_mistake_and_can_be_shown(call, printed):
    call("enroll", "mail.txt", "--id", "lab", "--now", "2026-11-22")

    assert call("check").exit_code == 0
    assert "This grant ended on" in call("timeline", "--now", "2026-11-22").stdout


def test_a_saved_mail_counts_from_its_date_in_the_zone_of_the_group(call, saved, here):
    result = call("enroll", "mail.eml", "--id", "lab", "--zone", "Europe/Berlin", "--now", "2026-10-06")

    assert result.exit_code == 0
    assert "accepted_on: 2026-10-06" in (here / "accounts.yaml").read_text(encoding="utf-8")
    assert "Credits have not arrived (1 day after)" in call("timeline", "--now", "2026-10-06").stdout


def test_a_second_account_leaves_the_first_as_it_was(call, printed, accounts):
    before = accounts.read_text(encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "institute")

    assert result.exit_code == 0
    assert accounts.read_text(encoding="utf-8").startswith(before.rstrip())


def test_enrolling_again_changes_nothing_and_says_so(call, printed, here):
    call("enroll", "mail.txt", "--id", "lab")
    before = (here / "accounts.yaml").read_bytes()
    result = call("enroll", "mail.txt", "--id", "lab")

    assert result.exit_code == 2
    assert (here / "accounts.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "arguments", "why"),
    [
        (b"Dear all, lunch is at noon.", [], "mail.txt:"),
        (b"\x00\x01\x02" * 1000, [], "mail.txt:"),
        (
            None,
            ["--zone", "Europe/Berlim"],
            "'Europe/Berlim' is not a time zone such as Europe/Berlin; did you mean",
        ),
        (None, ["--id", "Our Lab"], "our-lab"),
    ],
)
def test_what_cannot_be_enrolled_is_said_and_nothing_is_written(call, printed, here, content, arguments, why):
    if content is not None:
        printed.write_bytes(content)
    result = call("enroll", "mail.txt", *(["--id", "lab"] if "--id" not in arguments else []), *arguments)

    assert result.exit_code == 2
    assert why in result.stderr
    assert not (here / "accounts.yaml").exists()


def test_a_mail_that_is_not_there_is_named(call, here):
    result = call("enroll", "nothing.eml", "--id", "lab")

    assert (result.exit_code, result.stderr) == (2, "nothing.eml cannot be read: No such file or directory\n")


def test_rules_with_mistakes_are_mended_first(call, printed, here):
    (here / "rules").mkdir()
    (here / "rules" / "a.yaml").write_text("version: 2\n", encoding="utf-8")

    assert call("enroll", "mail.txt", "--id", "lab", "--rules", "rules").exit_code == 1
