"""Fixtures and options that all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import antq_llm
from antq_llm.core.packaged_data import data_folder
from helpers import postgres_server, readable_yaml
from helpers.paths import REPOSITORY
from helpers.store_places import StorePlace

# A busy machine must not make a test fail, and a suite that passed once must pass again.
settings.register_profile(
    "suite",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# `make fuzz` looks for new cases.
settings.register_profile(
    "fuzz", settings.get_profile("suite"), derandomize=False, max_examples=2000
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for tests that need files or servers from outside the repository."""
    parser.addoption(
        "--server",
        metavar="NAME=URL",
        help="run tests/conformance against the OpenAI-compatible server at URL",
    )
    parser.addoption(
        "--eleven",
        metavar="DIR",
        type=Path,
        help="run the tests marked eleven: DIR has articles/, gold/ and recordings/ of six other "
        "articles",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Raise UsageError if the folder for ``--eleven`` has no articles."""
    folder = config.getoption("--eleven")
    if folder is not None and not any((folder / "articles").glob("*.txt")):
        raise pytest.UsageError(f"--eleven {folder}: there are no articles in {folder}/articles")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, rather than skip, the tests marked ``eleven`` unless ``--eleven`` is given."""
    if config.getoption("--eleven") is not None:
        return
    without = [item for item in items if item.get_closest_marker("eleven")]
    items[:] = [item for item in items if not item.get_closest_marker("eleven")]
    if without:
        config.hook.pytest_deselected(items=without)


def pytest_sessionstart() -> None:
    """Raise UsageError if the tests of the wheel import the repository's package."""
    if os.environ.get("TEST_INSTALLED_WHEEL") and Path(antq_llm.__file__).is_relative_to(
        REPOSITORY / "src"
    ):
        raise pytest.UsageError(
            "the tests of the wheel import the repository's package: install the wheel"
        )


def pytest_recording_configure(vcr: Any) -> None:
    """Register a serializer that writes cassettes as readable YAML."""
    vcr.register_serializer("yaml", readable_yaml)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide this machine's API key, addresses and model from the tests."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTQ_LLM_MODEL", "ANTQ_LLM_EXTRACT_STORE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def seeds() -> list[Path]:
    """The files of the five packaged articles."""
    return sorted(data_folder("seeds").glob("*.txt"))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the packaged articles, which tests must not change."""
    from antq_llm.cli.main import main

    folder = tmp_path_factory.mktemp("run")
    assert main(["extract", str(data_folder("seeds")), "--offline", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def eleven(request: pytest.FixtureRequest) -> Path:
    """The folder of the other six articles, for tests marked ``eleven``."""
    return Path(request.config.getoption("--eleven")).resolve()


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[postgres_server.PostgresServer]:
    """A PostgreSQL server that all tests of a process share."""
    binaries = postgres_server.find_binaries()
    if binaries is None:
        pytest.skip("there is no PostgreSQL server: install the Debian package postgresql")
    with postgres_server.running_server(binaries) as server:
        yield server


@pytest.fixture
def postgres(
    running_postgres: postgres_server.PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> postgres_server.PostgresServer:
    """A PostgreSQL server, with its password in the environment."""
    monkeypatch.setenv("PGPASSWORD", postgres_server.PASSWORD)
    return running_postgres


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> StorePlace:
    """The place for a new store, once for SQLite and once for PostgreSQL."""
    if request.param == "sqlite":
        return StorePlace(tmp_path / "out")
    return StorePlace(tmp_path / "out", request.getfixturevalue("postgres").url)
