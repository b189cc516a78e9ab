"""What every test shares: how a new database is made, and that the same rules are read once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifier.store import migrating
from tests.new_database import MIGRATE, migrate_quickly
from tests.rulebooks import rules_read_once


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
