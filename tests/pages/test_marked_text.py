"""Marked spans in the text of an article."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from antq_llm.pages.marked_text import Mark, marked_text, segments
from antq_llm.pages.untrusted_text import visible

_MARKS = st.lists(
    st.builds(Mark, st.integers(-3, 30), st.integers(-3, 30), st.just("c"), st.sampled_from("ab"))
)


@given(st.integers(0, 25), _MARKS)
def test_segments_cover_the_text_once(length: int, marks: list[Mark]) -> None:
    """Segments follow each other from start to end, each with exactly the marks that cover it."""
    found = segments(length, marks)
    assert [place for segment in found for place in range(segment.start, segment.end)] == list(
        range(length)
    )
    for segment in found:
        expected = [m for m in marks if m.start <= segment.start and segment.end <= m.end]
        assert sorted(segment.marks, key=str) == sorted(expected, key=str)


@given(st.text(max_size=25), _MARKS)
def test_marked_text_keeps_the_text(text: str, marks: list[Mark]) -> None:
    """Marks neither add nor remove characters."""
    element = html.fromstring(f"<p>|{marked_text(text, marks)}</p>")
    assert element.text_content() == f"|{visible(text)}"


def test_overlapping_marks_share_a_stretch() -> None:
    """Where two marks overlap, the text has the shorter one's colour and the targets of both."""
    marks = [Mark(0, 6, "people", "/people/0"), Mark(4, 7, "events", "/events/0")]
    element = html.fragment_fromstring(str(marked_text("abcdefgh", marks)), create_parent="p")
    assert [(inner.text, inner.get("data-targets")) for inner in element] == [
        ("abcd", "/people/0"),
        ("ef", "/events/0 /people/0"),
        ("g", "/events/0"),
    ]
    assert element[1].get("class") == "antq-mark events antq-nested"


def test_hostile_titles_stay_in_their_attribute() -> None:
    """Quotes and markup in a title or target add neither attributes nor elements."""
    hostile = '"><script>alert(1)</script>\u202e'
    element = html.fragment_fromstring(
        str(marked_text("a", [Mark(0, 1, "c", hostile, hostile)])), create_parent="p"
    )
    assert [inner.tag for inner in element.iter()] == ["p", "mark"]
    assert element[0].get("title") == visible(hostile)
