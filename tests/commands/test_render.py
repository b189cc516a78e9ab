"""``render``: the message that a rule would send about an account, in each form, without sending it."""

import asyncio
import io
import json
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from rich.console import Console as Terminal

from notifier.channels.console import Console
from notifier.channels.slack.blocks import MOST_BLOCKS
from notifier.commands.common import SHIPPED_RULES, moment
from notifier.files.places import Places, read_files
from notifier.flow.declare import declare
from notifier.flow.deliver import Outlets, prepare, tell
from notifier.flow.judge import judge
from notifier.flow.settle import settle
from notifier.store.store import Store

from .conftest import PROGRAM

pytestmark = pytest.mark.usefixtures("five_rules")
NOW = "2026-11-24T10:00Z"
RULES = "credits-not-allocated, credits-used, access-ends, no-spend-limit-before-the-end and summary-due"
SHOWN = "Only shown: nothing was sent.\n"
LATE = ("credits-not-allocated", "lab", "--now", NOW)
HOSTILE = """\
version: 1
accounts:
  - id: lab
    affiliation: "<!channel> <b>x</b> \\e[31m\\u202e"
    people:
      pi: {name: "<@U123> \\e[2J=?utf-8?q?x?=", reach: [mailto:a@example.edu]}
    grants:
      - {id: "2026", program: openai-researcher-access, accepted_on: 2026-10-05, enrolled_on: 2026-10-05}
"""


def flat(text):
    """The text of a box, on one line."""
    return " ".join(" ".join(line.strip("│╭╮╰╯─ ") for line in text.splitlines()).split())


def in_markup(payload):
    """The texts of *payload* in which Slack looks for markup."""
    if isinstance(payload, list):
        return [text for each in payload for text in in_markup(each)]
    if not isinstance(payload, dict):
        return []
    own = payload.get("text") if "blocks" in payload or payload.get("type") == "mrkdwn" else None
    return [*([own] if own else []), *(text for each in payload.values() for text in in_markup(each))]


def test_as_text_it_is_what_the_console_shows_with_the_command_that_answers_it(call, accounts):
    result = call("render", *LATE)
    said = flat(result.stdout)

    assert (result.exit_code, result.stderr) == (0, SHOWN)
    assert said.startswith("Credits have not arrived · lab Accepted 5 October. ")
    assert "Told: team (#lab-grants) and PI (A. Researcher). Letter, " in said
    assert "To: researcheraccess@openai.com" in said
    assert "Saved as" not in said
    assert "When done: " in said
    assert "-m notifier record lab credits_granted AMOUNT" in said
    assert said.endswith("-m notifier ack lab credits-not-allocated")
    assert not Path("state").exists()


@pytest.fixture
def told(accounts, here, five_rules):
    """What the console told when the service looked at `NOW`."""
    places, at = Places(five_rules, accounts, here / "state"), moment(NOW)
    files, paper = read_files(places, at), io.StringIO()
    outlets = Outlets(
        {"console": Console(Terminal(file=paper, width=100), places.record, places.letters, str)}.get
    )
    store = Store.open(places.database, lock=True)
    store.write(declare, files.declared, at)
    store.write(judge, files.rulebook, at)
    parcels = store.write(prepare, files.rulebook, at, "boot", outlets)
    store.write(settle, [asyncio.run(tell(each, outlets)) for each in parcels], at, outlets.ways)
    store.close()
    return flat(paper.getvalue())


def test_what_is_shown_is_what_the_console_tells(call, told):
    shown = flat(call("render", *LATE).stdout)

    assert shown[: shown.index("Letter, ")] in told


def test_with_a_database_it_says_what_the_service_knows(call, told):
    call("record", "lab", "credits_granted", "1000 USD", "--on", "2026-11-20")
    result = call("render", "credits-used", "lab", "--step", "80%")

    assert "1,000.00 USD" in flat(result.stdout)


def test_as_slack_it_is_what_slack_is_given(call, accounts):
    result = call(
        "render", f"{PROGRAM}/credits-not-allocated", "lab", "--now", NOW, "--as", "slack", "--save", "x.json"
    )
    payload = json.loads(result.stdout)

    assert (result.exit_code, result.stderr) == (0, f"Written to x.json.\n{SHOWN}")
    assert payload.keys() == {"text", "blocks"}
    assert payload["text"].startswith("Credits have not arrived · lab.")
    assert payload["blocks"][0]["text"]["text"] == "Credits have not arrived · lab"
    assert 3 < len(payload["blocks"]) <= MOST_BLOCKS
    assert json.loads(Path("x.json").read_text(encoding="utf-8")) == payload
    to = call("render", *LATE, "--as", "slack", "--to", "slack:#other")
    assert json.loads(to.stdout) == {"channel": "#other", **payload}


def test_as_email_its_headers_and_text_are_shown_and_a_file_holds_all_of_it(call, accounts):
    result = call("render", *LATE, "--as", "email", "--save", "x.eml")
    head, text = result.stdout.split("\n\n", 1)
    saved = message_from_bytes(Path("x.eml").read_bytes(), policy=SMTP)

    assert result.stderr == f"Written to x.eml.\n{SHOWN}"
    assert "From: notifier <notifier@example.edu>\nTo: a@example.edu\n" in f"{head}\n"
    assert "Subject: Credits have not arrived · lab\n" in head
    assert "Next: Record the credits if they are there" in text
    assert text.endswith("[attached: credits-not-allocated.eml]\n")
    assert [part.get_content_type() for part in saved.walk()][:4] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert dict(saved.items()) == dict(line.split(": ", 1) for line in head.splitlines())


def test_the_same_command_shows_the_same(call, accounts):
    both = [call("render", *LATE, "--as", form).stdout for form in ("email", "slack", "text") for _ in range(2)]

    assert both[::2] == both[1::2]


def test_a_mail_comes_from_whom_the_settings_say_and_goes_to_whom_one_says(call, accounts, monkeypatch):
    monkeypatch.setenv("NOTIFIER_MAIL_FROM", "Grants <grants@example.org>")
    result = call("render", *LATE, "--as", "email", "--to", "b@example.org")

    assert "From: Grants <grants@example.org>\nTo: b@example.org\n" in result.stdout


def test_where_nobody_who_hears_has_an_inbox_somebody_is_shown(call, accounts):
    assert (
        "To: somebody@example.edu\n" in call("render", "credits-used", "lab", "--as", "email", "--now", NOW).stdout
    )


def test_who_is_told_is_said_as_it_is_configured(call, accounts, monkeypatch):
    monkeypatch.setenv("NOTIFIER_SENDGRID_KEY", "SG.hush")
    monkeypatch.setenv("NOTIFIER_MAIL_FROM", "n@example.edu")
    result = call("render", *LATE)

    assert "Told: PI (A. Researcher); team (#lab-grants) cannot be reached." in flat(result.stdout)
    assert "hush" not in result.output


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (("summary-due", "lab"), "One-page summary is due · lab"),
        (("summary-due", "lab", "--step", "2  weeks before"), "One-page summary is due · lab"),
        (("credits-used", "lab", "--step", "100%"), "URGENT: Credits are running low"),
        (("summary-due", "library", "--grant", "2023"), "One-page summary is due · library, grant 2023"),
    ],
)
def test_a_step_that_is_not_in_force_can_be_shown(call, accounts, arguments, begins):
    result = call("render", *arguments, "--now", NOW)

    assert (result.exit_code, flat(result.stdout)[: len(begins)]) == (0, begins)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("credits-usd", "lab"), "there is no rule `credits-usd` for lab; did you mean `credits-used`?"),
        ((f"{PROGRAM}/credits-usd", "lab"),
         f"there is no rule `{PROGRAM}/credits-usd` for lab; did you mean `{PROGRAM}/credits-used`?"),
        (("x", "lab"), f"there is no rule `x` for lab; there are {RULES}"),
        (("credits-used", "labs"), "there is no account `labs`; did you mean `lab`?"),
        (("credits-used", "library"), "say with --grant which grant of `library`; there are 2023 and 2026"),
        (("credits-used", "library", "--grant", "x"), "`library` has no grant `x`; there are 2023 and 2026"),
        (("credits-used", "lab", "--step", "81%"),
         f"`{PROGRAM}/credits-used` has no step `81%`; did you mean `80%`?"),
        (("credits-used", "lab", "--step", "x"),
         f"`{PROGRAM}/credits-used` has no step `x`; there are 50%, 80%, 95% and 100%"),
        (("credits-used", "lab", "--as", "email", "--to", "x y"),
         "--to: 'x y' is not an address that a mail can go to"),
        (("credits-used", "lab", "--save", "none/x"), "none/x cannot be written: No such file or directory"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_what_is(call, accounts, arguments, said):
    result = call("render", *arguments, "--now", NOW)

    assert (result.exit_code, result.stderr) == (2, f"{said}\n")


@pytest.mark.parametrize("form", ["text", "slack", "email"])
def test_hostile_names_are_only_read(call, here, form):
    (here / "accounts.yaml").write_text(HOSTILE, encoding="utf-8")
    result = call("render", *LATE, "--as", form, "--save", "out")
    content = Path("out").read_bytes()

    assert result.exit_code == 0
    assert all(letter.isprintable() or letter == "\n" for letter in result.output)
    assert b"\x1b" not in content
    if form == "slack":
        assert [text for text in in_markup(json.loads(content)) if "<!channel>" in text or "<@U123>" in text] == []
    if form == "email":
        mail = message_from_bytes(content, policy=SMTP)
        html = mail.get_body(("html",)).get_content()
        assert all(not part.defects for part in mail.walk())
        assert "<b>x</b>" not in html


def test_the_demo_shows_its_own_and_reads_no_setting(call, here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_SLACK_TOKEN", "hush")
    (here / "demo-state").mkdir()
    (here / "demo-state" / "accounts.yaml").write_text(HOSTILE, encoding="utf-8")
    for form in ("text", "email", "slack"):
        result = call("render", *LATE, "--demo", "--as", form)

        assert (result.exit_code, result.stderr) == (0, SHOWN)
    assert "record --demo lab" in call("render", *LATE, "--demo").stdout


def test_the_answer_names_the_files_that_are_meant(call, accounts):
    accounts.rename("mine.yaml")

    assert "record --accounts mine.yaml lab" in call("render", *LATE, "--accounts", "mine.yaml").stdout


def test_a_database_of_another_make_is_said(call, accounts, here):
    (here / "state").mkdir()
    (here / "state" / "notifier.db").write_text("no database " * 99)
    result = call("render", *LATE)

    assert result.exit_code == 2
    assert "notifier.db" in result.stderr


def test_a_letter_that_cannot_be_filled_is_left_out_with_a_word(call, accounts, here):
    rules = here / "rules"
    (rules / "drafts").mkdir(parents=True)
    for path in SHIPPED_RULES.rglob("*.*"):
        (rules / path.relative_to(SHIPPED_RULES)).write_bytes(path.read_bytes())
    with (rules / "drafts" / "credits-not-allocated.txt").open("a", encoding="utf-8") as draft:
        draft.write("{% if organization == 'org-1' %}{{ 1 + use_case }}{% endif %}\n")
    result = call("render", *LATE, "--rules", "rules")

    assert (result.exit_code, "Letter" in result.stdout) == (0, False)
    assert result.stderr.startswith("The letter is left out, because it cannot be filled: `check` says why.\n")
