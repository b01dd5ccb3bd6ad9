"""Statements that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_statement_follows_its_attribution() -> None:
    """A statement omits the attribution, and its speaker may be named by the given name alone."""
    report = read(
        "Bà Lò Thị Mai, Bí thư Đảng ủy xã, cho biết, phong trào đã đi vào chiều sâu và được "
        "người dân hưởng ứng.",
        "Bà Mai đề nghị các thôn giữ vững nền nếp và thường xuyên tuần tra ban đêm.",
    )
    assert fields(report["statements"], "speaker", "kind", "quote") == [
        ("Lò Thị Mai", "assessment", "phong trào đã đi vào chiều sâu và được người dân hưởng ứng."),
        (
            "Lò Thị Mai",
            "directive",
            "đề nghị các thôn giữ vững nền nếp và thường xuyên tuần tra ban đêm.",
        ),
    ]
