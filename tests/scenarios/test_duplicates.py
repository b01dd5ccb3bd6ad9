"""Runs with ``--duplicates``: copies are not sent, and each has a line with its own source."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from helpers.duplicates import FULL, OTHER, OTHER_FULL, folder_of
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.forms import FORMS
from helpers.samples import ARTICLE, answer, report


def answers(body: dict[str, Any]) -> Reply:
    """Return an answer with the record of the article in the request."""
    return Reply(
        OTHER_FULL if "49/52" in json.dumps(body["messages"], ensure_ascii=False) else FULL
    )


@dataclass(frozen=True)
class Run:
    """The exit status, standard error and output folder of a call."""

    status: int
    err: str
    out: Path

    @property
    def lines(self) -> dict[str, dict[str, Any]]:
        """The lines of ``records.jsonl`` by article id, in order."""
        return {
            line["article_id"]: line
            for line in map(
                json.loads, (self.out / "records.jsonl").read_text("utf-8").splitlines()
            )
        }

    @property
    def failed(self) -> list[str]:
        """The ids of the articles that failed."""
        return [
            json.loads(line)["article_id"]
            for line in (self.out / "failures.jsonl").read_text("utf-8").splitlines()
        ]

    @property
    def counts(self) -> dict[str, Any]:
        """The counts in ``run.json``."""
        counts: dict[str, Any] = json.loads((self.out / "run.json").read_text("utf-8"))["counts"]
        return counts

    @property
    def copies(self) -> dict[str, str]:
        """The id of each copy's original, by the id of the copy."""
        return {
            name: warning["message"].split(" (")[0].removeprefix("a copy of ")
            for name, line in self.lines.items()
            for warning in line["warnings"]
            if warning["kind"] == "duplicate"
        }


Extract = Callable[..., Run]


@pytest.fixture
def extract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Extract:
    """Return a function that runs ``antq-llm extract`` on a folder with an endpoint."""
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


def test_copies_are_asked_about_once(extract: Extract, tmp_path: Path) -> None:
    """Four versions of a text need only one request, and each has a line of its own."""
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
        people = next(entry for entry in line["evidence"] if entry["pointer"] == "/people/0")
        assert text[people["start"] : people["end"]] == line["record"]["people"][0]["quote"]
    assert (run.counts["records"], run.counts["duplicates"]) == (4, 3)
    assert "3 of them for copies" in run.err


def test_without_the_option_each_is_asked_about(extract: Extract, tmp_path: Path) -> None:
    """Without the option, copies are sent too."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint)
    assert (len(endpoint.bodies), run.copies) == (2, {})
    assert run.counts["duplicates"] == 0


def test_another_event_is_asked_about(extract: Extract, tmp_path: Path) -> None:
    """An article about another event in the same words is sent and has its own copies."""
    folder = folder_of(tmp_path, a=ARTICLE, b=OTHER, c=OTHER + "\n", d=ARTICLE + "\n")
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates")
    assert (run.status, len(endpoint.bodies)) == (0, 2)
    assert run.copies == {"c": "b", "d": "a"}
    assert [line["record"]["indicators"][0]["value"] for line in run.lines.values()] == [
        48,
        49,
        49,
        48,
    ]


def test_called_again(extract: Extract, tmp_path: Path) -> None:
    """A second run on the same folder gives the same lines and sends nothing."""
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
    """Of several copies, only the first in the input is sent, whatever the concurrency."""
    folder = folder_of(
        tmp_path, **{name: ARTICLE + "\n" * index for index, name in enumerate("abcdef")}
    )
    with scripted_endpoint(answers) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--concurrency", concurrency)
    assert (len(endpoint.bodies), run.copies) == (1, dict.fromkeys("bcdef", "a"))


def test_copies_of_a_failed_article_are_asked_about(extract: Extract, tmp_path: Path) -> None:
    """If the first article fails, its copy is sent."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    replies = iter([Reply(FULL, refusal="no"), Reply(FULL)])
    with scripted_endpoint(lambda _: next(replies)) as endpoint:
        run = extract(folder, endpoint, "--duplicates", "--concurrency", "1")
    assert (run.status, run.copies) == (1, {})
    assert (run.failed, list(run.lines)) == (["a"], ["b"])


def test_failed_article_that_is_asked_about_again(extract: Extract, tmp_path: Path) -> None:
    """With --retry-failed, the first article is sent again, and its copies reuse the record."""
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
        assert (run.status, len(endpoint.bodies)) == (0, 1)
        assert run.copies == {"b": "a", "c": "a"}
        later = extract(folder, endpoint, "--duplicates", "--max-attempts", "1")
        assert (len(endpoint.bodies), later.copies) == (1, {"b": "a", "c": "a"})


def test_second_failure_is_asked_about_once(extract: Extract, tmp_path: Path) -> None:
    """An article that fails again is sent only once, not again for each copy."""
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
    """If the first article is rejected, its copy is sent, and the next run has both records."""
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
    """Copies are found among the lines of a JSON Lines file, and --limit counts them."""
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
    """Two pages with the same article are copies, and the text of the copy is kept too."""
    folder = tmp_path / "in"
    folder.mkdir()
    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines() if line)
    for name, menu in (("a", "Trang chủ"), ("b", "Thời sự")):
        page = (
            f"<html><head><title>x</title></head><body><nav><a href='/'>{menu}</a></nav>"
            f"<article>{paragraphs}</article></body></html>"
        )
        (folder / f"{name}.html").write_text(page, "utf-8")
    with scripted_endpoint([Reply(answer(report()))]) as endpoint:
        run = extract(folder, endpoint, "--duplicates")
    assert (len(endpoint.bodies), run.copies) == (1, {"b": "a"})
    assert (run.out / "texts" / "b.txt").is_file()


def test_long_articles_in_chunks(extract: Extract, tmp_path: Path) -> None:
    """A copy of an article that was sent in chunks is not sent either."""
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
    """Offline, a copy gets the record of its original, even without its own recording."""
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
    """An article below the similarity threshold is sent even if a record could be transferred."""
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
        (["--duplicates", "--model", "rules", "--out", "out"], "--model rules sends none"),
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
    """Invalid options and combinations are usage errors, and no folder is created."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    assert main(["extract", str(folder_of(tmp_path, a=ARTICLE)), *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
