"""``doctor`` on keys: each provider is asked what its key can do, a few at a time, and no key is ever shown."""

import asyncio

import pytest

from notifier.commands.doctor import keys as doctor
from notifier.ports import Examined, Unreadable

KEY = "sk-admin-hush"
GOOD = "well     costs: they can be read"
WELL = Examined("costs", True, "they can be read")
TOO_MUCH = Examined(
    "rights", False, "this key can also read members", "Say `reads: [costs]`, or make another key."
)
LAB = """\
version: 1
accounts:
  - id: lab
    organization: org-lab
    key: {env: LAB_KEY}
  - id: library
    organization: org-lab
    key: {env: LAB_KEY}
  - id: clinic
    key: {env: CLINIC_KEY}
  - id: archive
    people: {team: "slack:#archive"}
"""


class Provider:
    """A source that finds of each key what a test says, and notes what it was asked."""

    def __init__(self):
        self.found, self.asked, self.kinds = {}, [], []
        self.now = self.most = 0

    def __call__(self, net):
        self.net = net
        return self.source

    def source(self, kind):
        self.kinds.append(kind)
        return self

    async def examine(self, question):
        self.asked.append(question)
        self.net._connections()  # as the first request does
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        said = self.found.get(question.poll.key, [WELL])
        if isinstance(said, BaseException):
            raise said
        return said


@pytest.fixture
def provider(monkeypatch):
    provider = Provider()
    monkeypatch.setattr(doctor, "Sources", provider)
    return provider


@pytest.fixture
def lab(here, monkeypatch):
    (here / "accounts.yaml").write_text(LAB, encoding="utf-8")
    monkeypatch.setenv("LAB_KEY", KEY)
    monkeypatch.setenv("CLINIC_KEY", f"{KEY}-clinic")
    return here


def blocks(result):
    """What was said of each thing, by its title; no key stands in it."""
    assert KEY not in result.output
    parts = [part.splitlines() for part in result.stdout.split("\n\n")]
    return {title: [line.strip() for line in lines] for title, *lines in parts if lines}


def test_each_key_is_asked_once_for_all_the_accounts_that_share_it(call, lab, provider):
    result = call("doctor")

    assert result.exit_code == 0
    found = blocks(result)
    assert found["openai by LAB_KEY, for lab and library"] == ["well     costs: they can be read"]
    assert found["openai by CLINIC_KEY, for clinic"] == ["well     costs: they can be read"]
    assert [(each.key, each.organization, each.account.id) for each in provider.asked] == [
        (KEY, "org-lab", "lab"),
        (f"{KEY}-clinic", "", "clinic"),
    ]
    assert set(provider.kinds) == {"openai"}


def test_accounts_of_several_organizations_with_one_key_are_asked_for_each(call, lab, provider):
    (lab / "accounts.yaml").write_text(LAB.replace("org-lab", "org-other", 1), encoding="utf-8")
    call("doctor")

    assert [(each.key, each.organization) for each in provider.asked[:2]] == [(KEY, "org-other"), (KEY, "org-lab")]


@pytest.mark.parametrize(
    ("said", "lines", "code"),
    [
        ([WELL, TOO_MUCH],
         [GOOD, "to mend  rights: this key can also read members", TOO_MUCH.advice], 1),
        ([Examined("expiry", None, "it expires in 60 days")], ["unclear  expiry: it expires in 60 days"], 0),
        (Unreadable("OpenAI refused the key (401)."), ["to mend  OpenAI refused the key (401)."], 1),
        (TimeoutError(), ["unclear  it did not end its answers within 120 seconds", "Try it again later."], 1),
        (ValueError(f"bad header {KEY}"), ["to mend  a fault in the source: ValueError", "Please report it."], 1),
        ([Examined(f"key {KEY}", False, f"{KEY} is wrong", f"Not {KEY}!")],
         ["to mend  key …: … is wrong", "Not …!"], 1),
        ([], None, 0),
    ],
)  # fmt: skip
def test_what_is_found_is_said_with_what_to_do(call, lab, provider, said, lines, code):
    provider.found = {"LAB_KEY": said}
    result = call("doctor")

    assert result.exit_code == code
    assert blocks(result).get("openai by LAB_KEY, for lab and library") == lines


def test_a_key_that_is_set_nowhere_is_not_asked_about(call, lab, provider, monkeypatch):
    monkeypatch.delenv("LAB_KEY")
    result = call("doctor")

    assert result.exit_code == 1
    assert [each.key for each in provider.asked] == [f"{KEY}-clinic"]


def test_connections_are_given_back(call, lab, provider):
    call("doctor")

    assert provider.net._client is None


def test_one_account_is_looked_at_alone(call, lab, provider):
    found = blocks(call("doctor", "--account", "clinic"))

    assert [each.key for each in provider.asked] == [f"{KEY}-clinic"]
    assert found["keys of accounts"] == ["well     CLINIC_KEY: all of them are set"]
    assert "rules and accounts" in found


def test_an_account_that_does_not_exist_is_said_with_what_was_meant(call, lab, provider):
    result = call("doctor", "--account", "clinics")

    assert (result.exit_code, result.stderr) == (2, "there is no account `clinics`; did you mean `clinic`?\n")
    assert provider.asked == []


def test_a_channel_of_another_account_is_not_called_misspelt(call, lab, provider):
    (lab / ".env").write_text("NOTIFIER_SLACK_WEBHOOK_ARCHIVE=http://127.0.0.1:1/services/hush\n")
    found = blocks(call("doctor", "--account", "clinic"))

    assert "webhooks" not in found
    assert not any("archive" in title for title in found)


def office(here, monkeypatch, count):
    accounts = "".join(f"  - {{id: a{number:03}, key: {{env: KEY_{number:03}}}}}\n" for number in range(count))
    (here / "accounts.yaml").write_text(f"version: 1\naccounts:\n{accounts}", encoding="utf-8")
    for number in range(count):
        monkeypatch.setenv(f"KEY_{number:03}", f"{KEY}-{number}")


def test_an_office_is_asked_about_a_few_keys_at_a_time_and_hears_of_those_to_be_mended(
    call, here, provider, monkeypatch
):
    office(here, monkeypatch, 60)
    provider.found = {"KEY_007": [TOO_MUCH], "KEY_030": Unreadable("it is down")}
    result = call("doctor")

    assert len(provider.asked) == 60
    assert provider.most == doctor.AT_ONCE
    found = blocks(result)
    assert [title for title in found if title.startswith("openai")] == [
        "openai by KEY_007, for a007",
        "openai by KEY_030, for a030",
    ]
    assert found["the other keys"] == ["well     58 other keys can be used as they are"]
    assert "To mend: 2." in result.stdout


def test_where_much_is_to_be_mended_the_first_are_shown_and_the_rest_counted(call, here, provider, monkeypatch):
    office(here, monkeypatch, 24)
    provider.found = {f"KEY_{number:03}": [TOO_MUCH] for number in range(23)}
    found = blocks(call("doctor"))

    assert len([title for title in found if title.startswith("openai")]) == doctor.MOST_SHOWN
    assert found["the other keys"] == [
        "well     1 other key can be used as they are",
        "to mend  of 3 other keys something is to be mended",
        "`doctor --account ACCOUNT` shows what is to be mended of one.",
    ]
