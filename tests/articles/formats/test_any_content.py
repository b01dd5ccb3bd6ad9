"""Reading any file gives articles or documented errors, whatever its content."""

from __future__ import annotations

import gzip
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antq_llm.articles.formats.by_suffix import SUFFIXES
from antq_llm.articles.input_list import list_inputs
from antq_llm.errors import ArticleError, ConfigurationError
from helpers.documents import pdf_file, word_file

PIECES = st.sampled_from(
    [
        *("text", "id", '"', ",", "\n", "\r\n", "{", "}", "[", "]", ":", "null", "1e999", "NaN"),
        *("<p>", "</p>", "<table>", "<tr>", "<td>", "<li>", "<a href=x>", "<script>", "<h1>"),
        *('<script type="application/ld+json">{"@type":"Article"', "</script>", "<!--", "-->"),
        *('<meta property="article:published_time" content="2024-02-30">', "\ud800", "12/3/2024"),
        *('"text":"a"', '{"text":"b"}', '"\\ud800"', "sep=;", "\x00", "Bài báo.", "<?x", "&#0;"),
    ]
)
CONTENTS = st.one_of(
    st.binary(max_size=80),
    st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode(errors="replace")),
)
DOCUMENTS = (pdf_file([["Bài"]]), word_file(["Bài"]))


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("is_compressed", [False, True])
@given(content=CONTENTS)
@example(content=DOCUMENTS[0][:-40])
@example(content=DOCUMENTS[1][:-40])
@settings(max_examples=30, deadline=None)
def test_only_documented_errors_are_raised(
    suffix: str, is_compressed: bool, content: bytes
) -> None:
    """Any content in any format gives articles or raises ArticleError or ConfigurationError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}{'.gz' if is_compressed else ''}"
        path.write_bytes(gzip.compress(content) if is_compressed else content)
        with suppress(ConfigurationError):
            for found in list_inputs([str(path)]):
                with suppress(ArticleError):
                    found.read()


@given(content=CONTENTS)
@settings(max_examples=30, deadline=None)
def test_a_broken_gzip_file_is_a_documented_error(content: bytes) -> None:
    """A ``.gz`` file that is not a complete gzip file raises an ArticleError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt.gz"
        path.write_bytes(b"\x1f\x8b" + content)
        [found] = list_inputs([str(path)])
        with pytest.raises(ArticleError):
            found.read()
