"""What a provider in another process is told to play comes over HTTP, and it can be started by itself."""

import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from notifier.demo.provider import Crowd
from notifier.demo.provider.crowd import key_of
from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.sample import ADMIN_KEY, COSTS_ONLY_KEY, PROJECT_KEY, SPENT, sample
from tests.demo.asking import ADMIN, STARTED, TODAY, ask, complaint, costs, days, rows, started

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def provider():
    with started() as provider:
        yield provider


def order(provider, said, path="/_play"):
    return ask(provider, path, method="POST", said=said)


def test_a_fault_is_ordered_and_taken_back_over_http(provider):
    ordered = order(provider, {"fault": "429", "times": 2, "path": "/v1/organization/costs"}).json()

    assert ordered["faults"] == [
        {"kind": "429", "path": "/v1/organization/costs", "organization": None, "after": 1, "seconds": "6.937",
         "left": 2}
    ]  # fmt: skip
    assert costs(provider).status_code == 429
    assert ask(provider, "/organization/users").status_code == 200
    assert ask(provider, "/_play", method="DELETE").json()["faults"] == []
    assert costs(provider).status_code == 200


def test_only_faults_of_one_kind_may_be_taken_back(provider):
    for fault in ("429", "500"):
        order(provider, {"fault": fault})

    left = ask(provider, "/_play", {"fault": "429"}, method="DELETE").json()["faults"]
    assert [each["kind"] for each in left] == ["500"]


def test_the_requests_are_counted_until_counting_begins_anew(provider):
    costs(provider)
    costs(provider, key="fake-nobody")
    state = ask(provider, "/_play").json()
    anew = ask(provider, "/_play/requests", method="DELETE").json()

    assert state["requests"] == {"/v1/organization/costs": 2}
    assert [(each["organization"], each["status"]) for each in state["latest"]] == [("org-lab", 200), (None, 401)]
    assert (anew["requests"], anew["latest"]) == ({}, [])
    assert set(state["kinds"]) == set(KINDS)
    assert ADMIN not in str(state)


def test_a_day_is_corrected_over_http(provider):
    said = {"organization": "org-lab", "day": str(STARTED), "project": "proj_course", "line_item": "web search",
            "amount": "0.25"}  # fmt: skip
    assert order(provider, said, "/_play/correct").status_code == 200
    assert (
        order(provider, said | {"amount": "0.5", "seen_from": str(days(1))}, "/_play/correct").status_code == 200
    )

    page = costs(provider, ("limit", "1"), ("project_ids", "proj_course")).json()
    assert rows(page) == [[(0.25,)]]


@pytest.mark.parametrize(
    ("method", "path", "said", "status"),
    [
        ("POST", "/_play", {"fault": "418"}, 400),
        ("POST", "/_play", {"fault": "429", "times": 0}, 400),
        ("POST", "/_play", ["429"], 400),
        ("POST", "/_play", None, 400),
        ("POST", "/_play/correct", {"organization": "org-nobody"}, 400),
        ("POST", "/_play/correct", {"organization": "org-lab", "day": "yesterday"}, 400),
        ("POST", "/_play/correct", {"organization": "org-lab", "day": "2024-06-03", "amount": "much"}, 400),
        ("GET", "/_play/requests", None, 404),
        ("PATCH", "/_play", None, 404),
    ],
)
def test_an_order_that_is_not_understood_is_refused(provider, method, path, said, status):
    assert complaint(ask(provider, path, method=method, said=said))[0] == status


def test_a_crowd_answers_to_its_keys_each_with_costs_of_its_own():
    with started(Crowd(3, STARTED)) as provider:
        first, again, other = (rows(costs(provider, key=key_of(number)).json()) for number in (0, 0, 2))

        assert first == again != other
        assert costs(provider, key=key_of(2)).headers["openai-organization"] == "org-2"
        for key in (key_of(3), "fake-admin-key-00", "fake-admin-key-x"):
            assert costs(provider, key=key).status_code == 401


def test_the_sample_has_something_of_everything_and_adds_up():
    organization = sample(TODAY)
    first = TODAY - timedelta(150)
    with started([organization]) as provider:
        lists = [ask(provider, f"/organization/{what}", key=ADMIN_KEY).json()["data"]
                 for what in ("projects", "users", "invites", "admin_api_keys", "spend_alerts")]  # fmt: skip
        keys = ask(provider, "/organization/projects/proj_thesis/api_keys", key=ADMIN_KEY).json()["data"]

        assert all(lists)
        assert [each["last_used_at"] is None for each in keys] == [False, False]
        assert costs(provider, key=COSTS_ONLY_KEY).status_code == 200
        assert ask(provider, "/models", key=PROJECT_KEY).status_code == 200
    assert sum(organization.cost_on(first + timedelta(number)) for number in range(151)) == SPENT
    assert organization.credit_left(TODAY) == 1000 - SPENT


def test_it_starts_by_itself_on_this_machine_only_and_ends_when_asked():
    process = subprocess.Popen(
        [sys.executable, "-m", "notifier.demo.provider", "--port", "0", "--today", "2024-06-10", "--many", "5"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+/v1", process.stdout.readline())[0]
        headers = {"Authorization": f"Bearer {key_of(4)}"}
        query = {"start_time": 0, "limit": 1}
        answer = httpx.get(
            f"{url}/organization/costs", params=query, headers=headers, trust_env=False, verify=False
        )
        process.send_signal(signal.SIGTERM)

        assert answer.headers["openai-organization"] == "org-4"
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_told_of_a_day_does_not_depend_on_the_day_of_the_question_only_on_corrections():
    organization = sample(date(2024, 6, 10))

    assert organization.charges_on(STARTED, STARTED) == organization.charges_on(STARTED, TODAY)
