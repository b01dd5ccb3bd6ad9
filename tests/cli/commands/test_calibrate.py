"""``antq-llm calibrate``, and confidence in ``extract`` and ``eval``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder

SEEDS = str(data_folder("seeds"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; return its status, standard output and standard error."""
    capsys.readouterr()
    status = main(list(arguments))
    written = capsys.readouterr()
    return status, written.out, written.err


def lines_of(folder: Path) -> list[dict[str, object]]:
    """Return the parsed lines of a run's ``records.jsonl``."""
    return [json.loads(line) for line in (folder / "records.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.slow
def test_a_calibration_is_fitted_and_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a fitted calibration file, a run rates its items, and ``eval`` measures the ratings."""
    made, out = str(tmp_path / "made.json"), tmp_path / "out"
    status, text, _ = run(capsys, "calibrate", "--offline", "--out", made, "--json")
    assert (status, set(json.loads(text))) == (0, {"single"})
    status, _, _ = run(
        capsys, "extract", SEEDS, "--offline", "--calibration", made, "--out", str(out)
    )
    assert status == 0
    assert all(line["confidence"] for line in lines_of(out))
    _, text, _ = run(capsys, "eval", "--records", str(out), "--curve", "--json")
    (system,) = json.loads(text)["systems"]
    assert system["confidence"]["items"] > 20
    assert [point["predicted"] for point in system["curve"]][-3:] == [False, True, True]


def test_confidence_is_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --confidence, every item is rated; without it, the line has no confidence."""
    for name, options in (("with", ["--confidence"]), ("without", [])):
        run(
            capsys,
            "extract",
            SEEDS,
            "--offline",
            "--limit",
            "1",
            "--out",
            str(tmp_path / name),
            *options,
        )
    (with_it,), (without,) = lines_of(tmp_path / "with"), lines_of(tmp_path / "without")
    assert "confidence" not in without
    assert [rated["pointer"] for rated in with_it["confidence"]] == [  # type: ignore[attr-defined]
        found["pointer"]
        for found in with_it["evidence"]  # type: ignore[attr-defined]
    ]


def test_the_table_of_eval_has_the_confidence(capsys: pytest.CaptureFixture[str]) -> None:
    """``eval`` prints the confidence and says that the calibration was fitted to these articles."""
    status, out, _ = run(capsys, "eval", "--offline", "--prompt", "movement_report@3", "--curve")
    assert status == 0
    assert "Confidence of items" in out
    assert "was fitted to 5 of these" in " ".join(out.split())
    assert "Strict F1 by the number of gold articles" in out


def test_a_folder_is_no_calibration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder as --out gives exit status 2 and an error that asks for a file."""
    status, _, err = run(capsys, "calibrate", "--offline", "--out", str(tmp_path))
    assert (status, "is a folder: name a file with --out" in err) == (2, True)


def test_records_without_evidence_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error gives the number of records without evidence, which a fit cannot use."""
    folder, usage = tmp_path / "bare", {"input_tokens": 1, "output_tokens": 1, "cached_tokens": 0}
    folder.mkdir()
    gold = data_folder("gold") / "movement_report"
    lines = [
        json.dumps(
            {
                "article_id": path.stem,
                "record": json.loads(path.read_text("utf-8")),
                "usage": usage,
                "cost_usd": None,
            }
        )
        for path in sorted(gold.glob("*.json"))
    ]
    (folder / "records.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    status, _, err = run(
        capsys, "calibrate", "--records", str(folder), "--out", str(tmp_path / "made.json")
    )
    assert (status, "bare: 5 record(s) without evidence" in err) == (2, True)
    assert "a calibration needs at least 5" in err


def test_the_rules_rate_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The rules have no confidence of their own, so --confidence with them gives exit status 2."""
    status, _, err = run(capsys, "extract", SEEDS, "--model", "rules", "--confidence")
    assert (status, "leave out --confidence and --calibration" in err) == (2, True)
