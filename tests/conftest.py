"""What every test shares: how a new database is made, rules that are read once, how often a property is tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from notifier.store import migrating
from tests.new_database import MIGRATE, migrate_quickly
from tests.rulebooks import rules_read_once

# Often enough to find something, briefly enough to be run always; without a deadline, a busy machine is no fault.
# `pytest --hypothesis-profile=thorough` looks longer, where a test does not say itself how often.
settings.register_profile(
    "suite",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1_000)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """How a command logs in one test is not how the next one logs."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def quick_migrations() -> Iterator[None]:
    """`tests.new_database` instead of the migrations; ``tests/store`` shows that both make the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "migrate", migrate_quickly)
        yield


@pytest.fixture
def real_migrations() -> Iterator[None]:
    """The migrations themselves, for the tests that are about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrating, "migrate", MIGRATE)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_rules() -> Iterator[None]:
    """`tests.rulebooks` instead of reading the same rules for every command."""
    with rules_read_once():
        yield
