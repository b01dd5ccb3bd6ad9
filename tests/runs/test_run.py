"""A run as a library call, which reports to an observer and prints nothing."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError, PromptError
from antq_llm.extraction.options import Options
from antq_llm.records.result import Extraction
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import Outcome, RunTotals
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer, report

REPORT = answer(report())


class Observer:
    """An observer that records its calls."""

    def __init__(self) -> None:
        self.articles: int | None = None
        self.done: list[int] = []
        self.windows: list[int | None] = []
        self.messages: list[str] = []

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        self.articles, self.totals, self.window = articles, totals, window

    def outcome(self, outcome: Outcome) -> None:
        self.done.append(self.totals.records)
        self.windows.append(self.window())

    def message(self, text: str) -> None:
        self.messages.append(text)


class Sink:
    """A sink that keeps the article id of each record by position."""

    def __init__(self) -> None:
        self.ids: dict[int, str] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        assert isinstance(outcome, Extraction)
        self.ids[position] = outcome.article.id


@pytest.fixture
def articles(tmp_path: Path) -> str:
    """Create a folder of three articles and return its path."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.txt").write_text(f"{ARTICLE}\nBài {name}.", "utf-8")
    return str(folder)


def test_an_observer_sees_the_run(articles: str) -> None:
    """An observer gets the number of articles, the outcomes, the totals and the request limit."""
    observer = Observer()
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="x", concurrency=1)
        totals = Run(RunSettings((articles,), options, model="m")).run(observer)
    assert observer.totals is totals
    assert (observer.articles, observer.done) == (3, [1, 2, 3])
    assert observer.windows == [1, 1, 1]
    assert observer.messages == []


def test_a_sink_takes_the_outcomes_of_a_run_without_a_folder(articles: str) -> None:
    """Without ``out``, outcomes go to the sink with their positions."""
    sink = Sink()
    Run(RunSettings((articles,), Options(), model="rules"), sink=sink).run()
    assert sink.ids == {0: "a", 1: "b", 2: "c"}


def test_a_run_prints_nothing_and_leaves_the_process_alone(
    articles: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A run writes its files, prints nothing and leaves the garbage collector's settings alone."""
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    totals = Run(RunSettings((articles,), Options(), out=tmp_path / "out", model="rules")).run()
    assert tuple(capfd.readouterr()) == ("", "")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (thresholds, frozen)
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert run["counts"]["records"] == totals.records == 3
    assert (run["settings"]["model"], run["settings"]["prompt"]) == ("rules", None)


def test_an_impossible_run_makes_no_folder(articles: str, tmp_path: Path) -> None:
    """A run without a key raises an error before its folder is created."""
    settings = RunSettings((articles,), Options(max_cost=1.0), out=tmp_path / "out", model="m")
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        Run(settings).run()
    assert not (tmp_path / "out").exists()


TONED = """---
name: toned
version: 1
schema: null
variables:
  tone: {description: How to read, default: carefully}
  reader: {}
---
# user

Read {{tone}} for {{reader}}.

{{article}}
"""


def toned(tmp_path: Path) -> Path:
    """Write a prompt file with two variables and return its path."""
    path = tmp_path / "toned.md"
    path.write_text(TONED, "utf-8")
    return path


def test_variables_are_sent_and_written_to_run_json(articles: str, tmp_path: Path) -> None:
    """The request contains the variables' values, and run.json lists them with the defaults."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        options = Options(
            base_url=endpoint.base_url, api_key="x", variables={"reader": "{{tone}} lawyers"}
        )
        settings = RunSettings(
            (articles,), options, tmp_path / "out", prompt=toned(tmp_path), model="m", limit=1
        )
        Run(settings).run()
        [request] = endpoint.bodies
    assert request["messages"][0]["content"].startswith("Read carefully for {{tone}} lawyers.\n")
    written = json.loads((tmp_path / "out/run.json").read_text("utf-8"))["settings"]["variables"]
    assert written == {"reader": "{{tone}} lawyers", "tone": "carefully"}


@pytest.mark.parametrize("variables", [{}, {"reader": "x", "tome": "y"}])
def test_wrong_variables_end_a_run_before_its_folder_is_made(
    articles: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    """A missing or unknown variable raises a PromptError, and nothing is written."""
    options = Options(api_key="x", variables=variables)
    settings = RunSettings(
        (articles,), options, tmp_path / "out", prompt=toned(tmp_path), model="m"
    )
    with pytest.raises(PromptError, match=r"reader|tome"):
        Run(settings).run()
    assert not (tmp_path / "out").exists()


def test_without_retries_a_request_is_sent_once(articles: str) -> None:
    """With ``retries=0``, an article fails at the first server error."""
    with scripted_endpoint([error(503, "overloaded")]) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="x", retries=0)
        totals = Run(RunSettings((articles,), options, model="m", limit=1)).run()
        assert len(endpoint.bodies) == 1
    assert totals.failures["transport"] == 1
