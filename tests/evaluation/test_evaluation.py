"""Systems against gold, the command and its page."""

from __future__ import annotations

import copy
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.evaluation.evaluation import OVERALL, Evaluation, System, evaluate
from antq_llm.evaluation.gold import read_folder
from antq_llm.evaluation.html_page import evaluation_page, mark
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for
from helpers.paths import REPOSITORY

SCHEMA = load_schema("movement_report")
GOLD = read_folder(data_folder("gold") / "movement_report", SCHEMA)
PROFILE = profile_for(SCHEMA)


def worse(records: dict[str, Any]) -> dict[str, Any]:
    """Return records without their people and statements."""
    spoiled = copy.deepcopy(records)
    for record in spoiled.values():
        record["people"], record["statements"] = [], []
    return spoiled


def evaluation_of(*systems: System) -> Evaluation:
    """Score systems against the packaged gold."""
    return evaluate(systems, GOLD, PROFILE)


def test_gold_against_itself_is_perfect() -> None:
    """Gold as a system scores 1.0 in every field that has a score, strict and relaxed."""
    scores = evaluation_of(System("gold", GOLD)).as_dict()["systems"][0]["scores"]
    for mode in ("strict", "relaxed"):
        assert {value["f1"] for value in scores[mode].values()} <= {1.0, None}
        assert scores[mode][OVERALL]["f1"] == 1.0


def test_a_missing_article_counts_as_an_empty_record() -> None:
    """An article that a system failed on takes all of its gold slots into what was missed."""
    first, *rest = GOLD
    whole = evaluation_of(System("all", GOLD)).systems[0].scores.strict[OVERALL].counts
    part = evaluation_of(System("part", {one: GOLD[one] for one in rest}, {first: "gone"})).systems[
        0
    ]
    gone = part.by_article[first].strict[OVERALL]
    assert (gone.tp, gone.fp) == (0, 0)
    assert part.scores.strict[OVERALL].counts.fn == gone.fn
    assert part.scores.strict[OVERALL].counts.tp + gone.fn == whole.tp


def test_the_contract_form() -> None:
    """The JSON form has the contract's keys for systems, scores and comparisons, and null as the ceiling without annotators."""
    data = evaluation_of(System("a", GOLD, cost_usd=1.5), System("b", worse(GOLD))).as_dict()
    assert set(data) == {"systems", "comparisons", "ceiling"}
    assert data["ceiling"] is None
    assert {"name", "articles", "failures", "cost_usd", "scores"} <= set(data["systems"][0])
    score = data["systems"][0]["scores"]["strict"]["people.name"]
    assert set(score) == {"precision", "recall", "f1", "macro_f1", "tp", "fp", "fn", "interval"}
    assert set(data["comparisons"][0]) == {
        "a",
        "b",
        "mode",
        "field",
        "difference",
        "interval",
        "p",
        "p_adjusted",
        "detectable",
    }
    assert json.loads(json.dumps(data, allow_nan=False)) == json.loads(json.dumps(data))


def test_differences_are_of_a_less_b() -> None:
    """A later system that is worse has a negative difference to the earlier one."""
    (pair,) = [
        pair
        for pair in evaluation_of(System("good", GOLD), System("bad", worse(GOLD))).comparisons
        if pair.mode == "strict"
    ]
    assert (pair.a, pair.b) == ("bad", "good")
    assert (pair.fields[OVERALL].difference or 0) < 0
    assert pair.fields["people"].difference == -1.0


def test_few_articles_are_said_to_settle_little() -> None:
    """With five articles the report says that they settle little, and what the smallest p-value is."""
    caution = evaluation_of(System("good", GOLD), System("bad", worse(GOLD))).caution()
    assert caution is not None
    assert caution.startswith(
        "5 article(s) settle little: no paired test over them can give a p-value below 0.062"
    )


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command line; return its status and what it wrote."""
    capsys.readouterr()
    status = main(["eval", *arguments])
    written = capsys.readouterr()
    return status, written.out, written.err


def write_run(folder: Path, records: dict[str, Any]) -> Path:
    """Write a folder as a run makes it."""
    folder.mkdir()
    usage = {"input_tokens": 10, "output_tokens": 5, "cached_tokens": None}
    lines = [
        json.dumps({"article_id": one, "record": record, "cost_usd": 0.5, "usage": usage})
        for one, record in records.items()
    ]
    (folder / "records.jsonl").write_text("".join(line + "\n" for line in lines), "utf-8")
    return folder


def test_a_run_made_earlier_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with records.jsonl is a system under its folder's name, with its cost and tokens."""
    status, out, _ = run(capsys, "--records", str(write_run(tmp_path / "mine", GOLD)), "--json")
    (system,) = json.loads(out)["systems"]
    assert (status, system["name"], system["cost_usd"], system["usage"]["input_tokens"]) == (
        0,
        "mine",
        2.5,
        50,
    )
    assert system["scores"]["strict"][OVERALL]["f1"] == 1.0


def test_articles_without_a_record_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that has no record of an article gives exit 1, a line that says so, and the reason on the page and in the JSON."""
    first, *rest = GOLD
    folder = write_run(tmp_path / "mine", {one: GOLD[one] for one in rest})
    status, _, err = run(capsys, "--records", str(folder), "--out", str(tmp_path / "report"))
    assert (
        status,
        f"mine has no record of 1 article(s), which count as empty; {first}: " in err,
    ) == (1, True)
    data = json.loads((tmp_path / "report" / "evaluation.json").read_text("utf-8"))
    assert list(data["systems"][0]["failed"]) == [first]
    assert f"{folder} has no record of it" in (tmp_path / "report" / "evaluation.html").read_text(
        "utf-8"
    )


def test_missing_recordings_are_no_score(capsys: pytest.CaptureFixture[str]) -> None:
    """A prompt that nothing recorded answers exits with 1 and says what is missing."""
    status, _, err = run(capsys, "--offline", "--prompt", "movement_report@2#9")
    assert (
        status,
        "movement_report@2#9 has no record of 5 article(s)" in err,
        "no recording" in err,
    ) == (1, True, True)


def test_records_of_another_schema_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of another schema is a wrong call, not a score of zero."""
    folder = write_run(tmp_path / "mine", GOLD)
    lines = (
        (folder / "records.jsonl")
        .read_text("utf-8")
        .replace('"article_id"', '"schema": "other", "article_id"')
    )
    (folder / "records.jsonl").write_text(lines, "utf-8")
    status, _, err = run(capsys, "--records", str(folder))
    assert (status, "has records of other" in err) == (2, True)


def test_fail_under(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A system below --fail-under gives exit 1 and a line that names it; at the threshold the exit is 0."""
    folder = str(write_run(tmp_path / "mine", worse(GOLD)))
    status, _, err = run(capsys, "--records", folder, "--fail-under", "0.9")
    assert (status, "mine has a strict F1 of 0." in err) == (1, True)
    assert run(capsys, "--records", folder, "--fail-under", "0.1")[0] == 0


def test_no_worse_than(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A system whose whole interval lies below that of the reference gives exit 1; the reference against a worse one does not."""
    good, bad = write_run(tmp_path / "good", GOLD), write_run(tmp_path / "bad", worse(GOLD))
    status, _, err = run(
        capsys, "--records", str(good), "--records", str(bad), "--no-worse-than", "good"
    )
    assert (status, "bad is worse than good" in err) == (1, True)
    assert (
        run(capsys, "--records", str(good), "--records", str(bad), "--no-worse-than", "bad")[0] == 0
    )
    assert run(capsys, "--records", str(good), "--no-worse-than", "none")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--baseline", "magic"], "unknown baseline"),
        (["--gold", "gone"], "there is no folder gone"),
        (["--articles", "gone"], "there is no file or folder gone"),
        (["--records", "gone"], "records.jsonl cannot be read"),
        (["--offline", "--prompt", "no_such_prompt"], "unknown prompt"),
        (["--offline", "--prompt", "movement_report@2#x"], "names no sample"),
        (["--annotators", "gone", "--baseline", "rules"], "must have two folders"),
    ],
)
def test_wrong_calls(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong call exits with 2 and one line that says what is wrong."""
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_gold_without_an_article_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gold of an article that is not there is left out, and named on standard error."""
    folder = tmp_path / "articles"
    folder.mkdir()
    first, second, *_ = sorted(data_folder("seeds").glob("*.txt"))
    (folder / first.name).write_bytes(first.read_bytes())
    status, out, err = run(capsys, "--articles", str(folder), "--baseline", "rules", "--json")
    assert (status, json.loads(out)["systems"][0]["articles"]) == (0, 1)
    assert second.stem in err


def test_the_page_is_whole_and_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--out writes one HTML page with leaderboard, comparison, fields and articles that loads nothing from elsewhere."""
    assert (
        run(
            capsys,
            "--offline",
            "--prompt",
            "movement_report@1",
            "--prompt",
            "movement_report@2",
            "--out",
            str(tmp_path),
        )[0]
        == 0
    )
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


def test_the_page_shows_errors_before_the_text() -> None:
    """In each article's view the differences stand before the text and the lists."""
    page = evaluation_page(
        evaluation_of(System("bad", worse(GOLD))), dict.fromkeys(GOLD, "văn bản")
    )
    assert (
        page.index("<h3>Differences</h3>")
        < page.index("<h3>Text</h3>")
        < page.index("<h3>Gold</h3>")
    )


def test_what_an_article_holds_is_text_on_the_page() -> None:
    """Markup in an article or a value is shown, not run."""
    spoiled = copy.deepcopy(GOLD)
    next(iter(spoiled.values()))["headline"] = "<script>alert(1)</script>"
    page = evaluation_page(
        evaluation_of(System("x", spoiled)), dict.fromkeys(GOLD, "<img src=x onerror=alert(2)>")
    )
    assert not html.fromstring(page).xpath("//script | //img")


def test_marked_stretches_make_up_the_text() -> None:
    """The marked stretches of an article are the whole article, each named for whose quotes cover it."""
    text = "Một hai ba bốn năm."
    stretches = mark(text, {"items": [{"quote": "hai ba"}]}, {"items": [{"quote": "ba bốn"}]})
    assert "".join(one.text for one in stretches) == text
    assert [(one.text, one.kind) for one in stretches] == [
        ("Một ", ""),
        ("hai ", "gold"),
        ("ba", "both"),
        (" bốn", "extracted"),
        (" năm.", ""),
    ]


def test_a_leaderboard_is_reproduced_to_the_digit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command above the README's leaderboard gives the leaderboard's figures, all of them."""
    monkeypatch.chdir(REPOSITORY)
    check_leaderboard("README.md", {}, capsys)


@pytest.mark.eleven
def test_the_leaderboard_of_eleven_articles_is_reproduced(
    eleven: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the further articles, the command gives the figures of the table of the eleven."""
    monkeypatch.chdir(REPOSITORY)
    shutil.copytree(REPOSITORY / "recordings", tmp_path / "seeds")
    shutil.copytree(eleven / "recordings", tmp_path / "further")
    folders = {"ELEVEN/recordings": str(tmp_path), "ELEVEN/": f"{eleven}/"}
    check_leaderboard("docs/leaderboard-eleven.md", folders, capsys)


def check_leaderboard(
    document: str, folders: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Run the command above a document's leaderboard, and hold its figures against the table."""
    match = re.search(
        r"<!-- leaderboard: antq-llm eval ([^>]*?) -->\n(.*?)\n\n",
        (REPOSITORY / document).read_text("utf-8"),
        re.DOTALL,
    )
    assert match is not None
    command = match[1]
    for written, folder in folders.items():
        command = command.replace(written, folder)
    _, out, _ = run(capsys, *shlex.split(command), "--json")
    data = json.loads(out)
    shown = {
        row[0]: row[1:]
        for row in (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in match[2].splitlines()[2:]
        )
    }
    systems = {
        system["name"]: (system["scores"], system["failures"], system["usage"])
        for system in data["systems"]
    }
    assert set(shown) == {*systems, "annotators' agreement"}
    for name, row in shown.items():
        scores = systems[name][0] if name in systems else data["ceiling"]
        overall = scores["strict"][OVERALL]
        expected = [figure(scores[mode][OVERALL]) for mode in ("strict", "relaxed")] + [
            f"{overall['precision']:.3f}",
            f"{overall['recall']:.3f}",
        ]
        if name in systems:
            usage = systems[name][2]
            expected += [
                str(systems[name][1]),
                f"{usage['input_tokens']} + {usage['output_tokens']}",
            ]
        assert row[: len(expected)] == expected


def figure(score: dict[str, Any]) -> str:
    """Return an F1 with its interval as a leaderboard writes them."""
    low, high = score["interval"]
    return f"{score['f1']:.3f} [{low:.3f}, {high:.3f}]"
