"""Support in the article for a value that a check contradicts."""

from __future__ import annotations

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.registry import load_schema
from antq_llm.validation.rules.support import has_support, path_of
from helpers.samples import full_report

SCHEMA = load_schema("movement_report/1")
TEXT = (
    "Sáng 30/9/2021 lúc 7 giờ 45, UBND xã Tân Lâm ra mắt mô hình “Cổng trường bình yên”. "
    "Giai đoạn 2016-2020, có 48/52 thôn lập tổ tự quản. Thiếu tá Phạm Quốc Bình dự. Hai xã họp. "
    "Quyết định số 1.250 ghi 3,5 ha."
)


@pytest.mark.parametrize(
    ("pointer", "value", "expected"),
    [
        ("/indicators/0/value", 30, True),  # The digits of a date.
        ("/indicators/0/value", 2, True),  # In words.
        ("/indicators/0/value", 480, False),
        ("/indicators/0/value", 3.5, True),
        ("/indicators/0/value", 35, False),  # The digits of 3,5.
        ("/indicators/0/value", 1250, True),  # The number of a document.
        ("/indicators/0/comparator", ">", True),
        ("/indicators/0/total", None, True),
        ("/indicators/0/total", 77, False),
        ("/indicators/0/period", "2016/2021", True),
        ("/indicators/0/period", "2015/2020", False),
        ("/events/0/date", "2016-09-30", True),
        ("/events/0/date", "2015-09-30", False),
        ("/events/0/date", "2016-10-11", False),
        ("/events/0/date", "XXXX-09-30", True),
        ("/published/time", "07:45", True),
        ("/published/time", "07:50", False),
        ("/people/0/name", "Phạm Quốc Bình", True),
        ("/people/0/name", "Bình Quốc Phạm", False),
        ("/community_models/0/name", "bình yên cổng trường", True),
        ("/community_models/0/name", "cổng trường thân thiện", False),
    ],
)
def test_support(pointer: str, value: object, expected: bool) -> None:
    """A value has support if its digits, words or name are in the article."""
    data = full_report()
    *parts, last = pointer.split("/")[1:]
    holder = data
    for part in parts:
        holder = holder[int(part) if part.isdecimal() else part]  # type: ignore[call-overload]
    holder[last] = value
    assert has_support(pointer, data, SCHEMA.roles, AnalyzedArticle(TEXT)) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bình yên Tân Lâm", False),
        ("xã Tân Lâm, cổng trường ra mắt", True),
        ("Cổng trường, tổ tự quản", False),
        ("Họp hai xã", True),
    ],
)
def test_words_of_distant_passages_do_not_support_a_value(name: str, expected: bool) -> None:
    """The words of a value can be in any order, but must be close together in the article."""
    data = full_report()
    data["community_models"][0]["name"] = name
    found = has_support("/community_models/0/name", data, SCHEMA.roles, AnalyzedArticle(TEXT))
    assert found is expected


def test_the_path_of_a_pointer() -> None:
    """The path of a pointer has ``*`` in place of each list index."""
    data = full_report()
    assert path_of("/awards/0/count", data, SCHEMA.roles) == ("awards", "*", "count")
    assert path_of("/headline", data, SCHEMA.roles) == ("headline",)
