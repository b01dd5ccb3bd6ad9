"""What is shipped: the recordings, and the records that they give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm import Extractor, Failure, Options
from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.schemas.registry import load_schema

PROMPTS = ["movement_report@1", "movement_report@2", "movement_report@3"]


@pytest.mark.parametrize("prompt", PROMPTS)
async def test_every_item_of_the_shipped_records_has_its_span(
    prompt: str, seeds: list[Path]
) -> None:
    """Each item of each record from the shipped recordings has evidence, and its quote is exactly the article's text there."""
    async with Extractor(prompt=prompt, offline=True) as extractor:
        outcomes = [outcome async for outcome in extractor.extract_many(seeds)]
    assert len(outcomes) == 5
    for outcome in outcomes:
        assert not isinstance(outcome, Failure)
        items = {
            pointer: item["quote"]
            for pointer, item in items_with_quotes(outcome.schema.dump(outcome.record))
        }
        assert {
            one.pointer: outcome.article.text[one.start : one.end] for one in outcome.evidence
        } == items
        assert outcome.replayed


@pytest.mark.parametrize("prompt", PROMPTS)
async def test_quotes_as_the_model_gave_them_stand_there(prompt: str, seeds: list[Path]) -> None:
    """What the article has at a span is what the model quoted, in another spelling or by its first and last words."""
    async with Extractor(prompt=prompt, offline=True) as extractor:
        for path in seeds:
            result = await extractor.aextract(path)
            given = dict(items_with_quotes(json.loads(result.attempts[-1].completion.text)))
            aligner = Aligner(result.article.text)
            for one in result.evidence:
                quote = given[one.pointer]["quote"]
                assert (one.start, one.end, one.match) in {
                    (place.start, place.end, place.match) for place in aligner.find(quote)
                }


def test_demo_writes_five_records_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo exits with 0, prints a table, and writes five lines with the contract's keys whose records satisfy the schema."""
    assert main(["demo", "--out", str(tmp_path / "out")]) == 0
    lines = [
        json.loads(line)
        for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    ]
    keys = [
        "article_id",
        "source",
        "schema",
        "prompt",
        "prompt_sha256",
        "model",
        "record",
        "evidence",
    ]
    keys += ["attempts", "usage", "cost_usd", "replayed", "warnings"]
    assert [list(line) for line in lines] == [keys] * 5
    for line in lines:
        load_schema("movement_report/1").read_data(line["record"])
    assert {line["prompt"] for line in lines} == {"movement_report@3"}
    assert (tmp_path / "out" / "failures.jsonl").read_text() == ""
    assert "163 of 181" in capsys.readouterr().out


def test_a_changed_article_fails_alone_offline(
    tmp_path: Path, seeds: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Offline, an article with one changed character fails and says so; the other four come out; exit 1."""
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
    assert "the article, whose text was changed" in failure["error"]["message"]
    assert len((tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()) == 4


def test_recordings_hold_no_article(seeds: list[Path]) -> None:
    """No recording holds a paragraph of an article that its answer does not quote, nor anything that looks like a key."""
    assert list(data_folder("recordings").rglob("*.json"))
    for path in data_folder("recordings").rglob("*.json"):
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


def test_recordings_and_gold_are_of_seeds(seeds: list[Path]) -> None:
    """Every recording and every gold record is about a packaged article, whose text may be quoted."""
    names = {path.stem for path in seeds}
    recorded = [json.loads(path.read_bytes()) for path in data_folder("recordings").rglob("*.json")]
    assert {data["asked"]["article"]["id"] for data in recorded} == names
    assert {path.stem for path in data_folder("gold").rglob("*.json")} == names


async def test_offline_refuses_another_model(seeds: list[Path]) -> None:
    """Offline under another model's name, the error says which model made the recordings."""
    outcome = await Extractor(offline=True, model="other", options=Options()).outcome(seeds[0])
    assert isinstance(outcome, Failure)
    assert "the model (llm-2026-11 was recorded, other is asked)" in str(outcome.error)
