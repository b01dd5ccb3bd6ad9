"""An article's metadata in its request, its record and its line of output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antq_llm import Article, ArticleMetadata, Extractor, Failure, Options, ScriptedClient, extract
from antq_llm.errors import CompletionError, ConfigurationError
from helpers.documents import json_lines, write
from helpers.endpoint import Reply, scripted_endpoint
from helpers.samples import answer, report
from helpers.verdicts import event

TEXT = "Ngày 29/11, xã Tân Lâm tổ chức hội nghị tổng kết phong trào."
METADATA = ArticleMetadata(
    "Xã Tân Lâm tổng kết", "2018-11-30T07:00:00+07:00", "Báo X", "Lê An", "https://x.example/1",
    {"muc": "Xã hội"},
)  # fmt: skip
ARTICLE = Article(TEXT, "a", metadata=METADATA)
DATED = answer(report(events=[event("2018-11-29", "xã Tân Lâm tổ chức hội nghị tổng kết")]))


def extractor(*answers: Any, **options: Any) -> tuple[Extractor[Any], ScriptedClient]:
    """Return an extractor with scripted answers, and its client."""
    client = ScriptedClient(answers)
    return Extractor(client=client, model="m", options=Options(**options)), client


def contents(client: ScriptedClient) -> list[str]:
    """Return the content of the last message of each request."""
    return [request.messages[-1].content for request in client.requests]


def test_metadata_is_sent_before_the_article() -> None:
    """Every known field is a line of the header, outside the article's delimiters."""
    asked, client = extractor(DATED)
    asked.extract(ARTICLE)
    [content] = contents(client)
    header, _, article = content.partition("<article ")
    for line in (
        "title: Xã Tân Lâm tổng kết",
        "published: 2018-11-30T07:00:00+07:00",
        "site: Báo X",
        "author: Lê An",
        "url: https://x.example/1",
        "muc: Xã hội",
    ):
        assert f"\n{line}\n" in header
    assert "Báo X" not in article


@pytest.mark.parametrize(
    ("article", "options"),
    [
        (replace(ARTICLE, metadata=None), {}),
        (replace(ARTICLE, metadata=ArticleMetadata()), {}),
        (replace(ARTICLE, derived=True, metadata=ArticleMetadata(title="Tin")), {}),
        (ARTICLE, {"metadata": "ignore"}),
    ],
    ids=["none", "empty", "page", "ignored"],
)
def test_a_request_without_a_header_is_the_same_as_ever(
    article: Article, options: dict[str, Any]
) -> None:
    """The request has no header if the metadata is missing, empty, from the page or ignored."""
    asked, _ = extractor(**options)
    prepared = asked.request(article if not options else replace(article, metadata=None))
    assert prepared.digest == asked.request(Article(TEXT, "a")).digest
    sent, client = extractor(DATED, answer(report()), answer(report()), **options)
    sent.extract(article)
    assert client.requests[0].digest == prepared.digest


@pytest.mark.parametrize("stamp", ["29/11/2018", "Thứ Năm, 29-11-2018, 18:05", "30 tháng 11, 2018"])
def test_a_page_that_prints_its_date_has_no_header(stamp: str) -> None:
    """A publication date is not sent if the page prints it in its own or Vietnam's time zone."""
    metadata = ArticleMetadata(title="Tin", published="2018-11-29T18:05:00+00:00")
    page = replace(ARTICLE, text=f"Tin\n{stamp}\nXã họp.", derived=True, metadata=metadata)
    assert page.header is None


def test_a_page_that_hides_its_date_sends_it() -> None:
    """A date that a page does not print is sent, so the model is not asked again about years."""
    asked, client = extractor(DATED)
    asked.extract(replace(ARTICLE, derived=True))
    [content] = contents(client)
    header, _, _ = content.partition("<article ")
    assert "\npublished: 2018-11-30T07:00:00+07:00\n" in header
    assert "title" not in header


def test_the_publication_date_settles_a_year() -> None:
    """The date in the metadata settles a year, with a warning, and ``published`` stays null."""
    asked, client = extractor(DATED)
    result = asked.extract(ARTICLE)
    assert (len(client.requests), result.record.published) == (1, None)
    assert result.record.events[0].date == "2018-11-29"
    warnings = [one for one in result.warnings if one.kind == "dated_by_metadata"]
    assert [one.pointer for one in warnings] == ["/events/0/date"]


def test_without_metadata_the_same_year_is_asked_again() -> None:
    """Without metadata that settles the year, the model is asked again about the same answer."""
    asked, client = extractor(DATED, answer(report()))
    asked.extract(Article(TEXT, "a"))
    assert len(client.requests) == 2


def test_every_chunk_has_the_header() -> None:
    """If a long article is split, each request has the metadata."""
    text = "\n".join(f"Đoạn {number}: xã họp bàn việc chung." for number in range(60))
    asked, client = extractor(*[answer(report())] * 9, part_characters=1000)
    asked.extract(replace(ARTICLE, text=text))
    assert len(client.requests) > 1
    assert all("title: Xã Tân Lâm tổng kết\n" in content for content in contents(client))


def test_metadata_is_in_the_lines_of_records_and_failures() -> None:
    """A line has the key ``metadata`` after ``source``, but only if the article has metadata."""
    asked, _ = extractor(DATED, DATED)
    line = asked.extract(ARTICLE).as_line()
    assert list(line)[:3] == ["article_id", "source", "metadata"]
    assert line["metadata"] == METADATA.as_json()
    assert "metadata" not in asked.extract(Article(TEXT.replace("29/11", "29/11/2018"))).as_line()


async def test_a_failure_has_the_metadata() -> None:
    """The failure of an article that was read contains its metadata."""
    asked, _ = extractor(CompletionError("down", kind="transport"))
    failure = await asked.outcome(ARTICLE)
    assert isinstance(failure, Failure)
    assert failure.as_line()["metadata"] == METADATA.as_json()


def test_rules_settle_years_by_metadata() -> None:
    """The baseline uses the metadata's date as a stamp if the text prints none."""
    movement = "phong trào toàn dân bảo vệ an ninh Tổ quốc"
    text = (
        f"Xã Tân Lâm tổng kết {movement}\n\n"
        f"Ngày 29/11, xã Tân Lâm tổ chức hội nghị tổng kết {movement}."
    )
    dates = [
        [found.date for found in extract(article, model="rules").record.events]
        for article in (Article(text), Article(text, metadata=METADATA))
    ]
    assert dates == [["XXXX-11-29"], ["2018-11-29"]]


@pytest.mark.parametrize("key", [None, "sk-x"])
def test_rules_need_no_key_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    """``model="rules"`` needs no key, sends nothing even with one, and names no prompt."""
    if key:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    with scripted_endpoint([Reply(answer(report()))]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        result = extract(write(tmp_path / "a.txt", TEXT), model="rules")
    assert server.bodies == []
    assert (result.model, result.prompt, result.attempts) == ("rules", None, ())
    assert result.cost_usd == 0


def test_rules_are_named_by_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """ANTQ_LLM_MODEL=rules selects the baseline in Python too."""
    monkeypatch.setenv("ANTQ_LLM_MODEL", "rules")
    assert extract(TEXT).model == "rules"


def test_rules_refuse_options_that_ask_a_model() -> None:
    """The rules refuse samples, which need a model."""
    with pytest.raises(ConfigurationError, match="the rules give one record"):
        extract(TEXT, model="rules", options=Options(samples=3))


def test_a_file_with_several_articles_is_refused_by_extract(tmp_path: Path) -> None:
    """``extract`` refuses a file with several articles, and the error names the file."""
    path = write(tmp_path / "dump.jsonl", json_lines([{"text": "a"}, {"text": "b"}]))
    with pytest.raises(Exception, match=r"dump\.jsonl has 2 articles, but one is expected"):
        extract(path, model="rules")
