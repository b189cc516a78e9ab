"""The group of the play: its accounts file, its organization at the simulated provider, and what it spends when.

All days are counted from the acceptance; what a day costs follows from that number and the day of the week.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from notifier.core.calendar import SATURDAY
from notifier.demo.provider import AdminKey, Model, Organization, Project, ProjectKey, RateLimit, Share, User

ACCOUNT, GRANT, KEY_NAME = "aurora", "1", "AURORA_KEY"
PI, STUDENT = "A. Researcher", "B. Student"
FIRST_KEY, SECOND_KEY = "fake-admin-key-1", "fake-admin-key-2"
THESIS, PILOT = "proj_thesis", "proj_pilot"
MODEL, SMALL_MODEL = "gpt-5", "gpt-5-mini"
COMES_LATER = 62  # the day on which a third member joins
CENT = Decimal("0.01")

TEXT = """\
# The group of the play: accepted on its first day. Its provider is simulated, and so is the time.
version: 1
defaults: {{time_zone: UTC, tell_at: "09:00"}}
accounts:
  - id: aurora
    organization: org-demo-aurora
    affiliation: Example University, Imaging Group
    key: {{env: AURORA_KEY, every: 1 day}}
    people:
      pi: {{name: A. Researcher, reach: [mailto:a.researcher@example.edu], digest: off}}
      team: {{name: B. Student, reach: ["slack:#aurora-grants"], digest: off}}
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {accepted}
        enrolled_on: {accepted}
        accepted_address: a.researcher@example.edu
        credits_requested: 2500 USD
        use_case: How models explain what they see in microscope images
"""


class Phase(NamedTuple):
    """From day *first* until before day *end*, a working day costs about *dollars*; other days a fifth of it."""

    first: int
    end: int
    dollars: Decimal


PHASES = (
    Phase(33, 80, Decimal("1.60")),  # a pilot; then the group is at a conference
    Phase(100, 210, Decimal("3.70")),
    Phase(210, 322, Decimal("5.40")),  # the experiments of the paper
    Phase(322, 369, Decimal("1.40")),  # what is left; something runs on after the access
)
RUNAWAY_ON = (150, 151)
RUNAWAY_COST = Decimal("64.00")  # each of these days, beside what they usually cost


def costs(accepted: date, day: date) -> Decimal:
    """What *day* costs, in US dollars, without the runaway job."""
    number = (day - accepted).days
    for phase in PHASES:
        if phase.first <= number < phase.end:
            chance = blake2b(f"aurora {number}".encode(), digest_size=1).digest()[0]
            busy = phase.dollars * (60 + chance * 80 // 255) / 100  # three fifths to seven fifths of it
            return (busy / 5 if day.weekday() >= SATURDAY else busy).quantize(CENT)
    return Decimal(0)


class Group:
    """The group's organization as it stands now; what changes in it is changed here.

    It is asked from the provider's threads: each change takes the place of the whole at once.
    """

    def __init__(self, accepted: date) -> None:
        self.accepted = accepted
        self.key: str = FIRST_KEY  # what the group has put into its secrets folder
        self._valid: str | None = FIRST_KEY
        self.organization = _organization(accepted)
        for number in RUNAWAY_ON:
            day = accepted + timedelta(number)
            self.organization.correct(day, THESIS, "gpt-5, batch", RUNAWAY_COST, api_key="key_batch")

    def known_by(self, key: str) -> Organization | None:
        """The organization that *key* opens; None if there is none."""
        return self.organization if key == self._valid else None

    def revoke(self) -> None:
        """The key opens nothing any more."""
        self._valid = None

    def renew(self) -> None:
        """An owner makes another key, and the group puts it in."""
        since = self.accepted
        made = AdminKey("key_admin_2", "notifier", SECOND_KEY, since, self.organization.users[0])
        self.organization = replace(self.organization, key=SECOND_KEY, admin_keys=(made,))
        self.key = self._valid = SECOND_KEY

    def limit(self, dollars: int) -> None:
        """Let a month cost at most so many *dollars*."""
        self.organization = replace(self.organization, spend_limit_cents=dollars * 100)

    def correct(self, day: date, seen_from: date) -> None:
        """From *seen_from* on, what the thesis asked on *day* reads a third of what it read."""
        item = f"{MODEL}, input"
        read = sum(
            (each.amount for each in self.organization.charges_on(day) if each.line_item == item), Decimal(0)
        )
        self.organization.correct(day, THESIS, item, (read / 3).quantize(CENT), seen_from=seen_from)

    def spent(self, today: date) -> Decimal:
        """What was spent from the acceptance to *today*, as it reads then."""
        days = range((today - self.accepted).days + 1)
        return sum(
            (self.organization.cost_on(self.accepted + timedelta(number), today) for number in days), Decimal(0)
        )


def _organization(accepted: date) -> Organization:
    owner = User("user_a", PI, "a.researcher@example.edu", accepted - timedelta(30), "owner")
    student = User("user_b", STUDENT, "b.student@example.edu", accepted - timedelta(20))
    later = User("user_c", "C. Student", "c.student@example.edu", accepted + timedelta(COMES_LATER))
    admin = AdminKey("key_admin_1", "notifier", FIRST_KEY, accepted, owner)
    return Organization(
        FIRST_KEY,
        accepted,
        lambda day: costs(accepted, day),
        id="org-demo-aurora",
        users=(owner, student, later),
        projects=_projects(accepted, student, later),
        admin_keys=(admin,),
        shares=(
            Share(5, THESIS, f"{MODEL}, input", "key_thesis", student.id),
            Share(3, THESIS, f"{MODEL}, output", "key_thesis", student.id),
            Share(2, PILOT, f"{SMALL_MODEL}, output", "key_pilot", later.id, accepted + timedelta(COMES_LATER)),
        ),
        models=(Model(MODEL, accepted - timedelta(200)), Model(SMALL_MODEL, accepted - timedelta(200))),
    )


def _projects(accepted: date, student: User, later: User) -> tuple[Project, ...]:
    limits = (RateLimit(MODEL, 500, 200_000), RateLimit(SMALL_MODEL, 1_000, 400_000))
    began = accepted - timedelta(20)
    thesis = ProjectKey("key_thesis", "thesis", "fake-project-key-thesis", began, student)
    batch = ProjectKey("key_batch", "batch jobs", "fake-project-key-batch", began)
    pilot = ProjectKey("key_pilot", "pilot", "fake-project-key-pilot", accepted + timedelta(COMES_LATER), later)
    return (
        Project(THESIS, "thesis-7", began, keys=(thesis, batch), rate_limits=limits),
        Project(PILOT, "pilot-study", began, keys=(pilot,), rate_limits=limits),
    )
