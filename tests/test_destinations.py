"""Destinations lead to the channels that are configured: each is made once, and nothing else is loaded."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from notifier.core.audience import CONSOLE
from notifier.destinations import Destinations
from notifier.net import Net
from notifier.settings import Settings

PROJECT = Path(__file__).parents[1]
HOOK = SecretStr("https://hooks.slack.com/services/T/B/hush")
MAIL = {"mail_from": "notifier <n@example.edu>"}
SMTP = {**MAIL, "smtp_host": "smtp.example.edu"}
SENDGRID = {**MAIL, "sendgrid_key": SecretStr("SG.hush")}
BOT = {"slack_token": SecretStr("xoxb-hush")}


class Shown:
    """A channel that only counts how often it is closed."""

    pace = 3

    def __init__(self) -> None:
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1
        raise OSError


def destinations(tmp_path, console=None, **values):
    settings = Settings(_env_file=None, secrets=tmp_path, **values)
    return Destinations(settings, Net(), console, lambda answer: answer.verb)


def kind(found):
    return type(found).__name__


def test_the_console_always_leads_to_the_console(tmp_path):
    console = Shown()

    assert destinations(tmp_path, console).channel(CONSOLE) is console
    assert destinations(tmp_path, console, **SMTP).channel(CONSOLE) is console
    assert destinations(tmp_path, console, **SMTP).pace(CONSOLE) == 3


@pytest.mark.parametrize(
    ("values", "destination", "channel"),
    [
        (SMTP, "mailto:a@example.edu", "Smtp"),
        (SENDGRID, "mailto:a@example.edu", "SendGrid"),
        (BOT, "slack:#lab", "SlackBot"),
        (BOT, "slack:a@example.edu", "SlackBot"),
        ({"slack_webhook": {"LAB": HOOK}}, "slack:#lab", "SlackWebhook"),
        ({**BOT, "slack_webhook": {"LAB": HOOK}}, "slack:#lab", "SlackWebhook"),
        ({**BOT, "slack_webhook": {"LAB": HOOK}}, "slack:#other", "SlackBot"),
        (SMTP, "slack:#lab", "NoneType"),
        (BOT, "mailto:a@example.edu", "NoneType"),
        ({}, "mailto:a@example.edu", "NoneType"),
        (BOT, "pigeon:a", "NoneType"),
    ],
)
def test_a_destination_leads_to_what_is_configured(tmp_path, values, destination, channel):
    found = destinations(tmp_path, **values)

    assert kind(found.channel(destination)) == channel
    assert (found.why_not(destination) == "") == (channel != "NoneType")


def test_who_shares_a_way_shares_a_channel(tmp_path):
    found = destinations(tmp_path, **BOT, **SMTP, slack_webhook={"A": HOOK, "B": HOOK})

    assert found.channel("mailto:a@example.edu") is found.channel("mailto:b@example.edu")
    assert found.channel("slack:#c") is found.channel("slack:#d")
    assert found.channel("slack:#a") is found.channel("slack:#a")
    assert found.channel("slack:#a") is not found.channel("slack:#b")


@pytest.mark.parametrize(
    ("security", "port", "used"),
    [("starttls", None, 587), ("tls", None, 465), ("none", None, 25), ("tls", 2465, 2465)],
)
def test_the_port_follows_the_encryption_unless_it_is_set(tmp_path, security, port, used):
    found = destinations(tmp_path, **SMTP, smtp_security=security, smtp_port=port).channel("mailto:a@example.edu")

    assert str(found._server) == f"smtp.example.edu:{used}"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api", "http://127.0.0.1:1/api/"])
def test_the_address_of_slack_may_end_with_a_slash_or_without(tmp_path, url):
    found = destinations(tmp_path, **BOT, slack_url=url).channel("slack:#lab")

    assert found._wire._client.base_url == "http://127.0.0.1:1/api/"


def test_outlets_are_what_the_flow_wants(tmp_path):
    found = destinations(tmp_path, **BOT, mail_unknown="ask", fallback="slack:#office").outlets

    assert (found.resend, found.ways.fallback, found.ways.to(["mailto:a@b", "slack:#lab"])) == (
        False,
        "slack:#office",
        "slack:#lab",
    )
    assert kind(found.channel("slack:#lab")) == "SlackBot"
    assert destinations(tmp_path).outlets.ways.leads_to is None


def test_every_channel_that_was_made_is_closed_whatever_one_of_them_does(tmp_path):
    found = destinations(tmp_path, **BOT, **SMTP)
    for name in ("one", "two"):
        found._made[name] = Shown()
    made = list(found._made.values())
    asyncio.run(found.aclose())
    asyncio.run(found.aclose())

    assert [channel.closed for channel in made] == [1, 1]
    assert found.pace("slack:#lab") == 1  # what is told later opens a new one
    assert found.pace("pigeon:a") == 0


@pytest.mark.parametrize(
    ("set_", "asked", "loads", "spares"),
    [
        ({"SMTP_HOST": "localhost"}, "mailto:a@example.edu", "aiosmtplib", {"slack_sdk", "aiohttp", "sendgrid"}),
        ({"SENDGRID_KEY": "SG.x"}, "mailto:a@example.edu", "sendgrid", {"slack_sdk", "aiohttp", "aiosmtplib"}),
        ({"SLACK_TOKEN": "xoxb-x"}, "slack:#lab", "slack_sdk", {"aiosmtplib", "sendgrid"}),
    ],
)
def test_only_what_is_configured_is_loaded(tmp_path, set_, asked, loads, spares):
    code = (
        "import sys; from notifier.destinations import Destinations; from notifier.net import Net;"
        "from notifier.settings import read_settings;"
        "found = Destinations(read_settings(), Net(), None, str);"
        "loaded = lambda: print(sorted(set(sys.argv[2:]) & set(sys.modules)));"
        "loaded(); found.channel(sys.argv[1]); loaded()"
    )
    values = {f"NOTIFIER_{name}": value for name, value in {**set_, "MAIL_FROM": "n@example.edu"}.items()}
    result = subprocess.run(
        [sys.executable, "-c", code, asked, loads, *spares],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), **values},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert result.stdout.splitlines() == ["[]", str([loads])]
