"""``import``: an office's list becomes grants, and a line says of each row what became of it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from notifier.cli import main
from notifier.commands import import_, sheet
from notifier.enroll.office.rows import COLUMNS

PROGRAM = "openai-researcher-access"
NOW = ("--now", "2026-11-22")
HEADER = "account,accepted_on,credits_requested,pi_name,team,time_zone"


@pytest.fixture
def office(here):
    """Write a list; its first row names the columns."""

    def written(*rows, header=HEADER):
        (here / "office.csv").write_text("\n".join([header, *rows]), encoding="utf-8")

    return written


def _text(here, name="accounts.yaml"):
    return (here / name).read_text(encoding="utf-8")


def _accounts(here):
    return {each["id"]: each for each in YAML(typ="safe", pure=True).load(_text(here))["accounts"]}


def test_a_list_becomes_accounts_without_a_mistake(call, office, here):
    office(
        "Chem 3,2026-03-31,5000 USD,A. Müller,#chem,Europe/Berlin", "chem-4,31.03.2026,,,x@y.edu #b,Europe/Berlin"
    )

    result = call("import", "office.csv", *NOW)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        "row 2  chem-3  added, grant 2026",
        "row 3  chem-4  added, grant 2026",
        "",
        "2 rows: 2 added.",
    ]
    assert call("check").exit_code == 0
    assert "time_zone: Europe/Berlin" in _text(here).partition("accounts:")[0]
    assert _accounts(here)["chem-3"] == {
        "id": "chem-3",
        "people": {"pi": {"name": "A. Müller"}, "team": ["slack:#chem"]},
        "grants": [_accounts(here)["chem-3"]["grants"][0]],
    }
    assert _accounts(here)["chem-4"]["people"]["team"] == ["mailto:x@y.edu", "slack:#b"]


def test_every_column_is_written_where_check_and_letters_look_for_it(call, office, here):
    own = "Uni,A. B.,PhD,p@b.edu,#t,Asia/Tokyo,USD,g,K_1,med"
    office(
        f"c,{PROGRAM},2026-03-31,a@b.edu,org-1,5000,Why,2027-03-31,{own}",
        header=",".join([*COLUMNS, "label.department"]),
    )

    assert call("import", "office.csv", *NOW).exit_code == 0
    assert call("check").exit_code == 0
    text = _text(here)
    assert (
        text[text.index("accounts:") :]
        == """\
accounts:
  - id: c
    organization: org-1
    affiliation: Uni
    labels: {department: med}
    key: {env: K_1}
    people:
      pi: {name: A. B., position: PhD, reach: [mailto:p@b.edu]}
      team: ["slack:#t"]
    grants:
      - id: g
        program: openai-researcher-access
        accepted_on: 2026-03-31
        accepted_address: a@b.edu
        credits_requested: 5000 USD
        use_case: Why
        research_ends_on: 2027-03-31
        enrolled_on: 2026-11-22
"""
    )


def test_help_names_every_column(call):
    shown = call("import", "--help").stdout

    assert [name for name in (*COLUMNS, "label.X") if f"  {name} " not in shown] == []
    assert max(map(len, shown.splitlines())) <= 80


def test_enrolment_begins_on_the_day_that_it_is_in_the_zone_of_the_account(call, office, here):
    office("a,2026-03-31,,,,Pacific/Auckland", "b,2026-03-31,,,,America/Los_Angeles", "c,2026-03-31,,,,")

    call("import", "office.csv", "--now", "2026-11-22T20:00Z")

    days = {name: str(each["grants"][0]["enrolled_on"]) for name, each in _accounts(here).items()}
    assert days == {"a": "2026-11-23", "b": "2026-11-22", "c": "2026-11-23"}  # c has the zone of the new file


def test_a_bad_row_is_left_out_with_all_its_faults_and_the_good_ones_are_taken(call, office, here):
    office("good,2026-03-31,,,,", 'bad,31.02.2026,"5,000",,nobody,Europe/Berlim', ",2026-03-31,,,,", "x,,,,,,,y")

    result = call("import", "office.csv", *NOW)
    said = " ".join(result.stdout.split())

    assert result.exit_code == 1
    assert list(_accounts(here)) == ["good"]
    assert 'row 3 bad cannot be used: accepted_on "31.02.2026" is not a date such as 2026-03-31' in said
    for column in (
        "team 'nobody' is not an address",
        "time_zone 'Europe/Berlim' is not",
        'credits_requested "5,000" can',
    ):
        assert column in said
    assert "row 4 (no account) cannot be used: account is empty" in said
    assert "more cells than columns" in said
    assert "accepted_on is empty" in said
    assert "4 rows: 1 added, 3 cannot be used." in said
    assert max(map(len, result.stdout.splitlines()[:-4])) <= 80


def test_an_import_again_changes_nothing(call, office, here):
    office("a,2026-03-31,5000,A,#t,UTC", "a,2026-04-30,,,,", "b,2026-03-31,,,,")
    call("import", "office.csv", *NOW)
    before = (here / "accounts.yaml").read_bytes(), (here / "accounts.yaml").stat().st_ino

    result = call("import", "office.csv", "--now", "2026-12-24")

    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "accounts.yaml stays as it is.")
    assert "3 rows: 3 already there." in result.stdout
    assert ((here / "accounts.yaml").read_bytes(), (here / "accounts.yaml").stat().st_ino) == before


def test_what_differs_is_named_and_changed_only_on_request(call, office, here):
    office("a,2026-03-31,1000 USD,A,#t,")
    call("import", "office.csv", *NOW)
    before = _text(here)
    office("a,2026-03-31,5000 USD,B,#u,")

    first, kept = call("import", "office.csv", *NOW), _text(here)
    second = call("import", "office.csv", "--update", *NOW)

    assert (first.exit_code, kept) == (1, before)
    said = " ".join(first.stdout.split())
    assert "credits_requested: 1000 USD in the file, 5000 USD in the row; --update changes it" in said
    assert "pi_name: A in the file, B in the row" in said
    assert second.exit_code == 0
    assert _text(here) == before.replace("1000", "5000").replace("name: A}", "name: B}").replace("#t", "#u")


def test_what_a_person_wrote_in_the_file_stays_byte_for_byte(call, office, accounts, here):
    before = accounts.read_bytes().replace(b"\n", b"\r\n")
    accounts.write_bytes(b"\xef\xbb\xbf" + before)
    accounts.chmod(0o640)
    office("library,2026-11-05,,,,", "lab,2026-10-05,7 USD,,,", "new,2026-11-02,,,,")

    assert call("import", "office.csv", "--update", *NOW).exit_code == 0

    after = accounts.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf" + before[: before.index(b", enrolled_on")])
    assert after.replace(b", credits_requested: 7 USD", b"").startswith(b"\xef\xbb\xbf" + before)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert accounts.stat().st_mode & 0o777 == 0o640
    assert not list(here.glob("*.part"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (
            ["Chem 3,2026-03-31,,,,", "chem-3,2026-04-30,,,,"],
            'account would be chem-3, which row 2 writes "Chem 3"',
        ),
        (["a,2026-03-31,5,,,", "a,2026-03-31,6,,,"], "credits_requested 6 USD, but row 2 says 5 USD"),
        (["a,2026-03-31,,A,,", "a,2026-04-30,,B,,"], "pi_name B, but row 2 says A"),
    ],
)
def test_of_two_rows_that_contradict_each_other_the_later_is_refused(call, office, here, rows, why):
    office(*rows)

    result = call("import", "office.csv", *NOW)

    assert result.exit_code == 1
    assert why in " ".join(result.stdout.split())
    assert len(next(iter(_accounts(here).values()))["grants"]) == 1


def test_the_same_row_twice_is_one_grant(call, office, here):
    office("a,2026-03-31,5,,,", "a,2026-03-31,5,,,")

    result = call("import", "office.csv", *NOW)

    assert (result.exit_code, len(_accounts(here)["a"]["grants"])) == (0, 1)
    assert "already there, as row 2 says" in result.stdout


def test_a_header_with_mistakes_is_answered_with_every_place(call, office, here):
    office("a,b", header="acount,acepted_on")

    result = call("import", "office.csv")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        'office.csv:1:1: column "acount" is not known; did you mean `account`?',
        'office.csv:1:2: column "acepted_on" is not known; did you mean `accepted_on`?',
    ]
    assert not (here / "accounts.yaml").exists()


def test_a_list_that_cannot_be_read_ends_with_two(call, here):
    (here / "office.csv").write_bytes(b"PK\x03\x04")

    assert call("import", "office.csv").exit_code == 2
    assert call("import", "nothing.csv").stderr == "nothing.csv cannot be read: No such file or directory\n"


def test_an_accounts_file_with_a_mistake_is_named_and_left_alone(call, office, here):
    (here / "accounts.yaml").write_text("accounts:\n  - lab\n", encoding="utf-8")
    office("a,2026-03-31,,,,")

    result = call("import", "office.csv")

    assert (result.exit_code, _text(here)) == (1, "accounts:\n  - lab\n")
    assert result.stdout.startswith("accounts.yaml:1:1: an accounts file needs `version`\naccounts.yaml:2:5: ")


def test_a_department_has_a_file_of_its_own_and_an_account_stands_in_one(call, office, accounts, here):
    office("lab,2026-03-31,,,,", "chem,2026-03-31,,,,")

    result = call("import", "office.csv", "--accounts", "accounts/chemistry.yaml", *NOW)

    assert "account lab stands in accounts.yaml" in result.stdout
    assert "- id: chem\n" in _text(here, "accounts/chemistry.yaml")
    assert call("check").exit_code == 0


def test_what_the_accounts_file_says_for_all_departments_is_not_said_again(call, office, accounts, here):
    accounts.write_text(
        accounts.read_text(encoding="utf-8").replace(
            "{time_zone: Europe/Berlin}", "{time_zone: Asia/Tokyo, affiliation: Example University}"
        ),
        encoding="utf-8",
    )
    office("a,2026-03-31,Example University,Asia/Tokyo", header="account,accepted_on,affiliation,time_zone")

    first = call("import", "office.csv", "--accounts", "accounts/chem.yaml", "--now", "2026-11-22T20:00Z")
    again = call("import", "office.csv", "--accounts", "accounts/chem.yaml", *NOW)

    text = _text(here, "accounts/chem.yaml")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert [word for word in ("defaults", "Tokyo", "affiliation") if word in text] == []
    assert "enrolled_on: 2026-11-23" in text
    assert "1 row: 1 already there." in again.stdout


def test_a_key_in_the_place_of_its_name_is_repeated_nowhere(call, office, here):
    office("a,2026-03-31,sk-proj-abcdefghijklmnop1234", header="account,accepted_on,key_env")

    result = call("import", "office.csv", *NOW)

    assert "key_env looks like a key" in " ".join(result.stdout.split())
    assert "sk-proj" not in result.output


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_asks_once_before_it_writes(office, here, monkeypatch, answer, written):
    office("a,2026-03-31,,,,", "a,2026-04-30,,,,", "b,2026-03-31,,,,", "c,x,,,,")
    monkeypatch.setattr(import_, "is_somebody_there", lambda: True)

    result = CliRunner().invoke(main, ["import", "office.csv", *NOW], input=answer)

    assert "Add 3 grants on 2 accounts to accounts.yaml? [Y/n]" in result.output
    assert result.output.startswith("row 2  a  will be added, grant 2026\n")
    assert (here / "accounts.yaml").exists() is written


def test_yes_asks_nothing(office, here, monkeypatch):
    office("a,2026-03-31,,,,")
    monkeypatch.setattr(import_, "is_somebody_there", lambda: True)

    result = CliRunner().invoke(main, ["import", "office.csv", "--yes", *NOW])

    assert (result.exit_code, "[Y/n]" in result.output) == (0, False)


def test_a_file_that_was_edited_while_it_was_asked_is_not_overwritten(office, accounts, monkeypatch):
    office("a,2026-03-31,,,,")
    monkeypatch.setattr(import_, "is_somebody_there", lambda: True)
    monkeypatch.setattr(
        import_.click, "confirm", lambda *_, **__: accounts.write_text("version: 1\n", encoding="utf-8")
    )

    result = CliRunner().invoke(main, ["import", "office.csv", *NOW])

    assert (result.exit_code, accounts.read_text(encoding="utf-8")) == (2, "version: 1\n")
    assert "accounts.yaml was edited in the meantime" in result.stderr


def test_a_file_that_would_be_too_long_to_be_read_is_not_written(call, office, accounts, monkeypatch):
    before = accounts.read_bytes()
    monkeypatch.setattr(sheet, "MOST_BYTES", len(before) + 100)
    office("a,2026-03-31,,,,")

    result = call("import", "office.csv", *NOW)

    assert (result.exit_code, accounts.read_bytes()) == (2, before)
    assert "accounts.yaml would have" in result.stderr


def test_however_many_rows_the_file_is_read_once_and_proved_once(call, office, accounts, monkeypatch):
    read = []
    compose = YAML.compose
    monkeypatch.setattr(YAML, "compose", lambda yaml, text: read.append(str(text)) or compose(yaml, text))
    office(*(f"g{at},2026-03-31,,,," for at in range(40)), *(f"lab,{at}-01-01,,,," for at in range(2001, 2020)))

    assert "59 rows: 59 added." in call("import", "office.csv", *NOW).stdout
    assert sum("- id: lab" in text for text in read) == 3  # once for its mistakes, as `check` does


def test_without_a_program_column_several_programs_are_asked_apart(call, office, here):
    (here / "rules").mkdir()
    for name in ("one", "two"):
        (here / "rules" / f"{name}.yaml").write_text(f"version: 1\nprogram: {name}\nrules: []\n", encoding="utf-8")
    office("a,2026-03-31,", "b,2026-03-31,TWO", "c,2026-03-31,tow", header="account,accepted_on,program")

    result = call("import", "office.csv", "--rules", "rules", *NOW)

    assert "program is empty; there are one, two" in result.stdout
    assert 'program "tow" is not known; did you mean `two`?' in " ".join(result.stdout.split())
    assert _accounts(here)["b"]["grants"][0]["program"] == "two"


HOSTILE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=30)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        HOSTILE | st.sampled_from(["=1+1", "- x", "a: b", "{}", "&a", "*a", "!!x", "#", "null", "1e5"]), max_size=3
    )
)
def test_whatever_a_cell_says_is_text_in_the_file_or_refused(call, here, texts):
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    rows = [f"g{at},2026-03-31,{text}" for at, text in enumerate(quoted)]
    (here / "office.csv").write_text(
        "\n".join(["account,accepted_on,use_case", *rows]), encoding="utf-8", newline=""
    )
    (here / "accounts.yaml").unlink(missing_ok=True)

    result = call("import", "office.csv", *NOW)

    assert result.exit_code in ({0, 1} if texts and "\x00" not in "".join(texts) else {0, 1, 2})
    said = _accounts(here) if (here / "accounts.yaml").exists() else {}
    for at, text in enumerate(texts):
        if f"g{at}" in said:
            assert said[f"g{at}"]["grants"][0].get("use_case", "") == " ".join(text.split())
    assert "\x1b" not in result.output


def test_the_commands_that_come_next_speak_of_the_files_that_were_named(call, here):
    (here / "office.csv").write_text("account,accepted_on\nlab,2026-10-05\n", encoding="utf-8")
    (here / "our").mkdir()
    (here / "our.yaml").write_text("version: 1\n", encoding="utf-8")
    alone = call("import", "office.csv", "--accounts", "mine.yaml")
    in_a_folder = call("import", "office.csv", "--accounts", "our/physics.yaml")

    assert "check --accounts mine.yaml" in alone.stdout
    assert "timeline --accounts our.yaml" in in_a_folder.stdout


def test_a_key_pasted_into_a_cell_is_refused_shown_nowhere_and_not_written(call, here):
    key = "sk-proj-" + "4711" * 8
    rows = f"lab,2026-10-05,my key is {key}\n{key},2026-10-05,x\nfine,2026-10-05,y\n"
    (here / "office.csv").write_text(f"account,accepted_on,use_case\n{rows}", encoding="utf-8")
    result = call("import", "office.csv")

    assert result.exit_code == 1
    assert result.output.count("looks like a key") == 2
    assert "4711" not in result.output
    assert "4711" not in (here / "accounts.yaml").read_text(encoding="utf-8")
    assert "- id: fine" in (here / "accounts.yaml").read_text(encoding="utf-8")
