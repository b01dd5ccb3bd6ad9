"""Unique ids for inputs with the same id."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import PurePath
from typing import Protocol

from antq_llm.articles.inputs import Input
from antq_llm.articles.unread import WITHOUT_ENDING, ending_of


class KnownArticles(Protocol):
    """The articles of an earlier run, which keep their ids."""

    def has(self, article_id: str) -> bool:
        """Return whether the earlier run has an article with this id."""
        ...

    def source_of(self, article_id: str) -> str | None:
        """Return the source of the article with this id; None if there is no such article."""
        ...


class NoKnownArticles:
    """An empty ``KnownArticles``, for inputs without an earlier run."""

    def has(self, article_id: str) -> bool:  # noqa: ARG002 - no article is known
        """Return False."""
        return False

    def source_of(self, article_id: str) -> None:
        """Return None."""


def with_unique_ids(inputs: Sequence[Input], known: KnownArticles | None = None) -> list[Input]:
    """Return the inputs, renamed where necessary so that their ids are unique.

    If inputs share an id, each gets its file's suffix added to the id and, if the new id is also
    taken, a number. An article of an earlier run keeps its id.
    """
    known = known or NoKnownArticles()
    shared = Counter(found.id for found in inputs)
    taken = {article_id for article_id, number in shared.items() if number == 1}
    ids: dict[int, str] = {}
    for position, found in enumerate(inputs):
        article_id = _known_id(found, known, taken, is_shared=shared[found.id] > 1)
        if article_id is not None:
            ids[position] = article_id
            taken.add(article_id)
    for position, found in enumerate(inputs):
        if position not in ids:
            is_free = shared[found.id] == 1
            ids[position] = found.id if is_free else _free_id(found, known, taken)
            taken.add(ids[position])
    return [found.renamed(ids[position]) for position, found in enumerate(inputs)]


def _known_id(
    found: Input, known: KnownArticles, taken: set[str], *, is_shared: bool
) -> str | None:
    """Return the id that an earlier run gave an input, if its own id is or was shared.

    Returns None if the input has no such id.
    """
    if is_shared and found.id not in taken and _is_same(known.source_of(found.id), found.source):
        return found.id
    if not is_shared and known.has(found.id):
        return None
    for candidate in _candidates(found):
        if not known.has(candidate):
            return None
        if candidate not in taken and _is_same(known.source_of(candidate), found.source):
            return candidate
    return None


def _free_id(found: Input, known: KnownArticles, taken: set[str]) -> str:
    return next(
        candidate
        for candidate in _candidates(found)
        if candidate not in taken and not known.has(candidate)
    )


def _candidates(found: Input) -> Iterator[str]:
    ending = ending_of(PurePath(found.file_name))
    suffix = "" if ending == WITHOUT_ENDING else ending
    if suffix:
        yield found.id + suffix
    for number in count(2 if suffix else 1):
        yield f"{found.id}{suffix}-{number}"


def _is_same(known: str | None, source: str) -> bool:
    """Return whether two paths may name the same source.

    The paths may be relative to different folders.
    """
    if known is None:
        return False
    longer, shorter = sorted(map(posixpath.normpath, (known, source)), key=len, reverse=True)
    return longer == shorter or longer.endswith("/" + shorter)
