"""Kill the service with SIGKILL while it tells over Slack and SMTP, again and again, and count what arrived.

    python -m benchmarks.arrivals [kills a round] [rounds] [accounts] [--slack URL TOKEN] [--smtp PORT --imap PORT]

Each round starts on an empty state folder with so many accounts, each with a Slack channel and a mailbox of its
own and with five rules that speak at once: ten deliveries an account. The service is killed that many times at
random moments, then finishes undisturbed. Slack and the mail server are small ones on loopback that take up to
half a second for each message, unless the ports of others on loopback are given (Slack needs a channel ``lab-000``
… for each account; of mail any address has to be accepted, with the password `pass` on IMAP).

Prints how many deliveries were owed, how many never arrived, and how many arrived twice. Slack can be asked, so
nothing may arrive twice there; of mail, which cannot, a second copy has the same Message-ID. Exits with 1 if
anything was lost, or arrived twice in Slack.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import imaplib
import json
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path
from threading import Timer
from typing import Any, Protocol

from aiosmtpd.controller import Controller

from notifier.core.delivery import State
from notifier.store.store import Store
from tests.channels.slack_server import TOKEN, SlackServer

PROJECT = Path(__file__).resolve().parents[1]
RULES = 5
LIFE = (0.6, 2.6)  # seconds until a kill: a start takes about half a second
SLOWEST = 0.25  # seconds that a small server takes before it has a message, and again after it
PATIENCE = 300  # seconds in which an undisturbed service has to tell the rest
PROGRAM = """\
version: 1
program: arrivals
contacts: {general: program@example.org}
facts:
  answered_on: {type: date, ask: "When did they answer?"}
rules:
"""
RULE = """\
  - id: rule-%d
    title: Something is due, number %d
    deadline: accepted_on
    unless: answered_on
    steps: [on the day]
    next: Send the letter.
    contact: general
    draft: letter
    tell: [team, pi]
"""
DRAFT = "To: program@example.org\nSubject: A question of {{ account }}\n\nDear team,\n\nmay we ask something?\n"


class FarEnd(Protocol):
    """What the service tells: how it is configured to do so, and what arrived there."""

    def settings(self) -> dict[str, str]:
        """The environment that makes the service tell here."""

    def arrived(self) -> Counter[str]:
        """How often each message arrived since the last call of `empty`."""

    def empty(self) -> None:
        """What has arrived does not count."""


class Slow(SlackServer):  # type: ignore[misc]  # the tests are not typed
    """The small Slack of the tests, that takes its time."""

    def answer(self, *call: Any) -> Any:
        """As the small Slack, before and after a pause."""
        time.sleep(random.uniform(0, SLOWEST))  # noqa: TID251  a slow server
        answer = super().answer(*call)
        time.sleep(random.uniform(0, SLOWEST))  # noqa: TID251  a slow server
        return answer


class SmallSlack:
    """A Slack of our own."""

    def __init__(self, accounts: int) -> None:
        self._server = Slow()
        self._server._clock = int(time.time())  # noqa: SLF001, TID251  messages are of now
        self._server._http.handle_error = lambda *_: None  # noqa: SLF001  a killed service resets its connections
        for number in range(accounts):
            channel = {
                "id": f"C0LAB{number:06}",
                "name": f"lab-{number:03}",
                "is_member": True,
                "is_archived": False,
            }
            self._server.channels[channel["id"]] = channel

    def settings(self) -> dict[str, str]:
        """As `FarEnd` says."""
        return {"NOTIFIER_SLACK_TOKEN": TOKEN, "NOTIFIER_SLACK_URL": f"{self._server.root}/api/"}

    def arrived(self) -> Counter[str]:
        """As `FarEnd` says: by channel and text, since each rule speaks once in each channel."""
        return Counter(f"{each['channel']} {each['text']}" for each in list(self._server.messages))

    def empty(self) -> None:
        """As `FarEnd` says."""
        self._server.messages.clear()


class OtherSlack:
    """A Slack that somebody else runs on loopback, asked through its interface."""

    def __init__(self, url: str, token: str, accounts: int) -> None:
        self._url, self._token = url, token
        self._channels = {f"lab-{number:03}" for number in range(accounts)}
        self._before: Counter[str] = Counter()

    def settings(self) -> dict[str, str]:
        """As `FarEnd` says."""
        return {"NOTIFIER_SLACK_TOKEN": self._token, "NOTIFIER_SLACK_URL": self._url}

    def arrived(self) -> Counter[str]:
        """As `FarEnd` says."""
        return self._all() - self._before

    def empty(self) -> None:
        """As `FarEnd` says."""
        self._before = self._all()

    def _all(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for channel in self._pages("conversations.list", "channels"):
            if channel["name"] in self._channels:
                messages = self._pages("conversations.history", "messages", channel=channel["id"])
                found.update(f"{channel['id']} {each['text']}" for each in messages)
        return found

    def _pages(self, method: str, name: str, **fields: str) -> list[dict[str, Any]]:
        found, cursor = [], ""
        while True:
            asked = urllib.parse.urlencode(fields | {"limit": "200", "cursor": cursor}).encode()
            headers = {"Authorization": f"Bearer {self._token}"}
            request = urllib.request.Request(f"{self._url}{method}", asked, headers)  # noqa: S310  loopback
            with urllib.request.urlopen(request) as response:  # noqa: S310  loopback
                answer = json.load(response)
            found += answer[name]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found


class SmallMail:
    """A mail server of our own, that takes its time."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        Controller(self, hostname="127.0.0.1", port=self._port).start()

    async def handle_DATA(self, _: object, __: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Take a mail."""
        await asyncio.sleep(random.uniform(0, SLOWEST))
        self._ids.append(str(email.message_from_bytes(envelope.content)["Message-ID"]))
        await asyncio.sleep(random.uniform(0, SLOWEST))
        return "250 taken"

    def settings(self) -> dict[str, str]:
        """As `FarEnd` says."""
        return smtp(self._port)

    def arrived(self) -> Counter[str]:
        """As `FarEnd` says."""
        return Counter(self._ids)

    def empty(self) -> None:
        """As `FarEnd` says."""
        self._ids.clear()


class OtherMail:
    """A mail server that somebody else runs on loopback, with a mailbox for every address."""

    def __init__(self, port: int, imap: int, accounts: int) -> None:
        self._port, self._imap, self._accounts = port, imap, accounts

    def settings(self) -> dict[str, str]:
        """As `FarEnd` says."""
        return smtp(self._port)

    def arrived(self) -> Counter[str]:
        """As `FarEnd` says; a queue that is not empty yet is waited for."""
        found, before = self._all(), Counter[str]()
        while found != before:
            time.sleep(2)  # noqa: TID251  its queue
            found, before = self._all(), found
        return found

    def empty(self) -> None:
        """As `FarEnd` says."""
        for number in range(self._accounts):
            with self._mailbox(number) as box:
                if box.select()[1] != [b"0"]:
                    box.store("1:*", "+FLAGS", "\\Deleted")
                    box.expunge()

    def _all(self) -> Counter[str]:
        ids: Counter[str] = Counter()
        for number in range(self._accounts):
            with self._mailbox(number) as box:
                if box.select(readonly=True)[1] == [b"0"]:
                    continue
                fetched = box.fetch("1:*", "(BODY[HEADER.FIELDS (MESSAGE-ID)])")[1]
                ids.update(part[1].decode().strip() for part in fetched if isinstance(part, tuple))
        return ids

    def _mailbox(self, number: int) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self._imap)
        box.login(f"lab-{number:03}@example.edu", "pass")
        return box


def smtp(port: int) -> dict[str, str]:
    """The settings of a mail server on loopback."""
    return {
        "NOTIFIER_SMTP_HOST": "127.0.0.1",
        "NOTIFIER_SMTP_PORT": str(port),
        "NOTIFIER_SMTP_SECURITY": "none",
        "NOTIFIER_MAIL_FROM": "notifier@example.edu",
    }


def write(folder: Path, accounts: int) -> None:
    """Rules and accounts that all have something to tell now."""
    (folder / "rules" / "drafts").mkdir(parents=True)
    rules = PROGRAM + "".join(RULE % (number, number) for number in range(RULES))
    (folder / "rules" / "arrivals.yaml").write_text(rules, encoding="utf-8")
    (folder / "rules" / "drafts" / "letter.txt").write_text(DRAFT, encoding="utf-8")
    days = (
        f"accepted_on: {time.strftime('%Y-%m-%d', time.gmtime(time.time() - 3 * 86_400))}, enrolled_on: 2024-01-01"  # noqa: TID251
    )
    rows = [
        f'  - {{id: lab-{number:03}, program: arrivals, {days}, people: {{team: "slack:#lab-{number:03}", '
        f'pi: "mailto:lab-{number:03}@example.edu"}}}}\n'
        for number in range(accounts)
    ]
    (folder / "accounts.yaml").write_text("version: 1\naccounts:\n" + "".join(rows), encoding="utf-8")


def start(folder: Path, ends: list[FarEnd]) -> subprocess.Popen[bytes]:
    """The service on *folder*."""
    settings = {name: value for end in ends for name, value in end.settings().items()}
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}  # noqa: TID251  a child's
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", "run", "--rules", "rules"],
        cwd=folder,
        env=path | settings | {"NOTIFIER_HOLD_ABOVE": "100000"},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("ab"),
    )


def finish(folder: Path, ends: list[FarEnd]) -> int:
    """Let one start tell everything that is left; returns how many deliveries there are."""
    with start(folder, ends) as process:
        until = time.monotonic() + PATIENCE  # noqa: TID251  a measurement
        while time.monotonic() < until:  # noqa: TID251  a measurement
            time.sleep(0.5)  # noqa: TID251  another process works
            states = outbox(folder)
            if states and set(states) <= {State.DONE, State.GIVEN_UP, State.DROPPED}:
                break
        process.kill()
    return sum(outbox(folder).values())


def outbox(folder: Path) -> Counter[State]:
    """How many deliveries stand where."""
    database = folder / "state" / "notifier.db"
    if not database.exists():
        return Counter()
    store = Store.open(database, lock=False)
    try:
        return Counter(each.state for each in store.read(lambda tx: tx.deliveries()))
    finally:
        store.close()


def play(kills: int, accounts: int, ends: list[FarEnd], chance: random.Random) -> tuple[int, Counter[State], int]:
    """One round; returns how many deliveries there were, where they stand, and how many files hold a secret."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, accounts)
        for _ in range(kills):
            with start(folder, ends) as process:
                Timer(chance.uniform(*LIFE), process.kill).start()
                process.wait()
        owed = finish(folder, ends)
        return owed, outbox(folder), leaked(folder, ends)


def leaked(folder: Path, ends: list[FarEnd]) -> int:
    """In how many files that the service wrote (database, letters, log) a secret stands."""
    settings = {name: value for end in ends for name, value in end.settings().items()}
    secrets = [value.encode() for name, value in settings.items() if name.endswith(("_TOKEN", "_PASSWORD"))]
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return sum(any(secret in content for secret in secrets) for content in written)


def main() -> None:
    """Run the rounds and print what was found."""
    asked = arguments()
    slack: FarEnd = (
        OtherSlack(asked.slack[0], asked.slack[1], asked.accounts) if asked.slack else SmallSlack(asked.accounts)
    )
    mail: FarEnd = OtherMail(asked.smtp, asked.imap, asked.accounts) if asked.smtp else SmallMail()
    seed = random.SystemRandom().randrange(10**6)
    print(f"{platform.platform()}, Python {platform.python_version()}, seed {seed}")
    chance, totals, states = random.Random(seed), Counter[str](), Counter[State]()
    for _ in range(asked.rounds):
        slack.empty()
        mail.empty()
        owed, stand, leaks = play(asked.kills, asked.accounts, [slack, mail], chance)
        states += stand
        totals["owed"] += owed
        totals["leaks"] += leaks
        for name, end in (("slack", slack), ("mail", mail)):
            found = end.arrived()
            totals[f"{name} lost"] += owed // 2 - len(found)
            totals[f"{name} twice"] += found.total() - len(found)
    print(f"{asked.kills * asked.rounds} kills, {totals['owed']:,} deliveries over Slack and SMTP, half each:")
    print(f"Slack: {totals['slack lost']} lost, {totals['slack twice']} arrived twice")
    print(f"mail: {totals['mail lost']} lost, {totals['mail twice']} arrived twice with the same Message-ID")
    print(f"outbox: {', '.join(f'{many:,} {state}' for state, many in states.items())}")
    print(f"files of the service in which a secret stands: {totals['leaks']}")
    bad = ("slack lost", "mail lost", "slack twice", "leaks")
    sys.exit(1 if any(totals[name] for name in bad) else 0)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("rounds", type=int, nargs="?", default=2)
    parser.add_argument("accounts", type=int, nargs="?", default=10)
    parser.add_argument("--slack", nargs=2, metavar=("URL", "TOKEN"))
    parser.add_argument("--smtp", type=int, metavar="PORT")
    parser.add_argument("--imap", type=int, metavar="PORT")
    return parser.parse_args()


if __name__ == "__main__":
    main()
