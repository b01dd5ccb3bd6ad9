"""The differences and the agreement between two annotators of the same articles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from antq_llm.annotation.gold_folder import gold_file
from antq_llm.core.json_pointer import find_value, last_part, parent_of
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold import annotator_folders
from antq_llm.review.edits import add_item, remove_item, set_value
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.scoring.counterparts import counterpart_of
from antq_llm.scoring.discrepancy import Discrepancy
from antq_llm.scoring.profile import ScoringProfile
from antq_llm.scoring.record_score import Scores, aggregate, profile_for, score_record

Side = Literal["a", "b"]


@dataclass(frozen=True)
class Difference:
    """A value or a whole item that differs between two records of an article."""

    field: str
    """The name of the item's list (``people``), or of the value's field (``people.name``)."""
    records: tuple[Any, Any]
    pointers: tuple[str | None, str | None]
    """The pointer in each record; None if a record lacks the value or item."""
    profile: ScoringProfile
    quote: str | None = None
    """The quote of the item, or of the item that contains the value.

    If both records have a quote, this is the quote in the first record.
    """

    def value(self, side: Side) -> Any:
        """Return the value or item in the record of one annotator, or None if it is not there."""
        pointer = self.pointers[_index(side)]
        return None if pointer is None else find_value(self.records[_index(side)], pointer)

    @property
    def is_item(self) -> bool:
        """Whether the difference is an item that one record lacks."""
        known = next(pointer for pointer in self.pointers if pointer is not None)
        return None in self.pointers and last_part(known).isdecimal()

    def place_in(self, record: Any) -> str | None:
        """Return the pointer of the value or item in another record; None if it is not there."""
        for pointer, own in zip(self.pointers, self.records, strict=True):
            if pointer is not None:
                place = counterpart_of(pointer, own, record, self.profile)
                if place is not None:
                    return place
        return None

    def chosen_in(self, record: Any) -> Side | None:
        """Return the annotator whose value a record has, or None if it has neither value."""
        place = self.place_in(record)
        value = None if place is None else find_value(record, place)
        for side in ("a", "b"):
            wanted = self.value(side)
            if (value is None) == (wanted is None) if self.is_item else value == wanted:
                return side
        return None

    def take(self, record: Any, side: Side, schema: Schema[Any]) -> Any:
        """Return a record with the differing value or item taken from one annotator."""
        place, value = self.place_in(record), self.value(side)
        if not self.is_item:
            known = next(pointer for pointer in self.pointers if pointer is not None)
            return set_value(record, known if place is None else place, value, schema.roles)
        if value is None:
            return record if place is None else remove_item(record, place, schema.roles)[0]
        own = self.pointers[_index(side)]
        if own is None or place is not None:
            return record
        return add_item(record, parent_of(own), value)[0]


class Annotators:
    """The gold records of two annotators, reread from their folders on each call."""

    def __init__(self, folder: Path, schema: Schema[Any]) -> None:
        """Raise ConfigurationError unless ``folder`` contains two folders, one per annotator."""
        self._folders = annotator_folders(folder)
        self._schema = schema

    @property
    def names(self) -> tuple[str, str]:
        """The names of the annotators' folders."""
        return self._folders[0].name, self._folders[1].name

    @cached_property
    def _profile(self) -> ScoringProfile:
        return profile_for(self._schema)

    def records(self, article_id: str) -> tuple[Any, Any]:
        """Return both annotators' records of an article, with None for a missing record.

        Raises ConfigurationError, which names the file, if a file is not a valid record.
        """
        return self._record(0, article_id), self._record(1, article_id)

    def differences(self, article_id: str) -> list[Difference]:
        """Return the differences between an article's two records; empty if either is missing."""
        first, second = self.records(article_id)
        if first is None or second is None:
            return []
        found = score_record(first, second, self._profile).errors
        differences = [self._difference(error, first, second) for error in found]
        unique = {(one.field, one.pointers): one for one in differences}
        return list(unique.values())

    def agreement(self, article_ids: list[str]) -> tuple[int, Scores]:
        """Return the agreement between the annotators on the articles that both annotated.

        The result is the number of these articles and the scores of the second annotator against
        the first.
        """
        pairs = [self.records(article_id) for article_id in article_ids]
        both = [(first, second) for first, second in pairs if None not in (first, second)]
        return len(both), aggregate(
            [score_record(first, second, self._profile) for first, second in both]
        )

    def _difference(self, error: Discrepancy, first: Any, second: Any) -> Difference:
        records = (first, second)
        pointers = [
            None if pointer is None else _unit(pointer, record)
            for pointer, record in zip(
                (error.gold_pointer, error.extracted_pointer), records, strict=True
            )
        ]
        for here, there in ((0, 1), (1, 0)):
            pointer = pointers[here]
            if (
                pointers[there] is None
                and pointer is not None
                and not _is_item(pointer, records[here])
            ):
                pointers[there] = counterpart_of(
                    pointer, records[here], records[there], self._profile
                )
        quote = error.gold_quote or error.extracted_quote
        return Difference(error.field, records, (pointers[0], pointers[1]), self._profile, quote)

    def _record(self, index: int, article_id: str) -> Any:
        path = gold_file(self._folders[index], article_id)
        try:
            text = path.read_text("utf-8-sig")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error
        try:
            return self._schema.dump(self._schema.read_json(text))
        except InvalidAnswer as error:
            raise ConfigurationError(
                f"{path} is not a valid {self._schema.reference} record ({error}): correct the file"
            ) from error


def _unit(pointer: str, record: Any) -> str:
    """Return a pointer or, for a list element that is not an object, the pointer of its list."""
    if last_part(pointer).isdecimal() and not _is_item(pointer, record):
        return parent_of(pointer)
    return pointer


def _is_item(pointer: str, record: Any) -> bool:
    return isinstance(find_value(record, parent_of(pointer)), list) and isinstance(
        find_value(record, pointer), dict
    )


def _index(side: Side) -> int:
    return 0 if side == "a" else 1
