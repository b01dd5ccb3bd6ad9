"""CPU seconds to score 2,000 generated pairs of records of 60 items, with intervals and tests.

Run with ``python bench/bench_scoring.py [ARTICLES]``; one core is used. About a sixth of the
extracted items have a wrong field, some items are missing or added, and the lists are shuffled.
Therefore, most lists must be matched by assignment.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import random
import sys
import time
from typing import Any

from antq_llm.evaluation.significance import compare, intervals
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import (
    RecordScore,
    aggregate,
    counts_array,
    profile_for,
    score_record,
)

MOVEMENT_REPORT_PROFILE = profile_for(load_schema("movement_report/1"))

_SYLLABLES = (
    "công an phường xã tỉnh thành phố huyện quận mô hình tổ dân phố phong trào toàn dân bảo "
    "vệ an ninh tổ quốc hội nghị tổng kết khen thưởng tuyên dương cá nhân tập thể đồng chí "
    "giám đốc phó chủ tịch ủy ban nhân dân mặt trận hoà bình thuỷ chung quyết tâm đẩy mạnh "
    "giữ vững"
)
_GIVEN_NAMES = (
    "An Bình Cường Dũng Giang Hà Hùng Khánh Lan Minh Nam Oanh Phúc Quang Sơn Thảo Uyên Vinh "
    "Xuân Yến"
)
SYLLABLES, GIVEN_NAMES = _SYLLABLES.split(), _GIVEN_NAMES.split()
SIZES = {
    "events": 4,
    "people": 12,
    "statements": 8,
    "indicators": 14,
    "community_models": 6,
    "awards": 10,
    "documents": 6,
}


class RecordGenerator:
    """A generator of gold records and of extracted records with errors."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, low: int, high: int) -> str:
        return " ".join(self.random.choices(SYLLABLES, k=self.random.randint(low, high)))

    def name(self) -> str:
        return "Nguyễn " + " ".join(self.random.choices(GIVEN_NAMES, k=3))

    def date(self) -> str:
        randint = self.random.randint
        return f"20{randint(10, 24)}-{randint(1, 12):02}-{randint(1, 28):02}"

    def item(self, kind: str) -> dict[str, Any]:
        item: dict[str, Any] = getattr(self, f"_{kind}")()
        quote = self.words(40, 120) if kind == "statements" else self.words(10, 35)
        return {**item, "quote": quote}

    def record(self) -> dict[str, Any]:
        lists = {kind: [self.item(kind) for _ in range(size)] for kind, size in SIZES.items()}
        published = {"date": self.date(), "time": "07:45", "quote": "30/09/2021 07:45"}
        return {
            "relevance": "movement",
            "headline": self.words(8, 20),
            "publisher": None,
            "byline": [self.name()],
            "published": published,
            **lists,
        }

    def spoiled(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of a record with errors that a system might make."""
        lists = {}
        for kind in SIZES:
            items = [
                self.spoiled_item(item) for item in record[kind] if self.random.random() > 0.04
            ]
            items += [self.item(kind) for _ in range(self.random.random() < 0.3)]
            self.random.shuffle(items)
            lists[kind] = items
        return {**record, **lists}

    def spoiled_item(self, item: dict[str, Any]) -> dict[str, Any]:
        if self.random.random() > 0.17:
            return dict(item)
        field = self.random.choice(list(item))
        value = item[field]
        if isinstance(value, str) and " " in value:
            return {**item, field: value.partition(" ")[2]}
        if isinstance(value, int):
            return {**item, field: value + 1}
        return {**item, field: [] if isinstance(value, list) else None}

    def _events(self) -> dict[str, Any]:
        return {
            "kind": self.random.choice(["festival", "meeting", "launch"]),
            "name": self.words(8, 25),
            "date": self.date(),
            "session": self.random.choice([None, "morning"]),
            "place": {
                "province": self.random.choice(GIVEN_NAMES),
                "district": None,
                "commune": self.random.choice([None, "Tân Lâm"]),
                "venue": None,
            },
            "level": "province",
            "organizers": [self.words(3, 7)],
            "review_period": self.random.choice([None, "2013/2023"]),
        }

    def _people(self) -> dict[str, Any]:
        return {
            "name": self.name(),
            "rank": self.random.choice([None, "Đại tá"]),
            "positions": [self.words(4, 9) for _ in range(self.random.randint(0, 2))],
            "roles": ["speaker"],
        }

    def _statements(self) -> dict[str, Any]:
        return {
            "speaker": self.name(),
            "kind": self.random.choice(["assessment", "directive"]),
        }

    def _indicators(self) -> dict[str, Any]:
        return {
            "label": self.words(4, 12),
            "value": self.random.randint(2, 500),
            "comparator": self.random.choice("=><"),
            "unit": self.random.choice(["mô hình", "%", "vụ"]),
            "total": None,
            "scope": self.words(2, 4),
            "period": self.random.choice([None, "2023"]),
        }

    def _community_models(self) -> dict[str, Any]:
        return {
            "name": self.words(3, 10),
            "place": self.random.choice([None, self.words(2, 5)]),
            "started": self.random.choice([None, "2019"]),
        }

    def _awards(self) -> dict[str, Any]:
        return {
            "form": self.random.choice([None, "bằng khen", "giấy khen"]),
            "conferred_by": [self.words(3, 8)],
            "recipients": self.random.choice(["collective", "individual"]),
            "count": self.random.randint(1, 60),
            "comparator": "=",
            "names": [],
        }

    def _documents(self) -> dict[str, Any]:
        return {
            "kind": self.random.choice(["plan", "programme", "directive"]),
            "number": self.random.choice([None, f"{self.random.randint(1, 200)}/KH-UBND"]),
            "title": self.words(6, 20),
            "issued": self.random.choice([None, self.date()]),
            "issuers": [self.words(3, 6)],
            "period": None,
        }


def main() -> None:
    """Score two generated systems and print the CPU time of each step."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    generator = RecordGenerator(0)
    gold = [generator.record() for _ in range(articles)]
    systems = [[generator.spoiled(record) for record in gold] for _ in range(2)]
    start = time.process_time()
    scored: list[list[RecordScore]] = [
        [
            score_record(expected, extracted, MOVEMENT_REPORT_PROFILE)
            for expected, extracted in zip(gold, system, strict=True)
        ]
        for system in systems
    ]
    scored_at = time.process_time()
    overall = [aggregate(scores).strict["overall"].as_dict() for scores in scored]
    fields = list(MOVEMENT_REPORT_PROFILE.groups)
    for mode in ("strict", "relaxed"):
        counts = [counts_array(scores, fields, mode) for scores in scored]
        for system_counts in counts:
            intervals(system_counts)
        compare(*counts)
    done = time.process_time()
    print(
        f"{articles} article pairs of {sum(SIZES.values())} items, "
        f"F1 {overall[0]['f1']:.3f} and {overall[1]['f1']:.3f}, {len(fields)} fields"
    )
    scoring, testing = (scored_at - start) / 2, done - scored_at
    print(f"scoring, for each of two systems   {scoring:6.1f} s")
    print(f"intervals and tests, strict and relaxed   {testing:6.1f} s")
    print(f"one system, scored with intervals, and compared   {scoring + testing:6.1f} s")


if __name__ == "__main__":
    main()
