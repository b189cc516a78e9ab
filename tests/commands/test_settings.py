"""Settings and secrets come from the environment, `.env` and a folder, and from nowhere else."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.mail.address import read_sender
from notifier.core.audience import CONSOLE
from notifier.settings import SHIPPED_RULES, Settings, SettingsError, read_settings, unknown_names, webhook_name
from notifier.settings.faults import _is_sender

PROJECT = Path(__file__).parents[2]
NAME = "LAB_OPENAI_ADMIN_KEY"
TOKEN = "xoxb-1234-abcdef"
HOOK = "https://hooks.slack.com/services/T0/B0/hush"
MAIL = {"SMTP_HOST": "smtp.example.edu", "MAIL_FROM": "notifier <n@example.edu>"}


@pytest.fixture
def settings(here, monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    (here / "secrets").mkdir()
    return Settings()


def test_without_anything_said_everything_lies_in_the_folder(settings):
    assert (settings.rules, settings.accounts, settings.state, settings.secrets) == (
        SHIPPED_RULES,
        Path("accounts.yaml"),
        Path("state"),
        Path("secrets"),
    )


def test_the_environment_wins_over_the_file(here, monkeypatch):
    (here / ".env").write_text("NOTIFIER_STATE=from-file\nNOTIFIER_RULES=my-rules\nUNKNOWN=1\n")
    monkeypatch.setenv("NOTIFIER_STATE", "from-environment")
    found = Settings()

    assert (found.state, found.rules) == (Path("from-environment"), Path("my-rules"))


def test_a_secret_is_looked_for_in_environment_file_and_folder_in_this_order(here, monkeypatch, settings):
    assert settings.secret(NAME) is None
    (here / "secrets" / NAME).write_text("from the folder\n")
    assert settings.secret(NAME) == "from the folder"
    (here / ".env").write_text(f"{NAME}=from the file\n")
    assert settings.secret(NAME) == "from the file"
    monkeypatch.setenv(NAME, "from the environment")
    assert settings.secret(NAME) == "from the environment"


def test_a_secret_that_was_put_into_the_file_meanwhile_counts_at_once(here, settings):
    (here / ".env").write_text(f"{NAME}=first\n")
    assert [settings.secret(NAME), settings.secret(NAME)] == ["first", "first"]
    (here / ".env").write_text(f"{NAME}=the second\n")
    assert settings.secret(NAME) == "the second"
    (here / ".env").unlink()
    assert settings.secret(NAME) is None


def test_the_file_is_read_once_for_many_secrets(here, settings, monkeypatch):
    read = []
    monkeypatch.setattr("notifier.settings.dotenv_values", lambda path: read.append(path) or {})
    (here / ".env").write_text("A=1\n")
    for number in range(100):
        settings.secret(f"KEY_{number}")

    assert len(read) == 1


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xff\xfe"])
def test_a_secret_file_without_a_secret_is_none(here, settings, raw):
    (here / "secrets" / NAME).write_bytes(raw)

    assert settings.secret(NAME) is None


def test_settings_show_no_secret(here, monkeypatch, settings):
    monkeypatch.setenv(NAME, "sk-admin-secret")
    (here / ".env").write_text("OTHER_KEY=sk-other-secret\n")

    assert "secret'" not in repr(Settings()).replace("secrets'", "")
    assert "sk-" not in repr(Settings())


def test_a_setting_that_cannot_be_used_is_named_without_its_value(here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_HOLD_ABOVE", "sk-a-key-in-the-wrong-place")
    with pytest.raises(SettingsError) as caught:
        read_settings()

    assert str(caught.value) == "NOTIFIER_HOLD_ABOVE has to be a whole number"
    assert caught.value.settings == Settings(hold_above=25)


def test_a_file_of_settings_that_is_no_text_is_named(here, call):
    (here / ".env").write_bytes(b"NOTIFIER_STATE=\xff\n")
    result = call("check")

    assert (result.exit_code, result.stderr) == (2, ".env is not UTF-8\n")


@pytest.fixture
def told(here, monkeypatch):
    """The settings, or what is said against them, when these are in the environment."""

    def read(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"NOTIFIER_{name}", value)
        try:
            return read_settings()
        except SettingsError as error:
            return str(error)

    return read


def test_every_setting_may_be_a_file_of_the_secrets_folder(here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_SECRETS", "hidden")
    (here / "hidden").mkdir()
    for name, text in {"SLACK_TOKEN": f"{TOKEN}\n", "SLACK_WEBHOOK_LAB_GRANTS": HOOK, "STATE": "kept"}.items():
        (here / "hidden" / f"NOTIFIER_{name}").write_text(text)
    (here / "hidden" / "certificate").write_bytes(b"\xff")
    found = read_settings()

    assert found.slack_token is not None
    assert found.slack_token.get_secret_value() == TOKEN
    assert found.slack_webhook["LAB_GRANTS"].get_secret_value() == HOOK
    assert found.state == Path("kept")


def test_a_setting_is_looked_for_in_environment_file_and_folder_in_this_order(here, told):
    (here / "secrets").mkdir()
    for name in ("MAIL_FROM", "SLACK_WEBHOOK_A", "SLACK_WEBHOOK_B"):
        (here / "secrets" / f"NOTIFIER_{name}").write_text("https://hooks.slack.com/services/folder")
    (here / ".env").write_text(f"NOTIFIER_MAIL_FROM=file@example.edu\nNOTIFIER_SLACK_WEBHOOK_B={HOOK}/file\n")
    found = told(MAIL_FROM="environment@example.edu", SLACK_WEBHOOK_C=f"{HOOK}/environment")

    assert found.mail_from == "environment@example.edu"
    ends = {name: address.get_secret_value().rpartition("/")[2] for name, address in found.slack_webhook.items()}
    assert ends == {"A": "folder", "B": "file", "C": "environment"}


def test_what_is_empty_is_not_set(told):
    found = told(SMTP_HOST="", SMTP_PORT="", SLACK_TOKEN=" ", SLACK_WEBHOOK_LAB="", HOLD_ABOVE="")

    assert found == "NOTIFIER_SLACK_TOKEN is not a token: " + BOT


BOT = "api.slack.com/apps, your app, OAuth & Permissions: Bot User OAuth Token, which begins with xoxb-"
HOOKS = "the address of an incoming webhook, at hooks.slack.com (api.slack.com/apps, your app, Incoming Webhooks)"
SIGN_IN = "to sign in, both are needed"
SAFE = "has to be an https address: a token goes there"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**MAIL, "SENDGRID_KEY": "SG.hush"},
         "NOTIFIER_SMTP_HOST and NOTIFIER_SENDGRID_KEY are both set, and mail goes one way only: leave one out"),
        ({"SMTP_HOST": "smtp.example.edu"},
         "NOTIFIER_MAIL_FROM is missing: mails need a sender, such as notifier <notifier@example.edu>"),
        ({"SENDGRID_KEY": "SG.hush"},
         "NOTIFIER_MAIL_FROM is missing: mails need a sender, such as notifier <notifier@example.edu>"),
        ({**MAIL, "MAIL_FROM": "hush"},
         "NOTIFIER_MAIL_FROM is not a sender such as notifier <notifier@example.edu>, or an address alone"),
        ({**MAIL, "SMTP_USER": "hush"}, f"NOTIFIER_SMTP_USER without NOTIFIER_SMTP_PASSWORD: {SIGN_IN}"),
        ({**MAIL, "SMTP_PASSWORD": "hush"}, f"NOTIFIER_SMTP_PASSWORD without NOTIFIER_SMTP_USER: {SIGN_IN}"),
        ({"SMTP_USER": "hush", "SMTP_PASSWORD": "hush"},
         "NOTIFIER_SMTP_PASSWORD and NOTIFIER_SMTP_USER without NOTIFIER_SMTP_HOST: name the mail server"),
        ({**MAIL, "SMTP_HOST": "smtp.example.edu:587"},
         "NOTIFIER_SMTP_HOST is not a name such as smtp.example.edu; a port belongs to NOTIFIER_SMTP_PORT"),
        ({**MAIL, "SMTP_USER": "me", "SMTP_PASSWORD": "hush", "SMTP_SECURITY": "none"},
         "NOTIFIER_SMTP_SECURITY=none would send the password in the open: take starttls or tls"),
        ({**MAIL, "SMTP_SECURITY": "ssl"}, "NOTIFIER_SMTP_SECURITY has to be starttls, tls or none"),
        ({**MAIL, "SMTP_PORT": "70000"}, "NOTIFIER_SMTP_PORT has to be at most 65535"),
        ({"HOLD_ABOVE": "-1"}, "NOTIFIER_HOLD_ABOVE has to be at least 0"),
        ({"SENDGRID_KEY": "SG.hush hush", "MAIL_FROM": "n@example.edu"},
         "NOTIFIER_SENDGRID_KEY has characters that no key has: copy it again"),
        ({"SENDGRID_URL": "http://api.sendgrid.com"},
         "NOTIFIER_SENDGRID_URL has to be an https address: a key goes there"),
        ({"SLACK_URL": "http://slack.example.edu"}, f"NOTIFIER_SLACK_URL {SAFE}"),
        ({"SLACK_URL": "https://me:hush@slack.com/api/"}, f"NOTIFIER_SLACK_URL {SAFE}"),
        ({"SLACK_URL": "https://[hush"}, f"NOTIFIER_SLACK_URL {SAFE}"),
        ({"SLACK_TOKEN": "xoxp-hush"}, f"NOTIFIER_SLACK_TOKEN is the token of a person; a bot's is meant: {BOT}"),
        ({"SLACK_TOKEN": "xapp-hush"},
         f"NOTIFIER_SLACK_TOKEN is the token of an app, for Socket Mode; its bot's is meant: {BOT}"),
        ({"SLACK_TOKEN": "xoxe.xoxb-hush"},
         ("NOTIFIER_SLACK_TOKEN is a token that expires, of an app with token rotation;"
          " take one of an app without it")),
        ({"SLACK_TOKEN": "xoxc-hush"}, f"NOTIFIER_SLACK_TOKEN is not the token of a bot: {BOT}"),
        ({"SLACK_TOKEN": HOOK},
         "NOTIFIER_SLACK_TOKEN is an address; that of a webhook belongs to NOTIFIER_SLACK_WEBHOOK_<CHANNEL>"),
        ({"SLACK_TOKEN": "hush"}, f"NOTIFIER_SLACK_TOKEN is not a token: {BOT}"),
        ({"SLACK_TOKEN": "xoxb-hush…"}, "NOTIFIER_SLACK_TOKEN has characters that no token has: copy it again"),
        ({"SLACK_WEBHOOK": HOOK},
         "NOTIFIER_SLACK_WEBHOOK names no channel: for #lab-grants write NOTIFIER_SLACK_WEBHOOK_LAB_GRANTS"),
        ({"SLACK_WEBHOOK_": HOOK},
         "NOTIFIER_SLACK_WEBHOOK_ names no channel: for #lab-grants write NOTIFIER_SLACK_WEBHOOK_LAB_GRANTS"),
        ({"SLACK_WEBHOOK_LAB": "https://hush.example/services/T/B/x"},
         f"NOTIFIER_SLACK_WEBHOOK_LAB is not {HOOKS}"),
        ({"SLACK_WEBHOOK_LAB": "http://hooks.slack.com.hush/services/T"},
         f"NOTIFIER_SLACK_WEBHOOK_LAB is not {HOOKS}"),
        ({"SLACK_WEBHOOK_LAB": "https://hooks.slack.com/triggers/hush"},
         f"NOTIFIER_SLACK_WEBHOOK_LAB is the address of a workflow, not {HOOKS}"),
        ({"SLACK_WEBHOOK_LAB": "https://hooks.slack.com/services/…"},
         "NOTIFIER_SLACK_WEBHOOK_LAB is not whole, or has characters that no address has: copy it again"),
        ({"SLACK_WEBHOOK_LAB": TOKEN},
         "NOTIFIER_SLACK_WEBHOOK_LAB is a token; a bot's belongs to NOTIFIER_SLACK_TOKEN"),
        ({"FALLBACK": "hush"},
         "NOTIFIER_FALLBACK is not an address such as mailto:office@example.edu or slack:#office"),
        ({"FALLBACK": "mailto:office@example.edu"},
         "NOTIFIER_FALLBACK cannot be told: no mail is sent: set NOTIFIER_SMTP_HOST or NOTIFIER_SENDGRID_KEY"),
        ({**MAIL, "FALLBACK": "slack:#office"},
         ("NOTIFIER_FALLBACK cannot be told: set NOTIFIER_SLACK_TOKEN for a bot, or NOTIFIER_SLACK_WEBHOOK_OFFICE"
          " for a webhook of this channel")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_without_what_was_given(told, values, said):
    found = told(**values)

    assert found == said
    assert "hush" not in found


def test_everything_that_is_wrong_is_said_at_once(told):
    found = told(HOLD_ABOVE="x", SLACK_TOKEN="xoxp-1", SMTP_HOST="smtp.example.edu", SMTP_USER="me", FALLBACK="x")

    assert [line.split()[0] for line in found.splitlines()] == [
        "NOTIFIER_HOLD_ABOVE",
        "NOTIFIER_SLACK_TOKEN",
        "NOTIFIER_MAIL_FROM",
        "NOTIFIER_SMTP_USER",
        "NOTIFIER_FALLBACK",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {**MAIL, "SMTP_USER": "me", "SMTP_PASSWORD": "hush"},
        {**MAIL, "SMTP_HOST": "localhost", "SMTP_USER": "me", "SMTP_PASSWORD": "hush", "SMTP_SECURITY": "none"},
        {**MAIL, "SMTP_HOST": "::1", "SMTP_SECURITY": "none", "SMTP_PORT": "2525"},
        {"SENDGRID_KEY": "SG.hush", "MAIL_FROM": "n@example.edu", "SENDGRID_URL": "http://127.0.0.1:4150"},
        {"SLACK_TOKEN": TOKEN, "SLACK_URL": "http://localhost:4100/api", "FALLBACK": "slack:#office"},
        {"SLACK_WEBHOOK_OFFICE": "http://127.0.0.1:4100/services/T/B/x", "FALLBACK": "slack:#office"},
        {"MAIL_FROM": "n@bücher.example"},
    ],
)
def test_what_fits_is_taken(told, values):
    assert isinstance(told(**values), Settings)


def test_secrets_show_nowhere(told):
    found = told(
        **MAIL, SMTP_USER="me", SMTP_PASSWORD="hush", SLACK_TOKEN="xoxb-hush", SLACK_WEBHOOK_LAB=f"{HOOK}/hush"
    )

    assert "hush" not in f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"


def test_a_secret_that_cannot_be_read_is_said(here, told):
    (here / "secrets").mkdir()
    (here / "secrets" / "NOTIFIER_SLACK_TOKEN").write_bytes(b"\xff")
    (here / "secrets" / "NOTIFIER_SMTP_PASSWORD").mkdir()

    assert told().splitlines() == [
        "NOTIFIER_SLACK_TOKEN in the secrets folder is not UTF-8",
        "NOTIFIER_SMTP_PASSWORD in the secrets folder cannot be read: Is a directory",
    ]


def test_a_secrets_folder_that_is_none_is_said(here, told):
    (here / "file").write_text("hush")

    assert told(SECRETS="file") == "NOTIFIER_SECRETS is not a folder that can be read: Not a directory"


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[\w.<> \"-]{0,20}@[\w.-]{1,20}>?", fullmatch=True)))
def test_a_sender_that_is_taken_is_one_to_the_mail_too(text):
    if _is_sender(text):
        assert "@" in read_sender(text).address


# -- names ------------------------------------------------------------------------------------------------------


def test_names_that_are_no_settings_are_said_with_what_was_meant(here, monkeypatch):
    monkeypatch.setenv("NOTIFIER_SMTP_PASSWROD", "hush")
    monkeypatch.setenv("NOTIFIER_LAB_KEY", "hush")
    (here / ".env").write_text("NOTIFIER_SLACK_WEBHOK_LAB_GRANTS=hush\nNOTIFIER_SLACK_WEBHOOK_X=hush\nOTHER=1\n")
    (here / "secrets").mkdir()
    for name in ("NOTIFIER_SLACK_TOKEN.txt", "NOTIFIER_SLACK_TOKEN", "notifier_state", "certificate"):
        (here / "secrets" / name).write_text("hush")

    assert unknown_names({"NOTIFIER_LAB_KEY"}) == [
        "NOTIFIER_SLACK_TOKEN.txt is no setting; did you mean `NOTIFIER_SLACK_TOKEN`?",
        "NOTIFIER_SLACK_WEBHOK_LAB_GRANTS is no setting; did you mean `NOTIFIER_SLACK_WEBHOOK_LAB_GRANTS`?",
        "NOTIFIER_SMTP_PASSWROD is no setting; did you mean `NOTIFIER_SMTP_PASSWORD`?",
    ]
    assert unknown_names(())[0] == "NOTIFIER_LAB_KEY is no setting; what there is stands in .env.example"


# -- which addresses can be told --------------------------------------------------------------------------------


def test_with_nothing_configured_the_console_hears_everything(told):
    assert told().ways.to(["mailto:a@example.edu"]) == CONSOLE
    assert told(MAIL_FROM="n@example.edu", SLACK_URL="https://slack.example.edu/").ways.leads_to is None


@pytest.mark.parametrize(
    ("address", "ending"),
    [
        ("slack:#lab-grants", "LAB_GRANTS"),
        ("slack:C0123ABC", "C0123ABC"),
        ("slack:#a.b_c", "A_B_C"),
        ("slack:#straße", "STRASSE"),
        ("slack:ann@example.edu", "ANN_EXAMPLE_EDU"),
    ],
)
def test_a_channel_has_a_setting_of_its_own(told, address, ending):
    assert webhook_name(address) == f"NOTIFIER_SLACK_WEBHOOK_{ending}"
    assert told(**{f"SLACK_WEBHOOK_{ending}": HOOK}).leads_to(address)


@pytest.mark.parametrize(
    ("values", "address", "why"),
    [
        ({}, CONSOLE, ""),
        (MAIL, "mailto:a@example.edu", ""),
        ({"SLACK_TOKEN": TOKEN}, "slack:#lab", ""),
        ({"SLACK_TOKEN": TOKEN}, "slack:a@example.edu", ""),
        ({"SLACK_TOKEN": TOKEN}, "slack:U0123ABCD", ""),
        ({"SLACK_TOKEN": TOKEN}, "slack:@ann",
         "Slack knows people by their email address: write slack:person@example.edu"),
        (MAIL, "slack:C0123ABCD",
         "set NOTIFIER_SLACK_TOKEN for a bot, or NOTIFIER_SLACK_WEBHOOK_C0123ABCD for a webhook of this channel"),
        (MAIL, "slack:a@example.edu", "only a bot can write to a person: set NOTIFIER_SLACK_TOKEN"),
        (MAIL, "pigeon:a", "it is no address: those begin with mailto: or slack:"),
    ],
)  # fmt: skip
def test_why_an_address_cannot_be_told_says_what_to_set(told, values, address, why):
    found = told(**values)

    assert (found.why_not(address), found.leads_to(address)) == (why, not why)


# -- how others watch the service ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"PORT": "0"}, "NOTIFIER_PORT has to be at least 1"),
        ({"PORT": "http"}, "NOTIFIER_PORT has to be a whole number"),
        ({"PORT": "8080", "BIND": "example.edu"},
         "NOTIFIER_BIND is not an address of this machine such as 127.0.0.1, 0.0.0.0 or ::"),
        ({"BIND": "0.0.0.0"}, "NOTIFIER_BIND without NOTIFIER_PORT: to answer, both are needed"),
        ({"PING_URL": "http://switch.example/hush"},
         "NOTIFIER_PING_URL has to be an https address: whoever reads it can say that all is well"),
        ({"PING_URL": "hush"},
         "NOTIFIER_PING_URL has to be an https address: whoever reads it can say that all is well"),
        ({"PING_URL": "https://switch.example/hush käse"},
         "NOTIFIER_PING_URL has to be an https address: whoever reads it can say that all is well"),
    ],
)  # fmt: skip
def test_settings_by_which_others_watch_are_looked_at(told, values, fault):
    assert told(**values) == fault


@pytest.mark.parametrize("bind", ["127.0.0.1", "0.0.0.0", "::", "::1"])
def test_a_port_may_be_open_at_every_address_of_the_machine(told, bind):
    found = told(PORT="8080", BIND=bind)

    assert (found.port, found.bind) == (8080, bind)


@pytest.mark.parametrize("address", ["https://hc-ping.com/hush", "http://127.0.0.1:8000/ping/hush"])
def test_the_address_of_a_switch_is_a_secret(told, address):
    found = told(PING_URL=address)

    assert found.ping_url.get_secret_value() == address
    assert "hush" not in repr(found)


# -- pages that name settings -----------------------------------------------------------------------------------

WITHOUT_DEFAULT = {"none", "by encryption", "the shipped `rules/`"}


def defaults():
    """Every setting, as pages name it, with its default; None where there is none to show."""
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    del fields["SLACK_WEBHOOK"]
    shown = {name: None if value in (None, "", SHIPPED_RULES) else str(value) for name, value in fields.items()}
    return {**shown, "SLACK_WEBHOOK_": None}


def test_the_operations_page_names_every_setting_with_its_default():
    page = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `NOTIFIER_(\w+?)(?:<CHANNEL>)?` \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    found = {name: None if said in WITHOUT_DEFAULT else said.strip("`") for name, said in rows}

    assert defaults() == found


def test_the_example_of_env_explains_every_setting_and_shows_its_default():
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    found = dict(re.findall(r"^# NOTIFIER_(\w+)=(.+)$", text.replace("LAB_GRANTS=", "="), re.MULTILINE))

    assert defaults().keys() == found.keys()
    others = {name: value for name, value in defaults().items() if value is not None and name != "ACCOUNTS"}
    assert others == {name: found[name] for name in others}


def test_what_the_example_of_env_shows_can_be_uncommented(here):
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    shown = re.sub(r"^# (?=NOTIFIER_)", "", text, flags=re.MULTILINE).replace("…", "x")
    (here / ".env").write_text(shown.replace("NOTIFIER_SENDGRID_KEY", "# "), encoding="utf-8")

    assert read_settings().smtp_host == "smtp.example.edu"


def test_a_setting_that_is_missing_is_named_with_the_one_that_may_be_meant(call, here, accounts):
    (here / ".env").write_text(
        "NOTIFIER_SMTP_HOST=smtp.example.edu\nNOTIFIER_MAIL_FROM=a@example.edu\nNOTIFIER_SMTP_USER=ann\n"
        "NOTIFIER_SMTP_PASWORD=never-to-be-seen\nNOTIFIER_LAB_KEY=x\n"
    )
    result = call("status")

    assert result.exit_code == 2
    assert result.stderr == (
        "NOTIFIER_SMTP_USER without NOTIFIER_SMTP_PASSWORD: to sign in, both are needed\n"
        "NOTIFIER_SMTP_PASWORD is no setting; did you mean `NOTIFIER_SMTP_PASSWORD`?\n"
    )
