"""Comparison of two runs over the same articles, item by item, for any schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from antq_llm.errors import ConfigurationError
from antq_llm.records.lines import records_in
from antq_llm.records.stored_run import StoredRun
from antq_llm.schemas.base import Schema
from antq_llm.scoring.discrepancy import Discrepancy, DiscrepancyKind
from antq_llm.scoring.profile import ScoringProfile
from antq_llm.scoring.record_diff import RecordDiff
from antq_llm.scoring.record_score import profile_for

ChangeKind = Literal["removed", "added", "changed"]
_CHANGE_OF: Mapping[DiscrepancyKind, ChangeKind] = {
    "missed": "removed",
    "spurious": "added",
    "wrong_value": "changed",
    "wrong_span": "changed",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value or item that differs between the two records of an article."""

    article_id: str
    kind: ChangeKind
    field: str
    """The name of the item's list (``people``) or of the value's field (``people.name``)."""
    old: Any
    new: Any
    old_pointer: str | None
    new_pointer: str | None


@dataclass
class RunDiff:
    """The differences between two runs, A and B."""

    both: int = 0
    """The number of articles with a record in both runs."""
    unchanged: int = 0
    """The number of articles whose records are equal."""
    respelled: int = 0
    """The number of articles whose records differ only in ways that scores ignore, such as case."""
    only_in_a: list[str] = field(default_factory=list)
    """The ids of articles with a record or failure in A but neither in B."""
    only_in_b: list[str] = field(default_factory=list)
    """The ids of articles with a record or failure in B but neither in A."""
    now_failed: list[str] = field(default_factory=list)
    """The ids of articles that have a record in A and failed in B."""
    now_extracted: list[str] = field(default_factory=list)
    """The ids of articles that failed in A and have a record in B."""
    failed_in_both: int = 0
    items: dict[str, Counter[str]] = field(default_factory=dict)
    """The numbers of items removed, added, changed (in any field) and unchanged, by list."""
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    """The numbers of values removed, added and changed, by field.

    Values of an item that is in only one of the two records are not counted.
    """
    changes: list[Change] = field(default_factory=list)
    warnings: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of warnings in A and in B, by kind, for articles with a record in both."""

    @property
    def is_empty(self) -> bool:
        """Whether the runs have the same records and failed on the same articles."""
        parted = (self.only_in_a, self.only_in_b, self.now_failed, self.now_extracted)
        return not any(parted) and not self.changes and not self.respelled

    def as_dict(self) -> dict[str, Any]:
        """Return the differences as JSON data."""
        return {
            "articles": {
                "both": self.both,
                "unchanged": self.unchanged,
                "respelled": self.respelled,
                "changed": self.both - self.unchanged - self.respelled,
                "failed_in_both": self.failed_in_both,
                "only_in_a": self.only_in_a,
                "only_in_b": self.only_in_b,
                "now_failed": self.now_failed,
                "now_extracted": self.now_extracted,
            },
            "items": {name: dict(counts) for name, counts in self.items.items()},
            "fields": {name: dict(counts) for name, counts in self.fields.items()},
            "warnings": {kind: {"a": a, "b": b} for kind, (a, b) in sorted(self.warnings.items())},
            "changes": [
                {name: getattr(change, name) for name in Change.__slots__}
                for change in self.changes
            ],
        }


def diff_runs(a: StoredRun, b: StoredRun, *, only: Iterable[str] | None = None) -> RunDiff:
    """Return the differences between two runs with the same schema.

    ``only`` contains the ids of the articles to compare (default: all). Items are matched as in an
    evaluation. The records of ``b`` are read from the file only when needed, to save memory. Raises
    ConfigurationError if the schema cannot be loaded or the runs have different schemas.
    """
    profile = profile_for(_common_schema(a, b))
    wanted = None if only is None else set(only)
    diff = RunDiff()
    with b.open_records() as file:
        places = _places(file)
        failed_a, failed_b = _failed(a), _failed(b)
        seen = set()
        for line in a.record_lines():
            article_id = line["article_id"]
            seen.add(article_id)
            if wanted is not None and article_id not in wanted:
                continue
            if article_id in places:
                _compare(diff, profile, line, next(records_in(file, places[article_id])))
            else:
                (diff.now_failed if article_id in failed_b else diff.only_in_a).append(article_id)
    for article_id in places:
        if article_id not in seen and (wanted is None or article_id in wanted):
            (diff.now_extracted if article_id in failed_a else diff.only_in_b).append(article_id)
    failed_in_either = [one for one in {**failed_a, **failed_b} if wanted is None or one in wanted]
    for article_id in failed_in_either:
        if article_id in failed_a and article_id in failed_b:
            diff.failed_in_both += 1
        elif article_id in failed_a and article_id not in places:
            diff.only_in_a.append(article_id)
        elif article_id in failed_b and article_id not in seen:
            diff.only_in_b.append(article_id)
    return diff


def _compare(
    diff: RunDiff, profile: ScoringProfile, a: Mapping[str, Any], b: Mapping[str, Any]
) -> None:
    """Add the differences between an article's lines in A and B."""
    for side, line in enumerate((a, b)):
        for warning in line.get("warnings") or ():
            diff.warnings.setdefault(str(warning.get("kind")), [0, 0])[side] += 1
    compare_records(diff, profile, a["article_id"], a["record"], b["record"])


def compare_records(
    diff: RunDiff, profile: ScoringProfile, article_id: str, a: Any, b: Any
) -> None:
    """Add the differences between an article's two records, given as JSON data."""
    diff.both += 1
    if not (isinstance(a, Mapping) and isinstance(b, Mapping)):
        _compare_whole(diff, article_id, a, b)
        return
    found = RecordDiff(a, b, profile.record)
    changed_items: dict[str, set[str]] = {}
    for discrepancy in found.discrepancies:
        _add_change(diff, profile, article_id, discrepancy, changed_items)
    for name, counts in found.items.items():
        pairs = counts.same
        changed = min(len(changed_items.get(name, ())), pairs)
        diff.items.setdefault(name, Counter()).update(
            removed=counts.gold - pairs,
            added=counts.extracted - pairs,
            changed=changed,
            unchanged=pairs - changed,
        )
    if not found.discrepancies:
        diff.unchanged += a == b
        diff.respelled += a != b


def _compare_whole(diff: RunDiff, article_id: str, a: Any, b: Any) -> None:
    """Compare two records as whole values, because at least one is not an object."""
    if a == b:
        diff.unchanged += 1
        return
    diff.fields.setdefault("", Counter())["changed"] += 1
    diff.changes.append(Change(article_id, "changed", "", a, b, "", ""))


def _add_change(
    diff: RunDiff,
    profile: ScoringProfile,
    article_id: str,
    discrepancy: Discrepancy,
    changed_items: dict[str, set[str]],
) -> None:
    name, kind = discrepancy.field, _CHANGE_OF[discrepancy.kind]
    diff.changes.append(
        Change(
            article_id,
            kind,
            name,
            discrepancy.gold,
            discrepancy.extracted,
            discrepancy.gold_pointer,
            discrepancy.extracted_pointer,
        )
    )
    if name not in profile.lists:
        diff.fields.setdefault(name, Counter())[kind] += 1
    pointer = discrepancy.gold_pointer or discrepancy.extracted_pointer or ""
    is_of_b = discrepancy.gold_pointer is None
    for list_name in profile.lists:
        if name.startswith(f"{list_name}."):
            depth = _item_depth(profile, list_name)
            item = "/".join(pointer.split("/")[:depth])
            changed_items.setdefault(list_name, set()).add(f"{'b' if is_of_b else 'a'}{item}")


def _item_depth(profile: ScoringProfile, list_name: str) -> int:
    """Return the number of parts in a pointer to a list item, including the empty first part."""
    outer = [name for name in profile.lists if f"{list_name}.".startswith(f"{name}.")]
    return 1 + list_name.count(".") + 1 + len(outer)


def _common_schema(a: StoredRun, b: StoredRun) -> Schema[Any]:
    names = [run.settings.get("schema") for run in (a, b)]
    if None not in names and names[0] != names[1]:
        raise ConfigurationError(
            f"{a.folder} has records of {names[0]}, and {b.folder} has records of {names[1]}: "
            "compare runs with the same schema"
        )
    return a.schema or b.schema or a.known_schema()


def _failed(run: StoredRun) -> dict[str, None]:
    return dict.fromkeys(line["article_id"] for line in run.failure_lines())


def _places(file: IO[bytes]) -> dict[str, int]:
    """Return the byte offset of each record's line in an open file, by article id."""
    places, place = {}, 0
    for line in records_in(file):
        places[line["article_id"]] = place
        place = file.tell()
    return places
