"""Docstrings of fields in ``help()``."""

from __future__ import annotations

import pydoc
from dataclasses import dataclass, fields

from antq_llm.core.field_docs import with_field_docs
from antq_llm.extraction.options import Options
from antq_llm.runs.settings import RunSettings


def test_help_has_the_docs_of_every_option() -> None:
    """The help for ``Options`` has a paragraph for each field, with its default."""
    shown = pydoc.plain(pydoc.render_doc(Options))
    assert all(f" {field.name}: " in shown for field in fields(Options))
    assert "timeout: float = 600.0" in shown
    assert "Timeout of one request, in seconds." in shown


def test_help_of_a_run_has_the_docs_of_its_settings() -> None:
    """The help for ``RunSettings`` contains the docstrings of its fields."""
    shown = pydoc.plain(pydoc.render_doc(RunSettings))
    assert "The maximum number of articles to process" in shown


def test_a_class_without_source_keeps_its_docstring() -> None:
    """A class whose source code is not available keeps its docstring."""
    made: dict[str, type] = {}
    exec("class Made:\n    'Made.'\n    x: int = 1", made)
    assert with_field_docs(dataclass(made["Made"])).__doc__ == "Made."
