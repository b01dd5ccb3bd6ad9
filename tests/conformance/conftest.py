"""The server under test, given as ``--server=NAME=URL``; without it, tests are skipped."""

from __future__ import annotations

import pytest

from helpers.conformance import Server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """Return the server named on the command line."""
    option = request.config.getoption("--server")
    if not option:
        pytest.skip("needs a server: run make conformance")
    name, _, url = str(option).partition("=")
    return Server(name, url)
