"""The server under test: ``--server=NAME=URL``; without it nothing here is run."""

from __future__ import annotations

import pytest

from helpers.conformance import Server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """Return the server that the command line names."""
    option = request.config.getoption("--server")
    if not option:
        pytest.skip("needs a server: run make conformance")
    name, _, url = str(option).partition("=")
    return Server(name, url)
