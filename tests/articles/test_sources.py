"""What a run is given: which articles there are, what they are called, and how each is read in its turn."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.sources import list_inputs
from antq_llm.errors import ArticleError, ConfigurationError


def write(path: Path, text: str = "Bài báo.") -> Path:
    """Write a file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_file_is_called_by_its_stem(tmp_path: Path) -> None:
    """The id of a file is its name without its last suffix."""
    path = write(tmp_path / "a.b.txt")
    assert [(one.id, one.source) for one in list_inputs([str(path)])] == [("a.b", str(path))]


def test_a_file_of_any_suffix_can_be_given_by_name(tmp_path: Path) -> None:
    """A file that a person names is read, whatever its suffix."""
    assert list_inputs([str(write(tmp_path / "a.text"))])[0].read().text == "Bài báo."


def test_a_folder_is_searched_in_sorted_order(tmp_path: Path) -> None:
    """The ids of a folder are paths below it without suffix, found recursively, in sorted order."""
    for name in ("b.txt", "a.md", "d/z.html", "d/e/y.htm", "C.TXT"):
        write(tmp_path / name)
    assert [one.id for one in list_inputs([str(tmp_path)])] == ["C", "a", "b", "d/e/y", "d/z"]


def test_a_folder_is_searched_for_articles_alone(tmp_path: Path) -> None:
    """Files of other kinds, hidden ones and those in hidden folders are left aside."""
    for name in ("a.txt", "b.json", "c.py", ".hidden.txt", ".git/d.txt", "e/.f/g.txt"):
        write(tmp_path / name)
    assert [one.id for one in list_inputs([str(tmp_path)])] == ["a"]


def test_a_folder_below_a_hidden_one_can_be_given(tmp_path: Path) -> None:
    """What is hidden counts below the folder that was given, not above it."""
    write(tmp_path / ".cache" / "in" / "a.txt")
    assert [one.id for one in list_inputs([str(tmp_path / ".cache" / "in")])] == ["a"]


def test_inputs_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    """Several inputs are taken one after the other."""
    paths = [write(tmp_path / name) for name in ("b.txt", "a.txt", "c.txt")]
    assert [one.id for one in list_inputs(map(str, paths))] == ["b", "a", "c"]


@pytest.mark.parametrize("names", [("a.txt", "a.md"), ("a.txt", "x/a.txt"), ("a.txt", "a.txt")])
def test_two_inputs_with_one_id_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Two inputs that would have one id are a ConfigurationError that names both and what to do."""
    first, second = (str(write(tmp_path / name)) for name in names)
    with pytest.raises(ConfigurationError) as caught:
        list_inputs([first, second])
    assert (
        str(caught.value)
        == f"two inputs have the id 'a': {first} and {second}. Rename one, or run them apart"
    )


def test_equal_names_in_two_folders_are_two_ids(tmp_path: Path) -> None:
    """The folder is part of an id, so that files of one name do not meet."""
    write(tmp_path / "x" / "a.txt")
    write(tmp_path / "y" / "a.txt")
    assert [one.id for one in list_inputs([str(tmp_path)])] == ["x/a", "y/a"]


def test_a_missing_input_is_named() -> None:
    """An input that does not exist is a ConfigurationError that names it."""
    with pytest.raises(
        ConfigurationError, match="there is no file or folder nothing/here: check the path"
    ):
        list_inputs(["nothing/here"])


def test_a_folder_without_articles_is_named(tmp_path: Path) -> None:
    """A folder without articles is a ConfigurationError that says what it takes."""
    write(tmp_path / "a.json")
    with pytest.raises(
        ConfigurationError, match=r"has no articles: it takes \.htm, \.html, \.jsonl, \.md, \.txt"
    ):
        list_inputs([str(tmp_path)])


def test_nothing_given_is_nothing_found() -> None:
    """No inputs are no articles."""
    assert list_inputs([]) == []


def test_an_article_is_read_in_its_turn(tmp_path: Path) -> None:
    """A file is read when its turn comes, and not before."""
    path = write(tmp_path / "a.txt")
    [one] = list_inputs([str(path)])
    write(path, "Bài khác.")
    assert one.read() == Article("Bài khác.", "a", str(path))


def test_a_file_that_is_gone_is_an_unreadable_article(tmp_path: Path) -> None:
    """A file that goes away between listing and reading fails alone."""
    path = write(tmp_path / "a.txt")
    [one] = list_inputs([str(path)])
    path.unlink()
    with pytest.raises(ArticleError, match=r"a\.txt cannot be read"):
        one.read()


def test_a_file_of_a_folder_keeps_its_id(tmp_path: Path) -> None:
    """The article has the id under which its input was listed."""
    write(tmp_path / "x" / "a.txt")
    assert list_inputs([str(tmp_path)])[0].read().id == "x/a"


def test_each_line_of_a_jsonl_file_is_an_article(tmp_path: Path) -> None:
    """A line with an id is called by it, and one without by the file's stem and the line's number."""
    lines = [
        {"id": "một", "text": "Bài 1."},
        {"text": "Bài 2."},
        {"id": 7, "text": "Bài 3.", "url": "x"},
    ]
    path = write(
        tmp_path / "in.jsonl",
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines),
    )
    assert [one.read() for one in list_inputs([str(path)])] == [
        Article("Bài 1.", "một", f"{path}:1"),
        Article("Bài 2.", "in:2", f"{path}:2"),
        Article("Bài 3.", "7", f"{path}:3"),
    ]


def test_a_jsonl_file_in_a_folder_is_called_by_its_path(tmp_path: Path) -> None:
    """The lines of a file in a folder are called by the file's path below it."""
    write(tmp_path / "x" / "in.jsonl", '{"text": "a"}\n{"id": "b", "text": "b"}\n')
    assert [one.id for one in list_inputs([str(tmp_path)])] == ["x/in:1", "b"]


@pytest.mark.parametrize(
    "text", ['\n\n{"text": "a"}\n', '\r\n  \r\n{"text": "a"}\r\n', '\n\t\n{"text": "a"}']
)
def test_empty_lines_are_counted_and_left_aside(tmp_path: Path, text: str) -> None:
    """An empty line is no article, and the number of a line is that which an editor shows."""
    [one] = list_inputs([str(write(tmp_path / "in.jsonl", text))])
    assert (one.id, one.read().text) == ("in:3", "a")


def test_a_byte_order_mark_before_a_jsonl_file_is_no_text(tmp_path: Path) -> None:
    """A file that an editor began with a byte-order mark is read all the same."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "b"}\n')
    [one] = list_inputs([str(path)])
    assert (one.id, one.read().text) == ("a", "b")


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    """Only a line feed ends a line of JSON."""
    [one] = list_inputs([str(write(tmp_path / "in.jsonl", '{"text": "a\u2028b\u0085c"}\n'))])
    assert one.read().text == "a\u2028b\u0085c"


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[1]",
        '"text"',
        '{"id": "x"}',
        '{"text": 5}',
        '{"text": null}',
        "{",
        "3",
        '{"a": ' * 20_000,
        "[" * 50_000,
    ],
)
def test_a_bad_line_fails_alone(tmp_path: Path, line: str) -> None:
    """A line that is no JSON object with a text is an unreadable article that names the line, and its neighbours are read."""
    path = write(tmp_path / "in.jsonl", f'{{"text": "a"}}\n{line}\n{{"text": "c"}}\n')
    first, second, third = list_inputs([str(path)])
    with pytest.raises(ArticleError) as caught:
        second.read()
    assert (str(caught.value), first.read().text, third.read().text) == (
        f'{path}:2 is no JSON object with a "text": write {{"id": …, "text": …}}',
        "a",
        "c",
    )


@pytest.mark.parametrize("text", ["", " "])
def test_a_line_with_an_empty_text_fails_alone(tmp_path: Path, text: str) -> None:
    """A line without text is an empty article that names the line."""
    path = write(tmp_path / "in.jsonl", json.dumps({"text": text}))
    with pytest.raises(ArticleError, match=r"in\.jsonl:1 is empty"):
        list_inputs([str(path)])[0].read()


def test_two_lines_with_one_id_are_refused(tmp_path: Path) -> None:
    """Two lines that share an id are a ConfigurationError that names both lines."""
    path = write(tmp_path / "in.jsonl", '{"id": "x", "text": "a"}\n{"id": "x", "text": "b"}\n')
    with pytest.raises(
        ConfigurationError, match=r"two inputs have the id 'x': .*in\.jsonl:1 and .*in\.jsonl:2"
    ):
        list_inputs([str(path)])


@pytest.mark.parametrize("given", ["true", "null", '""', "[1]", "1.5"])
def test_an_id_that_is_none_is_replaced(tmp_path: Path, given: str) -> None:
    """An id that is neither a text nor a whole number is no id: the line is called by its number."""
    path = write(tmp_path / "in.jsonl", f'{{"id": {given}, "text": "a"}}\n')
    assert [one.id for one in list_inputs([str(path)])] == ["in:1"]


def test_standard_input_is_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is the text on standard input, called stdin."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("\ufeffBài báo.".encode())))
    assert [one.read() for one in list_inputs(["-"])] == [Article("Bài báo.", "stdin", "-")]


def test_an_empty_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on standard input is an empty article."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(ArticleError, match="standard input is empty"):
        list_inputs(["-"])[0].read()


def test_standard_input_can_be_read_only_once() -> None:
    """Two dashes are two inputs with one id."""
    with pytest.raises(ConfigurationError, match="two inputs have the id 'stdin'"):
        list_inputs(["-", "-"])


def test_a_runs_own_folder_holds_no_articles(tmp_path: Path) -> None:
    """What lies in the run's own folder is not read as articles; the folder of the articles cannot be it."""
    (tmp_path / "out" / "texts").mkdir(parents=True)
    for name in ("a.txt", "out/records.jsonl", "out/texts/a.txt"):
        (tmp_path / name).write_text("Bài.", "utf-8")
    assert [one.id for one in list_inputs([str(tmp_path)], tmp_path / "out")] == ["a"]
    with pytest.raises(
        ConfigurationError, match="is the folder of the articles: name another one with --out"
    ):
        list_inputs([str(tmp_path)], tmp_path)
