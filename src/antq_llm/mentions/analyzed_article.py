"""The figures, dates, names, ranks and boilerplate that the rules find in an article."""

from __future__ import annotations

from collections.abc import Set
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from antq_llm.evidence.alignment import Aligner
from antq_llm.mentions.language import Language, LanguageCode
from antq_llm.mentions.languages import detect_language, load_language
from antq_llm.mentions.mention import Mention, NameMention
from antq_llm.text.offset_map import OffsetMap
from antq_llm.text.plain_form import PlainForm, plain_form

if TYPE_CHECKING:
    from antq_llm.articles.article import Article

Found = TypeVar("Found", Mention, NameMention)


class AnalyzedArticle:
    """An article and what the rules find in it; each property is computed once, on first use."""

    def __init__(
        self,
        text: str,
        language: LanguageCode | None = None,
        *,
        published: str | None = None,
        form: PlainForm | None = None,
    ) -> None:
        """Prepare a text for reading; its language is detected if not given.

        ``published`` is the publication date from the article's metadata, and ``form`` is the
        text's plain form, if already computed.
        """
        self.text = text
        self.published = published
        self.aligner = Aligner(text)
        self._language_code = language
        self._form = form

    @classmethod
    def of(cls, article: Article, language: LanguageCode | None = None) -> AnalyzedArticle:
        """Prepare an article for reading, with the publication date from its metadata."""
        return cls(article.text, language, published=article.published_day)

    @cached_property
    def language(self) -> Language:
        """The rules for the text's language."""
        return load_language(self._language_code or detect_language(self._plain_form.text))

    @property
    def plain(self) -> AnalyzedArticle:
        """The article in plain form, for which the patterns of the rules are written."""
        return self._of_plain_form or self

    @property
    def positions(self) -> OffsetMap:
        """The position in the text of each character of the plain form."""
        return self._plain_form.positions

    @cached_property
    def _plain_form(self) -> PlainForm:
        return self._form or plain_form(self.text)

    @cached_property
    def _of_plain_form(self) -> AnalyzedArticle | None:
        plain = self._plain_form.text
        if plain == self.text:
            return None
        return AnalyzedArticle(plain, self.language.code, form=PlainForm(plain, OffsetMap()))

    @cached_property
    def mentions(self) -> list[Mention]:
        """All numbers, dates, times and codes, in order."""
        return (
            self._placed(self._of_plain_form.mentions)
            if self._of_plain_form
            else self.language.read_mentions(self.text)
        )

    @cached_property
    def numbers(self) -> list[Mention]:
        """The quantities, in order."""
        return [mention for mention in self.mentions if mention.kind == "number"]

    @cached_property
    def dates(self) -> list[Mention]:
        """The calendar expressions, in order."""
        return [mention for mention in self.mentions if mention.kind == "date"]

    @cached_property
    def possible_dates(self) -> Set[str]:
        """Further dates that the article may state, beyond those in ``dates``."""
        return self.language.possible_dates(self.plain.text)

    @cached_property
    def possible_times(self) -> Set[str]:
        """Further times that the article may state, beyond those in ``mentions``."""
        return self.language.possible_times(self.plain.text)

    @cached_property
    def names(self) -> list[NameMention]:
        """The names after a rank and those in quotation marks, in order."""
        return (
            self._placed(self._of_plain_form.names)
            if self._of_plain_form
            else self.language.read_names(self.text)
        )

    @cached_property
    def ranks(self) -> dict[str, set[str]]:
        """The ranks that precede each name, in lower case."""
        ranks: dict[str, set[str]] = {}
        for mention in self.names:
            if mention.rank:
                ranks.setdefault(mention.name, set()).add(mention.rank.lower())
        return ranks

    @cached_property
    def boilerplate_start(self) -> int:
        """The start of the links to other stories, or the end of the text if there are no links.

        The links begin with a line that announces them, in the second half of the text.
        """
        if self._of_plain_form:
            return self.positions.start_of(self._of_plain_form.boilerplate_start)
        line = self.text.find("\n", len(self.text) // 2)
        pattern = self.language.boilerplate
        while line >= 0 and not pattern.match(self.text, line + 1):
            line = self.text.find("\n", line + 1)
        return line + 1 if line >= 0 else len(self.text)

    def plain_text(self, start: int, end: int) -> str:
        """Return the plain form of a stretch of the text."""
        return (
            self.plain.text[start:end]
            if self.positions.is_identity
            else plain_form(self.text[start:end]).text
        )

    def contains(self, value: str) -> bool:
        """Return whether a value appears in the article, in any spelling."""
        return value in self.text or bool(self.aligner.find(value))

    def _placed(self, found: list[Found]) -> list[Found]:
        """Return mentions found in the plain form, with spans in the original text."""
        positions = self.positions
        if positions.is_identity:
            return found
        return [
            mention._replace(
                start=positions.start_of(mention.start), end=positions.end_of(mention.end - 1)
            )
            for mention in found
        ]
