"""Evidence and consistency: milliseconds on one core, and as multiples of one pass of ``str.find`` in the same run."""

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
    """Return the median time of a call over some rounds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print one line for each measurement."""
    dice = random.Random(1)
    seeds = sorted(data_folder("seeds").glob("*.txt"))
    texts = [path.read_text("utf-8") for path in seeds]
    text = "".join(texts)[:12_000]
    places = [dice.randrange(0, 11_000) for _ in range(50)]
    present = [text[place : place + dice.randrange(40, 200)] for place in places]
    absent = []
    for place in places:
        words = text[place : place + 150].split()
        dice.shuffle(words)
        absent.append(" ".join(words))
    baseline = milliseconds(lambda: [text.find(quote) for quote in present + absent])

    def report(what: str, taken: float) -> None:
        print(f"{what:<72} {taken:8.2f} ms {taken / baseline:8.1f} x")

    report("str.find of 100 quotes, half of them absent, in 12,000 characters", baseline)
    report(
        "the same through an aligner",
        milliseconds(
            lambda: [
                aligner.find(quote) for aligner in [Aligner(text)] for quote in present + absent
            ]
        ),
    )
    respelled = [unicodedata.normalize("NFD", quote).upper() for quote in present]
    report(
        "50 quotes in NFD and capitals",
        milliseconds(
            lambda: [aligner.find(quote) for aligner in [Aligner(text)] for quote in respelled]
        ),
    )
    megabyte = ("".join(texts) * 60)[:1_000_000]
    report(
        "comparison form of 1,000,000 characters, composed",
        milliseconds(lambda: comparison_form(megabyte)),
    )
    decomposed = unicodedata.normalize("NFD", megabyte)[:1_000_000]
    report(
        "comparison form of 1,000,000 characters, decomposed",
        milliseconds(lambda: comparison_form(decomposed)),
    )
    schema = load_schema("movement_report/1")
    for path, article in zip(seeds, texts, strict=True):
        answer = (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
        whole = milliseconds(
            lambda answer=answer, article=article: check_answer(
                answer, schema, AnalyzedArticle(article)
            )
        )
        analyzed = milliseconds(lambda answer=answer: schema.dump(schema.read_json(answer)))
        report(
            f"evidence and consistency of {path.stem[:3]} ({len(json.loads(answer)['indicators'])} indicators)",
            whole - analyzed,
        )


if __name__ == "__main__":
    main()
