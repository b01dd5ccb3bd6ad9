"""The systems of an evaluation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.articles.input_list import list_inputs
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError, PromptError
from antq_llm.evaluation.evaluation import System
from antq_llm.evaluation.gold import pair_with_articles
from antq_llm.evaluation.systems import (
    PromptSample,
    SystemSources,
    measure_confidence,
    run_names,
    system_of_run,
)
from antq_llm.extraction.options import Options
from helpers.evaluations import GOLD, SCHEMA, write_run


@pytest.mark.parametrize(
    ("text", "name", "sample"),
    [
        ("movement_report@2", "movement_report@2", 0),
        ("movement_report@2#1", "movement_report@2#1", 1),
        ("movement_report", "movement_report@5", 0),
    ],
)
def test_a_prompt_is_named_with_its_sample(text: str, name: str, sample: int) -> None:
    """The system of a prompt is named after its full reference and, if given, the sample."""
    parsed = PromptSample.parse(text, None)
    assert (parsed.name, parsed.sample) == (name, sample)


def test_a_sample_that_is_not_a_number_is_refused() -> None:
    """The error for an invalid sample number shows the right form."""
    with pytest.raises(ConfigurationError, match="as in movement_report@2#1"):
        PromptSample.parse("movement_report@2#x", None)


def test_runs_of_one_name_are_named_by_their_paths(tmp_path: Path) -> None:
    """A run is named after its folder, or its path if two folders have the same name."""
    same = [tmp_path / "a" / "run", tmp_path / "b" / "run"]
    assert run_names([*same, tmp_path / "c"]) == [*map(str, same), "c"]


def test_systems_are_in_order(tmp_path: Path) -> None:
    """The order is baseline, prompts, runs; by default, the stable prompts are used."""
    sources = SystemSources(
        SCHEMA,
        Options(),
        prompts=["movement_report@2"],
        runs=[tmp_path / "mine"],
        baseline="rules",
    )
    assert sources.names() == ["rules", "movement_report@2", "mine"]
    assert "movement_report@3" in SystemSources(SCHEMA, Options()).names()


def test_an_unknown_baseline_is_refused() -> None:
    """The error for an unknown baseline names the valid one."""
    with pytest.raises(ConfigurationError, match="unknown baseline 'magic': use rules"):
        SystemSources(SCHEMA, Options(), baseline="magic")


async def test_the_baseline_and_a_run_are_built(tmp_path: Path) -> None:
    """The baseline and a run each give a system with a record of every article."""
    articles = [source.read() for source in list_inputs([str(data_folder("seeds"))])]
    sources = SystemSources(
        SCHEMA, Options(), runs=[write_run(tmp_path / "mine", GOLD)], baseline="rules"
    )
    systems = await sources.systems(articles)
    assert [system.name for system in systems] == ["rules", "mine"]
    assert [set(system.records) for system in systems] == [set(GOLD)] * 2


def test_failures_of_a_run_have_their_reasons(tmp_path: Path) -> None:
    """A failed article has its message from failures.jsonl, and a missing record is reported."""
    failed, absent, *rest = GOLD
    folder = write_run(tmp_path / "mine", {article_id: GOLD[article_id] for article_id in rest})
    usage = {"input_tokens": 10, "output_tokens": 5, "cached_tokens": None}
    line = {"article_id": failed, "error": {"message": "gone"}, "usage": usage, "cost_usd": 0.5}
    (folder / "failures.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    system = system_of_run("mine", folder, list(GOLD), SCHEMA)
    assert system.failures == {failed: "gone", absent: f"{folder} has no record for the article"}
    assert (system.cost_usd, system.usage.input_tokens) == (0.5 * len(rest) + 0.5, 40)


def test_an_invalid_record_of_a_run_is_named(tmp_path: Path) -> None:
    """A record that does not satisfy the schema raises an error that names the schema."""
    first, *_ = GOLD
    folder = write_run(tmp_path / "mine", {first: {}})
    with pytest.raises(ConfigurationError, match="is not a valid movement_report/1 record"):
        system_of_run("mine", folder, [first], SCHEMA)


def with_tone(folder: Path) -> list[str]:
    """Write a prompt that uses a variable and one that does not, and return their paths."""
    texts = {"toned": "Đọc {{tone}}. {{article}}", "plain": "Đọc. {{article}}"}
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return [str(folder / f"{name}.md") for name in texts]


def test_a_variable_goes_to_the_prompts_that_use_it(tmp_path: Path) -> None:
    """A prompt without a variable can be scored together with one that needs the variable."""
    sources = SystemSources(SCHEMA, Options(variables={"tone": "kỹ"}), prompts=with_tone(tmp_path))
    assert sources.names() == ["toned", "plain"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"tone": "kỹ", "tome": "x"}, r"no prompt uses the variable\(s\) tome: leave them out"),
        ({}, "prompt toned needs a value for tone"),
    ],
)
def test_wrong_variables_are_found_before_anything_is_asked(
    tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    """A variable that no prompt uses, or that has no value, raises an error that names it."""
    sources = SystemSources(SCHEMA, Options(variables=variables), prompts=with_tone(tmp_path))
    with pytest.raises(PromptError, match=message):
        sources.names()


def test_confidence_is_measured_for_each_system() -> None:
    """Lines are rated with the packaged calibration; a system without lines has no figures."""
    paired = pair_with_articles(GOLD, (str(data_folder("seeds")),))
    article = paired.articles[0]
    line = {
        "article_id": article.id,
        "record": GOLD[article.id],
        "evidence": [],
        "warnings": [],
        "attempts": 1,
    }
    rated = System("rated", {article.id: GOLD[article.id]}, lines={article.id: line})
    measured = measure_confidence([rated, System("bare", {})], paired, SCHEMA)
    quality = measured.by_system["rated"]
    assert quality is not None
    assert (quality.errors, measured.by_system["bare"], measured.fitted_on) == (0, None, 1)
