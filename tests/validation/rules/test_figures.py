"""Verdicts on figures."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.roles import Figure
from antq_llm.validation.rules.figures import check_figure
from antq_llm.validation.rules.rule_plan import Value
from helpers.verdicts import figure_verdicts

CONTRADICTED, CANNOT_TELL = "contradicted", "cannot_tell"
VILLAGE = "Xã Tân Lâm có 48 hộ ký cam kết. Công an xã đã xử lý 17 vụ."


@pytest.mark.parametrize(
    ("text", "value", "quote", "expected"),
    [
        (VILLAGE, 48, "có 48 hộ ký cam kết", {}),
        (VILLAGE, 49, "có 48 hộ ký cam kết", {"value": CONTRADICTED}),
        (VILLAGE, 480, "có 48 hộ ký cam kết", {"value": CONTRADICTED}),
        # Printed elsewhere.
        (VILLAGE, 17, "có 48 hộ ký cam kết", {"value": CANNOT_TELL}),
        # In words in another sentence.
        (
            "Xã khen anh Lò Văn Mùa và anh Vàng A Tủa. Hai nông dân này đã cứu một bé gái.",
            2,
            "khen anh Lò Văn Mùa và anh Vàng A Tủa",
            {},
        ),
        # Nowhere in words or digits.
        (
            "Xã khen anh Lò Văn Mùa và anh Vàng A Tủa.",
            7,
            "khen anh Lò Văn Mùa và anh Vàng A Tủa",
            {"value": CONTRADICTED},
        ),
        # Amounts without a single value.
        ("Số hộ tăng vài chục so với 12 hộ.", 30, "vài chục so với 12 hộ", {"value": CANNOT_TELL}),
        # The lower bound of a range below zero.
        ("Nhiệt độ từ -5 đến 3 độ.", -5, "từ -5 đến 3 độ", {}),
        # A sign that may be a dash.
        ("-5% số vụ so với năm ngoái.", 5, "-5% số vụ", {"value": CANNOT_TELL}),
        # A stray space in a number.
        ("Thu hồi 3, 415 tỷ đồng.", 3415000000, "Thu hồi 3, 415 tỷ đồng", {}),
    ],
)
def test_values(text: str, value: float, quote: str, expected: dict[str, str]) -> None:
    """A value is contradicted only if it is printed nowhere and its quote is understood."""
    assert figure_verdicts(text, value, quote) == expected


@pytest.mark.parametrize(
    ("text", "quote", "comparator", "expected"),
    [
        ("Xã có hơn 48 hộ.", "hơn 48 hộ", "=", {"comparator": CONTRADICTED}),
        ("Xã có hơn 48 hộ.", "hơn 48 hộ", ">", {}),
        ("Có hơn 48 hộ, đúng 48 hộ đã ký.", "hơn 48 hộ, đúng 48 hộ", ">", {}),
        ("Có hơn 48 hộ, đúng 48 hộ đã ký.", "hơn 48 hộ, đúng 48 hộ", "=", {}),
        (
            "Có hơn 48 hộ, đúng 48 hộ đã ký.",
            "hơn 48 hộ, đúng 48 hộ",
            "<",
            {"comparator": CONTRADICTED},
        ),
        # The same figure is printed elsewhere with this comparator.
        ("Xã có hơn 48 hộ. Tất cả 48 hộ đã ký.", "hơn 48 hộ", "=", {"comparator": CANNOT_TELL}),
        # Another figure does not count.
        ("Xã có hơn 48 hộ và 48 con trâu.", "hơn 48 hộ", "=", {"comparator": CONTRADICTED}),
    ],
)
def test_comparators(text: str, quote: str, comparator: str, expected: dict[str, str]) -> None:
    """A wrong comparator is contradicted unless the same figure is printed with it elsewhere."""
    assert figure_verdicts(text, 48, quote, comparator=comparator) == expected


@pytest.mark.parametrize(
    ("total", "expected"),
    [(52, {}), (53, CONTRADICTED), (None, CONTRADICTED), (31, CANNOT_TELL)],
)
def test_totals(total: int | None, expected: Any) -> None:
    """A total is contradicted if it is missing, or if the article prints it nowhere."""
    text = "Có 48/52 thôn lập tổ tự quản. Có 31 thôn được khen."
    found = figure_verdicts(text, 48, "48/52 thôn lập tổ tự quản", total=total)
    assert found == ({"total": expected} if expected else {})


def verdicts_on(mention: Mention, text: str, **given: Any) -> list[tuple[str, str]]:
    """Return the key and verdict of each finding about a figure with a single mention."""
    analyzed = AnalyzedArticle(text, "vi")
    analyzed.__dict__["mentions"] = [mention]
    holder = {"value": 70, "comparator": "=", "total": None, **given}
    figure = Value("/items/0/value", holder["value"], holder)
    role = Figure(comparator="comparator", total="total")
    return [
        (fault.pointer.rpartition("/")[2], verdict)
        for fault, verdict in check_figure(figure, role, (0, len(text)), analyzed, is_quoted=True)
    ]


@pytest.mark.parametrize(
    ("text", "value", "comparator", "expected"),
    [
        ("70 - 80%", 70, ">=", []),
        ("70 - 80%", 80, "<=", []),
        ("70 - 80%", 70, "<=", [("comparator", CONTRADICTED)]),
        ("70 - 80%", 80, "=", [("comparator", CONTRADICTED)]),
        ("70 - 80%", 75, "=", [("value", CONTRADICTED)]),
        # In words, it may be a change from one figure to another.
        ("70 đến 80 vụ", 80, "=", []),
        ("70 đến 80 vụ", 80, ">", [("comparator", CONTRADICTED)]),
    ],
)
def test_either_bound_of_a_range_is_its_value(
    text: str, value: int, comparator: str, expected: list[tuple[str, str]]
) -> None:
    """The lower bound of a range has ``>=``, and the upper bound has ``<=``."""
    mention = Mention("number", 0, len(text), text, 70, upper=80)
    assert verdicts_on(mention, text, value=value, comparator=comparator) == expected


@pytest.mark.parametrize(
    ("given", "key"), [({"value": 71}, "value"), ({"comparator": ">"}, "comparator")]
)
def test_a_reading_that_is_not_certain_contradicts_nothing(given: dict[str, Any], key: str) -> None:
    """If the reading of the quote is not certain, the verdict is ``cannot_tell``."""
    mention = Mention("number", 0, 5, "70 hộ", 70, is_certain=False)
    assert verdicts_on(mention, "70 hộ", **given) == [(key, CANNOT_TELL)]


def test_the_message_about_a_bound_names_its_comparator() -> None:
    """The fault about a bound of a range gives the comparator to write."""
    text = "70 - 80% số hộ"
    mention = Mention("number", 0, 8, "70 - 80%", 70, upper=80)
    analyzed = AnalyzedArticle(text, "vi")
    analyzed.__dict__["mentions"] = [mention]
    figure = Value("/items/0/value", 80, {"value": 80, "comparator": "="})
    role = Figure(comparator="comparator")
    [(fault, _)] = check_figure(figure, role, (0, len(text)), analyzed, is_quoted=True)
    assert fault.message == "the article has 70 - 80%: the comparator is <="


@pytest.mark.parametrize("certain", [(True, True), (True, False), (False, True), (False, False)])
def test_all_readings_must_be_certain(certain: tuple[bool, bool]) -> None:
    """A comparator is contradicted only if all readings with the value are certain."""
    text = "70 hộ và 70 hộ"
    analyzed = AnalyzedArticle(text, "vi")
    analyzed.__dict__["mentions"] = [
        Mention("number", start, start + 2, "70", 70, is_certain=is_certain)
        for start, is_certain in zip((0, 9), certain, strict=True)
    ]
    figure = Value("/items/0/value", 70, {"value": 70, "comparator": ">"})
    role = Figure(comparator="comparator")
    [(_, verdict)] = check_figure(figure, role, (0, len(text)), analyzed, is_quoted=True)
    assert verdict == (CONTRADICTED if all(certain) else CANNOT_TELL)
