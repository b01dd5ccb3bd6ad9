"""Runs over many articles, started with ``Run`` and read back with ``open_run``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antq_llm.records.stored_run import StoredRun, open_run
    from antq_llm.runs.forgetting import forget_articles
    from antq_llm.runs.run import Run
    from antq_llm.runs.settings import RunSettings

__all__ = ["Run", "RunSettings", "StoredRun", "forget_articles", "open_run"]

_HOME_OF = {
    "Run": "antq_llm.runs.run",
    "RunSettings": "antq_llm.runs.settings",
    "StoredRun": "antq_llm.records.stored_run",
    "forget_articles": "antq_llm.runs.forgetting",
    "open_run": "antq_llm.records.stored_run",
}


def __getattr__(name: str) -> Any:
    # Each module of the package can be imported without the others (PEP 562).
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value
