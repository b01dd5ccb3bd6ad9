"""Time to find quotes and check answers on one core, also as a multiple of ``str.find``."""

from __future__ import annotations

import json
import random
import statistics
import time
import unicodedata
from collections.abc import Callable

from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.alignment import Aligner
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.registry import load_schema
from antq_llm.text.comparison_form import comparison_form
from antq_llm.validation.checks import check_answer

ROUNDS = 15


def milliseconds(run: Callable[[], object]) -> float:
    """Return the median time of a call, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def sample_quotes(text: str) -> tuple[list[str], list[str]]:
    """Return 50 quotes that are in a text and 50 that are not, because their words are shuffled."""
    generator = random.Random(1)
    places = [generator.randrange(0, 11_000) for _ in range(50)]
    present = [text[place : place + generator.randrange(40, 200)] for place in places]
    absent = []
    for place in places:
        words = text[place : place + 150].split()
        generator.shuffle(words)
        absent.append(" ".join(words))
    return present, absent


def find_all(text: str, quotes: list[str]) -> None:
    """Find all quotes in a text with a new aligner."""
    aligner = Aligner(text)
    for quote in quotes:
        aligner.find(quote)


def main() -> None:
    """Print one line for each measurement."""
    seeds = sorted(data_folder("seeds").glob("*.txt"))
    texts = [path.read_text("utf-8") for path in seeds]
    text = "".join(texts)[:12_000]
    present, absent = sample_quotes(text)
    quotes = present + absent
    baseline = milliseconds(lambda: [text.find(quote) for quote in quotes])

    def report(name: str, taken: float) -> None:
        print(f"{name:<72} {taken:8.2f} ms {taken / baseline:8.1f} x")

    report("str.find of 100 quotes, half of them absent, in 12,000 characters", baseline)
    report("the same through an aligner", milliseconds(lambda: find_all(text, quotes)))
    respelled = [unicodedata.normalize("NFD", quote).upper() for quote in present]
    report("50 quotes in NFD and capitals", milliseconds(lambda: find_all(text, respelled)))
    composed = ("".join(texts) * 60)[:1_000_000]
    decomposed = unicodedata.normalize("NFD", composed)[:1_000_000]
    for name, long_text in (("composed", composed), ("decomposed", decomposed)):
        report(
            f"comparison form of 1,000,000 characters, {name}",
            milliseconds(lambda long_text=long_text: comparison_form(long_text)),
        )
    for path, article in zip(seeds, texts, strict=True):
        answer = (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
        indicators = len(json.loads(answer)["indicators"])
        report(
            f"evidence and checks of {path.stem[:3]} ({indicators} indicators)",
            checking_milliseconds(answer, article),
        )


def checking_milliseconds(answer: str, article: str) -> float:
    """Return the time to check an answer in milliseconds, excluding the time to parse it."""
    schema = load_schema("movement_report/1")
    checked = milliseconds(lambda: check_answer(answer, schema, AnalyzedArticle(article)))
    parsed = milliseconds(lambda: schema.dump(schema.read_json(answer)))
    return checked - parsed


if __name__ == "__main__":
    main()
