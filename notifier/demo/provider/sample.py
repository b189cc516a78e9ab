"""One organization in which there is something of everything, for trying out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from notifier.demo.provider.books import Share
from notifier.demo.provider.organization import Organization
from notifier.demo.provider.records import (
    ALLOW,
    USAGE,
    AdminKey,
    Credit,
    Invite,
    Model,
    Project,
    ProjectKey,
    RateLimit,
    SpendAlert,
    SpendLimit,
    User,
)

ADMIN_KEY, COSTS_ONLY_KEY = "fake-admin-key", "fake-admin-key-for-costs-only"
PROJECT_KEY, SECOND_PROJECT_KEY = "fake-project-key-thesis", "fake-project-key-teaching"
GRANTED_DAYS_AGO = 150
SPENT = Decimal("612.48")
TOKENS_A_DOLLAR = Decimal(800_000)
_LIMITS = (RateLimit("gpt-5", 500, 200_000), RateLimit("gpt-5-mini", 1_000, 400_000))


def sample(today: date) -> Organization:
    """``org-sample`` as it stands on *today*; its dates are counted back from there, and it goes on from there."""
    since = today - timedelta(days=GRANTED_DAYS_AGO)
    ada = User("user_ada", "Ada Example", "ada@example.edu", since - timedelta(days=30), "owner")
    bo = User("user_bo", "Bo Example", "bo@example.edu", since, "reader")
    return Organization.having_spent(
        SPENT,
        key=ADMIN_KEY,
        since=since,
        until=today,
        id="org-sample",
        users=(ada, bo),
        invites=_invites(today),
        projects=_projects(today, since, ada, bo),
        admin_keys=_admin_keys(today, since, ada),
        shares=_shares(since),
        credits=(Credit(Decimal(1000), since, since + timedelta(days=365)),),
        models=(Model("gpt-5", since), Model("gpt-5-mini", since, shutdown_on=today + timedelta(days=90))),
        spend_limit_cents=40_000,
        spend_alerts=(SpendAlert("alert_org", 30_000, ("ada@example.edu",), "Spending"),),
    )


def _admin_keys(today: date, since: date, ada: User) -> tuple[AdminKey, ...]:
    return (
        AdminKey("key_main", "notifier", ADMIN_KEY, since, ada, today, today + timedelta(days=60)),
        AdminKey("key_costs", "costs only", COSTS_ONLY_KEY, since, scopes=frozenset({USAGE})),
    )


def _invites(today: date) -> tuple[Invite, ...]:
    asked = today - timedelta(days=5)
    return (
        Invite(
            "invite_1", "cy@example.edu", asked, expires_on=today + timedelta(days=2), projects=("proj_teaching",)
        ),
        Invite("invite_2", "di@example.edu", today - timedelta(days=40), expires_on=today - timedelta(days=33)),
        Invite("invite_3", "bo@example.edu", today - timedelta(days=90), accepted_on=today - timedelta(days=89)),
    )


def _projects(today: date, since: date, ada: User, bo: User) -> tuple[Project, ...]:
    thesis = ProjectKey("key_thesis", "thesis", PROJECT_KEY, since, bo)
    batch = ProjectKey("key_batch", "batch jobs", "fake-project-key-batch", since, None)
    teaching = ProjectKey(
        "key_teaching", "course", SECOND_PROJECT_KEY, since, ada, expires_on=today + timedelta(days=20)
    )
    return (
        Project("proj_default", "Default project", since - timedelta(days=30)),
        Project(
            "proj_thesis", "Thesis", since, keys=(thesis, batch), rate_limits=_LIMITS,
            spend_limit=SpendLimit(20_000),
            spend_alerts=(SpendAlert("alert_thesis", 15_000, ("bo@example.edu",)),),
        ),
        Project("proj_teaching", "Teaching", since, keys=(teaching,), rate_limits=_LIMITS, mode=ALLOW,
                model_ids=("gpt-5-mini",)),
        Project("proj_old", "Pilot study", since - timedelta(days=30), archived_on=since),
    )  # fmt: skip


def _shares(since: date) -> tuple[Share, ...]:
    later = since + timedelta(days=60)
    return (
        _in_tokens(Share(5, "proj_thesis", "gpt-5, input", "key_thesis", "user_bo")),
        _in_tokens(Share(3, "proj_thesis", "gpt-5, output", "key_batch")),
        _in_tokens(Share(2, "proj_teaching", "gpt-5-mini, output", "key_teaching", "user_ada", later)),
        Share(1, "proj_teaching", "web search", "key_teaching", "user_ada"),
    )


def _in_tokens(share: Share) -> Share:
    return replace(share, per_dollar=TOKENS_A_DOLLAR, unit="tokens")
