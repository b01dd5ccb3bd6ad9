"""Texts of the pages, in each language."""

from __future__ import annotations

import json
import string
from importlib.resources import files
from pathlib import Path

import pytest

from antq_llm.pages.strings import PAGE_LANGUAGES, catalogue, words_in

_FILES = sorted(Path(str(files("antq_llm.pages") / "assets" / "strings")).glob("*.json"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_every_key_has_every_language(file: Path) -> None:
    """Each text exists in all languages, with the same placeholders."""
    for key, texts in json.loads(file.read_text("utf-8")).items():
        assert set(texts) == set(PAGE_LANGUAGES), key
        fields = {
            frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
            for text in texts.values()
        }
        assert len(fields) == 1, key


@pytest.mark.parametrize("page", ["review", "shared"])
def test_templates_find_every_word(page: str) -> None:
    """No key is the name of a dictionary method, which a template would use instead of the text."""
    assert not [key for key in catalogue(page) if hasattr(dict, key)]


def test_shared_words_are_in_every_page() -> None:
    """A page has both its own texts and the shared texts."""
    assert words_in("report", "vi")["warnings"] == "Cảnh báo"
    assert catalogue("report")["report"]["en"] == "Report"
