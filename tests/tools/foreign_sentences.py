"""Find sentences in this repository that come from articles other than the seeds.

``python tests/tools/foreign_sentences.py FOLDER…`` reads the articles below each folder:
``.txt`` files, and the ``text`` of each line of ``.jsonl`` and ``.jsonl.gz`` files. It prints every
run of at least eight consecutive words that a file of the repository shares with an article but not
with a seed, preceded by the file and line. It exits with 1 if there are any.

Words are compared regardless of case, punctuation and Unicode composition. JSON escapes
(``\\u1ea1``, ``\\n``) are decoded first, so text in nested JSON strings is found too.
A run can cross lines, quotation marks and adjacent string literals. Runs that are also in a seed or
in ``STOCK_PHRASES`` do not count.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RUN_WORDS = 8
"""The minimum number of consecutive words to report."""

STOCK_PHRASES = (
    "Phó Trưởng phòng Tham mưu Công an tỉnh",
    "bảo đảm an ninh, trật tự khu vực",
)
"""Exempt runs of exactly RUN_WORDS words; a longer run that contains one is still found. The first
is the title of an office in every province, and the second is the standard legal phrase for public
order. The invented example in the released prompts, which cannot change, contains both.
"""

_WORD = re.compile(r"[^\W_]+")
_UNICODE_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
# Invisible characters inside words, and the Icelandic letter in place of the Vietnamese one.
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)) | {0xD0: "Đ", 0xF0: "đ"}
_WHITESPACE_ESCAPE = re.compile(r"\\+[nrt]")

Run = tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word in folded form, with its line number."""

    text: str
    line: int


@dataclass(frozen=True)
class SharedRun:
    """A run of words that a file shares with an article."""

    path: Path
    line: int
    article: str
    words: Run

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.article}: {' '.join(self.words)}"


def unescaped(line: str) -> str:
    """Return a line with its JSON escapes decoded, at any depth of nesting."""
    decoded = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), line)
    paired = decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _WHITESPACE_ESCAPE.sub(" ", paired)


def words_of(text: str) -> list[Word]:
    """Return the words of a text with their line numbers, folded and without punctuation."""
    return [
        Word(word, number)
        for number, line in enumerate(text.split("\n"), start=1)
        for word in _WORD.findall(folded(unescaped(line)))
    ]


def folded(text: str) -> str:
    """Return a text in composed lower-case form, without invisible characters."""
    visible = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFKC", visible).casefold()


def runs_of(words: Sequence[Word]) -> Iterator[Run]:
    """Yield every run of RUN_WORDS consecutive words."""
    texts = [word.text for word in words]
    return zip(*(texts[start:] for start in range(RUN_WORDS)), strict=False)


def read_articles(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each article below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".txt":
            yield path.stem, path.read_text("utf-8")
        elif path.name.endswith((".jsonl", ".jsonl.gz")):
            data = path.read_bytes()
            lines = gzip.decompress(data) if path.suffix == ".gz" else data
            for line in lines.decode("utf-8").splitlines():
                item = json.loads(line)
                yield str(item["id"]), item["text"]


def repository_files(repository: Path) -> list[Path]:
    """Return the files that git does not ignore, or all files if there is no git repository."""
    if not (repository / ".git").exists():
        return sorted(path for path in repository.rglob("*") if path.is_file())
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    paths = [repository / name for name in sorted(listed.stdout.decode().split("\0")) if name]
    return [path for path in paths if path.is_file()]


def file_words(path: Path) -> list[Word]:
    """Return the words of a file, or none if it is not UTF-8 text."""
    try:
        return words_of(path.read_text("utf-8"))
    except UnicodeDecodeError:
        return []


def shared_runs(
    words: Sequence[Word], path: Path, articles: dict[Run, str], allowed: set[Run]
) -> Iterator[SharedRun]:
    """Yield the longest runs of a file's words that are in an article and not allowed."""
    start = end = 0
    article = ""
    for place, run in enumerate(runs_of(words)):
        if run not in articles or run in allowed:
            continue
        if place >= end or articles[run] != article:
            if end:
                yield _shared_run(words[start:end], path, article)
            start, article = place, articles[run]
        end = place + RUN_WORDS
    if end:
        yield _shared_run(words[start:end], path, article)


def _shared_run(words: Sequence[Word], path: Path, article: str) -> SharedRun:
    return SharedRun(path, words[0].line, article, tuple(word.text for word in words))


def find_foreign_runs(
    folders: Iterable[Path], repository: Path, files: Iterable[Path] | None = None
) -> list[SharedRun]:
    """Return the runs that files of a repository share with articles below ``folders``.

    Runs of the seeds are left out, even if an article is a copy of a seed.
    """
    allowed = {run for phrase in STOCK_PHRASES for run in runs_of(words_of(phrase))} | {
        run
        for path in (repository / "seeds").glob("*.txt")
        for run in runs_of(words_of(path.read_text("utf-8")))
    }
    wanted = {}
    for path in repository_files(repository) if files is None else files:
        wanted[path] = file_words(path)
    in_repository = {run for words in wanted.values() for run in runs_of(words)} - allowed
    # Only runs of the repository are kept, since a corpus has millions of others.
    articles: dict[Run, str] = {}
    for folder in folders:
        for name, text in read_articles(folder):
            for run in runs_of(words_of(text)):
                if run in in_repository:
                    articles.setdefault(run, name)
    return [
        shared
        for path, words in wanted.items()
        for shared in shared_runs(words, path.relative_to(repository), articles, allowed)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the runs and return 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "folders", metavar="FOLDER", nargs="+", type=Path, help="a folder with articles"
    )
    parser.add_argument(
        "--repository", type=Path, default=REPOSITORY, help="default: this repository"
    )
    options = parser.parse_args(arguments)
    for folder in options.folders:
        if not folder.is_dir() or not any(True for _ in read_articles(folder)):
            parser.error(f"{folder} has no articles (.txt, .jsonl or .jsonl.gz)")
    found = find_foreign_runs(options.folders, options.repository.resolve())
    for shared in found:
        print(shared)
    print(f"{len(found)} run(s) of at least {RUN_WORDS} words", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
