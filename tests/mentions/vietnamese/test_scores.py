"""Digits in sports news."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "expression", "form"),
    [
        ("thắng với tỷ số 2-1", "2-1", "score"),
        ("Việt Nam 3-0 Lào", "3-0", "score"),
        ("thua 1-4 hôm qua", "1-4", "score"),
        ("gặp Lào: 3-1, rồi về", "3-1", "score"),
        ("đội nhà 2-0 ngay hiệp đầu", "2-0", "score"),
        ("dẫn 40-15 ở game ba", "40-15", "score"),
        ("bị dẫn 15-40 rồi gỡ", "15-40", "score"),
        ("với tỷ số 101-98", "101-98", "score"),
        ("(Minh 74')", "74'", "minute"),
        ("sơ đồ 3-4-3", "3-4-3", "formation"),
        ("lọt vào vòng 1/8, gặp Lào", "1/8", "ordinal"),
        ("vòng 1/16 giải trẻ", "1/16", "ordinal"),
    ],
)
def test_digits_of_sports(text: str, expression: str, form: str) -> None:
    """Scores, minutes, formations and rounds are codes."""
    codes = [mention for mention in read_mentions(text) if mention.kind == "code"]
    assert [(mention.text, mention.form) for mention in codes] == [(expression, form)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("chiều 2-1, đội thắng", "date"),
        ("nâng 15-40 suất", "number"),
        ("giảm 30-40% số vụ", "number"),
        ("trong vòng 15-30 phút", "number"),
    ],
)
def test_what_looks_like_a_score(text: str, kind: str) -> None:
    """Days and ranges are not read as scores."""
    assert {mention.kind for mention in read_mentions(text)} == {kind}


@pytest.mark.parametrize(("goals", "is_score"), [(29, True), (30, True), (31, False)])
def test_a_score_has_at_most_thirty_goals(goals: int, is_score: bool) -> None:
    """Two numbers are read as a score only if neither side has more than thirty goals."""
    forms = {mention.form for mention in read_mentions(f"thắng {goals}-28")}
    assert ("score" in forms) is is_score


@pytest.mark.parametrize(
    ("score", "kind"), [("30-12", "code"), ("31-12", "date"), ("0-31", "number")]
)
def test_the_most_goals(score: str, kind: str) -> None:
    """Without a word such as ``tỷ số``, numbers up to 30 are a score."""
    assert read_mentions(f"đội ấy thắng {score}, rồi mưa")[0].kind == kind
