"""Articles in the style of the genre, and what the rules baseline reads from them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from antq_llm.movement_report.baseline.report import rules_report

HEADLINE = "Lan tỏa phong trào toàn dân bảo vệ an ninh Tổ quốc ở cơ sở"
_FRAGMENTS = (
    "phong trào toàn dân bảo vệ an ninh Tổ quốc Sáng 12/9 Ngày 3.4.2020, tổ chức hội nghị tổng kết "
    "tặng bằng khen giấy khen cho 15 tập thể và 30 cá nhân "
    "Đại tá Lò Văn Bình, Giám đốc Công an tỉnh khẳng định, ông bà đồng chí mô hình “Cổng trường "
    "bình yên” ; Kế hoạch số 15/KH-UBND ngày 1/2/2019 giai đoạn "
    "2016-2020 48/52 thôn 95% hộ 1,2 tỷ đồng hơn Theo Ảnh: - – ( ) . , : \n \n\n \u00a0 TTXVN "
    "07:45 | nhiều của về giữa với"
)
TEXTS = st.lists(st.sampled_from(_FRAGMENTS.split(" ")) | st.text(max_size=8), max_size=120).map(
    lambda words: " ".join(words).encode(errors="ignore").decode()
)
"""A strategy for texts that mix words that the rules look for with arbitrary characters."""


def read(*paragraphs: str) -> dict[str, Any]:
    """Return the record that the rules make from ``HEADLINE`` followed by some paragraphs."""
    return rules_report("\n\n".join((HEADLINE, *paragraphs)))


def fields(items: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return the values of the named fields of each item."""
    return [tuple(item[name] for name in names) for item in items]
