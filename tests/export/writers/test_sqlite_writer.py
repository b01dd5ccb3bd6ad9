"""SQLite databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.export.export_run import export_run
from helpers.exports import line, run_folder


def test_two_records_of_one_article_are_refused_by_the_key(tmp_path: Path) -> None:
    """An export to SQLite is refused if two records have the same article id."""
    with pytest.raises(ConfigurationError, match="two records have the article_id 'a'"):
        export_run(run_folder(tmp_path / "run", line(), line()), "sqlite", None)
