"""Indicators that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_figure_has_unit_label_and_total() -> None:
    """A figure gives an indicator with a unit and a label; durations and plan numbers give none."""
    report = read(
        "Sau 05 năm thực hiện Kế hoạch số 15/KH-UBND, đã có 48/52 thôn lập tổ tự quản; "
        "trên 95% hộ gia đình ký cam kết."
    )
    assert fields(report["indicators"], "value", "total", "comparator", "unit", "label") == [
        (48, 52, "=", "thôn", "thôn lập tổ tự quản"),
        (95, None, ">", "%", "hộ gia đình ký cam kết"),
    ]
