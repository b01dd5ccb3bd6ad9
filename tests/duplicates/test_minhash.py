"""Near-duplicate search with MinHash."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from antq_llm.duplicates.minhash import (
    MIN_RECALL,
    SKETCH_NUMBERS,
    NearDuplicateIndex,
    rows_for,
    shingles_of,
    similarity,
    sketch_of,
)
from antq_llm.text.tokens import forms_of
from helpers.forms import FORMS
from helpers.samples import ARTICLE


def shingles(text: str) -> frozenset[str]:
    """Return the shingles of a text."""
    return shingles_of(forms_of(text))


def text_of(number: int, changed: int = 0) -> list[str]:
    """Return 400 made-up words, with the last ``changed`` of them replaced by others."""
    dice = random.Random(number)
    words = [f"w{dice.randrange(5000)}" for _ in range(400)]
    return words[: 400 - changed] + [f"x{number}-{index}" for index in range(changed)]


@pytest.mark.parametrize("form", [name for name in FORMS if name != "soft hyphens"])
def test_spelling_does_not_count(form: str) -> None:
    """A text in another spelling or layout has the same shingles."""
    assert similarity(shingles(ARTICLE), shingles(FORMS[form](ARTICLE))) == 1.0


def test_similarity_is_the_jaccard_index() -> None:
    """The similarity of two sets is their Jaccard index."""
    assert similarity(frozenset("abc"), frozenset("bcd")) == 0.5


def test_text_shorter_than_a_shingle() -> None:
    """A text with fewer words than a shingle has one shingle with all its words."""
    assert shingles_of(["Đà", "Lạt"]) == {"Đà Lạt"}


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_pairs_at_the_threshold_are_found(threshold: float) -> None:
    """The bands find at least ``MIN_RECALL`` of the pairs at the threshold."""
    rows = rows_for(threshold)
    assert SKETCH_NUMBERS % rows == 0
    assert 1 - (1 - threshold**rows) ** (SKETCH_NUMBERS // rows) >= MIN_RECALL


def test_equal_texts_are_always_found() -> None:
    """Among 200 texts, the index finds only the one that equals the text looked up."""
    seen = NearDuplicateIndex()
    sketches = [sketch_of(shingles_of(text_of(number))) for number in range(200)]
    assert [seen.add(sketch) for sketch in sketches] == list(range(200))
    assert [seen.nearest(sketch, 5) for sketch in sketches] == [[number] for number in range(200)]


def test_near_texts_are_found() -> None:
    """Of 200 texts with 5% of their words changed, the index misses at most two."""
    seen = NearDuplicateIndex()
    for number in range(200):
        seen.add(sketch_of(shingles_of(text_of(number))))
    found = [
        number in seen.nearest(sketch_of(shingles_of(text_of(number, 20))), 5)
        for number in range(200)
    ]
    assert sum(found) >= 198


def test_the_nearest_come_first() -> None:
    """If more texts are similar than requested, the most similar come first, then the earliest."""
    seen = NearDuplicateIndex()
    for changed in (30, 0, 40, 0, 35):
        seen.add(sketch_of(shingles_of(text_of(1, changed))))
    assert seen.nearest(sketch_of(shingles_of(text_of(1))), 2) == [1, 3]


def test_articles_of_one_subject_are_not_alike(seeds: list[Path]) -> None:
    """The similarity of different articles on the same movement is far below any threshold."""
    sets = [shingles(path.read_text("utf-8-sig")) for path in seeds]
    assert max(similarity(first, second) for first, second in combinations(sets, 2)) < 0.15
