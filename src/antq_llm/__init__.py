"""Checked, structured records extracted from Vietnamese news articles by a language model.

The packages are listed from the top layer down; each imports only from the layers below it:

- ``cli`` (the command ``antq-llm``)
- ``review`` (correction of records in a browser)
- ``annotation`` (gold annotations and audits), ``improve`` (better prompts), ``report`` (a run as
  an HTML page)
- ``evaluation`` (scores against gold, with intervals), ``distributed`` (runs on a Ray cluster)
- ``api`` (``extract``, ``aextract`` and ``extract_many``), ``runs`` (resumable runs over many
  files), ``export`` (table files)
- ``extraction`` (one article), ``openai_batch`` (the Batch API), ``duplicates`` (copied articles),
  ``config`` (settings and options)
- ``confidence`` (the probability that an item is right)
- ``movement_report`` (the packaged schema), ``records`` (results and votes), ``store`` (databases)
- ``validation`` (checks of an answer against its schema and its article)
- ``clients`` (endpoints and recordings), ``mentions`` (figures, dates and names), ``scoring``,
  ``pages`` (shared parts of HTML pages), ``tables`` (records laid out as tables)
- ``articles`` (inputs), ``evidence`` (quotes and spans), ``prompts``, ``schemas``
- ``telemetry`` (traces and metrics)
- ``core`` (digests, JSON Pointers and files), ``text`` (words and spellings)
- ``errors`` (all exceptions)

An article is processed as follows. ``articles`` reads the article and splits a long one into
chunks. ``prompts`` renders the messages, and ``clients`` sends them with the JSON Schema from
``schemas``. ``validation`` parses the answer into a record, ``evidence`` finds the record's quotes
in the article, and ``mentions`` reads the article's own figures, dates and names. ``extraction``
asks the model to correct faults, drops items that the article does not support and returns an
``Extraction`` (defined in ``records``). A run keeps the extraction in the ``store``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antq_llm.api import aextract, extract, extract_many
    from antq_llm.articles.article import Article
    from antq_llm.articles.metadata import ArticleMetadata
    from antq_llm.articles.reading import read_articles
    from antq_llm.clients.completion import Completion, Usage
    from antq_llm.clients.pricing import Price
    from antq_llm.clients.scripted import ScriptedClient
    from antq_llm.errors import (
        AntqError,
        ArticleError,
        BudgetExceeded,
        CompletionError,
        ConfigurationError,
        ExtractionError,
        PromptError,
        RecordingMissing,
        SchemaError,
    )
    from antq_llm.evidence.spans import Evidence
    from antq_llm.extraction.extractor import Extractor
    from antq_llm.extraction.options import Options
    from antq_llm.movement_report.record import MovementReport
    from antq_llm.records.result import Attempt, Confidence, Extraction, Failure
    from antq_llm.validation.warnings import RecordWarning

__all__ = [
    "AntqError",
    "Article",
    "ArticleError",
    "ArticleMetadata",
    "Attempt",
    "BudgetExceeded",
    "Completion",
    "CompletionError",
    "Confidence",
    "ConfigurationError",
    "Evidence",
    "Extraction",
    "ExtractionError",
    "Extractor",
    "Failure",
    "MovementReport",
    "Options",
    "Price",
    "PromptError",
    "RecordWarning",
    "RecordingMissing",
    "SchemaError",
    "ScriptedClient",
    "Usage",
    "aextract",
    "extract",
    "extract_many",
    "read_articles",
]

_HOMES = {
    "antq_llm.api": (
        "aextract",
        "extract",
        "extract_many",
    ),
    "antq_llm.articles.article": ("Article",),
    "antq_llm.articles.metadata": ("ArticleMetadata",),
    "antq_llm.articles.reading": ("read_articles",),
    "antq_llm.clients.completion": (
        "Completion",
        "Usage",
    ),
    "antq_llm.clients.pricing": ("Price",),
    "antq_llm.clients.scripted": ("ScriptedClient",),
    "antq_llm.errors": (
        "AntqError",
        "ArticleError",
        "BudgetExceeded",
        "CompletionError",
        "ConfigurationError",
        "ExtractionError",
        "PromptError",
        "RecordingMissing",
        "SchemaError",
    ),
    "antq_llm.evidence.spans": ("Evidence",),
    "antq_llm.extraction.extractor": ("Extractor",),
    "antq_llm.extraction.options": ("Options",),
    "antq_llm.movement_report.record": ("MovementReport",),
    "antq_llm.records.result": (
        "Attempt",
        "Confidence",
        "Extraction",
        "Failure",
    ),
    "antq_llm.validation.warnings": ("RecordWarning",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # Modules are imported when one of their names is first used (PEP 562).
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
