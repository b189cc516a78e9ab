"""What programs pushed is shown as pushed, with the name of the secret, and people can take it back."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifier.commands.record import command
from notifier.core.entry import pushed_with
from notifier.core.money import Money
from notifier.files.places import Places, read_files
from notifier.flow.act import act as take_effect
from notifier.flow.declare import declare
from notifier.flow.push import PUSH
from notifier.ports import Act
from notifier.store.store import Store

NOW = int(datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp())
RULES = Path(__file__).parents[1] / "flow" / "rules"
pytestmark = pytest.mark.usefixtures("five_rules")
ACCOUNTS = """\
version: 1
accounts:
  - id: lab
    push: {env: LAB_PUSH_TOKEN}
    people: {pi: mailto:a@example.edu}
    program: openai-researcher-access
    accepted_on: 2026-10-05
    enrolled_on: 2026-10-05
    projects: {thesis-7: {owner: pi}}
"""


class Watch:
    """A clock that stands still."""

    def now(self):
        return NOW


@pytest.fixture
def pushed(here, monkeypatch):
    """A service that took a push: of the grant, of the account and of a project."""
    (here / "accounts.yaml").write_text(ACCOUNTS, encoding="utf-8")
    monkeypatch.setattr(command, "Clock", Watch)
    places = Places(RULES, here / "accounts.yaml", here / "state")
    said = {"credits_left": Money(42_000_000, "USD"), "account.spend_limit": Money(7_000_000, "USD"),
            "account.projects/thesis-7/spend_limit": Money(3_000_000, "USD")}  # fmt: skip
    act = Act("push-1", PUSH, "lab", "1", said, NOW - 60, pushed_with("LAB_PUSH_TOKEN"))
    with closing(Store.open(places.database, lock=True)) as store:
        store.write(declare, read_files(places, NOW).declared, NOW - 120)
        store.write(lambda tx: tx.put_act(act))
        store.write(take_effect, NOW)
    return places


def test_what_was_pushed_is_listed_with_its_secret_s_name(pushed, call):
    said = call("record", "lab").stdout

    assert "42.00 USD, pushed today at 14:04 with LAB_PUSH_TOKEN" in said
    assert "spend_limit" in said
    assert "recorded today at 14:04 by" not in said


@pytest.mark.parametrize("fact", ["credits_left", "spend_limit", "projects/thesis-7/spend_limit"])
def test_people_take_it_back_whatever_fact_it_is(pushed, call, fact):
    result = call("record", "--undo", "lab", fact)

    assert result.exit_code == 0, result.output
    assert "pushed today at 14:04 with LAB_PUSH_TOKEN" in result.stdout
    with closing(Store.open(pushed.database, lock=True)) as store:
        store.write(take_effect, NOW + 60)
        left = store.read(lambda tx: [entry.fact for entry in tx.recorded(["lab"])["lab"] if not entry.undone])
    assert fact not in left
    assert len(left) == 2


def test_a_polled_fact_that_nobody_pushed_is_still_not_recorded(pushed, call):
    result = call("record", "lab", "balance", "3 USD")

    assert result.exit_code == 2
    assert "`balance` is polled from the provider, not recorded" in result.stderr


def test_status_and_log_say_pushed(pushed, call):
    status, log = (
        call("status", "--account", "lab", "--now", "2026-11-22T14:10Z").stdout,
        call("log", "lab").stdout,
    )

    assert "pushed with LAB_PUSH_TOKEN" in status
    assert "recorded by pushed" not in status
    assert "Pushed with LAB_PUSH_TOKEN: credits_left = 42.00 USD" in log
    assert "Pushed with LAB_PUSH_TOKEN: projects/thesis-7/spend_limit = 3.00 USD and spend_limit = 7.00 USD" in log
    assert "said: push" not in log


@pytest.mark.parametrize(
    ("token", "port", "words"),
    [
        (
            None,
            "8080",
            "LAB_PUSH_TOKEN: it is neither in the environment nor in the secrets folder, so nothing can be",
        ),
        (
            "short-fake",
            "8080",
            "LAB_PUSH_TOKEN: it is shorter than 16 characters, so nothing can be pushed to lab",
        ),
        ("fake-push-token-0123456789", None, "nothing listens for what is pushed"),
        ("fake-push-token-0123456789", "8080", "LAB_PUSH_TOKEN: all of them can be used"),
    ],
)
def test_doctor_says_whether_anything_can_be_pushed(pushed, call, monkeypatch, token, port, words):
    for name, value in {"LAB_PUSH_TOKEN": token, "NOTIFIER_PORT": port}.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    result = call("doctor")

    assert words in " ".join(result.output.split())
    assert token is None or token not in result.output


def test_a_token_may_be_named_like_a_setting(here, call, monkeypatch):
    (here / "accounts.yaml").write_text(ACCOUNTS.replace("LAB_PUSH", "NOTIFIER_LAB_PUSH"), encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_LAB_PUSH_TOKEN", "fake-push-token-0123456789")

    assert "is no setting" not in call("doctor").output


RULES_OF_OUR_OWN = """\
program: small
version: 1
rules:
  - {id: poor, title: Poor, while: balance < 50 USD, next: Look., tell: [pi]}
"""


def test_explain_says_until_when_what_was_pushed_counts(here, call, monkeypatch):
    (here / "rules").mkdir()
    (here / "rules" / "small.yaml").write_text(RULES_OF_OUR_OWN, encoding="utf-8")
    (here / "accounts.yaml").write_text(ACCOUNTS.replace("openai-researcher-access", "small"), encoding="utf-8")
    monkeypatch.setenv("NOTIFIER_RULES", "rules")
    places = Places(here / "rules", here / "accounts.yaml", here / "state")
    said = {"account.balance": Money(70_000_000, "USD")}
    act = Act("push-1", PUSH, "lab", "", said, NOW, pushed_with("LAB_PUSH_TOKEN"))
    with closing(Store.open(places.database, lock=True)) as store:
        store.write(declare, read_files(places, NOW).declared, NOW - 120)
        store.write(lambda tx: tx.put_act(act))
        store.write(take_effect, NOW)
    words = " ".join(call("explain", "poor", "lab", "--now", "2026-11-22T15:00Z").stdout.split())

    assert "pushed with LAB_PUSH_TOKEN" in words
    assert "what was read is too old to count, unless it is read again" in words
