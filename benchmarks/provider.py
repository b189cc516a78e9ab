"""What the simulated provider itself costs: many organizations behind one process, asked over kept connections.

    python -m benchmarks.provider [organizations] [connections]

Each organization is asked once for four days of costs by project, as a poll that only reads the open days does.
CPU is that of the provider's own process; the client is a bare one in this process.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

from notifier.demo.provider.crowd import key_of

PROJECT = Path(__file__).resolve().parents[1]
TODAY, FOUR_DAYS_BACK = "2026-11-20", 1_794_873_600
ROWS = 4 * 2  # days, projects
QUESTION = f"/v1/organization/costs?start_time={FOUR_DAYS_BACK}&limit=180&group_by=project_id"


def main() -> None:
    """Ask everybody once, and print what it took."""
    organizations = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 8  # noqa: PLR2004  the second argument
    command = [sys.executable, "-m", "notifier.demo.provider", "--port", "0", "--today", TODAY, "--many", str(organizations)]  # fmt: skip  # noqa: E501
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        assert found is not None
        try:
            before, began = _cpu(process.pid), time.perf_counter()
            _ask_all(found[0], organizations, connections)
            elapsed, used = time.perf_counter() - began, _cpu(process.pid) - before
            memory = _memory(process.pid)
        finally:
            process.send_signal(SIGTERM)
    print(f"{organizations} organizations over {connections} connections, {platform.python_version()}")
    print(f"{elapsed:.1f} s, {organizations / elapsed:.0f} requests a second")
    print(f"{used / organizations * 1e6:.0f} µs of the provider's CPU for a request, {memory:.0f} MB at the end")


def _ask_all(url: str, organizations: int, connections: int) -> None:
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda first: _ask_some(url, range(first, organizations, connections)), range(connections)))


def _ask_some(url: str, numbers: range) -> None:
    """One connection, one question after the other."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    for number in numbers:
        connection.request("GET", QUESTION, headers={"Authorization": f"Bearer {key_of(number)}"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != HTTPStatus.OK or content.count(b"organization.costs.result") != ROWS:
            raise RuntimeError(f"not as expected: {answer.status} {content[:200]!r}")
    connection.close()


def _cpu(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
