"""Offline calls take their answers from recordings and open no connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm import (
    CompletionError,
    ConfigurationError,
    Options,
    RecordingMissing,
    extract,
)
from helpers.endpoint import Reply, scripted_endpoint
from helpers.extraction import PROMPT, live_options, recorded
from helpers.refusing_port import refusing_base_url
from helpers.support import Person


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """The base URL of a port that refuses connections."""
    with refusing_base_url() as url:
        yield url


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make every connection fail, and return a list that collects the names of called functions."""
    tried: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def refused(*_: Any, **__: Any) -> Any:
            tried.append(name)
            raise OSError(f"{name} is not allowed here")

        return refused

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse(name))
    for name in ("create_connection", "sock_connect", "getaddrinfo"):
        monkeypatch.setattr(asyncio.BaseEventLoop, name, refuse(name), raising=False)
    return tried


def test_offline_opens_no_socket(tmp_path: Path, no_sockets: list[str]) -> None:
    """Offline, the answer is replayed from a recording, without a socket or a name lookup."""
    result = extract(
        "Bà Lan.",
        schema=Person,
        prompt=PROMPT,
        offline=True,
        options=Options(recordings=recorded(tmp_path)),
    )
    assert (result.record.name, result.model) == ("Lan", "rec-1")
    assert result.replayed
    assert no_sockets == []


def test_live_call_is_caught_without_sockets(no_sockets: list[str], refusing_url: str) -> None:
    """A live call tries to open a connection, which the fixture detects."""
    with pytest.raises(CompletionError):
        extract(
            "Bà Lan.",
            schema=Person,
            prompt=PROMPT,
            model="m",
            options=Options(api_key="x", base_url=refusing_url, tries=1),
        )
    assert no_sockets


def test_offline_without_a_recording_says_so(tmp_path: Path) -> None:
    """Offline, a missing recording raises a RecordingMissing error that says what has changed."""
    with pytest.raises(RecordingMissing, match=r"the article, whose text has changed"):
        extract(
            "Bà Mai.",
            schema=Person,
            prompt=PROMPT,
            offline=True,
            options=Options(recordings=recorded(tmp_path)),
        )


def test_recordings_are_used_live_only_if_given(tmp_path: Path) -> None:
    """With recordings, a live call sends only requests that are not recorded."""
    with scripted_endpoint([Reply('{"name": "Mai"}')]) as endpoint:
        options = live_options(endpoint, recordings=recorded(tmp_path))
        known = extract("Bà Lan.", schema=Person, prompt=PROMPT, model="rec-1", options=options)
        new = extract("Bà Mai.", schema=Person, prompt=PROMPT, model="rec-1", options=options)
    assert [(result.record.name, result.replayed) for result in (known, new)] == [
        ("Lan", True),
        ("Mai", False),
    ]
    assert len(endpoint.bodies) == 1


def test_missing_recordings_folder_is_a_configuration_error(tmp_path: Path) -> None:
    """A missing recordings folder raises a ConfigurationError that says so."""
    with pytest.raises(ConfigurationError, match="no recordings folder"):
        extract(
            "Bà Lan.",
            schema=Person,
            prompt=PROMPT,
            offline=True,
            options=Options(recordings=tmp_path / "gone"),
        )
