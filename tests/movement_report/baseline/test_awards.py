"""Awards that the rules baseline reads."""

from __future__ import annotations

from helpers.rules import fields, read


def test_figures_of_two_kinds_of_recipients_are_two_awards() -> None:
    """Figures for two kinds of recipients give two awards with their giver, but no indicator."""
    report = read("Dịp này, 6 tập thể và 12 cá nhân đã được Chủ tịch UBND huyện tặng giấy khen.")
    assert fields(report["awards"], "form", "recipients", "count", "conferred_by") == [
        ("giấy khen", "collective", 6, ["Chủ tịch UBND huyện"]),
        ("giấy khen", "individual", 12, ["Chủ tịch UBND huyện"]),
    ]
    assert report["indicators"] == []


def test_one_figure_for_both_kinds_is_a_mixed_award() -> None:
    """One figure for collectives and individuals gives one award, with its comparator."""
    report = read("Hội nghị đã khen thưởng hơn 120 tập thể, cá nhân.")
    assert fields(report["awards"], "form", "recipients", "count", "comparator") == [
        (None, "mixed", 120, ">")
    ]
