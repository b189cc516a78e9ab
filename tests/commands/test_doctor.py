"""``doctor``: whether everything that is named can be told and read, in words that say what to do."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from notifier.commands.doctor import destinations as doctor
from notifier.commands.doctor import keys
from notifier.ports import Examined
from notifier.settings import Settings
from tests.channels.slack_server import HOOK, TOKEN, SlackServer
from tests.channels.smtp_server import PASSWORD, USER, Mailroom, only_with_the_password

SECRETS = (TOKEN, HOOK.rpartition("/")[2], PASSWORD, "sk-admin-hush", "xoxp-hush-hush", "hush")
GOOD = Examined("the channel", True, "It is there.")
LAB = """\
version: 1
accounts:
  - id: lab
    key: {env: NOTIFIER_LAB_KEY}
    people:
      pi: {name: A. Researcher, reach: [mailto:a@example.edu, "slack:#lab"]}
      team: ["slack:#lab"]
"""


class Fake:
    """Destinations of which each is found to be what a test says; nothing is told."""

    found: dict
    asked: list
    most = closed = now = 0

    def __init__(self, *_):
        Fake.asked = []

    def channel(self, destination):
        return _Channel(destination)

    async def aclose(self):
        Fake.closed += 1


class _Channel:
    def __init__(self, name):
        self.name = name

    async def examine(self, to, *, send):
        assert to == self.name
        Fake.asked.append((to, send))
        Fake.now += 1
        Fake.most = max(Fake.most, Fake.now)
        await asyncio.sleep(0)
        Fake.now -= 1
        said = Fake.found.get(to, [GOOD])
        if isinstance(said, Exception):
            raise said
        return said


@pytest.fixture
def fake(monkeypatch):
    Fake.found, Fake.most, Fake.now, Fake.closed = {}, 0, 0, 0
    monkeypatch.setattr(doctor, "Destinations", Fake)
    return Fake


class Silent:
    """A source that finds nothing worth a word: what keys can do is another file's."""

    async def examine(self, _):
        return []


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch):
    monkeypatch.setattr(keys, "Sources", lambda _: lambda _: Silent())


@pytest.fixture
def lab(here, monkeypatch):
    """One account whose key is set, and whose people are told by Slack and mail."""
    (here / "accounts.yaml").write_text(LAB, encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_LAB_KEY", "sk-admin-hush")
    return here


def dotenv(here, **values):
    lines = [f"NOTIFIER_{name}='{value}'\n" for name, value in values.items()]
    (here / ".env").write_text("".join(lines), encoding="utf-8")


def blocks(result):
    """What was said of each thing, by its title; no secret stands in it."""
    assert not any(secret in result.output for secret in SECRETS)
    parts = [part.splitlines() for part in result.stdout.split("\n\n")]
    return {title: [line.strip() for line in lines] for title, *lines in parts if lines}


BOT = {"SLACK_TOKEN": TOKEN}
LABS = "NOTIFIER_SLACK_WEBHOOK_LABS"
NOWHERE = "it is in none of the environment, .env and the folder secrets"


def test_with_nothing_configured_it_says_what_is_used_and_what_would_change_that(call, lab):
    result = call("doctor")

    assert result.exit_code == 0
    assert blocks(result) == {
        "settings": ["well     they can be used"],
        "rules and accounts": ["well     1 account can be used"],
        "keys of accounts": ["well     NOTIFIER_LAB_KEY: all of them are set"],
        "the state folder state": ["well     `run` makes it"],
        "the console": [
            "well     it shows every message where `run` runs",
            "Nothing is set that leads to a channel or an inbox. For a channel in Slack, put this line into .env:",
            "NOTIFIER_SLACK_WEBHOOK_LAB=https://hooks.slack.com/services/…",
            "The address is made at api.slack.com/apps: Create New App, Incoming Webhooks, Add New Webhook.",
            "Or, for mail, these lines:",
            "NOTIFIER_SMTP_HOST=smtp.example.edu",
            "NOTIFIER_SMTP_USER=…",
            "NOTIFIER_SMTP_PASSWORD=…",
            "NOTIFIER_MAIL_FROM=notifier@example.edu",
            "Then call `doctor` again.",
        ],
    }
    assert result.stdout.endswith("All is well.\n")
    assert not Path("state").exists()


def test_each_destination_stands_once_with_whose_it_is(call, lab, fake):
    dotenv(lab, **BOT, SMTP_HOST="smtp.example.edu", MAIL_FROM="n@example.edu", FALLBACK="slack:#lab")
    result = call("doctor")

    assert result.exit_code == 0
    assert sorted(fake.asked) == [("mailto:a@example.edu", False), ("slack:#lab", False)]
    assert fake.closed == 1
    assert blocks(result).keys() >= {
        "mailto:a@example.edu, for lab (PI), by the mail server smtp.example.edu",
        "slack:#lab, for lab (PI and team) and what could not be told elsewhere, by the bot in Slack",
    }
    assert "Nothing was sent; `" in result.stdout


def test_the_fallback_is_looked_at_too(call, lab, fake):
    dotenv(lab, SENDGRID_KEY="SG.hush", MAIL_FROM="n@example.edu", FALLBACK="mailto:office@example.edu", **BOT)
    result = call("doctor", "--send")

    assert "mailto:office@example.edu, for what could not be told elsewhere, by SendGrid" in blocks(result)
    assert ("mailto:office@example.edu", True) in fake.asked
    assert "Nothing was sent" not in result.stdout


def test_a_contact_of_a_program_is_no_fallback_and_is_never_greeted(call, lab, fake):
    dotenv(lab, SENDGRID_KEY="SG.hush", MAIL_FROM="n@example.edu", FALLBACK="mailto:ResearcherAccess@openai.com")
    result = call("doctor", "--send")

    assert result.exit_code == 1
    assert blocks(result)["settings"][0].startswith(
        "to mend  NOTIFIER_FALLBACK is a contact of a program, whom only"
    )
    assert fake.asked == [("mailto:a@example.edu", True)]


@pytest.mark.parametrize(
    ("found", "lines", "code"),
    [
        ([GOOD], ["well     the channel: It is there."], 0),
        ([Examined("it", True, "It is slow.", "A bot is not.")], ["well     it: It is slow.", "A bot is not."], 0),
        ([Examined("it", None, "Nobody may look.")], ["unclear  it: Nobody may look."], 0),
        ([Examined("it", None, "It does not answer.", "Try again.")],
         ["unclear  it: It does not answer.", "Try again."], 1),
        ([GOOD, Examined("it", False, "It is archived.", "Take another.")],
         ["well     the channel: It is there.", "to mend  it: It is archived.", "Take another."], 1),
        ([Examined("it", False, "It is \x1b[31m\u202ered.\nwell     all")],
         ["to mend  it: It is \\x1b[31m\\u202ered.\\nwell     all"], 1),
        (RuntimeError("hush"), ["to mend  the channel: a fault in it: RuntimeError", "Please report it."], 1),
    ],
)  # fmt: skip
def test_what_a_channel_finds_is_said_with_what_to_do(call, lab, fake, found, lines, code):
    dotenv(lab, **BOT)
    fake.found = {"slack:#lab": found}
    result = call("doctor")

    assert result.exit_code == code
    assert blocks(result)["slack:#lab, for lab (PI and team), by the bot in Slack"] == lines
    assert ("To mend: 1." if code else "All is well.") in result.stdout


def test_an_address_that_is_not_used_is_no_fault_where_its_owner_has_another(call, lab, fake):
    dotenv(lab, **BOT)

    assert blocks(call("doctor"))["mailto:a@example.edu, for lab (PI)"] == [
        "unclear  it is not used: no mail is sent: set NOTIFIER_SMTP_HOST or NOTIFIER_SENDGRID_KEY"
    ]


def test_who_cannot_be_reached_at_all_is_a_fault(call, lab, fake):
    dotenv(lab, SENDGRID_KEY="SG.hush", MAIL_FROM="n@example.edu")
    result = call("doctor")

    assert result.exit_code == 1
    assert blocks(result)["slack:#lab, for lab (PI and team)"] == [
        "to mend  it cannot be told, and team of lab cannot be reached otherwise",
        "Set NOTIFIER_SLACK_TOKEN for a bot, or NOTIFIER_SLACK_WEBHOOK_LAB for a webhook of this channel.",
    ]


def test_a_webhook_of_a_channel_that_nobody_names_is_a_fault(call, lab, fake):
    dotenv(
        lab, **BOT, SLACK_WEBHOOK_LABS="http://127.0.0.1:1/services/hush", SLACK_WEBHOOK_LAB="http://127.0.0.1:1/x"
    )
    found = blocks(call("doctor"))

    assert "slack:#lab, for lab (PI and team), by NOTIFIER_SLACK_WEBHOOK_LAB" in found
    assert found["webhooks"] == [
        f"to mend  {LABS}: no account names such a channel; did you mean `NOTIFIER_SLACK_WEBHOOK_LAB`?",
        "Call it like the channel in the accounts file, or take it out.",
    ]


def test_nobody_is_named(call, here, fake):
    (here / "accounts.yaml").write_text("version: 1\naccounts: [{id: lab}]\n", encoding="utf-8")
    dotenv(here, **BOT)

    assert blocks(call("doctor"))["destinations"] == [
        "to mend  no account names anybody, so the console hears everything",
        "Name people under `people:` in the accounts file.",
    ]


def test_what_is_wrong_with_settings_and_names_is_said_at_once_and_nothing_is_looked_at(call, lab, fake):
    dotenv(lab, SLACK_TOKEN="xoxp-hush-hush", SMTP_PASSWROD="hush", HOLD_ABOVE="hush")
    result = call("doctor", "--send")

    assert result.exit_code == 1
    assert [line.removeprefix("to mend  ").split(" ")[0] for line in blocks(result)["settings"]] == [
        "NOTIFIER_HOLD_ABOVE",
        "NOTIFIER_SLACK_TOKEN",
        "NOTIFIER_SMTP_PASSWROD",
    ]
    assert blocks(result)["destinations"] == ["unclear  they are looked at once the settings above are mended"]
    assert fake.closed == 0


def test_settings_that_cannot_be_read_at_all_end_it(call, lab):
    (lab / ".env").write_bytes(b"\xff")

    assert (call("doctor").exit_code, call("doctor").stderr) == (2, ".env is not UTF-8\n")


def test_without_accounts_there_is_nothing_to_look_at(call, here):
    result = call("doctor")

    assert result.exit_code == 2
    assert result.stderr == "there is no accounts.yaml: `enroll` makes one from an acceptance mail\n"


def test_mistakes_in_files_are_said_and_what_a_faulty_account_uses_is_no_misspelt_name(call, lab):
    (lab / "accounts.yaml").write_text(LAB.replace("key:", "zone: x\n    key:"), encoding="utf-8")
    result = call("doctor")

    assert result.exit_code == 1
    assert blocks(result)["settings"] == ["well     they can be used"]
    assert blocks(result)["rules and accounts"][0].startswith("to mend  accounts.yaml:4:5: `zone`")


def test_a_key_that_is_set_nowhere_is_said(call, lab, monkeypatch):
    monkeypatch.delenv("NOTIFIER_LAB_KEY")
    result = call("doctor")

    assert result.exit_code == 1
    assert blocks(result)["keys of accounts"] == [
        f"to mend  NOTIFIER_LAB_KEY: {NOWHERE}, so lab cannot be read",
        "Put the key there under this name, or take what names it out of lab.",
    ]


def test_a_state_folder_that_is_a_file_is_said(call, lab):
    (lab / "state").write_text("")
    result = call("doctor")

    assert result.exit_code == 1
    assert blocks(result)["the state folder state"] == [
        "to mend  it cannot be written",
        "Let the user who starts `run` write there, or name another folder as NOTIFIER_STATE.",
    ]
    (lab / "other").mkdir()
    assert blocks(call("doctor", "--state", "other"))["the state folder other"] == ["well     it can be written"]


def test_an_office_is_looked_at_a_few_at_a_time_and_named_in_short(call, here, fake):
    accounts = "".join(
        f'  - {{id: a{number:02}, people: {{team: "slack:#t{number}", office: "slack:#office"}}}}\n'
        for number in range(30)
    )
    (here / "accounts.yaml").write_text(f"version: 1\naccounts:\n{accounts}", encoding="utf-8")
    dotenv(here, **BOT)
    found = blocks(call("doctor"))

    assert len(fake.asked) == 31
    assert fake.most == doctor.AT_ONCE
    assert (
        "slack:#office, for a00 (office), a01 (office), a02 (office) and 27 more accounts, by the bot in Slack"
        in found
    )


def test_hostile_names_move_no_cursor(call, here, fake):
    people = '{pi: {name: "\\u202e\\e[2J", reach: "mailto:\\e[31m@e.example"}}'.replace("\\\\", "\\")
    (here / "accounts.yaml").write_text(
        f"version: 1\naccounts: [{{id: lab, people: {people}}}]\n", encoding="utf-8"
    )
    dotenv(here, SENDGRID_KEY="SG.hush", MAIL_FROM="n@example.edu")
    result = call("doctor")

    assert r"mailto:\x1b[31m@e.example, for lab (PI), by SendGrid" in result.stdout
    assert all(letter.isprintable() or letter == "\n" for letter in result.output)


# -- with channels of its own, on loopback -----------------------------------------------------------------------


def test_mail_is_looked_at_and_a_greeting_is_sent_only_when_asked(call, lab):
    options = {"authenticator": only_with_the_password, "auth_require_tls": False}
    with closing(Mailroom(**options)) as room:
        known = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": room.port, "SMTP_SECURITY": "none", "SMTP_USER": USER}
        dotenv(lab, **known, SMTP_PASSWORD=PASSWORD, MAIL_FROM="n@example.edu", FALLBACK="mailto:o@example.edu")
        found = blocks(call("doctor"))
        mails = len(room.mails)
        greeted = call("doctor", "--send")

    title = "mailto:a@example.edu, for lab (PI), by the mail server 127.0.0.1"
    assert all(line.startswith("well") for line in found[title])
    assert mails == 0
    assert len(room.mails) == 2
    assert blocks(greeted)[title][-1].startswith("well     the greeting")


def test_a_wrong_password_is_said_without_it(call, lab):
    options = {"authenticator": only_with_the_password, "auth_require_tls": False}
    with closing(Mailroom(**options)) as room:
        known = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": room.port, "SMTP_SECURITY": "none", "SMTP_USER": USER}
        dotenv(lab, **known, SMTP_PASSWORD="hush", MAIL_FROM="n@example.edu")
        result = call("doctor")

    assert result.exit_code == 1
    said = blocks(result)["mailto:a@example.edu, for lab (PI), by the mail server 127.0.0.1"]
    assert any(line.startswith("to mend  the sign-in") for line in said)


def test_a_webhook_in_slack_is_looked_at_and_greeted_only_when_asked(call, lab):
    with closing(SlackServer()) as slack:
        dotenv(lab, SLACK_WEBHOOK_LAB=f"{slack.root}{HOOK}")
        quiet = call("doctor")
        posted = len(slack.hooked)
        greeted = call("doctor", "--send")

        assert (quiet.exit_code, posted) == (0, 0)
        assert len(slack.hooked) == 1
    title = "slack:#lab, for lab (PI and team), by NOTIFIER_SLACK_WEBHOOK_LAB"
    assert blocks(quiet)[title][0] == "well     the webhook: It answers; nothing was posted."
    assert blocks(greeted)[title][0] == "well     the webhook: A greeting was posted."


def test_nothing_is_looked_at_twice_by_who_asks_without_a_command_line(here, fake):
    found = asyncio.run(doctor.look(["slack:#a", "slack:#b"], Settings(_env_file=None), send=False))

    assert found == [[GOOD], [GOOD]]
