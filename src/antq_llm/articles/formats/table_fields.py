"""The fields of a table of articles, as named by the caller or guessed from their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from antq_llm.articles.metadata import ArticleMetadata, metadata_text, publication_time
from antq_llm.articles.reading_options import ReadingOptions

_TEXT = (
    *("text", "content", "body", "article", "article_text", "article_body", "full_text"),
    *("main_text", "maintext", "text_content", "content_text", "plain_text", "noi_dung"),
    *("noidung", "noi_dung_bai_viet", "toan_van", "van_ban", "bai_viet"),
)
_ID = ("id", "article_id", "doc_id", "document_id", "uuid", "guid", "ma_bai", "ma_bai_viet", "ma")
_TITLE = ("title", "headline", "heading", "tieu_de", "tieude", "ten_bai", "ten_bai_viet")
_DATE = (
    *("published_at", "published", "date_published", "published_date", "published_time"),
    *("published_on", "publish_date", "publish_time", "publication_date", "pub_date", "pubdate"),
    *("date_publish", "date", "ngay_dang", "ngay_xuat_ban", "thoi_gian_dang", "ngay"),
)
_SITE = (
    *("site", "site_name", "source", "source_name", "publisher", "outlet", "newspaper"),
    *("nguon", "bao", "to_bao", "co_quan_bao_chi"),
)
_AUTHOR = ("author", "authors", "byline", "tac_gia", "nguoi_viet", "phong_vien")
_URL = ("url", "link", "permalink", "canonical_url", "article_url", "source_url", "duong_dan")

_READ = frozenset((*_TEXT, *_ID, *_TITLE, *_DATE, *_SITE, *_AUTHOR, *_URL))

_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class TableFields:
    """The names of a table's fields for text, id and metadata; None for each missing field."""

    text: str | None = None
    id: str | None = None
    title: str | None = None
    published: str | None = None
    site: str | None = None
    author: str | None = None
    url: str | None = None
    kept: tuple[str, ...] = ()

    def metadata_of(self, row: Mapping[str, Any]) -> ArticleMetadata | None:
        """Return the metadata of a row; None if it has none."""

        def text(name: str | None) -> str | None:
            return None if name is None else metadata_text(row.get(name))

        metadata = ArticleMetadata(
            title=text(self.title),
            published=None if self.published is None else publication_time(row.get(self.published)),
            site=text(self.site),
            author=text(self.author),
            url=text(self.url),
            kept={
                name: row[name]
                for name in self.kept
                if row.get(name) is not None and not self._is_standard(name)
            },
        )
        return metadata or None

    def described(self) -> str:
        """Return the fields in readable form, such as ``text=content, title=headline``."""
        names = ("text", "id", "title", "published", "site", "author", "url")
        used = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]
        return ", ".join(used + ([f"kept={'+'.join(self.kept)}"] if self.kept else []))

    def unused(self, names: Iterable[str]) -> list[str]:
        """Return the given field names that are not used."""
        used = {
            *(self.text, self.id, self.title, self.published, self.site, self.author, self.url),
            *self.kept,
        }
        return [name for name in names if name not in used]

    def _is_standard(self, name: str) -> bool:
        return getattr(self, name, None) == name


def choose_fields(texts: Mapping[str, int], options: ReadingOptions) -> TableFields:
    """Choose the fields to read from a table.

    ``texts`` gives, for each field, the number of rows that have text in it. Fields named in the
    options are used if the table has them; fields that are not named there are guessed from the
    field names of the table. If several fields may hold the article's text, the field with text in
    the most rows is chosen.
    """
    names = {_folded(name): name for name in reversed(list(texts))}

    def guess(candidates: tuple[str, ...]) -> str | None:
        return next((names[name] for name in candidates if name in names), None)

    def named(option: str | None, candidates: tuple[str, ...]) -> str | None:
        if option is not None:
            return option if option in texts else None
        return guess(candidates)

    found = [names[name] for name in _TEXT if name in names]
    text = options.text_field if options.text_field in texts else None
    if options.text_field is None and found:
        text = max(found, key=lambda name: texts[name])
    id_field = named(options.id_field, _ID)
    if not options.uses_metadata:
        return TableFields(text, id_field)
    return TableFields(
        text=text,
        id=id_field,
        title=named(options.title_field, _TITLE),
        published=named(options.date_field, _DATE),
        site=guess(_SITE),
        author=guess(_AUTHOR),
        url=guess(_URL),
        kept=tuple(name for name in options.keep if name in texts),
    )


def is_text_field(name: str, options: ReadingOptions) -> bool:
    """Return whether a field may hold the text of an article."""
    return name == options.text_field if options.text_field is not None else _folded(name) in _TEXT


def is_id_field(name: str, options: ReadingOptions) -> bool:
    """Return whether a field may hold article ids."""
    return name == options.id_field if options.id_field is not None else _folded(name) in _ID


def is_read(name: str, options: ReadingOptions) -> bool:
    """Return whether to read a field: it must be named in the options or have a known name."""
    return name in options.named_fields() or _folded(name) in _READ


@lru_cache(4096)
def _folded(name: str) -> str:
    """Return a name in lower case without diacritics, with its words joined by underscores."""
    separated = _CAMEL_CASE.sub("_", name).casefold().replace("đ", "d")
    letters = unicodedata.normalize("NFD", separated)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NO_WORD.sub("_", plain).strip("_")
