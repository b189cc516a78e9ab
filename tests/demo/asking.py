"""A laboratory at the simulated provider, and a client that asks it as any other would."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event

import httpx

from notifier.demo.provider import (
    AdminKey,
    Credit,
    Invite,
    Model,
    Organization,
    Project,
    ProjectKey,
    Provider,
    RateLimit,
    Share,
    SpendAlert,
    SpendLimit,
    User,
)
from notifier.demo.provider.records import ALLOW, USAGE

ADMIN, COSTS_ONLY, EXPIRED = "fake-admin-key", "fake-admin-costs-only", "fake-admin-expired"
THESIS, COURSE = "fake-project-thesis", "fake-project-course"
TODAY, STARTED = date(2024, 6, 10), date(2024, 6, 3)
COSTS = "/organization/costs"
ADA = User("user_ada", "Ada", "ada@example.edu", STARTED, "owner")
BO = User("user_bo", "Bo", "bo@example.edu", STARTED + timedelta(1))


def days(number):
    """A day, counted from today."""
    return TODAY + timedelta(number)


def midnight(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def laboratory(**changes):
    """Ten dollars a day: six for the thesis, one of them by a service account, four for the course."""
    fields = {
        "key": ADMIN,
        "started": STARTED,
        "daily": lambda _: Decimal(10),
        "id": "org-lab",
        "users": (ADA, BO),
        "invites": (
            Invite("invite_open", "cy@example.edu", days(-2), expires_on=days(5), projects=("proj_thesis",)),
            Invite("invite_late", "di@example.edu", days(-9), expires_on=days(-2)),
            Invite("invite_done", "bo@example.edu", days(-7), accepted_on=days(-6)),
        ),
        "admin_keys": (
            AdminKey("key_new", "costs", COSTS_ONLY, days(-1), scopes=frozenset({USAGE})),
            AdminKey("key_main", "notifier", ADMIN, STARTED, ADA, TODAY, days(30)),
            AdminKey("key_old", "old", EXPIRED, days(-60), ADA, None, TODAY),
        ),
        "projects": projects(),
        "shares": (
            Share(5, "proj_thesis", "gpt-5, input", "key_thesis", "user_bo", None, Decimal(1000), "tokens"),
            Share(1, "proj_thesis", "gpt-5, output", "key_service", None, None, Decimal(100), "tokens"),
            Share(4, "proj_course", "web search", "key_course", "user_ada"),
        ),
        "models": (
            Model("gpt-5", STARTED),
            Model("gpt-5-mini", STARTED, shutdown_on=days(90)),
            Model("gpt-3", STARTED, shutdown_on=TODAY),
            Model("gpt-6", days(1)),
        ),
        "spend_limit_cents": 40_000,
        "spend_alerts": tuple(SpendAlert(f"alert_{number}", number * 100, (ADA.email,)) for number in range(3)),
        "credits": (Credit(Decimal(100), STARTED),),
    }
    return Organization(**(fields | changes))


def projects():
    limits = (RateLimit("gpt-5", 500, 200_000), RateLimit("gpt-5-mini", 1_000, 400_000))
    thesis = ProjectKey("key_thesis", "thesis", THESIS, STARTED, BO)
    service = ProjectKey("key_service", "jobs", "fake-project-jobs", STARTED)
    gone = ProjectKey("key_gone", "left", "fake-project-left", STARTED, ADA, days(-3), owner_has_access=False)
    course = ProjectKey("key_course", "course", COURSE, STARTED, ADA, expires_on=days(20))
    alert = SpendAlert("alert_thesis", 15_000, (BO.email,), "Thesis")
    return (
        Project("proj_thesis", "Thesis", STARTED, None, (thesis, service, gone), limits,
                spend_limit=SpendLimit(20_000, enforcing=False), spend_alerts=(alert,)),
        Project("proj_course", "Course", STARTED, keys=(course,), mode=ALLOW, model_ids=("gpt-5-mini",)),
        Project("proj_old", "Pilot", STARTED, archived_on=days(-1)),
        Project("proj_next", "Next", days(1)),
    )  # fmt: skip


@contextmanager
def started(organizations=None, today=lambda: TODAY):
    provider = Provider([laboratory()] if organizations is None else organizations, today)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


def ask(provider, path, query=(), key=ADMIN, *, method="GET", said=None, seconds=30):
    """The answer of *provider*: below the version, except for paths that begin with an underscore."""
    address = provider.url.removesuffix("/v1") + path if path.startswith("/_") else provider.url + path
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(trust_env=False, verify=False, timeout=httpx.Timeout(30, read=seconds)) as client:
        return client.request(method, address, params=query or None, headers=headers, json=said)


def await_requests(provider, number):
    """Return when the provider has seen *number* requests: a client that gave up may be ahead of it."""
    while len(provider.requests) < number:
        Event().wait(0.001)


def costs(provider, *pairs, start=STARTED, key=ADMIN):
    """The answer about costs; *pairs* are further parameters."""
    return ask(provider, COSTS, [("start_time", str(midnight(start))), *pairs], key)


def rows(page):
    """What stands in a page, by day: group values and amounts."""
    return [
        [
            (
                *(row[name] for name in ("project_id", "line_item", "api_key_id") if row[name]),
                row["amount"]["value"],
            )
            for row in bucket["results"]
        ]
        for bucket in page["data"]
    ]


def complaint(answer):
    """Status, code and text of a refusal, in the envelope that the document wants."""
    error = answer.json()["error"]
    assert {"message", "type", "param", "code"} == set(error)
    return answer.status_code, error["code"], error["message"]
