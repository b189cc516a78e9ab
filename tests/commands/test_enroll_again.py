"""``enroll`` writes nothing beside a mistake, no grant twice, and the day that it is where the group is."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

PROGRAM = "openai-researcher-access"
TEXT = (Path(__file__).parents[1] / "enroll" / "acceptance.txt").read_text(encoding="utf-8")
LETTER = TEXT[TEXT.index("Hello,") :]
SUBJECT = "Subject: OpenAI API Researcher Access Program Acceptance"
HEAD = f"From: T <noreply@mail.smapply.net>\nTo: PI <pi@uni.example>\n{SUBJECT}\n"
LATE = "Thu, 05 Nov 2026 23:30:00 -0800"  # the sixth in Europe, and in UTC


def saved(path: Path, date: str = LATE) -> None:
    """The mail as a mail program saves it."""
    path.write_text(f"{HEAD}Date: {date}\n\n{LETTER}", encoding="utf-8")


def held(path: Path, day: str, *, zone: str = "Europe/Berlin", more: str = "") -> str:
    """An accounts file with one grant."""
    text = (
        f"version: 1\ndefaults: {{time_zone: {zone}}}\naccounts:\n  - id: lab\n"
        f'    people: {{pi: "mailto:pi@uni.example"}}\n    grants:\n'
        f'      - id: "2026"\n        program: {PROGRAM}\n        accepted_on: {day}\n{more}'
    )
    path.write_text(text, encoding="utf-8")
    return text


def read(path: Path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


@pytest.fixture
def mail(here) -> Path:
    path = here / "mail.eml"
    saved(path)
    return path


# Mistakes of the accounts file


@pytest.mark.parametrize("what", ["mail.eml", "mails", "office.csv"])
def test_beside_a_mistake_nothing_is_written_and_the_mistake_has_its_place(call, mail, here, what):
    before = held(here / "accounts.yaml", "06.11.2026")
    (here / "mails").mkdir()
    saved(here / "mails" / "lab.eml")
    (here / "office.csv").write_text("account,accepted_on\nlab,2026-11-06\n", encoding="utf-8")
    result = call("import" if what == "office.csv" else "enroll", what)

    assert result.exit_code == 1
    assert result.stdout.startswith("accounts.yaml:9:22: ")
    assert result.stderr == "1 mistake.\n"
    assert (here / "accounts.yaml").read_text(encoding="utf-8") == before


def test_a_mistake_in_another_accounts_file_is_one_too(call, mail, accounts, here):
    (here / "accounts").mkdir()
    (here / "accounts" / "physics.yaml").write_text("version: 1\naccounts:\n  - {id: p, tme_zone: UTC}\n")
    result = call("enroll", "mail.eml", "--id", "lab")

    assert (result.exit_code, result.stdout.partition(" ")[0]) == (1, "accounts/physics.yaml:3:13:")


def test_a_file_of_a_department_is_judged_with_what_is_said_for_all(call, mail, here):
    (here / "accounts.yaml").write_text("version: 1\ncalendars: {uni: {}}\n", encoding="utf-8")
    (here / "accounts").mkdir()
    department = "accounts/physics.yaml"
    (here / department).write_text("version: 1\naccounts:\n  - {id: p, calendar: uni}\n", encoding="utf-8")

    assert call("enroll", "mail.eml", "--accounts", department).exit_code == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "\ufeff# nothing yet\n"])
def test_a_file_that_says_nothing_yet_has_no_mistake(call, mail, here, text):
    (here / "accounts.yaml").write_text(text, encoding="utf-8")

    assert call("enroll", "mail.eml", "--id", "lab").exit_code == 0
    assert call("check").exit_code == 0


# The same grant, a day apart


@pytest.mark.parametrize("day", ["2026-11-05", "2026-11-07"])
def test_a_grant_accepted_a_day_apart_is_taken_for_the_same(call, mail, here, day):
    before = held(here / "accounts.yaml", day)
    result = call("enroll", "mail.eml", "--id", "lab")

    lines = result.stderr.splitlines()
    assert result.exit_code == 2
    assert lines[0] == "This looks like grant 2026 of account lab, accepted a day apart. What differs:"
    assert f"  accepted_on: {day} in the file, 2026-11-06 in the mail" in lines
    assert (here / "accounts.yaml").read_text(encoding="utf-8") == before


def test_with_update_the_day_of_the_mail_counts(call, mail, here):
    held(here / "accounts.yaml", "2026-11-05")

    assert call("enroll", "mail.eml", "--id", "lab", "--update").exit_code == 0
    (grant,) = read(here / "accounts.yaml")["accounts"][0]["grants"]
    assert (grant["id"], str(grant["accepted_on"])) == ("2026", "2026-11-06")


@pytest.mark.parametrize(
    ("day", "arguments"), [("2026-11-04", ()), ("2026-11-08", ()), ("2026-11-05", ("--grant", "second"))]
)
def test_two_days_apart_or_by_another_name_it_is_another_grant(call, mail, here, day, arguments):
    held(here / "accounts.yaml", day)

    assert call("enroll", "mail.eml", "--id", "lab", *arguments).exit_code == 0
    assert len(read(here / "accounts.yaml")["accounts"][0]["grants"]) == 2


def test_of_two_grants_the_one_of_the_very_day_is_meant(call, mail, here):
    more = f"      - {{id: b, program: {PROGRAM}, accepted_on: 2026-11-06}}\n"
    held(here / "accounts.yaml", "2026-11-05", more=more)
    result = call("enroll", "mail.eml", "--id", "lab")

    assert "Account lab holds grant b already." in result.stderr
    assert "accepted_on" not in result.stderr


def test_in_a_folder_it_is_said_in_the_line_of_its_file(call, here):
    held(here / "accounts.yaml", "2026-11-05")
    (here / "mails").mkdir()
    saved(here / "mails" / "lab.eml")
    result = call("enroll", "mails")

    assert result.exit_code == 1
    assert "looks like grant 2026 of account lab, accepted a day apart" in " ".join(result.stdout.split())
    assert "      accepted_on: 2026-11-05 in the file, 2026-11-06 in the mail" in result.stdout.splitlines()


def test_two_mails_of_one_run_that_say_different_days_are_not_both_taken(call, here):
    (here / "mails").mkdir()
    saved(here / "mails" / "a.eml")
    saved(here / "mails" / "b.eml", "Sat, 07 Nov 2026 12:00:00 +0000")
    result = call("enroll", "mails", "--id", "lab", "--update")

    said = " ".join(result.stdout.split())
    assert result.exit_code == 1
    assert "Grant 2026 of account lab is just being added, with another accepted_on" in said
    (grant,) = read(here / "accounts.yaml")["accounts"][0]["grants"]
    assert str(grant["accepted_on"]) == "2026-11-06"


def mailbox(path: Path, *days: int) -> None:
    """A mailbox with an acceptance for each of the *days* of November 2026."""
    path.write_text(
        "".join(
            f"From t@example Fri Nov  6 07:30:00 2026\n{HEAD}Date: {day} Nov 2026 12:00:00 +0000\n\n{LETTER}\n\n"
            for day in days
        ),
        encoding="utf-8",
    )


TWO_DAYS = f"""\
box.mbox has acceptances of different days for what looks like one grant of {PROGRAM}:
  accepted on 2026-11-06, message 2 of 3
  accepted on 2026-11-07, message 1 of 3
Nothing was written. Take the right one alone: --accepted-on 2026-11-06 or --accepted-on 2026-11-07.
"""


@pytest.mark.parametrize("arguments", [(), ("--update",), ("--yes",)])
def test_a_mailbox_with_two_days_for_one_grant_says_so_and_how_to_pick(call, here, arguments):
    mailbox(here / "box.mbox", 7, 6, 20)
    result = call("enroll", "box.mbox", "--id", "lab", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", TWO_DAYS)
    assert not (here / "accounts.yaml").exists()


@pytest.mark.parametrize(("option", "day"), [("2026-11-06", "2026-11-06"), ("07.11.2026", "2026-11-07")])
def test_of_several_acceptances_that_of_the_named_day_is_taken(call, here, option, day):
    mailbox(here / "box.mbox", 7, 6, 6, 20)
    result = call("enroll", "box.mbox", "--id", "lab", "--accepted-on", option)
    grants = read(here / "accounts.yaml")["accounts"][0]["grants"]

    assert result.exit_code == 0
    assert [str(grant["accepted_on"]) for grant in grants] == [day]


def test_the_one_that_is_picked_may_be_named(call, here):
    mailbox(here / "box.mbox", 6, 7)
    assert call("enroll", "box.mbox", "--id", "lab", "--accepted-on", "2026-11-07", "--grant", "b").exit_code == 0
    (grant,) = read(here / "accounts.yaml")["accounts"][0]["grants"]

    assert (grant["id"], str(grant["accepted_on"])) == ("b", "2026-11-07")


def test_a_day_of_none_of_several_acceptances_names_theirs(call, here):
    mailbox(here / "box.mbox", 6, 20)
    result = call("enroll", "box.mbox", "--id", "lab", "--accepted-on", "2026-11-08")

    assert (result.exit_code, result.stderr) == (
        2,
        "box.mbox has no acceptance of 2026-11-08; it has those of 2026-11-06 and 2026-11-20\n",
    )


@pytest.mark.parametrize(("also", "is_one"), [("2026-11-07", False), ("2026-09-01", True)])
def test_two_days_that_are_two_grants_of_the_account_are_not_one(call, here, also, is_one):
    more = f"      - {{id: b, program: {PROGRAM}, accepted_on: {also}}}\n"
    before = held(here / "accounts.yaml", "2026-11-06", more=more)
    mailbox(here / "box.mbox", 6, 7)

    assert ("looks like one grant" in call("enroll", "box.mbox", "--id", "lab").stderr) is is_one
    assert (here / "accounts.yaml").read_text(encoding="utf-8") == before


def test_a_row_accepted_a_day_apart_is_taken_for_the_same(call, here):
    before = held(here / "accounts.yaml", "2026-11-05")
    (here / "office.csv").write_text("account,accepted_on\nlab,2026-11-06\n", encoding="utf-8")
    result = call("import", "office.csv")

    assert result.exit_code == 1
    assert "accepted_on: 2026-11-05 in the file, 2026-11-06 in the row" in " ".join(result.stdout.split())
    assert (here / "accounts.yaml").read_text(encoding="utf-8") == before


# The day, and the words that say it


@pytest.mark.parametrize(
    ("arguments", "day", "aside", "zone"),
    [
        (("--zone", "Europe/Berlin"), "2026-11-06", ", in Europe/Berlin", "Europe/Berlin"),
        (("--zone", "America/Los_Angeles"), "2026-11-05", "", "America/Los_Angeles"),
        ((), "2026-11-06", ", in UTC", "UTC"),
    ],
)
def test_the_day_is_that_in_the_zone_of_the_account(call, mail, here, arguments, day, aside, zone):
    result = call("enroll", "mail.eml", "--id", "lab", *arguments)

    written = read(here / "accounts.yaml")
    assert (written["defaults"]["time_zone"], str(written["accounts"][0]["grants"][0]["accepted_on"])) == (
        zone,
        day,
    )
    assert f'"{LATE}"{aside}' in [line.strip() for line in result.stdout.splitlines()]
    assert ("nobody has said a time zone" in result.stdout) == (not arguments)


@pytest.mark.parametrize("line", ["An: PI <pi@uni.example>", "À : PI <pi@uni.example>", "To: PI <pi@uni.example>"])
def test_the_words_of_the_recipient_are_those_of_the_mail(call, here, line):
    sent = "Gesendet: 11.03.2024 13:57" if line.startswith("An") else "Date: 11 March 2024 13:57"
    text = f"Von: T <noreply@mail.smapply.net>\n{sent}\n{line}\nBetreff: Acceptance\n\n{LETTER}"
    (here / "mail.txt").write_text(text, encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "lab")

    assert f'"{line}"' in [each.strip() for each in result.stdout.splitlines()]


# A mail that has lost its date


def test_a_mail_without_a_date_is_named_with_the_reason(call, here):
    (here / "mail.eml").write_text(f"{HEAD.replace('Subject: ', 'Subject: Fwd: ')}Date: {LATE}\n\n{LETTER}")
    result = call("enroll", "mail.eml", "--id", "lab")

    assert result.exit_code == 2
    assert result.stderr == (
        'mail.eml: The mail gives no date of acceptance: "Fwd:" in its subject says that it is not the original, '
        "whose own date was not found. Save it with its head, or as .eml, or say the day: "
        "--accepted-on 2026-03-31.\n"
    )


def test_the_day_can_be_said_for_a_mail_that_lost_its_head(call, here):
    (here / "mail.txt").write_text(LETTER, encoding="utf-8")
    result = call("enroll", "mail.txt", "--id", "lab", "--accepted-on", "31.03.2026")

    assert result.exit_code == 0
    assert '"--accepted-on"' in result.stdout
    assert str(read(here / "accounts.yaml")["accounts"][0]["grants"][0]["accepted_on"]) == "2026-03-31"


@pytest.mark.parametrize(
    ("day", "what", "why"),
    [
        ("soon", "mail.eml", '--accepted-on: "soon" is not a date such as 2026-03-31'),
        ("2026-03-31", "mail.eml", "mail.eml says that the day is 2026-11-06, and --accepted-on says 2026-03-31"),
        ("2026-03-31", "mails", "--accepted-on names one day; leave it out for a folder"),
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(call, mail, here, day, what, why):
    (here / "mails").mkdir()
    result = call("enroll", what, "--id", "lab", "--accepted-on", day)

    assert result.exit_code == 2
    assert result.stderr.startswith(why)
    assert not (here / "accounts.yaml").exists()


def test_a_day_that_the_mail_says_too_may_be_said(call, mail):
    assert call("enroll", "mail.eml", "--id", "lab", "--accepted-on", "2026-11-06").exit_code == 0


def test_a_mail_that_is_far_too_long_is_not_sent_back_to_where_it_came_from(call, here):
    (here / "mail.eml").write_text(f"{HEAD}Date: {LATE}\n\n{'Hello again. ' * 200_000}", encoding="utf-8")
    result = call("enroll", "mail.eml", "--id", "lab")

    assert result.exit_code == 2
    assert "Copy the text of the acceptance alone." in result.stderr
    assert "save" not in result.stderr.casefold()


# What has ended


def test_of_a_grant_that_has_ended_it_is_said_before_the_next_commands(call, mail):
    result = call("enroll", "mail.eml", "--id", "lab", "--now", "2027-12-24")

    said = "This grant ended on 6 November; `timeline` shows what is still owed."
    assert result.stdout.index(said) < result.stdout.index("See everything that will be told")


def test_of_a_grant_that_goes_on_nothing_is_said(call, mail):
    assert "ended" not in call("enroll", "mail.eml", "--id", "lab", "--now", "2026-12-24").stdout


@pytest.mark.parametrize(("files", "said"), [(1, "This grant ended on"), (2, "2 of these grants have ended;")])
def test_of_the_grants_of_a_folder_it_is_said_in_one_line(call, here, files, said):
    (here / "mails").mkdir()
    for year in range(2020, 2020 + files):
        saved(here / "mails" / f"{year}.eml", f"06 Nov {year} 12:00:00 +0000")
    result = call("enroll", "mails", "--id", "lab", "--now", "2027-12-24")

    assert [line for line in result.stdout.splitlines() if line.startswith(said)]


def test_a_file_that_is_no_list_cannot_be_imported(call, mail):
    result = call("import", "mail.eml")

    assert (result.exit_code, result.stderr.partition(": ")[2][:16]) == (2, "This is no list:")


# What stands below an empty key as an example


@pytest.mark.parametrize("empty", ["people:", "people:   # who is told", "people:\n"])
@pytest.mark.parametrize("column", [6, 8])
def test_examples_below_an_empty_key_stay_valid_when_they_are_uncommented(call, mail, here, empty, column):
    example = f'{" " * column}# team: "slack:#lab"\n'
    path = here / "accounts.yaml"
    path.write_text(f"version: 1\naccounts:\n  - id: lab\n    {empty}\n{example}", encoding="utf-8")
    result = call("enroll", "mail.eml")
    path.write_text(path.read_text(encoding="utf-8").replace("# team", "team"), encoding="utf-8")

    assert result.exit_code == 0
    expected = {"pi": {"reach": ["mailto:pi@uni.example"]}, "team": "slack:#lab"}
    assert expected == read(path)["accounts"][0]["people"]
    assert call("check").exit_code == 0


def test_comments_below_an_empty_key_that_are_not_its_own_leave_its_part_beside_it(call, mail, here):
    path = here / "accounts.yaml"
    path.write_text("version: 1\naccounts:\n  - id: lab\n    people:\n    # organization: o\n", encoding="utf-8")

    assert call("enroll", "mail.eml").exit_code == 0
    assert "    people: {pi: {reach: [mailto:pi@uni.example]}}\n" in path.read_text(encoding="utf-8")
