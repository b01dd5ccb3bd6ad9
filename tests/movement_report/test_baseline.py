"""The baseline without a model: what its rules read in sentences of the genre, and that any text gives a record."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.articles.article import Article
from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.extraction.baseline import extract_by_rules
from antq_llm.movement_report.baseline.report import rules_report
from antq_llm.schemas.registry import load_schema
from antq_llm.text.plain_form import plain_form
from helpers.forms import FORMS, SPELLINGS
from helpers.samples import ARTICLE

REPORT = load_schema("movement_report")
HEADLINE = "Lan tỏa phong trào toàn dân bảo vệ an ninh Tổ quốc ở cơ sở"
FRAGMENTS = (
    "phong trào toàn dân bảo vệ an ninh Tổ quốc Sáng 12/9 Ngày 3.4.2020, tổ chức hội nghị tổng kết tặng bằng khen giấy khen cho 15 tập thể và 30 cá nhân "
    "Đại tá Lò Văn Bình, Giám đốc Công an tỉnh khẳng định, ông bà đồng chí mô hình “Cổng trường bình yên” ; Kế hoạch số 15/KH-UBND ngày 1/2/2019 giai đoạn "
    "2016-2020 48/52 thôn 95% hộ 1,2 tỷ đồng hơn Theo Ảnh: - – ( ) . , : \n \n\n \u00a0 TTXVN 07:45 | nhiều của về giữa với"
)


def read(*sentences: str) -> dict[str, Any]:
    """Return what the rules read in an article of some sentences, each a paragraph."""
    return rules_report("\n\n".join((HEADLINE, *sentences)))


def fields(items: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return some fields of each item."""
    return [tuple(item[name] for name in names) for item in items]


def test_rank_name_and_office_are_a_person() -> None:
    """A rank, a name and offices after a comma give one person with each office, whatever stands in front."""
    report = read(
        "Tham dự hội nghị có Thiếu tá Phạm Quốc Bình, Ủy viên Ban Thường vụ, Trưởng Công an huyện Di Linh; lãnh đạo các phòng."
    )
    assert fields(report["people"], "name", "rank", "positions", "roles") == [
        (
            "Phạm Quốc Bình",
            "Thiếu tá",
            ["Ủy viên Ban Thường vụ", "Trưởng Công an huyện Di Linh"],
            ["attendee"],
        )
    ]


def test_office_before_a_name_is_a_person() -> None:
    """An office that a name follows gives the person, though the office ends with a place of capitalised words."""
    report = read("Phó Chủ tịch UBND huyện Di Linh Trần Thị Mai chủ trì hội nghị.")
    assert fields(report["people"], "name", "rank", "positions") == [
        ("Trần Thị Mai", None, ["Phó Chủ tịch UBND huyện Di Linh"])
    ]


def test_private_person_is_none() -> None:
    """A person without rank or office who says nothing is left out."""
    assert read("Gia đình ông Lò Văn Tám ở thôn 4 đã hiến đất làm đường.")["people"] == []


def test_statement_follows_its_attribution() -> None:
    """What follows a word of attribution is a statement without that word, its speaker found again by the given name."""
    report = read(
        "Bà Lò Thị Mai, Bí thư Đảng ủy xã, cho biết, phong trào đã đi vào chiều sâu và được người dân hưởng ứng.",
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


def test_event_sentence_gives_who_when_what_and_where() -> None:
    """A sentence with a day, an organiser and what was held is an event; the stamp settles its year."""
    report = rules_report(
        f"{HEADLINE}\n\n15/09/2021 07:45\n\nSáng 12/9, UBND xã Tân Lâm tổ chức lễ ra mắt mô hình “Cổng trường bình yên”."
    )
    assert report["published"] == {
        "date": "2021-09-15",
        "time": "07:45",
        "quote": "15/09/2021 07:45",
    }
    assert fields(report["events"], "kind", "date", "session", "level", "organizers") == [
        ("launch", "2021-09-12", "morning", "commune", ["UBND xã Tân Lâm"])
    ]
    assert report["events"][0]["place"] == {
        "province": None,
        "district": None,
        "commune": "Tân Lâm",
        "venue": None,
    }


def test_year_of_an_event_is_not_guessed() -> None:
    """Without a publication stamp a day without a year stays so."""
    report = read("Ngày 12/9, Công an huyện Di Linh tổ chức hội nghị sơ kết phong trào năm 2020.")
    assert fields(report["events"], "kind", "date", "level", "review_period") == [
        ("interim_review", "XXXX-09-12", "district", "2020")
    ]


def test_figure_has_unit_label_and_total() -> None:
    """A figure gives its value, its counted noun and the words of its clause; durations and document numbers are none."""
    report = read(
        "Sau 05 năm thực hiện Kế hoạch số 15/KH-UBND, đã có 48/52 thôn lập tổ tự quản; trên 95% hộ gia đình ký cam kết."
    )
    assert fields(report["indicators"], "value", "total", "comparator", "unit", "label") == [
        (48, 52, "=", "thôn", "thôn lập tổ tự quản"),
        (95, None, ">", "%", "hộ gia đình ký cam kết"),
    ]


def test_awards_are_told_apart_by_recipient() -> None:
    """Two figures give two awards with their giver, one figure for both kinds one mixed award, and none is an indicator."""
    report = read("Dịp này, 6 tập thể và 12 cá nhân đã được Chủ tịch UBND huyện tặng giấy khen.")
    assert fields(report["awards"], "form", "recipients", "count", "conferred_by") == [
        ("giấy khen", "collective", 6, ["Chủ tịch UBND huyện"]),
        ("giấy khen", "individual", 12, ["Chủ tịch UBND huyện"]),
    ]
    assert report["indicators"] == []
    mixed = read("Hội nghị đã khen thưởng hơn 120 tập thể, cá nhân.")
    assert fields(mixed["awards"], "form", "recipients", "count", "comparator") == [
        (None, "mixed", 120, ">")
    ]


def test_quoted_names_after_mo_hinh_are_models() -> None:
    """Names in quotation marks after ``mô hình`` are schemes, and so are those the list goes on with; a campaign is none."""
    report = read(
        "Xã có nhiều mô hình như: “Cổng trường bình yên”; “Tiếng trống an toàn”. Xã cũng hưởng ứng cuộc vận động “Ngày vì người nghèo”."
    )
    assert fields(report["community_models"], "name") == [
        ("Cổng trường bình yên",),
        ("Tiếng trống an toàn",),
    ]


def test_documents_need_a_number_or_a_title() -> None:
    """A numbered document is one with its day, giver and subject; a generic mention is none."""
    report = read(
        "Xã triển khai Chỉ thị số 12-CT/HU, ngày 3/4/2019 của Huyện ủy Di Linh về tăng cường công tác dân vận. Xã cũng lập kế hoạch năm 2020."
    )
    assert fields(report["documents"], "kind", "number", "issued", "issuers") == [
        ("directive", "12-CT/HU", "2019-04-03", ["Huyện ủy Di Linh"])
    ]


def test_dateline_and_signature_name_the_press() -> None:
    """The agency of a dateline is the publisher; the short line at the end and the name after ``Ảnh:`` are the byline."""
    report = read(
        "TTXVN - Ngày 12/9, huyện Di Linh tổ chức hội nghị. (Ảnh: Lê Minh)",
        "Hội nghị kết thúc.",
        "Thu Hà",
    )
    assert (report["publisher"], report["byline"], report["headline"]) == (
        "TTXVN",
        ["Lê Minh", "Thu Hà"],
        HEADLINE,
    )


@pytest.mark.parametrize(
    ("text", "relevance"),
    [
        (HEADLINE, "movement"),
        (
            "Công an huyện triển khai công tác bảo đảm an ninh trật tự.\nCảnh sát tuyên truyền về phòng cháy, tội phạm và ma túy.",
            "related",
        ),
        ("Giá cà phê hôm nay tăng nhẹ ở các tỉnh Tây Nguyên.", "unrelated"),
        ("Breaking news: 3 people were arrested in the city, police said.", "unrelated"),
    ],
)
def test_relevance_is_read_from_what_is_named(text: str, relevance: str) -> None:
    """The movement in the head makes an article one on it, public security alone a related one, neither an unrelated one."""
    assert rules_report(text)["relevance"] == relevance


def test_seeds_give_valid_records_with_quotes_that_stand_there(seeds: list[Path]) -> None:
    """Each packaged article gives a valid record about the movement, with people, in which every quote is the article's text at its span."""
    for path in seeds:
        result = extract_by_rules(Article(path.read_bytes().decode(), path.stem), REPORT)
        items = dict(items_with_quotes(REPORT.dump(result.record)))
        assert result.record.relevance == "movement"
        assert result.record.people
        assert len(result.evidence) == len(items)
        assert [result.article.text[one.start : one.end] for one in result.evidence] == [
            item["quote"] for item in items.values()
        ]


@pytest.mark.parametrize("form", SPELLINGS)
def test_rules_read_the_same_record_in_every_spelling(seeds: list[Path], form: str) -> None:
    """Of an article in another spelling the rules make the same record, with quotes as it spells them."""
    for path in seeds:
        text = path.read_bytes().decode()
        records = []
        for spelled in (text, FORMS[form](text)):
            result = extract_by_rules(Article(spelled, path.stem), REPORT)
            records.append(REPORT.dump(result.record))
            assert len(result.evidence) == len(list(items_with_quotes(records[-1])))
            for _, item in items_with_quotes(records[-1]):
                assert item["quote"] in spelled
                item["quote"] = plain_form(item["quote"]).text
        assert records[0] == records[1]


def test_extraction_says_that_no_model_made_it() -> None:
    """The extraction names the rules as its model, has no prompt and no attempts, cost nothing, and warns what it is first."""
    line = extract_by_rules(Article(ARTICLE, "a"), REPORT).as_line()
    assert (
        line["model"],
        line["prompt"],
        line["prompt_sha256"],
        line["attempts"],
        line["cost_usd"],
        line["replayed"],
    ) == ("rules", None, None, 0, 0, True)
    assert line["usage"] == {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0}
    assert line["warnings"][0]["kind"] == "baseline"


def test_same_text_gives_the_same_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading twice gives the same bytes, and opens no socket."""
    monkeypatch.setattr(socket, "socket", None)
    first, second = (
        json.dumps(extract_by_rules(Article(ARTICLE, "a"), REPORT).as_line()) for _ in range(2)
    )
    assert first == second


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS.split(" ")) | st.text(max_size=8), max_size=120))
def test_any_text_gives_a_valid_record(words: list[str]) -> None:
    """Whatever the text, there is a valid record whose quotes stand in it, and an extraction where there is a text at all."""
    text = " ".join(words).encode(errors="ignore").decode()
    report = rules_report(text)
    REPORT.read_data(report)
    assert all(item["quote"] in text for _, item in items_with_quotes(report))
    if text.strip():
        assert extract_by_rules(Article(text, "a"), REPORT).record is not None
