"""``enroll``: from the acceptance mail to a watched grant, on the program's own patterns."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from notifier.cli import main
from notifier.commands.enroll import command as enroll
from notifier.commands.enroll import folder as enroll_folder

PROJECT = Path(__file__).parents[2]
MAIL = PROJECT / "tests" / "enroll" / "acceptance.txt"
TEXT = MAIL.read_text(encoding="utf-8")
ALL_ANSWERS = ("org-1", "5000", "Imaging", "31.03.2027", "University", "A. Researcher", "PhD student")


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
    mail.set_content(TEXT)
    path = here / "mail.eml"
    path.write_bytes(bytes(mail))
    return path


@pytest.fixture
def talk(here, monkeypatch):
    """Call the command line as a person at a terminal does who types *typed*, one line each."""
    for module in (enroll, enroll_folder):
        monkeypatch.setattr(module, "is_somebody_there", lambda: True)

    def talked(*arguments, typed=()):
        given = "".join(f"{line}\n" for line in typed)
        result = CliRunner(env={"COLUMNS": "80", "TZ": "UTC"}).invoke(main, list(arguments), input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return talked


@pytest.fixture
def mailbox(here) -> Path:
    """Two acceptances, the later first, and a mail between them that is none."""

    def message(day, subject, body):
        head = (
            f"From: T <noreply@mail.smapply.net>\nTo: a.researcher@example.edu\nDate: {day}\nSubject: {subject}\n"
        )
        return f"From t@example.org Fri May  2 10:00:00 2025\n{head}\n{body}\n\n"

    body = TEXT[TEXT.index("Hello,") :]
    accepted = "OpenAI API Researcher Access Program Acceptance"
    path = here / "box.mbox"
    path.write_text(
        message("Fri, 02 May 2025 10:00:00 +0000", accepted, body)
        + message("Sat, 03 May 2025 10:00:00 +0000", "Lunch", "At noon?")
        + message("Mon, 11 Mar 2024 12:57:00 +0000", accepted, body),
        encoding="utf-8",
    )
    return path


def read(path: Path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def test_it_says_what_it_understood_and_writes_the_accounts_file(call, printed, here):
    result = call("enroll", "mail.txt", "--id", "lab", "--zone", "Europe/Berlin")

    assert result.exit_code == 0
    assert "write_after" in result.stdout
    assert '"do not receive your credits within 3 weeks"' in result.stdout
    assert "Added to accounts.yaml: account lab, grant 2024." in result.stdout
    text = (here / "accounts.yaml").read_text(encoding="utf-8")
    assert "program: openai-researcher-access" in text
    assert "time_zone: Europe/Berlin" in text


def test_what_is_missing_is_named_with_the_line_where_it_belongs(call, printed, here):
    result = call("enroll", "mail.txt", "--id", "lab", "--zone", "Europe/Berlin")

    lines = (here / "accounts.yaml").read_text(encoding="utf-8").splitlines()
    missing = [line.split() for line in result.stdout.splitlines() if "accounts.yaml:" in line and "  " in line]
    named = {words[0]: lines[int(words[1].rpartition(":")[2]) - 1].strip() for words in missing if len(words) > 2}
    assert named.pop("pi_name").startswith("pi: {reach:")
    assert named.pop("pi_position").startswith("pi: {reach:")
    assert list(named) == ["organization", "credits_requested", "use_case", "research_ends_on", "affiliation"]
    assert all(line.startswith(f"# {name}: ") for name, line in named.items())


def test_what_it_writes_has_no_mistake_and_can_be_shown(call, printed):
    call("enroll", "mail.txt", "--id", "lab", "--now", "2026-11-22")

    assert call("check").exit_code == 0
    assert "This grant ended on" in call("timeline", "--now", "2026-11-22").stdout


def test_a_saved_mail_counts_from_its_date_in_the_zone_of_the_group(call, saved, here):
    result = call("enroll", "mail.eml", "--id", "lab", "--zone", "Europe/Berlin", "--now", "2026-10-06")

    assert result.exit_code == 0
    assert "accepted_on: 2026-10-06" in (here / "accounts.yaml").read_text(encoding="utf-8")
    assert "Credits have not arrived (1 day after)" in call("timeline", "--now", "2026-10-06").stdout


def test_a_zone_that_nobody_has_said_is_utc_and_named_as_assumed(call, printed, here):
    result = call("enroll", "mail.txt", "--id", "lab")

    assert "its date is taken as UTC; --zone says otherwise" in result.stdout
    assert "Times of day are in UTC: nobody has said a time zone." in result.stdout


def test_the_zone_of_the_accounts_file_is_the_zone_of_the_mail(call, saved, accounts):
    result = call("enroll", "mail.eml", "--id", "lab", "--grant", "b")

    assert "accepted_on: 2026-10-06" in accounts.read_text(encoding="utf-8")
    assert "UTC" not in result.stdout


def test_a_new_account_in_another_zone_says_so_itself(call, printed, accounts):
    call("enroll", "mail.txt", "--id", "institute", "--zone", "America/New_York")

    assert read(accounts)["accounts"][2]["time_zone"] == "America/New_York"
    assert read(accounts)["defaults"] == {"time_zone": "Europe/Berlin"}


def test_a_second_account_leaves_the_first_as_it_was(call, printed, accounts):
    before = accounts.read_text(encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "institute")

    assert result.exit_code == 0
    assert accounts.read_text(encoding="utf-8").startswith(before.rstrip())


def test_enrolling_again_changes_nothing_and_says_so(call, printed, here):
    call("enroll", "mail.txt", "--id", "lab")
    before = (here / "accounts.yaml").read_bytes()
    result = call("enroll", "mail.txt", "--id", "lab")

    assert result.exit_code == 0
    assert "Already in accounts.yaml: account lab, grant 2024; nothing differs." in result.stdout
    assert (here / "accounts.yaml").read_bytes() == before


@pytest.fixture
def edited(call, printed, here):
    """An accounts file that says something else than the mail, with a comment."""
    call("enroll", "mail.txt", "--id", "lab", "--zone", "Europe/Berlin")
    path = here / "accounts.yaml"
    text = path.read_text(encoding="utf-8").replace("{write_after: 3 weeks", "{write_after: 4 weeks")
    path.write_text(f"{text}# mine\n", encoding="utf-8")
    return path


def test_a_difference_is_shown_field_by_field_and_not_written(call, edited):
    before = edited.read_bytes()
    result = call("enroll", "mail.txt", "--id", "lab")

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "Account lab holds grant 2024 already. What differs:",
        "  terms.write_after: 4 weeks in the file, 3 weeks in the mail",
        "Nothing was written. With --update accounts.yaml is changed.",
    ]
    assert edited.read_bytes() == before


def test_with_update_what_differs_is_written_and_nothing_else(call, edited):
    before = edited.read_text(encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "lab", "--update")

    assert result.exit_code == 0
    assert "  terms.write_after: 4 weeks in the file, 3 weeks in the mail" in result.stdout
    assert edited.read_text(encoding="utf-8") == before.replace("4 weeks", "3 weeks")


@pytest.mark.parametrize(
    ("content", "arguments", "why"),
    [
        (b"Dear all, lunch is at noon.", [], "mail.txt: This is no acceptance mail of a known program."),
        (b"\x00\x01\x02" * 1000, [], "mail.txt:"),
        (
            None,
            ["--zone", "Europe/Berlim"],
            "'Europe/Berlim' is not a time zone such as Europe/Berlin; did you mean",
        ),
        (None, ["--id", "Our Lab"], "did you mean `our-lab`?"),
        (None, ["--grant", "2 4"], "did you mean `2-4`?"),
        (TEXT[TEXT.index("Hello,") :].encode(), [], "The mail gives no date of acceptance"),
        (None, ["--accounts", "."], ". is a folder; name the file in it"),
    ],
)
def test_what_cannot_be_enrolled_is_said_and_nothing_is_written(call, printed, here, content, arguments, why):
    if content is not None:
        printed.write_bytes(content)
    result = call("enroll", "mail.txt", *(["--id", "lab"] if "--id" not in arguments else []), *arguments)

    assert result.exit_code == 2
    assert why in result.stderr
    assert sorted(path.name for path in here.iterdir()) == ["mail.txt"]


def test_a_mail_that_is_not_there_is_named(call, here):
    result = call("enroll", "nothing.eml", "--id", "lab")

    assert (result.exit_code, result.stderr) == (2, "nothing.eml cannot be read: No such file or directory\n")


def test_rules_with_mistakes_are_mended_first(call, printed, here):
    (here / "rules").mkdir()
    (here / "rules" / "a.yaml").write_text("version: 2\n", encoding="utf-8")

    assert call("enroll", "mail.txt", "--id", "lab", "--rules", "rules").exit_code == 1


def test_an_accounts_file_with_mistakes_is_mended_first(call, printed, here):
    (here / "accounts.yaml").write_text("version: 1\naccounts: [\n", encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "lab")

    assert result.exit_code == 1
    assert result.stdout.startswith("accounts.yaml:3:1: ")


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [
        (b"version: 1 # caf\xe9\n", 1, "accounts.yaml:1:1: is not UTF-8 (byte 16)"),
        (
            b"version: 1\ndefaults: {time_zone: Europe/Berlim}\n",
            1,
            "accounts.yaml:2:23: 'Europe/Berlim' is not a time zone such as Europe/Berlin; did you mean",
        ),
    ],
)
def test_an_accounts_file_that_cannot_be_added_to_stays_as_it_is(call, printed, here, content, code, why):
    path = here / "accounts.yaml"
    path.write_bytes(content)
    result = call("enroll", "mail.txt", "--id", "lab")

    assert result.exit_code == code
    assert why in result.output
    assert path.read_bytes() == content


def test_a_place_where_no_file_can_be_is_named(call, printed):
    result = call("enroll", "mail.txt", "--id", "lab", "--accounts", "mail.txt/accounts.yaml")

    assert (result.exit_code, result.stderr) == (2, "mail.txt/accounts.yaml cannot be read: Not a directory\n")


# Which account, and which file


def test_the_only_account_needs_no_name(call, printed, here):
    call("enroll", "mail.txt", "--id", "lab")
    printed.write_text(TEXT.replace("Mar 11, 2024", "May 2, 2025"), encoding="utf-8")

    assert call("enroll", "mail.txt").exit_code == 0
    assert [grant["id"] for grant in read(here / "accounts.yaml")["accounts"][0]["grants"]] == ["2024", "2025"]


def test_without_a_name_the_option_is_named(call, printed, here):
    result = call("enroll", "mail.txt")

    assert result.exit_code == 2
    assert result.stderr == "say with --id which account this grant belongs to, such as --id lab\n"


def test_of_many_accounts_some_are_named(talk, printed, here):
    ids = [f"a{number}" for number in range(12)]
    entries = "".join(f"  - id: {each}\n" for each in ids)
    (here / "accounts.yaml").write_text(f"version: 1\naccounts:\n{entries}", encoding="utf-8")
    result = talk("enroll", "mail.txt", "--zone", "UTC", typed=["Our Lab", "a11", *ALL_ANSWERS, "y"])

    assert "(there are a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, and more)" in result.stdout
    assert "did you mean `our-lab`?" in result.stdout
    assert "Added to accounts.yaml: account a11, grant 2024." in result.stdout


def test_of_several_accounts_none_is_guessed(call, printed, accounts):
    result = call("enroll", "mail.txt")

    assert result.exit_code == 2
    assert "; there are lab and library" in result.stderr


def test_an_account_that_names_nobody_reaches_the_accepted_address(call, mailbox, here):
    (here / "accounts.yaml").write_text("version: 1\naccounts:\n  - id: lab\n", encoding="utf-8")
    later = mailbox.read_text(encoding="utf-8").replace("To: a.researcher", "To: b.researcher", 1)
    mailbox.write_text(later, encoding="utf-8")
    result = call("enroll", "box.mbox", "--id", "lab")
    again = call("enroll", "box.mbox", "--id", "lab")

    (account,) = read(here / "accounts.yaml")["accounts"]
    assert account["people"] == {"pi": {"reach": ["mailto:a.researcher@example.edu"]}}
    assert "otherwise" not in result.stdout.replace("--zone says otherwise", "")
    assert again.exit_code == 0


def test_whoever_an_account_names_stays_as_they_are(call, printed, accounts):
    before = read(accounts)["accounts"][1]["people"]
    call("enroll", "mail.txt", "--id", "library")

    assert read(accounts)["accounts"][1]["people"] == before


def test_settings_say_where_the_accounts_file_is(call, printed, here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_ACCOUNTS", "group/grants.yaml")
    result = call("enroll", "mail.txt", "--id", "lab")

    assert "Added to group/grants.yaml: account lab" in result.stdout
    assert [path.name for path in (here / "group").iterdir()] == ["grants.yaml"]


def test_a_grant_goes_to_the_file_that_holds_its_account(call, printed, accounts, here):
    (here / "accounts").mkdir()
    chemistry = here / "accounts" / "chemistry.yaml"
    chemistry.write_text("version: 1\naccounts:\n  - id: chem\n", encoding="utf-8")
    before = accounts.read_bytes()
    result = call("enroll", "mail.txt", "--id", "chem")

    assert "Added to accounts/chemistry.yaml: account chem, grant 2024." in result.stdout
    assert accounts.read_bytes() == before
    assert call("check").exit_code == 0


def test_the_mail_may_come_from_standard_input(here):
    result = CliRunner().invoke(main, ["enroll", "-", "--id", "lab"], input=TEXT)

    assert result.exit_code == 0
    assert read(here / "accounts.yaml")["accounts"][0]["id"] == "lab"


# How the file is written


def test_a_link_stays_one_and_permissions_and_line_ends_are_kept(call, printed, here):
    real = here / "elsewhere" / "real.yaml"
    real.parent.mkdir()
    real.write_bytes(b"version: 1\r\naccounts:\r\n  - id: other   # kept\r\n")
    real.chmod(0o640)
    (here / "accounts.yaml").symlink_to(real)
    call("enroll", "mail.txt", "--id", "lab")

    assert (here / "accounts.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"version: 1\r\naccounts:\r\n  - id: other   # kept\r\n")
    assert b"\n" not in real.read_bytes().replace(b"\r\n", b"")
    assert [path.name for path in real.parent.iterdir()] == ["real.yaml"]


def test_a_byte_order_mark_stays(call, printed, here):
    path = here / "accounts.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\naccounts:\n")
    call("enroll", "mail.txt", "--id", "lab")

    assert path.read_bytes().startswith(b"\xef\xbb\xbfversion: 1\naccounts:\n  - id: lab\n")


def test_an_edit_of_somebody_else_is_not_written_over(talk, printed, accounts, monkeypatch):
    def edit(*_, **__):
        accounts.write_text("version: 1\n", encoding="utf-8")
        return True

    monkeypatch.setattr("notifier.commands.enroll.enrolled.click.confirm", edit)
    result = talk("enroll", "mail.txt", "--id", "lab", typed=[""] * 7)

    assert result.exit_code == 2
    assert "accounts.yaml was edited in the meantime. Nothing was written" in result.stderr
    assert accounts.read_text(encoding="utf-8") == "version: 1\n"


# Several acceptances in one file


def test_each_acceptance_of_a_mailbox_is_added_in_order_of_its_date(call, mailbox, here):
    result = call("enroll", "box.mbox", "--id", "lab", "--zone", "Europe/Berlin")

    assert result.stdout.index("box.mbox, message 3 of 3:") < result.stdout.index("box.mbox, message 1 of 3:")
    grants = read(here / "accounts.yaml")["accounts"][0]["grants"]
    assert [str(grant["accepted_on"]) for grant in grants] == ["2024-03-11", "2025-05-02"]


def test_of_each_grant_of_a_mailbox_its_own_lines_are_named(call, mailbox, here):
    result = call("enroll", "box.mbox", "--id", "lab", "--zone", "Europe/Berlin")

    lines = (here / "accounts.yaml").read_text(encoding="utf-8").splitlines()
    expected = [f"accounts.yaml:{at}" for at, line in enumerate(lines, 1) if "# use_case: " in line]
    assert len(expected) == 2
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("  use_case ")] == expected


def test_a_mail_of_a_mailbox_that_cannot_be_read_is_named(call, mailbox, here):
    text = mailbox.read_text(encoding="utf-8")
    mailbox.write_text(text.replace("Subject: Lunch", "Content-Type: image/png"), encoding="utf-8")
    alone = call("enroll", "box.mbox", "--id", "lab")
    (here / "mails").mkdir()
    mailbox.rename(here / "mails" / "box.mbox")
    among_others = call("enroll", "mails", "--id", "lab")

    assert "Not read:\n  Mail 2 of 3: " in alone.stdout
    assert "box.mbox                  cannot be read: Mail 2 of 3: " in among_others.stdout
    assert "2 already there, 1 not readable." in among_others.stdout


def test_one_name_is_not_given_to_two_grants(call, mailbox):
    result = call("enroll", "box.mbox", "--id", "lab", "--grant", "a")

    assert (result.exit_code, result.stderr) == (2, "--grant names one grant, and box.mbox has 2 acceptances\n")


def test_a_grant_that_differs_keeps_its_whole_file_from_being_written(call, mailbox, here):
    call("enroll", "box.mbox", "--id", "lab", "--zone", "UTC")
    path = here / "accounts.yaml"
    text = path.read_text(encoding="utf-8")
    before = text[: text.index('      - id: "2025"')].replace("3 weeks", "4 weeks")
    path.write_text(before, encoding="utf-8")
    result = call("enroll", "box.mbox", "--id", "lab")

    assert result.exit_code == 2
    assert path.read_text(encoding="utf-8") == before


# What is asked


def test_what_the_mail_does_not_say_is_asked_and_written(talk, printed, here, call):
    result = talk("enroll", "mail.txt", typed=["", "Europe/Berlin", *ALL_ANSWERS, "y"])

    assert result.exit_code == 0, result.output
    account = read(here / "accounts.yaml")["accounts"][0]
    (grant,) = account["grants"]
    assert (account["id"], account["organization"], account["affiliation"]) == ("lab", "org-1", "University")
    assert (account["people"]["pi"]["name"], account["people"]["pi"]["position"]) == (
        "A. Researcher",
        "PhD student",
    )
    assert (grant["credits_requested"], grant["use_case"]) == ("5000 USD", "Imaging")
    assert str(grant["research_ends_on"]) == "2027-03-31"
    assert "Not in the mail" not in result.stdout
    assert read(here / "accounts.yaml")["defaults"]["time_zone"] == "Europe/Berlin"
    assert call("check").exit_code == 0


def test_enter_leaves_a_question_out_and_nothing_is_guessed(talk, printed, here):
    result = talk("enroll", "mail.txt", "--id", "lab", "--zone", "UTC", typed=[""] * 8)

    assert result.exit_code == 0
    assert set(read(here / "accounts.yaml")["accounts"][0]) == {"id", "people", "grants"}
    assert "Not in the mail, and letters need it:" in result.stdout


@pytest.mark.parametrize(
    ("place", "answer", "why"),
    [
        (0, "Europe/Berlim", "did you mean `Europe/Berlin`?"),
        (0, "Vienna", "did you mean `Europe/Vienna`?"),
        (1, "Imaging Group", '"Imaging Group" is not written as `org-…`: Settings, Organization, General'),
        (1, "org-…", '"org-…" is not written as `org-…`'),
        (1, "org-\x1b[2J", "has a character that cannot be seen (U+001B"),
        (2, "plenty", '"plenty" is not an amount such as 5000 USD'),
        (2, "5,000", '"5,000" can be read in two ways; write 5000 or 5'),
        (3, "a\x07b", "has a character that cannot be seen (U+0007"),
        (4, "03/04/2027", '"03/04/2027" can be read in two ways; write 2027-04-03 or 2027-03-04'),
        (4, "soon", '"soon" is not a date such as 2026-03-31'),
        (5, "x" * 2001, "has 2,001 characters; a text has at most 2,000"),
    ],
)
def test_a_bad_answer_is_refused_with_what_was_meant_and_asked_again(talk, printed, here, place, answer, why):
    typed = ["UTC", *ALL_ANSWERS, "y"]
    typed.insert(place, answer)
    result = talk("enroll", "mail.txt", "--id", "lab", typed=typed)

    assert result.exit_code == 0
    assert why in result.stdout
    assert "\x1b" not in (here / "accounts.yaml").read_text(encoding="utf-8")


def test_a_secret_typed_by_mistake_is_not_written_and_not_repeated(talk, printed, here):
    secret = "sk-admin-abcdefghijklmnopqrstuvwxyz012345"
    result = talk("enroll", "mail.txt", "--id", "lab", "--zone", "UTC", typed=[secret, *ALL_ANSWERS, "y"])

    assert "looks like a key; a key never stands here" in " ".join(result.stdout.split())
    assert "sk-" not in (here / "accounts.yaml").read_text(encoding="utf-8")


def test_what_the_accounts_file_says_is_not_asked(talk, printed, here):
    (here / "accounts.yaml").write_text(
        "version: 1\ndefaults: {time_zone: UTC, affiliation: U, people: {pi: {name: A, reach: [mailto:a@b.c]}}}\n"
        "accounts:\n  - {id: lab, organization: org-1}\n",
        encoding="utf-8",
    )
    result = talk("enroll", "mail.txt", typed=["", "", "", "", "", "y"])

    assert result.exit_code == 0, result.output
    assert "people" not in read(here / "accounts.yaml")["accounts"][0]
    assert "1/4 Amount requested" in result.stdout
    assert "4/4 Position of the PI" in result.stdout


def test_what_belongs_to_the_account_is_asked_once_for_all_its_grants(talk, mailbox):
    result = talk("enroll", "box.mbox", "--id", "lab", "--zone", "UTC", typed=[*ALL_ANSWERS, "", "", "", "y"])

    assert result.exit_code == 0
    assert result.stdout.count("Organization id") == 1
    assert result.stdout.count("Use case") == 2


def test_a_date_that_the_mail_lacks_is_asked_and_cannot_be_left_out(talk, printed, here):
    printed.write_text(TEXT[TEXT.index("Hello,") :], encoding="utf-8")
    typed = ["UTC", "", "11.03.2024", "a.researcher", "a.researcher@example.edu", *ALL_ANSWERS, "y"]
    result = talk("enroll", "mail.txt", "--id", "lab", typed=typed)

    assert result.exit_code == 0, result.output
    assert "'a.researcher' is not an address such as" in result.stdout
    (grant,) = read(here / "accounts.yaml")["accounts"][0]["grants"]
    assert (str(grant["accepted_on"]), grant["accepted_address"]) == ("2024-03-11", "a.researcher@example.edu")


def test_an_update_asks_for_what_the_file_lacks(edited, talk):
    result = talk("enroll", "mail.txt", "--update", typed=["", *ALL_ANSWERS, "y"])

    assert result.exit_code == 0, result.output
    assert "  use_case: nothing in the file, Imaging in your answer" in result.stdout
    assert read(edited)["accounts"][0]["grants"][0]["use_case"] == "Imaging"
    assert "# use_case" not in edited.read_text(encoding="utf-8")


@pytest.mark.parametrize("typed", [[*ALL_ANSWERS, "n"], [*ALL_ANSWERS], ["org-1"]])
def test_who_says_no_or_goes_away_has_nothing_written(talk, printed, here, typed):
    result = talk("enroll", "mail.txt", "--id", "lab", "--zone", "UTC", typed=typed)

    assert result.exit_code == 2
    assert result.stderr.endswith("Nothing was written.\n")
    assert not (here / "accounts.yaml").exists()


def test_yes_asks_nothing(talk, printed, here):
    assert talk("enroll", "mail.txt", "--id", "lab", "--yes").exit_code == 0
    assert (here / "accounts.yaml").exists()


def test_a_real_terminal_is_asked_and_its_answers_are_taken(printed, here):
    master, terminal = pty.openpty()
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "TZ": "Europe/Vienna", "TERM": "dumb"}
    program = [sys.executable, "-m", "notifier", "enroll", "mail.txt"]
    with subprocess.Popen(program, cwd=here, env=environ, stdin=terminal, stdout=terminal, stderr=terminal) as ran:
        os.close(terminal)
        os.write(master, "".join(f"{line}\n" for line in ("", "", *ALL_ANSWERS, "")).encode())
        seen = b""
        while select.select([master], [], [], 30)[0]:
            try:
                seen += os.read(master, 65536)
            except OSError:  # Linux says so where the other end is closed
                break
        os.close(master)

    assert ran.returncode == 0, seen.decode()
    assert "In which time zone do you read your mail? [Europe/Vienna]:" in seen.decode()
    assert read(here / "accounts.yaml")["accounts"][0]["organization"] == "org-1"


# A folder


@pytest.fixture
def mails(here, mailbox) -> Path:
    folder = here / "mails"
    folder.mkdir()
    mailbox.rename(folder / "box.mbox")
    (folder / "Müller, Chemie.txt").write_text(TEXT, encoding="utf-8")
    (folder / "lunch.eml").write_text("From: a@b\n\nAt noon?", encoding="utf-8")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7")
    (folder / "undated.txt").write_text(TEXT[TEXT.index("Hello,") :], encoding="utf-8")
    (folder / ".hidden").write_text(TEXT, encoding="utf-8")
    (folder / "more").mkdir()
    return folder


def test_of_a_folder_every_file_is_named_with_what_became_of_it(call, mails, here):
    result = call("enroll", "mails")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[: lines.index("")] == [
        "Mails in mails; accounts are named after the files:",
        "  Müller, Chemie.txt        added to account muller-chemie, grant 2024",
        "  box.mbox, message 3 of 3  the same acceptance as Müller, Chemie.txt",
        "  box.mbox, message 1 of 3  added to account box, grant 2025",
        "  lunch.eml                 no acceptance",
        *[line for line in lines if "scan.pdf" in line],
        *lines[lines.index("  lunch.eml                 no acceptance") + 2 : lines.index("") - 3],
        "  undated.txt               cannot be enrolled: The mail gives no date of",
        "                            acceptance. Save it with its head, or as .eml, or",
        "                            say the day: --accepted-on 2026-03-31.",
    ]
    assert "2 added, 1 the same again, 1 without an acceptance, 1 not readable, 1 not usable." in " ".join(lines)
    assert "Dates without a time zone are taken as UTC; --zone says otherwise." in lines
    assert [each["id"] for each in read(here / "accounts.yaml")["accounts"]] == ["muller-chemie", "box"]
    assert call("check").exit_code == 0


def test_all_of_a_folder_may_belong_to_one_account(call, mails, here):
    result = call("enroll", "mails", "--id", "lab")

    assert "box.mbox, message 3 of 3  the same acceptance as Müller, Chemie.txt" in result.stdout
    (account,) = read(here / "accounts.yaml")["accounts"]
    assert [grant["id"] for grant in account["grants"]] == ["2024", "2025"]


def test_a_folder_again_adds_nothing_and_is_no_failure(call, mails, here):
    for name in ("scan.pdf", "undated.txt"):
        (mails / name).unlink()
    call("enroll", "mails")
    before = (here / "accounts.yaml").read_bytes()
    result = call("enroll", "mails")

    assert result.exit_code == 0
    assert "2 already there, 1 the same again, 1 without an acceptance." in result.stdout
    assert (here / "accounts.yaml").read_bytes() == before


def test_what_differs_in_a_folder_needs_the_option(call, mails, here):
    call("enroll", "mails")
    path = here / "accounts.yaml"
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("3 weeks", "4 weeks", 1), encoding="utf-8")
    shown = call("enroll", "mails").stdout
    unchanged = path.read_text(encoding="utf-8")
    changed = call("enroll", "mails", "--update")

    assert "account muller-chemie, grant 2024: differs, needs --update" in " ".join(shown.split())
    assert "      terms.write_after: 4 weeks in the file, 3 weeks in the mail" in shown
    assert unchanged != right
    assert "changed in account muller-chemie, grant 2024" in changed.stdout
    assert path.read_text(encoding="utf-8") == right


def test_a_folder_without_an_acceptance_adds_nothing(call, here):
    folder = here / "mails"
    folder.mkdir()
    assert call("enroll", "mails").exit_code == 2  # it holds no file at all
    (folder / "lunch.eml").write_text("At noon?", encoding="utf-8")
    result = call("enroll", "mails")

    assert result.exit_code == 0
    assert "lunch.eml  no acceptance" in result.stdout
    assert not (here / "accounts.yaml").exists()


def test_a_person_is_asked_once_for_a_whole_folder(talk, mails, here):
    refused = talk("enroll", "mails", typed=["Europe/Berlin", "n"])
    nothing = (here / "accounts.yaml").exists()
    taken = talk("enroll", "mails", typed=["Europe/Berlin", "y"])

    assert (refused.exit_code, nothing, taken.exit_code) == (2, False, 1)
    assert "will be added to account box, grant 2025" in taken.stdout
    assert read(here / "accounts.yaml")["defaults"]["time_zone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--grant", "a"], "--grant names one grant; leave it out for a folder\n"),
        (["--id", "Our Lab"], "--id: 'Our Lab' is no id of an account; did you mean `our-lab`?\n"),
    ],
)
def test_what_makes_no_sense_for_a_folder_is_said(call, mails, arguments, why):
    result = call("enroll", "mails", *arguments)

    assert (result.exit_code, result.stderr) == (2, why)


def test_the_names_of_files_do_not_move_the_cursor(call, here):
    (here / "mails").mkdir()
    (here / "mails" / "\u202e\x07lab.txt").write_text(TEXT, encoding="utf-8")
    shown = call("enroll", "mails").stdout

    assert "\\u202e\\x07lab.txt  added to account lab, grant 2024" in shown
    assert all(line.isprintable() for line in shown.splitlines())


@pytest.mark.parametrize(
    ("account", "suggestion"),
    [
        ("My Lab", "my-lab"),
        ("Zürich/7", "zurich-7"),
        ("x y", "x-y"),
        ("\x1b", "lab"),
        ("lab\n", "lab"),
    ],
)
def test_an_id_that_is_none_is_answered_with_one(call, printed, here, account, suggestion):
    result = call("enroll", "mail.txt", "--id", account)

    assert result.exit_code == 2
    assert f"did you mean `{suggestion}`?" in result.stderr
    assert "\x1b" not in result.stderr
    assert not (here / "accounts.yaml").exists()


def test_where_to_find_what_is_missing_is_said_to_its_end(call, printed, here):
    (here / "the-grants-of-our-group").mkdir()
    result = call("enroll", "mail.txt", "--id", "lab", "--accounts", "the-grants-of-our-group/accounts.yaml")
    said = " ".join(result.stdout.partition("letters need it:")[2].split())

    assert "the amount asked for in your application use_case" in said
    assert "the timeline in your application affiliation" in said
