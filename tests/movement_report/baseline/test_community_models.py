"""Community models that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_quoted_names_after_mo_hinh_are_models() -> None:
    """Quoted names after ``mô hình``, including those in lists, are models; a campaign is not."""
    report = read(
        "Xã có nhiều mô hình như: “Cổng trường bình yên”; “Tiếng trống an toàn”. "
        "Xã cũng hưởng ứng cuộc vận động “Ngày vì người nghèo”."
    )
    assert fields(report["community_models"], "name") == [
        ("Cổng trường bình yên",),
        ("Tiếng trống an toàn",),
    ]
