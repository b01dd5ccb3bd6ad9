"""The display of an extraction in a notebook."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from antq_llm import extract
from antq_llm.records.notebook_html import MAX_CHARACTERS, MAX_ROWS, notebook_html
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import schema_from
from helpers.exports import line
from helpers.road_accidents import ARTICLES, GOLD, SCHEMA

ANYTHING: Schema[Any] = schema_from({"type": "object"})


class _Reader(HTMLParser):
    """A parser that collects the tags, the marks and the text outside ``style``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marks: list[dict[str, str | None]] = []
        self.text = ""
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_style = tag == "style"
        if tag == "mark":
            self.marks.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.text += data


def _html(record: Any, text: str = "text", **fields: Any) -> str:
    return notebook_html(line(record=record, **fields), text, ANYTHING)


def test_an_extraction_shows_text_record_and_warnings(seeds: list[Path]) -> None:
    """The output contains the whole text with each quote marked, and lists the warnings."""
    result = extract(seeds[0], offline=True)
    shown = _Reader(result._repr_html_())
    assert result.article.text in shown.text
    marked = {target for mark in shown.marks for target in (mark.get("data-targets") or "").split()}
    assert marked == {evidence.pointer for evidence in result.evidence}
    messages = [warning.message for warning in result.warnings]
    assert messages
    assert [message for message in messages if message not in shown.text] == []


def test_the_repr_is_one_short_line(seeds: list[Path]) -> None:
    """The repr names the article and its schema, and contains none of the text."""
    assert repr(extract(seeds[0], offline=True)) == (
        "<Extraction '000_af974003ddaafd8e' movement_report/1 evidence=14 warnings=1>"
    )


def test_a_schema_of_ones_own_is_shown() -> None:
    """The lists of a custom schema are tables, and the marks of each list have their own colour."""
    text, record = ARTICLES["harbour-bridge"], GOLD["harbour-bridge"]
    evidence = [
        {
            "pointer": f"/{name}/{index}",
            "start": text.index(item["quote"]),
            "end": text.index(item["quote"]) + len(item["quote"]),
            "match": "exact",
        }
        for name in ("accidents", "casualties")
        for index, item in enumerate(record[name])
    ]
    shown = _Reader(notebook_html(line(record=record, evidence=evidence), text, SCHEMA))
    assert f"casualties ({len(record['casualties'])})" in shown.text
    colours = {
        str(mark["data-targets"]).split("/")[1]: mark["class"]
        for mark in shown.marks
        if mark.get("data-targets")
    }
    assert len(set(colours.values())) == len(colours) == 2


@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        ({"orders": [{"quote": "text", "parts": [{"quote": "text"}]}]}, "/orders/0/parts/0"),
        ([{"quote": "text"}], "/0"),
    ],
)
def test_marks_have_the_colour_of_their_innermost_list(record: Any, pointer: str) -> None:
    """A mark has the colour of its innermost list's table, even if the record is a list."""
    evidence = [{"pointer": pointer, "start": 0, "end": 4, "match": "exact"}]
    shown = _Reader(_html(record, evidence=evidence))
    (mark,) = [mark for mark in shown.marks if mark.get("data-targets") == pointer]
    captions = [entry["class"] for entry in shown.marks if "data-targets" not in entry]
    assert mark["class"] == captions[-1]


def test_passages_of_warnings_are_marked() -> None:
    """A passage with a warning is marked, with the warning's message as the title."""
    warnings = [{"kind": "injection", "message": "addresses a model", "start": 0, "end": 4}]
    shown = _Reader(_html({}, warnings=warnings))
    assert shown.marks[0]["class"] == "antq-mark antq-injection"
    assert shown.marks[0]["title"] == "addresses a model"


def test_every_rule_of_style_begins_with_the_class_of_its_output() -> None:
    """The style applies to nothing outside its own output."""
    first, second = _html({"n": 1}), _html({"n": 2})
    names = [re.findall(r"antq-[0-9a-f]{12}", html)[0] for html in (first, second)]
    assert names[0] != names[1]
    (style,) = re.findall(r"<style>(.*?)</style>", first, re.DOTALL)
    selectors = [
        selector
        for rule in re.findall(r"([^{}]+)\{", style)
        if not rule.strip().startswith("@")
        for selector in rule.split(",")
    ]
    assert len(selectors) > 40
    assert [selector for selector in selectors if f".antq-output.{names[0]}" not in selector] == []


def test_the_same_extraction_gives_the_same_output() -> None:
    """The same extraction always gives the same output."""
    assert _html({"n": 1}) == _html({"n": 1})


def test_markup_in_any_value_is_text() -> None:
    """Tags in texts, records, warnings and ids are shown as text and add no elements.

    Characters that change the text direction are shown as codes.
    """
    bad = '</style></div><script>x</script><img src=x onerror=x>\u202e"&amp;'
    record = {"t": bad, "l": [{bad: bad, "many": [bad, bad]}], bad: {"inner": bad}}
    warnings = [{"kind": "injection", "message": bad, "start": 0, "end": 9}]
    html = _html(record, bad, article_id=bad, model=bad, prompt=bad, warnings=warnings)
    shown = _Reader(html)
    assert {"script", "img"} & set(shown.tags) == set()
    assert shown.text.count("<script>x</script>") >= 10
    assert "\u202e" not in html


def test_dollar_signs_are_not_formulas() -> None:
    """The output has the classes that stop MathJax from rendering dollar signs as formulas."""
    assert re.match(r'<div class="antq-output \S+ mathjax_ignore tex2jax_ignore">', _html({}))


def test_what_is_left_out_is_counted() -> None:
    """Long texts and lists are cut, and the output says by how much."""
    record = {"l": [{"n": n} for n in range(MAX_ROWS + 5)]}
    shown = _Reader(_html(record, "a" * (MAX_CHARACTERS + 7)))
    assert "… 7 more characters" in shown.text
    assert "… and 5 more: " in shown.text


def test_lists_without_items_are_named(seeds: list[Path]) -> None:
    """The output names the lists of the schema that are empty in the record."""
    shown = _Reader(extract(seeds[1], offline=True)._repr_html_())
    assert "No documents." in shown.text
