from contextlib import closing

import pytest

from notifier.store.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "notifier.db"


@pytest.fixture
def store(path):
    with closing(Store.open(path, lock=True)) as opened:
        yield opened
