"""A real run, in a process of its own, that polls a provider at an address of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from notifier.clock import Clock
from notifier.demo.provider import Provider
from notifier.demo.provider.sample import ADMIN_KEY, sample
from tests.service.test_demo import read_until, running

ACCOUNT = """\
version: 1
accounts:
  - id: lab
    organization: org-sample
    key: {{env: LAB_KEY, url: "{url}"}}
    people: {{pi: mailto:a@example.edu}}
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {accepted}
        enrolled_on: {accepted}
        batches: [{{amount: 1000 USD, granted_on: {accepted}}}]
"""


def test_a_real_run_reads_the_provider_says_who_spends_and_keeps_no_key(tmp_path):
    today = datetime.fromtimestamp(Clock().now(), UTC).date()
    provider = Provider([sample(today)], lambda: today)
    provider.start()
    try:
        accepted = today - timedelta(days=150)
        (tmp_path / "accounts.yaml").write_text(ACCOUNT.format(url=provider.url, accepted=accepted))
        with running(tmp_path, "run", LAB_KEY=ADMIN_KEY) as process:
            printed = read_until(process, "Who spends: project Thesis ")
            printed += read_until(process, "-m notifier ack lab")
    finally:
        provider.stop()
    assert "Credits are running low, 61% used · lab" in printed
    assert ADMIN_KEY not in printed
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir() if path.is_file())
    assert b"org-sample" in kept
    assert ADMIN_KEY.encode() not in kept
