"""``notifier once`` as cron calls it: silent where nothing happens, and its exit code says whether all is well."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from notifier.clock import Clock
from notifier.core.calendar import utc
from notifier.store.store import Store

PROJECT = Path(__file__).parents[2]
ACCOUNT = """\
version: 1
accounts:
  - id: lab
    people: {{pi: {reach}}}{key}
    grants:
      - {{id: "1", program: openai-researcher-access, accepted_on: {day}, enrolled_on: {day}}}
"""


def write_accounts(folder, *, key="", reach="mailto:a@example.edu", days=3):
    """An account that was accepted so many *days* ago; after forty something is to be told."""
    day = utc(Clock().now()).date() - timedelta(days=days)
    text = ACCOUNT.format(day=day, key=f"\n    key: {{env: {key}}}" if key else "", reach=reach)
    (folder / "accounts.yaml").write_text(text)


def program(folder, *arguments, **settings):
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def once(folder, **settings):
    process = program(folder, "once", **settings)
    stdout, stderr = process.communicate(timeout=40)
    return process.returncode, stdout, stderr


@contextmanager
def switch():
    """A dead-man's switch on this machine: its address, and what it has heard."""
    heard = []

    class Switch(BaseHTTPRequestHandler):
        def do_POST(self):
            said = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.append((self.path, said))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Switch)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hush-4711", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_where_nothing_is_due_it_says_nothing_and_the_switch_hears_that_all_is_well(tmp_path):
    write_accounts(tmp_path)
    once(tmp_path)
    with switch() as (address, heard):
        assert once(tmp_path, NOTIFIER_PING_URL=address) == (0, "", "")

    assert heard == [("/hush-4711", "")]


def test_what_could_not_be_read_is_an_exit_code_and_a_sentence(tmp_path):
    write_accounts(tmp_path, key="NOT_SET")
    code, _, stderr = once(tmp_path)

    assert code == 3
    assert "lab: openai: the secret NOT_SET is neither in the environment nor in the secrets folder\n" in stderr
    assert "1 source could not be read: `" in stderr
    assert " -m notifier status` says more." in stderr


def test_what_could_not_be_told_is_an_exit_code_and_a_sentence(tmp_path):
    write_accounts(tmp_path, reach='["slack:#a"]', days=40)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    hook = f"http://127.0.0.1:{port}/services/T/B/hush"  # nobody listens there any more
    code, _, stderr = once(tmp_path, NOTIFIER_SLACK_WEBHOOK_A=hook)

    assert code == 3
    assert "could not be told: `" in stderr
    assert "hush" not in stderr


def test_a_mistake_of_one_account_is_an_exit_code_and_the_others_are_looked_at(tmp_path):
    write_accounts(tmp_path)
    path = tmp_path / "accounts.yaml"
    path.write_text(path.read_text() + "  - {id: library, naem: Library}\n")
    code, _, stderr = once(tmp_path)

    assert code == 1
    assert "`naem` is not a field of an account" in stderr
    with closing(Store.open(tmp_path / "state" / "notifier.db", lock=False)) as store:
        assert "lab" in store.read(lambda tx: tx.account_ids())


def test_beside_a_running_service_it_refuses(tmp_path):
    write_accounts(tmp_path)
    with closing(Store.open(tmp_path / "state" / "notifier.db", lock=True)):
        code, stdout, stderr = once(tmp_path)

    assert (code, stdout) == (2, "")
    assert f"is in use by another notifier (process {os.getpid()}); only one may run on it." in stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_says_so(tmp_path, number):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_accounts(tmp_path, reach='["slack:#a"]', days=40)
        hook = f"http://127.0.0.1:{silent.getsockname()[1]}/services/T/B/hush"
        process = program(tmp_path, "once", NOTIFIER_SLACK_WEBHOOK_A=hook)
        silent.settimeout(30)
        connection, _ = silent.accept()  # it is telling, and gets no answer
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
        connection.close()

    assert process.returncode == 3
    assert "Stopped before everything was done; the next call goes on." in stderr
