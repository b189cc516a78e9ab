"""What the demo plays with: three groups, fixed at the first start, and the provider that they are polled from.

Settings, `.env` and the accounts file of the real service are never read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from notifier.core.calendar import MONTHS, Calendar, Duration
from notifier.demo.provider import Organization, Project, ProjectKey, Provider, Share, User

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCOUNTS = "accounts.yaml"
KEYS = {"AURORA_KEY": "demo-aurora", "BOREALIS_KEY": "demo-borealis", "CIRRUS_KEY": "demo-cirrus"}
ACCESS = Duration(12, MONTHS)

TEXT = """\
# The demo's groups. Written at its first start; the dates are counted from that day, {started}.
version: 1
defaults: {{time_zone: UTC, tell_at: "09:00"}}
accounts:
  - id: aurora            # accepted more than three weeks ago, and no credits
    organization: org-demo-aurora
    affiliation: Example University, Imaging Group
    key: {{env: AURORA_KEY}}
    people:
      pi: {{name: A. Researcher, reach: [mailto:a.researcher@example.edu]}}
      team: ["slack:#aurora-grants"]
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {aurora}
        enrolled_on: {aurora}
        accepted_address: a.researcher@example.edu
        credits_requested: 5000 USD
        use_case: How models explain what they see in microscope images
  - id: borealis            # most of the credits are used
    organization: org-demo-borealis
    affiliation: Example University, Speech Group
    key: {{env: BOREALIS_KEY}}
    people:
      pi: {{name: B. Researcher, reach: [mailto:b.researcher@example.edu]}}
      team: ["slack:#borealis-grants"]
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {borealis}
        enrolled_on: {borealis}
        accepted_address: b.researcher@example.edu
        use_case: Which accents speech models mishear, and why
        batches:
          - {{amount: 1000 USD, granted_on: {borealis_granted}}}
  - id: cirrus            # free access ends soon, and the summary was not sent
    organization: org-demo-cirrus
    key: {{env: CIRRUS_KEY}}
    people:
      pi: {{name: C. Researcher, reach: [mailto:c.researcher@example.edu]}}
      team: ["slack:#cirrus-grants"]
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {cirrus}
        enrolled_on: {cirrus}
        accepted_address: c.researcher@example.edu
        use_case: How models answer questions on medical consent
        batches:
          - {{amount: 1000 USD, granted_on: {cirrus_granted}}}
"""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the demo's story, counted from its first start."""

    started: date

    @property
    def aurora(self) -> date:
        """Accepted: three weeks and three days ago."""
        return self.started - timedelta(days=24)

    @property
    def borealis(self) -> date:
        """Accepted: about five months ago."""
        return self.started - timedelta(days=160)

    @property
    def cirrus(self) -> date:
        """Accepted: a year ago, less twelve days."""
        ends = self.started + timedelta(days=12)
        return date.fromordinal(Calendar().shift(ends.toordinal(), ACCESS, -1))

    @property
    def borealis_granted(self) -> date:
        """The credits came ten days after the acceptance."""
        return self.borealis + timedelta(days=10)

    @property
    def cirrus_granted(self) -> date:
        """The credits came ten days after the acceptance."""
        return self.cirrus + timedelta(days=10)


def write_accounts(state: Path, today: date) -> tuple[Path, Days]:
    """The demo's accounts file in *state*, written at the first start and left alone after it."""
    path = state / ACCOUNTS
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
        days = Days(today)
        names = ("started", "aurora", "borealis", "borealis_granted", "cirrus", "cirrus_granted")
        draft = path.with_suffix(".part")
        draft.write_text(TEXT.format(**{name: getattr(days, name) for name in names}), encoding="utf-8")
        draft.replace(path)
    started = path.read_text(encoding="utf-8").partition("from that day, ")[2][: len("2026-11-22")]
    return path, Days(date.fromisoformat(started))


def provider(days: Days, today: Callable[[], date]) -> Provider:
    """The simulated provider with the three groups' organizations."""
    borealis = Organization.having_spent(
        Decimal("831.40"),
        key=KEYS["BOREALIS_KEY"],
        since=days.borealis_granted,
        until=days.started,
        amounts_as_text=True,
        **_who_spends(days.borealis_granted),
    )
    cirrus = Organization.having_spent(
        Decimal("420.15"),
        key=KEYS["CIRRUS_KEY"],
        since=days.cirrus_granted,
        until=days.started,
        spend_limit_cents=5_000,
    )
    aurora = Organization(KEYS["AURORA_KEY"], days.started, lambda _: Decimal(0))
    return Provider([aurora, borealis, cirrus], today)


def _who_spends(since: date) -> dict[str, Any]:
    """The projects and members of borealis, and how they share its costs."""
    pi = User("user_b", "B. Researcher", "b.researcher@example.edu", since, "owner")
    student = User("user_d", "D. Student", "d.student@example.edu", since)
    return {
        "users": (pi, student),
        "projects": (
            Project(
                "proj_accents", "accents", since, keys=(ProjectKey("key_d", "accents", "demo-d", since, student),)
            ),
            Project("proj_course", "course", since, keys=(ProjectKey("key_b", "course", "demo-b", since, pi),)),
        ),
        "shares": (
            Share(5, "proj_accents", "gpt-5, input", "key_d", student.id),
            Share(4, "proj_accents", "gpt-5, output", "key_d", student.id),
            Share(2, "proj_course", "gpt-5-mini, output", "key_b", pi.id),
        ),
    }
