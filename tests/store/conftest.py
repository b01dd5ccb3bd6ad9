"""Fixtures with a store of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from antq_llm.store.sql.sql_store import SqlStore
from helpers.store_places import StorePlace


@pytest.fixture
def store(place: StorePlace) -> Iterator[SqlStore]:
    """An empty store."""
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture
def second(store: SqlStore, place: StorePlace) -> Iterator[SqlStore]:
    """The same store, opened by another run."""
    opened = place.open()
    yield opened
    opened.close()
