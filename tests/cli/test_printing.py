"""Escaping of control characters in untrusted text for a terminal."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.cli.printing import LogFormatter, printable, printable_json, printable_lines, say
from antq_llm.cli.tables import print_rows
from helpers.batch_service import Plan, batch_service
from helpers.endpoint import error

FORGED = "x\nantq-llm: 9 record(s), 0 failure(s)\x1b[2K\x9b31m\x7f\u202e\u2066\u2028\r"
UNPRINTABLE = [chr(number) for number in (*range(32), *range(127, 160))]
BIDI = [
    chr(number)
    for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029, 0xD800, 0xDFFF)
]


def is_harmless(text: str) -> bool:
    """Return whether a text contains no control characters other than line breaks."""
    return not [one for one in UNPRINTABLE + BIDI if one != "\n" and one in text]


@pytest.mark.parametrize("character", UNPRINTABLE + BIDI, ids=lambda one: f"{ord(one):04x}")
def test_a_control_character_is_shown_escaped(character: str) -> None:
    """A control character is shown as its ASCII escape."""
    shown = printable(f"a{character}b")
    assert shown.isascii()
    assert shown == "a" + repr(character)[1:-1].replace("\x7f", "\\x7f") + "b"


def test_what_is_printable_stays() -> None:
    """Vietnamese letters, combining marks, emoji, backslashes and markup are unchanged."""
    text = "Bà Lan đến dự é [red] \\n 👩‍🌾 :heart:"
    assert printable(text) == printable_lines(text) == printable_json(text) == text


def test_lines_keep_their_breaks() -> None:
    """In multi-line text, line breaks and tabs are kept; other control characters are escaped."""
    assert printable_lines("a\n\tb\r\x1bc") == "a\n\tb\\r\\x1bc"


@pytest.mark.parametrize("character", UNPRINTABLE + BIDI, ids=lambda one: f"{ord(one):04x}")
def test_json_is_harmless_and_means_the_same(character: str) -> None:
    """Escaped JSON has the same value and contains no raw control characters."""
    written = printable_json(json.dumps({f"k{character}": f"a{character}b"}, ensure_ascii=False))
    assert is_harmless(written)
    assert json.loads(written) == {f"k{character}": f"a{character}b"}


def test_a_line_about_the_run_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A message about the run cannot start a second line on standard error."""
    say(FORGED)
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert is_harmless(err)


def test_a_table_shows_cells_literally(capsys: pytest.CaptureFixture[str]) -> None:
    """A table shows markup and emoji names literally and escapes control characters."""
    print_rows([{f"[b]{FORGED}": "[red]x[/red] :heart:"}], as_json=False, title=f"[i]{FORGED}")
    out = capsys.readouterr().out
    assert is_harmless(out)
    assert "[red]x[/red] :heart:" in out
    assert "[b]x\\nantq-llm" in out
    assert not [line for line in out.splitlines() if line.startswith("antq-llm")]


def test_a_log_is_harmless() -> None:
    """A log message takes one line, and its traceback contains no control characters."""
    formatter = LogFormatter("antq-llm: %(message)s")
    try:
        raise ValueError(FORGED)
    except ValueError:
        found = sys.exc_info()
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "said %s", (FORGED,), found)
    written = formatter.format(record)
    assert is_harmless(written)
    assert not [line for line in written.splitlines()[1:] if not line.startswith("  ")]
    assert written.splitlines()[1].strip() == "Traceback (most recent call last):"


@pytest.mark.parametrize("batch", [False, True])
def test_an_id_and_a_server_forge_no_line(
    batch: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither an article's id nor a server's message can forge a line on standard error."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")
    articles = tmp_path / "in.jsonl"
    articles.write_text(json.dumps({"id": FORGED, "text": "Bà Lan."}) + "\n")
    schema = {"title": "named", "type": "object", "properties": {"name": {"type": "string"}}}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    words = ["extract", str(articles), "--schema", str(tmp_path / "schema.json"), "--model", "m"]
    if batch:
        words += ["--batch", "--out", str(tmp_path / "out")]
    plans = [Plan(["completed"])]
    with batch_service(lambda _: error(418, FORGED), plans=plans) as service:
        assert main([*words, "--base-url", service.base_url]) == 1
    assert (len(service.batches), bool(service.live)) == (int(batch), not batch)
    captured = capsys.readouterr()
    assert is_harmless(captured.out + captured.err)
    assert not [line for line in captured.err.splitlines() if line.startswith("antq-llm: 9 record")]
    assert "x\\nantq-llm: 9 record(s)" in captured.err


@pytest.mark.parametrize("flags", [[], ["--debug"], ["-v"]])
@pytest.mark.parametrize(
    "words",
    [
        ["extract", f"no{FORGED}"],
        ["prompts", "show", f"no{FORGED}"],
        ["--no\x1b[2K"],
        ["export", f"a{FORGED}", "--to", "csv"],
    ],
    ids=["file", "prompt", "option", "folder"],
)
def test_names_in_errors_are_harmless(
    flags: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors show the names of files, prompts and options without raw control characters."""
    assert main([*flags, *words])
    captured = capsys.readouterr()
    assert is_harmless(captured.out + captured.err)
    assert not [line for line in captured.err.splitlines() if line.startswith("antq-llm: 9 record")]


def test_a_prompt_of_ones_own_is_harmless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user's prompt is shown without raw control characters."""
    prompt = tmp_path / "own.md"
    prompt.write_text("# system\n\nFind \x1b[2K the person. {{ article }}\n")
    main(["prompts", "show", str(prompt)])
    captured = capsys.readouterr()
    assert is_harmless(captured.out + captured.err)
