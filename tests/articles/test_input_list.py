"""Listing inputs with their ids, and reading each article only when it is needed."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.unread import count_by_ending
from antq_llm.errors import ArticleError, ConfigurationError


def write(path: Path, text: str = "Bài báo.") -> Path:
    """Create the folders of a file, write the file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_the_id_of_a_file_is_its_stem(tmp_path: Path) -> None:
    """The id of a file is its name without its last suffix."""
    path = write(tmp_path / "a.b.txt")
    assert [(found.id, found.source) for found in list_inputs([str(path)])] == [("a.b", str(path))]


def test_a_file_of_any_suffix_can_be_given_by_name(tmp_path: Path) -> None:
    """A file given by name is read, whatever its suffix."""
    assert list_inputs([str(write(tmp_path / "a.text"))])[0].read().text == "Bài báo."


def test_a_folder_is_searched_in_sorted_order(tmp_path: Path) -> None:
    """A folder is searched recursively, and ids are the sorted paths below it without suffixes."""
    for name in ("b.txt", "a.md", "d/z.html", "d/e/y.htm", "C.TXT"):
        write(tmp_path / name)
    assert [found.id for found in list_inputs([str(tmp_path)])] == ["C", "a", "b", "d/e/y", "d/z"]


def test_a_folder_is_searched_for_articles_alone(tmp_path: Path) -> None:
    """Other kinds of files, hidden files and hidden folders are counted as unread."""
    for name in ("a.txt", "b.json", "c.py", ".hidden.txt", ".git/d.txt", "e/.f/g.txt", "README"):
        write(tmp_path / name)
    listed = list_inputs([str(tmp_path)])
    assert [found.id for found in listed] == ["a"]
    assert count_by_ending(listed.unread) == {".json": 1, ".py": 1, "hidden": 3, "no ending": 1}


def test_what_is_not_read_has_a_line_for_each_ending_and_reason(tmp_path: Path) -> None:
    """Messages count the unread files by extension and reason, and name the first ones."""
    for name in ("a.txt", *(f"{number}.png" for number in range(4))):
        write(tmp_path / name)
    shown = ", ".join(str(tmp_path / f"{number}.png") for number in range(3))
    assert list(list_inputs([str(tmp_path)]).messages()) == [
        f"not read: 4 .png (not a supported format): {shown}, …"
    ]


def test_a_glob_is_searched_like_a_folder(tmp_path: Path) -> None:
    """For a pattern, ids are paths below the part without wildcards; other formats are counted."""
    for name in ("x/a.txt", "y/a.txt", "y/b.png", "z/c/d.txt"):
        write(tmp_path / name)
    listed = list_inputs([str(tmp_path / "[xy]" / "*")])
    assert [found.id for found in listed] == ["x/a", "y/a"]
    assert count_by_ending(listed.unread) == {".png": 1}
    everything = list_inputs([str(tmp_path / "**" / "*.txt")])
    assert [found.id for found in everything] == ["x/a", "y/a", "z/c/d"]


def test_a_glob_finds_folders_too(tmp_path: Path) -> None:
    """A folder that a pattern matches is searched recursively."""
    write(tmp_path / "z" / "c" / "d.txt")
    assert [found.id for found in list_inputs([str(tmp_path / "z*")])] == ["z/c/d"]


def test_a_glob_that_matches_nothing_is_named(tmp_path: Path) -> None:
    """A pattern without a match raises a ConfigurationError that names it."""
    with pytest.raises(ConfigurationError, match=r"no file matches .*x\*\.txt"):
        list_inputs([str(tmp_path / "x*.txt")])


def test_a_linked_folder_is_counted(tmp_path: Path) -> None:
    """A symbolic link to a folder is not followed but counted as unread."""
    write(tmp_path / "in" / "a.txt")
    write(tmp_path / "other" / "b.txt")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "other")
    listed = list_inputs([str(tmp_path / "in")])
    assert [found.id for found in listed] == ["a"]
    assert count_by_ending(listed.unread) == {"folder": 1}


def test_a_folder_below_a_hidden_one_can_be_given(tmp_path: Path) -> None:
    """Only names below the given folder count as hidden."""
    write(tmp_path / ".cache" / "in" / "a.txt")
    assert [found.id for found in list_inputs([str(tmp_path / ".cache" / "in")])] == ["a"]


def test_inputs_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    """Several inputs keep their order."""
    paths = [write(tmp_path / name) for name in ("b.txt", "a.txt", "c.txt")]
    assert [found.id for found in list_inputs(map(str, paths))] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (("a.txt", "a.md"), ["a.txt", "a.md"]),
        (("a.txt", "x/a.txt"), ["a.txt", "a.txt-2"]),
        (("a.txt", "x/a.txt", "b.txt", "a.html"), ["a.txt", "a.txt-2", "b", "a.html"]),
        (("a.txt", "a.txt.txt", "a.md"), ["a.txt-2", "a.txt", "a.md"]),
        (("a", "x/a"), ["a-1", "a-2"]),
        (("a.txt", "a.txt.gz"), ["a.txt", "a.txt.gz"]),
    ],
)
def test_inputs_with_one_id_get_their_ending(
    tmp_path: Path, names: tuple[str, ...], ids: list[str]
) -> None:
    """Inputs that share an id get their extension as a suffix and, if necessary, a number."""
    paths = [str(write(tmp_path / name)) for name in names]
    assert [found.id for found in list_inputs(paths)] == ids


def test_a_renamed_article_says_so(tmp_path: Path) -> None:
    """A renamed article has a notice with its old id, and the list has a message about it."""
    paths = [str(write(tmp_path / name)) for name in ("a.txt", "a.md", "b.md")]
    listed = list_inputs(paths)
    notices = [notice for found in listed for notice in found.read().notices]
    assert notices == [
        ("renamed", f"the id was 'a', which another input also has; it is now {new!r}")
        for new in ("a.txt", "a.md")
    ]
    [message] = listed.messages()
    assert message == (
        f"2 input(s) with a duplicate id were renamed: {paths[0]} is now a.txt, "
        f"{paths[1]} is now a.md"
    )


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """A file that is named both directly and by its folder is one input, and a message says so."""
    path = write(tmp_path / "a.txt")
    listed = list_inputs([str(path), str(tmp_path), str(path)])
    assert [found.id for found in listed] == ["a"]
    assert list(listed.messages()) == [
        f"2 file(s) named more than once are read only once: {path}, {path}"
    ]


class Earlier:
    """The articles of an earlier run, by id."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = sources

    def has(self, article_id: str) -> bool:
        """Return whether the earlier run has the article."""
        return article_id in self._sources

    def source_of(self, article_id: str) -> str | None:
        """Return the source of an article, or None if the earlier run does not have it."""
        return self._sources.get(article_id)


def test_known_articles_keep_their_ids(tmp_path: Path) -> None:
    """An article of an earlier run keeps its id, and a new one that shares it is renamed."""
    text, page = str(write(tmp_path / "a.txt")), str(write(tmp_path / "a.md"))
    ids = [found.id for found in list_inputs([text, page], known=Earlier({"a": page}))]
    assert ids == ["a.txt", "a"]


def test_a_known_suffix_stays_without_the_other_input(tmp_path: Path) -> None:
    """An article that got a suffix in an earlier run keeps it even if the other input is gone."""
    page = str(write(tmp_path / "a.md"))
    known = Earlier({"a.txt": str(tmp_path / "a.txt"), "a.md": page})
    assert [found.id for found in list_inputs([page], known=known)] == ["a.md"]


def test_a_suffix_of_another_known_article_is_not_used(tmp_path: Path) -> None:
    """A new id differs from those of earlier articles that are not among the inputs."""
    paths = [str(write(tmp_path / name)) for name in ("a.txt", "a.md")]
    known = Earlier({"a.md": "elsewhere/a.md"})
    assert [found.id for found in list_inputs(paths, known=known)] == ["a.txt", "a.md-2"]


def test_equal_names_in_two_folders_are_two_ids(tmp_path: Path) -> None:
    """The folder is part of an id, so equal file names do not collide."""
    write(tmp_path / "x" / "a.txt")
    write(tmp_path / "y" / "a.txt")
    assert [found.id for found in list_inputs([str(tmp_path)])] == ["x/a", "y/a"]


def test_a_missing_input_is_named() -> None:
    """A missing input raises a ConfigurationError that names it."""
    with pytest.raises(
        ConfigurationError, match="there is no file or folder nothing/here: check the path"
    ):
        list_inputs(["nothing/here"])


def test_a_folder_without_articles_is_named(tmp_path: Path) -> None:
    """A folder without articles raises a ConfigurationError that lists the supported extensions."""
    write(tmp_path / "a.xyz")
    with pytest.raises(
        ConfigurationError,
        match=r"has no articles \(not read: 1 \.xyz\): name files ending in \.csv, \.docx, \.htm, ",
    ):
        list_inputs([str(tmp_path)])


def test_no_inputs_are_no_articles() -> None:
    """An empty list of inputs gives an empty list."""
    assert list(list_inputs([])) == []


def test_an_article_is_read_when_needed(tmp_path: Path) -> None:
    """A file is not read before it is needed."""
    path = write(tmp_path / "a.txt")
    [found] = list_inputs([str(path)])
    write(path, "Bài khác.")
    assert found.read() == Article("Bài khác.", "a", str(path))


def test_a_file_that_is_gone_is_an_unreadable_article(tmp_path: Path) -> None:
    """A file deleted between listing and reading raises an ArticleError."""
    path = write(tmp_path / "a.txt")
    [found] = list_inputs([str(path)])
    path.unlink()
    with pytest.raises(ArticleError, match=r"a\.txt cannot be read"):
        found.read()


def test_a_file_of_a_folder_keeps_its_id(tmp_path: Path) -> None:
    """An article read from a folder has the id of its input."""
    write(tmp_path / "x" / "a.txt")
    assert list_inputs([str(tmp_path)])[0].read().id == "x/a"


def test_each_line_of_a_jsonl_file_is_an_article(tmp_path: Path) -> None:
    """A line without an id gets the file's stem and the line number as its id."""
    lines = [
        {"id": "một", "text": "Bài 1."},
        {"text": "Bài 2."},
        {"id": 7, "text": "Bài 3."},
    ]
    path = write(
        tmp_path / "in.jsonl",
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines),
    )
    assert [found.read() for found in list_inputs([str(path)])] == [
        Article("Bài 1.", "một", f"{path}:1"),
        Article("Bài 2.", "in:2", f"{path}:2"),
        Article("Bài 3.", "7", f"{path}:3"),
    ]


def test_ids_of_lines_contain_the_path_in_the_folder(tmp_path: Path) -> None:
    """In a folder, the default id of a line is the file's relative path and the line number."""
    write(tmp_path / "x" / "in.jsonl", '{"text": "a"}\n{"id": "b", "text": "b"}\n')
    assert [found.id for found in list_inputs([str(tmp_path)])] == ["x/in:1", "b"]


@pytest.mark.parametrize(
    "text", ['\n\n{"text": "a"}\n', '\r\n  \r\n{"text": "a"}\r\n', '\n\t\n{"text": "a"}']
)
def test_empty_lines_are_counted_and_skipped(tmp_path: Path, text: str) -> None:
    """Empty lines are not articles but are counted, so line numbers match those in an editor."""
    [found] = list_inputs([str(write(tmp_path / "in.jsonl", text))])
    assert (found.id, found.read().text) == ("in:3", "a")


def test_a_byte_order_mark_before_a_jsonl_file_is_ignored(tmp_path: Path) -> None:
    """A file that starts with a byte-order mark is read as usual."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "b"}\n')
    [found] = list_inputs([str(path)])
    assert (found.id, found.read().text) == ("a", "b")


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    """Only a line feed ends a JSON line."""
    [found] = list_inputs([str(write(tmp_path / "in.jsonl", '{"text": "a\u2028b\u0085c"}\n'))])
    assert found.read().text == "a\u2028b\u0085c"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no JSON", "is not valid JSON (Expecting value: line 1 column 1 (char 0))"),
        ("{", "is not valid JSON"),
        ("[1]", "is not a JSON object"),
        ('"text"', "is not a JSON object"),
        ("3", "is not a JSON object"),
        ('{"id": "x"}', 'has no text in the field "text"'),
        ('{"text": 5}', 'has no text in the field "text"'),
        ('{"text": null}', 'has no text in the field "text"'),
        ('{"a": ' * 20_000, "is nested too deeply"),
        ("[" * 50_000, "is nested too deeply"),
    ],
)
@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz"])
def test_a_bad_line_fails_alone(tmp_path: Path, line: str, message: str, name: str) -> None:
    """A line that is not a JSON object with a text fails alone, and the error gives its number."""
    path = tmp_path / name
    text = f'{{"text": "a"}}\n{line}\n{{"text": "c"}}\n'.encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    first, second, third = list_inputs([str(path)])
    with pytest.raises(ArticleError) as caught:
        second.read()
    assert str(caught.value).startswith(f"{path}:2 {message}")
    assert (first.read().text, third.read().text) == ("a", "c")


@pytest.mark.parametrize("text", ["", " "])
def test_a_line_with_an_empty_text_fails_alone(tmp_path: Path, text: str) -> None:
    """A line with an empty text raises an ArticleError that names the line."""
    path = write(tmp_path / "in.jsonl", json.dumps({"text": text}))
    with pytest.raises(ArticleError, match=r"in\.jsonl:1 is empty"):
        list_inputs([str(path)])[0].read()


def test_two_lines_with_one_id_are_renamed(tmp_path: Path) -> None:
    """Lines that share an id get the file's extension as a suffix and, if necessary, a number."""
    path = write(tmp_path / "in.jsonl", '{"id": "x", "text": "a"}\n{"id": "x", "text": "b"}\n')
    assert [found.id for found in list_inputs([str(path)])] == ["x.jsonl", "x.jsonl-2"]


@pytest.mark.parametrize("value", ["true", "null", '""', "[1]", "1.5"])
def test_an_unusable_id_is_replaced(tmp_path: Path, value: str) -> None:
    """An id that is empty, or neither a text nor a whole number, is replaced by the default id."""
    path = write(tmp_path / "in.jsonl", f'{{"id": {value}, "text": "a"}}\n')
    assert [found.id for found in list_inputs([str(path)])] == ["in:1"]


def test_a_whole_number_with_a_point_is_an_id(tmp_path: Path) -> None:
    """The id 7.0, which programs often write in a column with empty cells, is read as 7."""
    path = write(tmp_path / "in.jsonl", '{"id": 7.0, "text": "a"}\n{"id": null, "text": "b"}\n')
    assert [found.id for found in list_inputs([str(path)])] == ["7", "in:2"]


def test_standard_input_is_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """The input ``-`` is a text on standard input, with the id ``stdin``."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO("\ufeffBài báo.".encode())))
    assert [found.read() for found in list_inputs(["-"])] == [Article("Bài báo.", "stdin", "-")]


def test_an_empty_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty standard input raises an ArticleError that says so."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(ArticleError, match="standard input is empty"):
        list_inputs(["-"])[0].read()


def test_standard_input_can_be_read_only_once() -> None:
    """Naming standard input twice raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="standard input can be read only once"):
        list_inputs(["-", "-"])


@pytest.mark.parametrize("text", ['{"text": "a"}\n{"text": "b"}\n', '[{"text": "a"}]', "[\n{}]"])
def test_json_on_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """JSON on standard input raises an ArticleError instead of being read as one text."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    [found] = list_inputs(["-"])
    with pytest.raises(ArticleError, match=r"standard input contains JSON, not text: name a file"):
        found.read()


def test_the_output_folder_has_no_articles(tmp_path: Path) -> None:
    """Files in the output folder are skipped, and the output folder cannot itself be an input."""
    (tmp_path / "out" / "texts").mkdir(parents=True)
    for name in ("a.txt", "out/records.jsonl", "out/texts/a.txt"):
        (tmp_path / name).write_text("Bài.", "utf-8")
    assert [found.id for found in list_inputs([str(tmp_path)], tmp_path / "out")] == ["a"]
    with pytest.raises(ConfigurationError, match="name a different folder with --out"):
        list_inputs([str(tmp_path)], tmp_path)


@pytest.mark.parametrize("name", ["articles", "articles/**/*.txt"])
def test_articles_may_be_in_a_folder_of_the_output_folder(tmp_path: Path, name: str) -> None:
    """Subfolders of an input folder are read even if they are in the output folder."""
    for article in ("articles/a.txt", "articles/b/c.txt"):
        write(tmp_path / article)
    listed = list_inputs([str(tmp_path / name)], out=tmp_path)
    assert [Path(found.id).name for found in listed] == ["a", "c"]


def test_a_glob_leaves_out_the_output_folder_that_it_matches(tmp_path: Path) -> None:
    """If a pattern matches the output folder, the files in it are not inputs."""
    for article in ("articles/a.txt", "out/records.txt"):
        write(tmp_path / article)
    listed = list_inputs([str(tmp_path / "*")], out=tmp_path / "out")
    assert [found.id for found in listed] == ["articles/a"]


def test_an_empty_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty name, for example from an unset variable, is refused."""
    write(tmp_path / "a.txt")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="empty"):
        list_inputs([""])
