"""Extraction without a model, by rules."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings

from antq_llm.articles.article import Article
from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.extraction.baseline import extract_by_rules
from antq_llm.schemas.registry import load_schema
from antq_llm.text.plain_form import plain_form
from helpers.forms import FORMS, SPELLINGS
from helpers.rules import TEXTS
from helpers.samples import ARTICLE

REPORT = load_schema("movement_report")


def test_seeds_give_valid_records_with_quotes_that_stand_there(seeds: list[Path]) -> None:
    """Each packaged article gives a valid record whose quotes equal the text at their spans."""
    for path in seeds:
        result = extract_by_rules(Article(path.read_bytes().decode(), path.stem), REPORT)
        items = dict(items_with_quotes(REPORT.dump(result.record)))
        assert result.record.relevance == "movement"
        assert result.record.people
        assert len(result.evidence) == len(items)
        assert [
            result.article.text[evidence.start : evidence.end] for evidence in result.evidence
        ] == [item["quote"] for item in items.values()]


@pytest.mark.parametrize("form", SPELLINGS)
def test_rules_read_the_same_record_in_every_spelling(seeds: list[Path], form: str) -> None:
    """An article in another spelling gives the same record, with quotes in that spelling."""
    for path in seeds:
        text = path.read_bytes().decode()
        records = []
        for spelled in (text, FORMS[form](text)):
            result = extract_by_rules(Article(spelled, path.stem), REPORT)
            records.append(REPORT.dump(result.record))
            assert len(result.evidence) == len(list(items_with_quotes(records[-1])))
            for _, item in items_with_quotes(records[-1]):
                assert item["quote"] in spelled
                item["quote"] = plain_form(item["quote"]).text
        assert records[0] == records[1]


def test_extraction_says_that_no_model_made_it() -> None:
    """The extraction names the rules as its model, has no attempts and starts with a warning."""
    line = extract_by_rules(Article(ARTICLE, "a"), REPORT).as_line()
    named = {key: line[key] for key in ("model", "prompt", "prompt_sha256", "attempts", "replayed")}
    assert named == {
        "model": "rules",
        "prompt": None,
        "prompt_sha256": None,
        "attempts": 0,
        "replayed": True,
    }
    assert line["cost_usd"] == 0
    assert line["usage"] == {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0}
    assert line["warnings"][0]["kind"] == "baseline"


def test_same_text_gives_the_same_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Extracting twice gives the same bytes and opens no socket."""
    monkeypatch.setattr(socket, "socket", None)
    first, second = (
        json.dumps(extract_by_rules(Article(ARTICLE, "a"), REPORT).as_line()) for _ in range(2)
    )
    assert first == second


@settings(max_examples=150, deadline=None)
@given(TEXTS.filter(str.strip))
def test_any_text_gives_an_extraction(text: str) -> None:
    """Any text that is not blank gives an extraction."""
    assert extract_by_rules(Article(text, "a"), REPORT).record is not None
