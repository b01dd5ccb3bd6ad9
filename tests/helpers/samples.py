"""An invented article with its record data, and a client that answers by article id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from antq_llm.clients.completion import Completion, Usage
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError
from antq_llm.prompts.messages import Message
from antq_llm.records.result import Extraction
from antq_llm.schemas.base import Schema

ARTICLE = """Báo Lâm Đồng

Xã Tân Lâm ra mắt mô hình mới

30/09/2021 07:45

Sáng 30/9/2021, UBND xã Tân Lâm tổ chức lễ ra mắt mô hình “Cổng trường bình yên”.

Thiếu tá Phạm Quốc Bình, Trưởng Công an xã Tân Lâm, đề nghị các thôn giữ vững nền nếp.

Bà Lò Thị Mai, Bí thư Đảng ủy xã, hứa sẽ dành thêm kinh phí.

Đến nay, 48/52 thôn đã lập tổ tự quản theo Kế hoạch số 15/KH-UBND.

Chủ tịch UBND huyện tặng giấy khen cho 6 tập thể.

Thu Hà
"""

ABSENT = "Một đoạn văn hoàn toàn khác mà tờ báo chưa hề in"
"""A quote that does not appear in the article."""


def report(**fields: Any) -> dict[str, Any]:
    """Return the data of a valid, empty report with some fields replaced."""
    lists: dict[str, Any] = {
        name: []
        for name in (
            "events",
            "people",
            "statements",
            "indicators",
            "community_models",
            "awards",
            "documents",
        )
    }
    return {
        "relevance": "movement",
        "headline": None,
        "publisher": None,
        "byline": [],
        "published": None,
        **lists,
        **fields,
    }


def person(
    name: str = "Phạm Quốc Bình", quote: str = "Thiếu tá Phạm Quốc Bình, Trưởng Công an xã Tân Lâm"
) -> dict[str, Any]:
    """Return the data of a person in the article."""
    return {"name": name, "rank": None, "positions": [], "roles": ["speaker"], "quote": quote}


def statement(
    speaker: str = "Phạm Quốc Bình", quote: str = "đề nghị các thôn giữ vững nền nếp."
) -> dict[str, Any]:
    """Return the data of a statement in the article."""
    return {"speaker": speaker, "kind": "directive", "quote": quote}


def full_report() -> dict[str, Any]:
    """Return the data of a report with one item of each kind and verbatim quotes."""
    return report(
        headline="Xã Tân Lâm ra mắt mô hình mới",
        publisher="Báo Lâm Đồng",
        byline=["Thu Hà"],
        published={"date": "2021-09-30", "time": "07:45", "quote": "30/09/2021 07:45"},
        events=[
            {
                "kind": "launch",
                "name": "lễ ra mắt mô hình “Cổng trường bình yên”",
                "date": "2021-09-30",
                "session": "morning",
                "place": {"province": None, "district": None, "commune": "Tân Lâm", "venue": None},
                "level": "commune",
                "organizers": ["UBND xã Tân Lâm"],
                "review_period": None,
                "quote": "Sáng 30/9/2021, UBND xã Tân Lâm tổ chức lễ ra mắt",
            }
        ],
        people=[person()],
        statements=[statement()],
        indicators=[
            {
                "label": "thôn đã lập tổ tự quản",
                "value": 48,
                "comparator": "=",
                "unit": "thôn",
                "total": 52,
                "scope": "xã Tân Lâm",
                "period": None,
                "quote": "48/52 thôn đã lập tổ tự quản",
            }
        ],
        community_models=[
            {
                "name": "Cổng trường bình yên",
                "place": None,
                "started": None,
                "quote": "mô hình “Cổng trường bình yên”",
            }
        ],
        awards=[
            {
                "form": "giấy khen",
                "conferred_by": ["Chủ tịch UBND huyện"],
                "recipients": "collective",
                "count": 6,
                "comparator": "=",
                "names": [],
                "quote": "giấy khen cho 6 tập thể",
            }
        ],
        documents=[
            {
                "kind": "plan",
                "number": "15/KH-UBND",
                "title": None,
                "issued": None,
                "issuers": [],
                "period": None,
                "quote": "Kế hoạch số 15/KH-UBND",
            },
        ],
    )


def answer(data: Any) -> str:
    """Return data as the JSON text of an answer."""
    return json.dumps(data, ensure_ascii=False)


def data_of(extraction: Extraction[Any]) -> Any:
    """Return the data of an extraction's record."""
    return extraction.schema.dump(extraction.record)


def messages_of(extraction: Extraction[Any], kind: str = "samples") -> list[str]:
    """Return the messages of the warnings of a kind."""
    return [warning.message for warning in extraction.warnings if warning.kind == kind]


class Note(BaseModel):
    """A small record for tests in which the schema does not matter."""

    subject: str


def completion(text: str = '{"subject": "x"}', **fields: Any) -> Completion:
    """Return a completion with token counts and a cost."""
    values: dict[str, Any] = {
        "finish_reason": "stop",
        "usage": Usage(input_tokens=100, output_tokens=20, cached_tokens=0),
        "cost_usd": 0.5,
        **fields,
    }
    return Completion(text=text, **values)


def request(schema: Schema[Any], **fields: Any) -> Request:
    """Return a request with some fields replaced."""
    values: dict[str, Any] = {
        "model": "model-a",
        "messages": (Message("system", "Trích xuất."), Message("user", "Bài báo.")),
        "article_id": "a",
        "article_digest": "a" * 64,
        "prompt": "note@1",
        "prompt_digest": "b" * 64,
        **fields,
    }
    return Request(schema=schema, **values)


class ByArticle:
    """A client that answers by article id and records the id of each request in ``asked``."""

    def __init__(self, answers: Mapping[str, str | Completion | AntqError]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request.article_id)
        scripted = self._answers[request.article_id]
        if isinstance(scripted, AntqError):
            raise scripted
        return scripted if isinstance(scripted, Completion) else completion(scripted)

    async def aclose(self) -> None:
        return None
