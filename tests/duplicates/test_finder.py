"""Copies of earlier articles in a run: not asked about, listed under each source, the same however fast answers come."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.sources import list_inputs
from antq_llm.cli.main import main
from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.records.result import Extraction, Failure
from antq_llm.runs.runner import Outcome, Runner
from antq_llm.schemas.registry import schema_from
from antq_llm.store.store import Store
from antq_llm.store.stored_client import StoredClient
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.forms import FORMS
from helpers.samples import ARTICLE, ByArticle, answer, completion, full_report, report

REPORT = schema_from("movement_report/1", None)
FULL = answer(full_report())
OTHER = ARTICLE.replace("48/52", "49/52")
"""Another event in the same words."""
OTHER_FULL = FULL.replace('"value": 48', '"value": 49').replace("48/52", "49/52")


def answers(body: dict[str, Any]) -> Reply:
    """Answer with the record of the article that was asked about."""
    return Reply(
        OTHER_FULL if "49/52" in json.dumps(body["messages"], ensure_ascii=False) else FULL
    )


@dataclass(frozen=True)
class Run:
    """What a call came to, and what the folder holds then."""

    status: int
    err: str
    out: Path

    @property
    def lines(self) -> dict[str, dict[str, Any]]:
        """The records by article, in their order."""
        return {
            line["article_id"]: line
            for line in map(
                json.loads, (self.out / "records.jsonl").read_text("utf-8").splitlines()
            )
        }

    @property
    def failed(self) -> list[str]:
        """The articles that failed."""
        return [
            json.loads(line)["article_id"]
            for line in (self.out / "failures.jsonl").read_text("utf-8").splitlines()
        ]

    @property
    def counts(self) -> dict[str, Any]:
        """The counts of ``run.json``."""
        counts: dict[str, Any] = json.loads((self.out / "run.json").read_text("utf-8"))["counts"]
        return counts

    @property
    def copies(self) -> dict[str, str]:
        """The article that each copy is one of."""
        told = {
            name: [one["message"] for one in line["warnings"] if one["kind"] == "duplicate"]
            for name, line in self.lines.items()
        }
        return {
            name: message[0].split(" (")[0].removeprefix("a copy of ")
            for name, message in told.items()
            if message
        }


Extract = Callable[..., Run]


@pytest.fixture
def extract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Extract:
    """Return a function that calls ``antq-llm extract`` on a folder, at an endpoint."""
    monkeypatch.setenv("OPENAI_API_KEY", "any")

    def call(folder: Path, endpoint: Endpoint, *options: str) -> Run:
        status = main(
            [
                "extract",
                str(folder),
                "--base-url",
                endpoint.base_url,
                "--model",
                "m",
                "--out",
                str(tmp_path / "out"),
                *options,
            ]
        )
        return Run(status, capsys.readouterr().err, tmp_path / "out")

    return call


def folder_of(tmp_path: Path, **texts: str) -> Path:
    """Write articles by name."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def test_copies_are_asked_about_once(extract: Extract, tmp_path: Path) -> None:
    """Four outlets print one text: one request, and a line for each with its own source, evidence and stamp."""
    stamped = ARTICLE.replace("30/09/2021 07:45", "01/10/2021 09:30")
    folder = folder_of(
        tmp_path, a=ARTICLE, b=FORMS["moved tones"](ARTICLE), c=stamped, d="\n\n" + ARTICLE
    )
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates")
    assert (run.status, len(endpoint.bodies)) == (0, 1)
    assert run.copies == {"b": "a", "c": "a", "d": "a"}
    assert [line["source"] for line in run.lines.values()] == [
        str(folder / f"{name}.txt") for name in "abcd"
    ]
    assert [line["attempts"] for line in run.lines.values()] == [1, 0, 0, 0]
    assert (run.lines["d"]["cost_usd"], run.lines["d"]["replayed"]) == (0, True)
    assert run.lines["c"]["record"]["published"]["date"] == "2021-10-01"
    for name, line in run.lines.items():
        text = (folder / f"{name}.txt").read_text("utf-8")
        people = next(one for one in line["evidence"] if one["pointer"] == "/people/0")
        assert text[people["start"] : people["end"]] == line["record"]["people"][0]["quote"]
    assert (run.counts["records"], run.counts["duplicates"]) == (4, 3)
    assert "3 of them of copies" in run.err


def test_without_the_option_each_is_asked_about(extract: Extract, tmp_path: Path) -> None:
    """Copies are looked for only where that was asked for."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint)
    assert (len(endpoint.bodies), run.copies, run.counts["duplicates"]) == (2, {}, 0)


def test_another_event_is_asked_about(extract: Extract, tmp_path: Path) -> None:
    """Another event in the same words is asked about, and later copies are of the one that they are copies of."""
    folder = folder_of(tmp_path, a=ARTICLE, b=OTHER, c=OTHER + "\n", d=ARTICLE + "\n")
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates")
    assert (run.status, len(endpoint.bodies), run.copies) == (0, 2, {"c": "b", "d": "a"})
    assert [line["record"]["indicators"][0]["value"] for line in run.lines.values()] == [
        48,
        49,
        49,
        48,
    ]


def test_called_again(extract: Extract, tmp_path: Path) -> None:
    """Called again on the same folder, a run gives the same lines and asks nothing."""
    folder = folder_of(
        tmp_path, a=ARTICLE, b=OTHER, c=ARTICLE + "\n", d=OTHER.replace("Báo Lâm Đồng", "Xã hội")
    )
    with scripted_endpoint(answers) as endpoint:
        first = extract(folder, endpoint, "--duplicates", "--max-attempts", "1")
        before, asked = first.lines, len(endpoint.bodies)
        again = extract(folder, endpoint, "--duplicates", "--max-attempts", "1")
        assert len(endpoint.bodies) == asked == 3
    assert {name: {**line, "replayed": True} for name, line in before.items()} == again.lines


@pytest.mark.parametrize("concurrency", ["1", "2", "8"])
def test_the_first_of_the_input_represents(
    extract: Extract, tmp_path: Path, concurrency: str
) -> None:
    """The first in the order of the input is asked about, whatever number of articles is under way."""
    folder = folder_of(
        tmp_path, **{name: ARTICLE + "\n" * index for index, name in enumerate("abcdef")}
    )
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--concurrency", concurrency)
    assert (len(endpoint.bodies), run.copies) == (1, dict.fromkeys("bcdef", "a"))


def test_copies_of_a_failed_article_are_asked_about(extract: Extract, tmp_path: Path) -> None:
    """Where the first one fails, its copies are asked about themselves: nothing is lost."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    replies = iter([Reply(FULL, refusal="no"), Reply(FULL)])
    with scripted_endpoint(lambda _: next(replies)) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--concurrency", "1")
    assert (run.status, run.failed, list(run.lines), run.copies) == (1, ["a"], ["b"], {})


def test_failed_article_that_is_asked_about_again(extract: Extract, tmp_path: Path) -> None:
    """With --retry-failed the first one is asked about again, and its copies follow what comes of it, now and later."""
    folder = folder_of(
        tmp_path, **{name: ARTICLE + "\n" * index for index, name in enumerate("abc")}
    )
    with scripted_endpoint([Reply('{"relevance": 7}')]) as endpoint:
        assert extract(folder, endpoint, "--duplicates", "--max-attempts", "1").failed == [
            "a",
            "b",
            "c",
        ]
    with scripted_endpoint([Reply(FULL)]) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--max-attempts", "1", "--retry-failed")
        assert (run.status, len(endpoint.bodies), run.copies) == (0, 1, {"b": "a", "c": "a"})
        later = extract(folder, endpoint, "--duplicates", "--max-attempts", "1")
        assert (len(endpoint.bodies), later.copies) == (1, {"b": "a", "c": "a"})


def test_second_failure_is_asked_about_once(extract: Extract, tmp_path: Path) -> None:
    """A first one that fails again under --retry-failed is asked about once for itself, not once more for each copy."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=ARTICLE + "\n\n")
    with scripted_endpoint([Reply('{"relevance": 7}')]) as endpoint:
        extract(folder, endpoint, "--duplicates", "--max-attempts", "1")
        assert len(endpoint.bodies) == 3
        extract(
            folder,
            endpoint,
            "--duplicates",
            "--max-attempts",
            "1",
            "--retry-failed",
            "--concurrency",
            "1",
        )
        assert len(endpoint.bodies) == 6


def test_lost_connection(extract: Extract, tmp_path: Path) -> None:
    """Where the first one's connection was lost, its copy is asked about; the next call has a record for both."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    replies = iter([error(400, "not now"), Reply(FULL), Reply(FULL)])
    with scripted_endpoint(lambda _: next(replies)) as endpoint:
        run = extract(
            folder, endpoint, "--duplicates", "--concurrency", "1", "--mode", "json_schema"
        )
        assert (run.failed, list(run.lines)) == (["a"], ["b"])
        assert list(extract(folder, endpoint, "--duplicates", "--mode", "json_schema").lines) == [
            "a",
            "b",
        ]


def test_lines_of_json(extract: Extract, tmp_path: Path) -> None:
    """Copies are found among the lines of a JSON-lines file, and --limit counts them as articles."""
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [
        json.dumps({"id": f"n{index}", "text": ARTICLE + "\n" * index}, ensure_ascii=False)
        for index in range(4)
    ]
    (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--limit", "3")
    assert (len(endpoint.bodies), run.copies) == (1, {"n1": "n0", "n2": "n0"})


def test_pages(extract: Extract, tmp_path: Path) -> None:
    """Two pages of one article are copies by their texts, and the text of each is kept."""
    folder = tmp_path / "in"
    folder.mkdir()
    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines() if line)
    for name, menu in (("a", "Trang chủ"), ("b", "Thời sự")):
        page = f"<html><head><title>x</title></head><body><nav><a href='/'>{menu}</a></nav><article>{paragraphs}</article></body></html>"
        (folder / f"{name}.html").write_text(page, "utf-8")
    with scripted_endpoint([Reply(answer(report()))]) as endpoint:
        run = extract(folder, endpoint, "--duplicates")
    assert (len(endpoint.bodies), run.copies) == (1, {"b": "a"})
    assert (run.out / "texts" / "b.txt").is_file()


def test_long_articles_in_parts(extract: Extract, tmp_path: Path) -> None:
    """A copy of an article that is asked about in parts costs nothing either."""
    text = ARTICLE + "\n".join(
        f"Các thôn tiếp tục giữ vững nền nếp theo cách thứ {index}." for index in range(60)
    )
    folder = folder_of(tmp_path, a=text, b=text + "\n")
    with scripted_endpoint(
        [Reply(answer(report(headline="Xã Tân Lâm ra mắt mô hình mới")))]
    ) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--part-characters", "1000")
        asked = len(endpoint.bodies)
    assert (run.copies, run.lines["a"]["attempts"]) == ({"b": "a"}, asked)
    assert asked > 1


def test_offline(extract: Extract, tmp_path: Path, seeds: list[Path]) -> None:
    """From recordings a copy has the record of its original, though nothing was recorded of its text."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(seeds[2], folder / "a.txt")
    (folder / "b.txt").write_text(seeds[2].read_text("utf-8-sig").replace("\n", "\n\n"), "utf-8")
    assert (
        main(["extract", str(folder), "--offline", "--duplicates", "--out", str(tmp_path / "out")])
        == 0
    )
    assert Run(0, "", tmp_path / "out").copies == {"b": "a"}


def test_threshold(extract: Extract, tmp_path: Path) -> None:
    """Articles less alike than the threshold are asked about, though the record might have been taken over."""
    folder = folder_of(
        tmp_path, a=ARTICLE, b=ARTICLE.replace("30/09/2021 07:45", "01/10/2021 09:30")
    )
    with scripted_endpoint(answers) as endpoint:
        run = extract(
            folder, endpoint, "--duplicates", "--duplicate-threshold", "1", "--max-attempts", "1"
        )
    assert (len(endpoint.bodies), run.copies) == (2, {})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--duplicates", "--model", "m"], "--duplicates needs --out"),
        (["--duplicates", "--model", "rules", "--out", "out"], "the rules make none"),
        (["--duplicate-threshold", "0.9", "--model", "m", "--out", "out"], "needs --duplicates"),
        (
            ["--duplicates", "--duplicate-threshold", "1.5", "--model", "m", "--out", "out"],
            "from 0.5 to 1",
        ),
        (
            ["--duplicates", "--duplicate-threshold", "nan", "--model", "m", "--out", "out"],
            "from 0.5 to 1",
        ),
    ],
)
def test_wrong_calls(
    options: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Calls that cannot do what they ask for say so, and leave no folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    assert main(["extract", str(folder_of(tmp_path, a=ARTICLE)), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


class Places:
    """A sink that keeps outcomes by position."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        self.outcomes[position] = outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "store.sqlite3")
    yield opened
    opened.close()


def batch(client: Client, store: Store, concurrency: int = 8) -> tuple[Runner, Places]:
    """Return a run that looks for copies, and where its outcomes go."""
    options = Options(concurrency=concurrency, max_attempts=1)
    extractor = Extractor(
        REPORT, "Trích xuất.", model="m", client=StoredClient(client, store), options=options
    )
    places = Places()
    return Runner(extractor, places, store, finder=DuplicateFinder(REPORT)), places


class Held:
    """A client that answers the first article only when it is told to, and each other one at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = asyncio.Event()
        self.release = asyncio.Event()

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request.article_id)
        if request.article_id == "a":
            self.begun.set()
            await self.release.wait()
        else:
            self.release.set()
        return completion(FULL if request.article_id == "a" else OTHER_FULL)

    async def aclose(self) -> None:
        return None


async def test_copies_wait_for_what_is_under_way(tmp_path: Path, store: Store) -> None:
    """While the first one is under way its copies wait for it, and other articles do not."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=OTHER)
    client = Held()
    run, places = batch(client, store)
    tally = await run.run(list_inputs([str(folder)]))
    assert (client.asked, tally.records, tally.duplicates, len(places.outcomes)) == (
        ["a", "c"],
        3,
        1,
        3,
    )


async def test_refused_key_stops_the_run(tmp_path: Path, store: Store) -> None:
    """An error that meets every article is raised as ever, and no copy hides it."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=ARTICLE + "\n\n")
    run, places = batch(ByArticle(dict.fromkeys("abc", ConfigurationError("no key"))), store)
    with pytest.raises(ConfigurationError, match="no key"):
        await run.run(list_inputs([str(folder)]))
    assert [type(one) for one in places.outcomes.values()] == [Failure] * 3


async def test_interrupted_run(tmp_path: Path, store: Store) -> None:
    """An interrupted run has a failure for the first one and for each copy that waited."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    client = Held()
    run, places = batch(client, store)
    task = asyncio.create_task(run.run(list_inputs([str(folder)])))
    await client.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.error.kind for one in places.outcomes.values() if isinstance(one, Failure)] == [
        "interrupted",
        "interrupted",
    ]


async def test_article_that_can_be_read_no_more(tmp_path: Path, store: Store) -> None:
    """Where the first one's file is gone, a later one is asked about and represents those that follow."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=ARTICLE + "\n\n")
    inputs = list_inputs([str(folder)])
    client = ByArticle(dict.fromkeys("abc", FULL))
    run, places = batch(client, store, concurrency=1)
    run.on_outcome = lambda _: (folder / "a.txt").unlink(missing_ok=True)
    await run.run(inputs)
    assert client.asked == ["a", "b"]
    assert isinstance(places.outcomes[2], Extraction)
    assert "a copy of b" in places.outcomes[2].warnings[0].message
