"""Reading the files of a run's folder line by line and reporting broken lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.records.lines import (
    FAILURES,
    RECORDS,
    RUN,
    open_records,
    read_failures,
    read_records,
    read_run,
    records_in,
    write_lines,
    write_run,
)

Reader = Callable[[Path], Iterator[dict[str, Any]]]

USAGE = {"input_tokens": 10, "output_tokens": 5, "cached_tokens": None}
RECORD = {"article_id": "a", "record": {"x": "câu\u2028hai"}, "usage": USAGE, "cost_usd": 0.5}
FAILURE = {"article_id": "b", "error": {"message": "m"}, "usage": USAGE, "cost_usd": None}
READERS = [(read_records, RECORDS, RECORD), (read_failures, FAILURES, FAILURE)]


def write(path: Path, *lines: Any) -> None:
    """Write a file of lines, each given as JSON text or as data."""
    texts = [
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    ]
    write_lines(path, (text.encode() for text in texts))


@pytest.mark.parametrize(("read", "name", "line"), READERS)
def test_lines_are_read_as_written(tmp_path: Path, read: Reader, name: str, line: Any) -> None:
    """Lines come back in order, and a line separator inside a string does not end a line."""
    write(tmp_path / name, line, {**line, "article_id": "c"})
    assert list(read(tmp_path)) == [line, {**line, "article_id": "c"}]


@pytest.mark.parametrize(("read", "name", "line"), READERS)
def test_lines_are_read_one_at_a_time(tmp_path: Path, read: Reader, name: str, line: Any) -> None:
    """The lines before a broken one are yielded, since the file is not read as a whole."""
    write(tmp_path / name, line, "{")
    lines = read(tmp_path)
    assert next(lines) == line
    with pytest.raises(ConfigurationError, match=r"line 2 of .* is broken: .*not valid JSON"):
        next(lines)


@pytest.mark.parametrize(("read", "name", "line"), READERS)
@pytest.mark.parametrize(
    "changed",
    [
        {"article_id": 1},
        {"usage": None},
        {"usage": [1]},
        {"usage": {"input_tokens": "many"}},
        {"cost_usd": "0.5"},
        {"cost_usd": True},
    ],
)
def test_a_key_that_both_files_have_is_checked(
    tmp_path: Path, read: Reader, name: str, line: Any, changed: dict[str, Any]
) -> None:
    """A line is broken if its article id, usage or cost has the wrong type."""
    write(tmp_path / name, line, {**line, **changed})
    with pytest.raises(ConfigurationError, match=r"line 2 of .* is broken"):
        list(read(tmp_path))


@pytest.mark.parametrize(("read", "name", "line"), READERS)
@pytest.mark.parametrize("key", ["article_id", "usage", "cost_usd"])
def test_a_missing_key_is_a_broken_line(
    tmp_path: Path, read: Reader, name: str, line: Any, key: str
) -> None:
    """A line without an article id, usage or cost is broken."""
    write(tmp_path / name, {other: value for other, value in line.items() if other != key})
    with pytest.raises(ConfigurationError, match=r"line 1 of .* is broken"):
        list(read(tmp_path))


@pytest.mark.parametrize(("read", "name", "line"), READERS)
@pytest.mark.parametrize("broken", ["{", "[]", "", "NaN", '{"article_id": "\\ud800"}'])
def test_a_broken_line_is_named_with_its_file(
    tmp_path: Path, read: Reader, name: str, line: Any, broken: str
) -> None:
    """The error for a broken line names the file and the line and says what to do."""
    write(tmp_path / name, line, line, broken)
    with pytest.raises(
        ConfigurationError, match=rf"line 3 of .*{name} is broken: .* Run antq-llm extract again"
    ) as caught:
        list(read(tmp_path))
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize(("read", "name", "line"), READERS)
def test_bytes_that_are_not_utf_8_are_a_broken_line(
    tmp_path: Path, read: Reader, name: str, line: Any
) -> None:
    """A line that is not UTF-8 is reported as broken."""
    (tmp_path / name).write_bytes(json.dumps(line).encode() + b"\n\xff\n")
    with pytest.raises(ConfigurationError, match=r"line 2 of .* is broken"):
        list(read(tmp_path))


@pytest.mark.parametrize(
    "changed",
    [{"evidence": {}}, {"evidence": [1]}, {"confidence": [{"start": 1}]}, {"warnings": 3}],
)
def test_the_lists_of_a_record_are_checked(tmp_path: Path, changed: dict[str, Any]) -> None:
    """Evidence and confidence must be lists of objects with a pointer, and warnings a list."""
    write(tmp_path / RECORDS, {**RECORD, **changed})
    with pytest.raises(
        ConfigurationError, match=f'line 1 of .* is broken: its "{next(iter(changed))}"'
    ):
        list(read_records(tmp_path))


@pytest.mark.parametrize("error", [None, "m", {}, {"message": 1}])
def test_a_failure_without_a_message_is_broken(tmp_path: Path, error: Any) -> None:
    """A line of failures.jsonl is broken if its error is not an object with a message."""
    write(tmp_path / FAILURES, {**FAILURE, "error": error})
    with pytest.raises(ConfigurationError, match=r'line 1 of .* is broken: .*"message"'):
        list(read_failures(tmp_path))


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    """If a folder is not the output of a run, the error says which folder to name."""
    with pytest.raises(
        ConfigurationError, match=r"records\.jsonl cannot be read .* antq-llm extract --out"
    ):
        list(read_records(tmp_path))


def test_a_folder_without_failures_has_none(tmp_path: Path) -> None:
    """Without failures.jsonl, there are no failures."""
    assert list(read_failures(tmp_path)) == []


@pytest.mark.parametrize(("read", "name"), [(read, name) for read, name, _ in READERS])
def test_a_folder_in_the_place_of_a_file_is_refused(
    tmp_path: Path, read: Reader, name: str
) -> None:
    """If a folder has the name of one of the files, the error says that the file cannot be read."""
    (tmp_path / name).mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        list(read(tmp_path))


def test_an_open_file_is_read_again_although_it_was_replaced(tmp_path: Path) -> None:
    """Two passes over an open file see the same lines even if a run rewrites the file."""
    write(tmp_path / RECORDS, RECORD)
    with open_records(tmp_path) as file:
        first = list(records_in(file))
        write(tmp_path / RECORDS)
        assert list(records_in(file)) == first == [RECORD]
    assert list(read_records(tmp_path)) == []


def test_run_json_is_read_as_written(tmp_path: Path) -> None:
    """The contents of run.json are read back unchanged, and the file is indented for readers."""
    write_run(tmp_path, {"settings": {"schema": "ghi chú"}})
    assert read_run(tmp_path) == {"settings": {"schema": "ghi chú"}}
    assert (tmp_path / RUN).read_text("utf-8").startswith('{\n "settings"')


@pytest.mark.parametrize("text", [None, "{", "[]", "\ud800"])
def test_a_run_json_that_cannot_be_read_is_empty(tmp_path: Path, text: str | None) -> None:
    """A missing or broken run.json is read as an empty object."""
    if text is not None:
        (tmp_path / RUN).write_bytes(text.encode(errors="surrogatepass"))
    assert read_run(tmp_path) == {}
