"""English names after ranks, and titles in quotation marks."""

from __future__ import annotations

from antq_llm.mentions.english.names import read_names


def test_names_after_a_rank() -> None:
    """A full name after a rank is read with the rank; a single word or a body's name is not."""
    text = (
        "Inspector Ruth Calloway of Ellery County Police, Sgt. Sean O'Neill and Sergeant Major "
        "Tom J. Reilly met Captain Calloway and Inspector General Group."
    )
    names = read_names(text)
    assert [(name.name, name.rank) for name in names] == [
        ("Ruth Calloway", "Inspector"),
        ("Sean O'Neill", "Sgt"),
        ("Tom J. Reilly", "Sergeant Major"),
    ]
    assert all(text[name.start : name.end] == name.name for name in names)


def test_titles_in_quotation_marks() -> None:
    """A title in quotation marks is a name, but direct speech is not."""
    text = (
        '“Operation Safe Harbour” began. "We are looking at it," she said, "Stop". '
        "“The Way of Rain”"
    )
    assert [name.name for name in read_names(text)] == ["Operation Safe Harbour", "The Way of Rain"]
