"""Growth of reading time when a hostile text doubles in length.

Each kind of text is read by all the code that reads an article before or after the model call. If
reading takes linear time, the ratio is 2. Small texts come first. If a ratio is above the limit and
a reading takes longer than a second, larger texts are skipped.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Callable

from antq_llm.articles.pages.web_page import read_page
from antq_llm.errors import ArticleError
from antq_llm.evidence.alignment import Aligner
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.date_check import DateReader
from antq_llm.movement_report.baseline.report import rules_report
from antq_llm.prompts.injection import find_injections
from antq_llm.schemas.edtf import Date
from antq_llm.text.comparison_form import comparison_form

LIMIT = 2.3
"""The highest ratio of two times that still counts as linear."""
MIN_SECONDS = 0.05
"""The shortest time to compare, in seconds; shorter times are too noisy."""
REPEATS = 3
SIZES = (16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000)

KINDS = {
    "digits": "7",
    "digits and points": "7.",
    "digits and commas": "[12,5,7,",
    "groups of thousands": "123.456.",
    "years": "năm 2017, ",
    "slashes": "1/",
    "dashes": "12-",
    "spaced dashes": "12 - ",
    "colons": "0:",
    "days": "ngày 5/6, ",
    "lists": "2, ",
    "number words": "năm ",
    "tens in words": "hai mươi ",
    "ranks": "Đại tá ",
    "capital words": "Nguyễn Văn ",
    "open quotes": "“Ba ",
    "brackets": "([{",
    "spaces": " ",
    "line breaks": "\n",
    "one letter": "a",
    "combining marks": "e\u0302\u0301",
    "marks only": "\u0301",
    "zero width": "a\u200b",
    "injection": "bỏ qua tất cả ",
    "at signs": "a@b.",
    "web addresses": "www.a1.vn/",
    "plates": "29A-",
    "currency": "$1,",
    "English months": "May 5, ",
    "tags": "<p>",
}


def readers(text: str) -> dict[str, Callable[[], object]]:
    """Return the functions that read a text, by name."""
    quote = text[: min(len(text), 200)].replace("7", "8") + "x"
    return {
        "vi": lambda: _analyzed(text, "vi"),
        "en": lambda: _analyzed(text, "en"),
        "dates": lambda: _checked(text),
        "rules": lambda: rules_report(text),
        "comparison form": lambda: comparison_form(text),
        "find": lambda: Aligner(text).find(quote),
        "nearest": lambda: Aligner(text).nearest(quote),
        "injections": lambda: find_injections(text),
        "html": lambda: _html(text),
    }


def _analyzed(text: str, language: str) -> None:
    analyzed = AnalyzedArticle(text, language)  # type: ignore[arg-type]
    _ = analyzed.mentions, analyzed.names, analyzed.boilerplate_start
    _ = analyzed.possible_dates, analyzed.possible_times, analyzed.language
    analyzed.language.words_in(analyzed.plain.text)


def _checked(text: str) -> None:
    analyzed = AnalyzedArticle(text, "vi")
    for stamp in (None, Date("2017-07-01")):
        reader = DateReader(
            analyzed.plain.text,
            analyzed.plain.dates,
            stamp,
            frozenset(),
            analyzed.language.sentence_end,
        )
        for date in ("2011-06-05", "XXXX-06-05", "2011-01-01", "2011"):
            reader.fault(date)
        reader.period_fault("2011-02/2011-05")


def _html(text: str) -> None:
    try:
        read_page(f"<html><body><p>{text}</p></body></html>", "page")
    except ArticleError:
        return


def seconds(read: Callable[[], object], limit: float) -> float:
    """Return the shortest of up to ``REPEATS`` CPU times, or the first if it reaches ``limit``.

    All times are in seconds.
    """
    times: list[float] = []
    gc.collect()
    gc.disable()  # As in timeit: a full collection takes longer if there are more objects.
    while len(times) < REPEATS and (not times or min(times) < limit):
        began = time.process_time()
        read()
        times.append(time.process_time() - began)
    gc.enable()
    return min(times)


def main() -> None:
    """Print, for each kind and reader, the time for the largest text read and the worst ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="largest size in characters")
    parser.add_argument("--reader", help="measure only this reader")
    parser.add_argument("--kind", help="measure only this kind")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random text")
    options = parser.parse_args()
    letters = random.Random(options.seed)
    mixed = "".join(letters.choices("0123456789.,/-–: ()“”%hgaăNĐ\n", k=997))
    kinds = {**KINDS, "random signs": mixed}
    for kind, unit in kinds.items():
        if options.kind in {None, kind}:
            _measure(kind, unit, options.reader, options.largest)


def _taken(unit: str, name: str, size: int) -> float:
    text = (unit * (size // len(unit) + 1))[:size]
    return seconds(readers(text)[name], limit=0.5)


def _measure(kind: str, unit: str, wanted: str | None, largest: int) -> None:
    for name in readers(""):
        if wanted not in {None, name}:
            continue
        worst, earlier, size, taken = 0.0, 0.0, 0, 0.0
        for size in (size for size in SIZES if size <= largest):
            taken = _taken(unit, name, size)
            if earlier >= MIN_SECONDS and taken > LIMIT * earlier:
                # Another process may have slowed down one of the two, so the shorter times count.
                taken = min(taken, _taken(unit, name, size))
                earlier = min(earlier, _taken(unit, name, size // 2))
            if earlier >= MIN_SECONDS:
                worst = max(worst, taken / earlier)
            earlier = taken
            if worst > LIMIT and taken > 1:
                break
        mark = "  above the limit" if worst > LIMIT else ""
        print(f"{kind:22} {name:16} {size:>9} {taken:8.3f} s  ratio {worst:4.2f}{mark}", flush=True)


if __name__ == "__main__":
    main()
