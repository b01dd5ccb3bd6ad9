"""The language of an article, detected or named, in every kind of extraction."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from antq_llm import Article, Extraction, Options
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.duplicates.record_transfer import ComparedArticle
from antq_llm.extraction.extractor import Extractor
from antq_llm.schemas.roles import Figure

VIETNAMESE = "Đến nay xã Tân Lâm có 1.250 hộ tham gia, lập nhiều tổ tự quản ở các thôn."
ENGLISH = "The bridge was closed for some of the day, and it was said that the road is open. "
CROWD = "Ring Road, Marlow Cross, Upper Thorne, Mill Lane, Port Ellery. " * 20


class Counted(BaseModel):
    """A figure with its quote."""

    value: Annotated[int, Figure()]
    quote: str


class Counts(BaseModel):
    """The figures of an article."""

    figures: list[Counted]


def answer(value: int, quote: str) -> str:
    """Return an answer with one figure."""
    return Counts(figures=[Counted(value=value, quote=quote)]).model_dump_json()


async def extracted(text: str, answers: list[str], **options: Any) -> Extraction[Counts]:
    """Return the extraction of a text, with the answers given in order."""
    extractor = Extractor(
        Counts,
        "Extract the figures.",
        model="m",
        client=ScriptedClient(answers),
        options=Options(max_attempts=1, **options),
    )
    return await extractor.aextract(Article(text, "a"))


@pytest.mark.parametrize("options", [{}, {"samples": 2}, {"escalate": "stronger"}])
@pytest.mark.parametrize(("language", "figures"), [(None, 1), ("vi", 1), ("en", 0)])
async def test_figures_are_read_in_the_notation_of_the_language(
    language: Any, figures: int, options: dict[str, Any]
) -> None:
    """``1.250`` is 1250 in Vietnamese and 1.25 in English, in every kind of extraction."""
    answers = [answer(1250, "1.250 hộ")] * 2
    result = await extracted(VIETNAMESE, answers, language=language, **options)
    assert len(result.record.figures) == figures
    unaccounted = [warning for warning in result.warnings if warning.kind == "unaccounted"]
    assert len(unaccounted) == 1 - figures


async def test_escalation_counts_open_figures_in_the_language_that_is_named() -> None:
    """A figure misread in the wrong language is unaccounted for, so the stronger model is asked."""
    kept = {"escalate": "stronger", "ungrounded": "drop"}
    answers = [answer(1250, "1.250 hộ")] * 2
    assert not (await extracted(VIETNAMESE, answers, **kept)).escalated
    assert (await extracted(VIETNAMESE, answers, language="en", **kept)).escalated


async def test_chunks_have_the_language_of_the_whole_article() -> None:
    """In an English article, a chunk without function words is read as English."""
    text = f"{CROWD}\n\n{ENGLISH * 20}\n\n{CROWD}\nTwo dozen cars."
    whole = await extracted(text, ['{"figures": []}'] * 9, part_characters=1000)
    others = len(whole.attempts) - 1
    assert others > 1
    answers = ['{"figures": []}'] * others + [answer(24, "Two dozen cars")]
    result = await extracted(text, answers, part_characters=1000)
    assert [figure.value for figure in result.record.figures] == [24]


@pytest.mark.parametrize(("language", "code"), [(None, "vi"), ("en", "en")])
def test_compared_articles_are_read_in_the_language_that_is_named(language: Any, code: str) -> None:
    """Compared articles are read in the named language or, if none is named, the detected one."""
    compared = ComparedArticle(Article(VIETNAMESE, "a"), None, language)
    assert compared.analyzed.language.code == code
