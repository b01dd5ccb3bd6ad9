"""The ``antq-llm eval`` command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.evaluation.evaluation import OVERALL
from helpers.command_line import INVALID, LAN, at
from helpers.endpoint import Reply, scripted_endpoint
from helpers.evaluations import GOLD, without_people, write_run
from helpers.support import mode_of


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run ``antq-llm eval``; return its exit status, standard output and standard error."""
    capsys.readouterr()
    status = main(["eval", *arguments])
    written = capsys.readouterr()
    return status, written.out, written.err


def test_a_run_made_earlier_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run's folder is scored as a system with the folder's name and the run's cost and tokens."""
    status, out, _ = run(capsys, "--records", str(write_run(tmp_path / "mine", GOLD)), "--json")
    (system,) = json.loads(out)["systems"]
    assert (status, system["name"]) == (0, "mine")
    assert (system["cost_usd"], system["usage"]["input_tokens"]) == (2.5, 50)
    assert system["scores"]["strict"][OVERALL]["f1"] == 1.0


def test_articles_without_a_record_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If a run lacks a record, the status is 1, and the message and the page give the reason."""
    first, *rest = GOLD
    folder = write_run(tmp_path / "mine", {article_id: GOLD[article_id] for article_id in rest})
    status, _, err = run(capsys, "--records", str(folder), "--out", str(tmp_path / "report"))
    assert status == 1
    reason = (
        "mine has no record for 1 article(s), which are scored as empty records; "
        f"the first is {first}: "
    )
    assert reason in err
    data = json.loads((tmp_path / "report" / "evaluation.json").read_text("utf-8"))
    assert list(data["systems"][0]["failed"]) == [first]
    assert f"{folder} has no record for the article" in (
        tmp_path / "report" / "evaluation.html"
    ).read_text("utf-8")


def test_missing_recordings_are_not_a_score(capsys: pytest.CaptureFixture[str]) -> None:
    """If a prompt has no recorded answers, the status is 1, and the message gives the reason."""
    status, _, err = run(capsys, "--offline", "--prompt", "movement_report@2#9")
    assert status == 1
    assert "movement_report@2#9 has no record for 5 article(s)" in err
    assert "no recording" in err


def test_records_of_another_schema_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Records of another schema are a usage error; they are not scored as zero."""
    folder = write_run(tmp_path / "mine", GOLD)
    lines = (
        (folder / "records.jsonl")
        .read_text("utf-8")
        .replace('"article_id"', '"schema": "other", "article_id"')
    )
    (folder / "records.jsonl").write_text(lines, "utf-8")
    status, _, err = run(capsys, "--records", str(folder))
    assert status == 2
    assert "has records of other" in err


def test_fail_under(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A score below --fail-under gives status 1 and names the system; a score above it gives 0."""
    folder = str(write_run(tmp_path / "mine", without_people(GOLD)))
    status, _, err = run(capsys, "--records", folder, "--fail-under", "0.9")
    assert status == 1
    assert "mine has a strict F1 of 0." in err
    assert run(capsys, "--records", folder, "--fail-under", "0.1")[0] == 0


def test_no_worse_than(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A system that is significantly worse than the reference gives status 1 and is named."""
    good = write_run(tmp_path / "good", GOLD)
    bad = write_run(tmp_path / "bad", without_people(GOLD))
    both = ["--records", str(good), "--records", str(bad)]
    status, _, err = run(capsys, *both, "--no-worse-than", "good")
    assert status == 1
    assert "bad is worse than good" in err
    assert run(capsys, *both, "--no-worse-than", "bad")[0] == 0
    assert run(capsys, "--records", str(good), "--no-worse-than", "none")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--baseline", "magic"], "unknown baseline"),
        (["--baseline", "rules", "--language", "fr"], "choose one of vi, en"),
        (["--gold", "gone"], "there is no folder gone"),
        (["--articles", "gone"], "there is no file or folder gone"),
        (["--records", "gone"], "records.jsonl cannot be read"),
        (["--offline", "--prompt", "no_such_prompt"], "unknown prompt"),
        (["--offline", "--prompt", "movement_report@2#x"], "has no valid sample"),
        (["--annotators", "gone", "--baseline", "rules"], "must contain exactly two folders"),
    ],
)
def test_wrong_calls(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A usage error exits with status 2 and prints one line about the fault."""
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err


def test_gold_without_an_article_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gold record without an article is left out and named on standard error."""
    folder = tmp_path / "articles"
    folder.mkdir()
    first, second, *_ = sorted(data_folder("seeds").glob("*.txt"))
    (folder / first.name).write_bytes(first.read_bytes())
    status, out, err = run(capsys, "--articles", str(folder), "--baseline", "rules", "--json")
    assert (status, json.loads(out)["systems"][0]["articles"]) == (0, 1)
    assert second.stem in err


def test_the_page_is_complete_and_self_contained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--out writes a complete HTML page that loads nothing from elsewhere."""
    prompts = ["--prompt", "movement_report@1", "--prompt", "movement_report@2"]
    assert run(capsys, "--offline", *prompts, "--out", str(tmp_path))[0] == 0
    text = (tmp_path / "evaluation.html").read_text("utf-8")
    page = html.fromstring(text)
    assert [heading.text for heading in page.findall(".//h2")] == [
        "Leaderboard",
        "Paired comparison",
        "Fields",
        "Articles",
    ]
    assert not page.xpath("//@src | //@href | //script | //link")
    assert len(page.xpath("//body/details")) == 5
    assert (
        json.loads((tmp_path / "evaluation.json").read_text("utf-8"))["systems"][1]["name"]
        == "movement_report@2"
    )


def gold_model(body: dict[str, Any]) -> Reply:
    """Answer a request with the gold record of its article."""
    text = body["messages"][-1]["content"]
    article_id = next(
        path.stem
        for path in sorted(data_folder("seeds").glob("*.txt"))
        if path.read_text("utf-8").strip()[:40] in text
    )
    return Reply(json.dumps(GOLD[article_id], ensure_ascii=False))


LIVE = ["--prompt", "movement_report@3", "--json"]


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_answers_are_kept(
    option: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second live call with the same folder sends nothing and gives the same scores."""
    folder = [option, str(tmp_path / "kept")]
    with scripted_endpoint(gold_model) as endpoint:
        first = run(capsys, *LIVE, *folder, *at(endpoint))
        second = run(capsys, *LIVE, *folder, *at(endpoint))
    assert (first[0], len(endpoint.bodies)) == (0, len(GOLD))
    assert first[:2] == second[:2]
    assert (tmp_path / "kept/store.sqlite3").is_file()
    assert (tmp_path / "kept/evaluation.html").is_file() == (option == "--out")


def test_the_answers_of_a_run_are_used(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If --store names a run's folder, the run's answers are not requested again."""
    out = str(tmp_path / "out")
    with scripted_endpoint(gold_model) as endpoint:
        arguments = ["--prompt", "movement_report@3", "--out", out, *at(endpoint)]
        assert main(["extract", str(data_folder("seeds")), *arguments]) == 0
        sent = len(endpoint.bodies)
        status, _, _ = run(capsys, *LIVE, "--store", out, *at(endpoint))
    assert (status, sent, len(endpoint.bodies)) == (0, len(GOLD), len(GOLD))


def test_nothing_is_kept_without_a_folder(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out and --store, each call sends every request again."""
    with scripted_endpoint(gold_model) as endpoint:
        run(capsys, *LIVE, *at(endpoint))
        run(capsys, *LIVE, *at(endpoint))
    assert len(endpoint.bodies) == 2 * len(GOLD)


def test_a_budget_covers_all_prompts_and_calls(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Earlier spending counts towards --max-cost; requests that it does not allow are failures."""
    # Each answer costs 0.40 dollars, and each request reserves between 0.30 and 0.50 dollars.
    usage = {"prompt_tokens": 39_000, "completion_tokens": 1000, "total_tokens": 40_000}
    options = ["--store", str(tmp_path / "kept"), "--concurrency", "1", "--json", "--price"]
    options += ["10,10", "--max-output-tokens", "1000", "--max-cost"]
    first, second = (["--prompt", f"movement_report@{version}"] for version in (3, 2))
    calls = [(first, "2.1", 5, [0]), (second, "2.1", 5, [5]), (first + second, "2.7", 6, [0, 4])]
    with scripted_endpoint(lambda body: replace(gold_model(body), usage=usage)) as endpoint:
        for prompts, limit, sent, failures in calls:
            status, out, err = run(capsys, *prompts, *options, limit, *at(endpoint))
            assert len(endpoint.bodies) == sent
            assert [system["failures"] for system in json.loads(out)["systems"]] == failures
            assert (status, limit in err) == ((1, True) if sum(failures) else (0, False))


def test_the_options_of_requests_are_sent(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--mode and --temperature apply to every request, and --max-attempts limits their number."""
    with scripted_endpoint([Reply("{}")]) as endpoint:
        options = ["--mode", "tools", "--temperature", "0.5", "--max-attempts", "2"]
        status, _, _ = run(capsys, *LIVE, *options, *at(endpoint))
    assert (status, len(endpoint.bodies)) == (1, 2 * len(GOLD))
    assert {(mode_of(body), body["temperature"]) for body in endpoint.bodies} == {("tools", 0.5)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "there are no packaged gold annotations for named: name a folder"),
        (["--gold", "gold"], "--articles is missing: name the articles annotated in gold"),
        (["--articles", "a"], "there are no packaged gold annotations for named: name a folder"),
        (["--gold", "gold", "--articles", "a", "--baseline", "rules"], "named has no rules"),
        (
            ["--gold", "gold", "--articles", "a", "--offline", "--prompt", "movement_report@3"],
            "is for schema movement_report/1, not named",
        ),
        (["--gold", "bad", "--articles", "a"], "is not a valid named record"),
        (["--gold", "gold", "--articles", "a", "--store", "a/x.txt"], "name a folder with --store"),
    ],
)
def test_wrong_calls_with_another_schema(
    arguments: list[str],
    words: str,
    named: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For a user's own schema, missing or unsuitable inputs exit with status 2 and a message."""
    monkeypatch.chdir(named.parent)
    for name, text in (("a/x.txt", "Bà Lan."), ("gold/x.json", LAN), ("bad/x.json", INVALID)):
        path = named.parent / name
        path.parent.mkdir()
        path.write_text(text, "utf-8")
    status, out, err = run(capsys, "--schema", str(named), *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_an_empty_schema_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty --schema, for example from an unset variable, is a usage error."""
    status, out, err = run(capsys, "--schema", "")
    assert (status, out) == (2, "")
    assert "--schema is empty" in err


def test_a_schema_without_roles_is_scored(
    named: Path, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A JSON Schema file without roles is scored with the general prompt, and a page is written."""
    for name, text in (("a/x.txt", "Bà Lan."), ("gold/x.json", LAN)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    folders = ["--gold", str(tmp_path / "gold"), "--articles", str(tmp_path / "a")]
    out = ["--out", str(tmp_path / "report"), "--json"]
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        status, text, _ = run(capsys, "--schema", str(named), *folders, *out, *at(endpoint))
    (system,) = json.loads(text)["systems"]
    assert (status, system["name"]) == (0, "general@1")
    assert system["scores"]["strict"]["name"]["f1"] == 1.0
    assert "general@1" in (tmp_path / "report/evaluation.html").read_text("utf-8")
