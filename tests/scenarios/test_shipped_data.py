"""The packaged recordings and gold, and the records that the recordings give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm import Extractor, Failure, Options
from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.alignment import Aligner, Occurrence
from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.schemas.registry import load_schema
from helpers.command_line import RECORD_KEYS

PROMPTS = sorted(path.name for path in data_folder("recordings").iterdir() if path.is_dir())
"""The prompts with packaged recordings."""


def strings_in(data: Any) -> list[str]:
    """Return all strings in JSON data."""
    if isinstance(data, dict | list):
        parts = data.values() if isinstance(data, dict) else data
        return [text for part in parts for text in strings_in(part)]
    return [data] if isinstance(data, str) else []


@pytest.mark.parametrize("prompt", PROMPTS)
async def test_every_item_of_the_shipped_records_has_its_span(
    prompt: str, seeds: list[Path]
) -> None:
    """Every item with a quote has a span, and the article's text at the span equals the quote."""
    async with Extractor(prompt=prompt, offline=True) as extractor:
        outcomes = [outcome async for outcome in extractor.extract_many(seeds)]
    assert len(outcomes) == 5
    for outcome in outcomes:
        assert not isinstance(outcome, Failure)
        data = outcome.schema.dump(outcome.record)
        quotes = {pointer: item["quote"] for pointer, item in items_with_quotes(data)}
        text = outcome.article.text
        assert {span.pointer: text[span.start : span.end] for span in outcome.evidence} == quotes
        assert outcome.replayed


@pytest.mark.parametrize("prompt", PROMPTS)
async def test_spans_are_of_the_model_quotes(prompt: str, seeds: list[Path]) -> None:
    """The aligner finds the quote in the model's answer at the span of the evidence."""
    async with Extractor(prompt=prompt, offline=True) as extractor:
        for path in seeds:
            result = await extractor.aextract(path)
            answered = dict(items_with_quotes(json.loads(result.attempts[-1].completion.text)))
            aligner = Aligner(result.article.text)
            assert result.evidence
            for span in result.evidence:
                places = aligner.find(answered[span.pointer]["quote"])
                assert Occurrence(span.start, span.end, span.match) in places


def test_demo_writes_five_records_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo prints a table and writes five valid records with the documented keys."""
    assert main(["demo", "--out", str(tmp_path / "out")]) == 0
    lines = [
        json.loads(line)
        for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    ]
    assert [list(line) for line in lines] == [RECORD_KEYS] * 5
    for line in lines:
        load_schema("movement_report/1").read_data(line["record"])
    assert {line["prompt"] for line in lines} == {"movement_report@5"}
    assert (tmp_path / "out" / "failures.jsonl").read_text() == ""
    assert "163 of 181" in capsys.readouterr().out


def test_a_changed_article_fails_alone_offline(
    tmp_path: Path, seeds: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Offline, an article with one changed character fails alone, and the status is 1."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for path in seeds:
        (folder / path.name).write_bytes(path.read_bytes())
    changed = folder / seeds[3].name
    changed.write_bytes(changed.read_bytes().replace(b"27/3", b"28/3"))
    assert main(["extract", str(folder), "--offline", "--out", str(tmp_path / "out")]) == 1
    (failure,) = [
        json.loads(line)
        for line in (tmp_path / "out" / "failures.jsonl").read_text("utf-8").splitlines()
    ]
    assert (failure["article_id"], failure["error"]["type"]) == (changed.stem, "RecordingMissing")
    assert "the article, whose text has changed" in failure["error"]["message"]
    assert len((tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()) == 4


def test_recordings_have_no_article_or_key(seeds: list[Path]) -> None:
    """A recording has only the expected keys, no API key and few whole lines of the article."""
    articles = {path.stem: path.read_text("utf-8").splitlines() for path in seeds}
    recordings = list(data_folder("recordings").rglob("*.json"))
    assert {path.parent.name for path in recordings} == set(PROMPTS)
    for path in recordings:
        data = json.loads(path.read_text("utf-8"))
        assert set(data) == {"format", "digest", "asked", "completion"}
        assert set(data["asked"]) == {
            "article",
            "prompt",
            "schema",
            "model",
            "parameters",
            "sample",
            "reask",
        }
        assert "sk-" not in path.read_text("utf-8")
        lines = [line for line in articles[data["asked"]["article"]["id"]] if len(line) > 40]
        answer = json.loads(data["completion"].pop("text"))
        assert not [line for line in lines if any(line in text for text in strings_in(data))]
        # An answer quotes the article, but seldom a whole line.
        quoted = [line for line in lines if any(line in text for text in strings_in(answer))]
        assert len(quoted) < len(lines) / 3


def test_recordings_and_gold_are_of_seeds(seeds: list[Path]) -> None:
    """Every recording and gold record belongs to a packaged article, which may be quoted."""
    names = {path.stem for path in seeds}
    recorded = [json.loads(path.read_bytes()) for path in data_folder("recordings").rglob("*.json")]
    assert {data["asked"]["article"]["id"] for data in recorded} == names
    assert {path.stem for path in data_folder("gold").rglob("*.json")} == names


async def test_offline_refuses_another_model(seeds: list[Path]) -> None:
    """An offline request for another model fails, and the error names the recorded model."""
    outcome = await Extractor(offline=True, model="other", options=Options()).outcome(seeds[0])
    assert isinstance(outcome, Failure)
    assert "the model (llm-2026-11 was recorded, other was requested)" in str(outcome.error)
