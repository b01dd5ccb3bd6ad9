"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import antq_llm
import readable_yaml
from antq_llm.resources import root

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_sessionstart() -> None:
    """Against the wheel, the package must not come from the repository."""
    if os.environ.get("ANTQ_LLM_TEST_WHEEL") and Path(antq_llm.__file__).is_relative_to(REPOSITORY / "src"):
        raise pytest.UsageError("the tests of the wheel import the repository's package: install the wheel")


def pytest_recording_configure(vcr: Any) -> None:
    """Cassettes are written so that a person can read what they hold."""
    vcr.register_serializer("yaml", readable_yaml)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees a key, an address or a model of the machine it runs on."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTQ_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def seeds() -> list[Path]:
    """The five packaged articles."""
    return sorted(root("seeds").glob("*.txt"))
