"""Time until the first table of a large report is usable, compared with an empty page.

``python bench/bench_report.py [--articles 2000] [--items 50]`` writes a report of made-up
articles. It opens the report and an empty page of the same size alternately in Chromium, and prints
the medians and their ratio. The table is usable when its rows are shown and its search field can be
clicked. The exit status is 1 if the ratio is above 3.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from antq_llm.records.text_files import text_file
from antq_llm.report.write_report import write_report

MOST = 3.0
ROUNDS = 5
SENTENCE = "Bên thứ {number} trao {count} suất quà cho các hộ dân của xã {place} trong năm {year}. "
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def article(number: int, items: int) -> tuple[str, dict[str, Any]]:
    """Return the text of a made-up article and its line of ``records.jsonl``."""
    text, gifts, evidence = "", [], []
    for item in range(items):
        values = {"number": item, "count": number + item, "place": number % 97, "year": 2000}
        sentence = SENTENCE.format(**values | {"year": 2000 + number % 25})
        start, end = len(text), len(text) + len(sentence) - 1
        gifts.append({"giver": f"Bên thứ {item}", "count": number + item, "quote": sentence[:-1]})
        evidence.append({"pointer": f"/gifts/{item}", "start": start, "end": end, "match": "exact"})
        text += sentence
    line = {
        "article_id": f"article-{number}",
        "source": None,
        "schema": "gifts",
        "record": {"title": f"Bài {number}", "gifts": gifts},
        "evidence": evidence,
        "attempts": 1,
        "usage": {"input_tokens": 1000, "output_tokens": 100, "cached_tokens": 0},
        "cost_usd": 0.001,
        "warnings": [],
        "confidence": [
            {"pointer": one["pointer"], "probability": (number * 31 + place) % 100 / 100}
            for place, one in enumerate(evidence)
        ],
    }
    return text, line


def lines(folder: Path, articles: int, items: int) -> Iterator[str]:
    """Write the texts of made-up articles to a run folder and yield the lines of their records."""
    for number in range(articles):
        text, line = article(number, items)
        path = text_file(folder, line["article_id"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        yield json.dumps(line, ensure_ascii=False) + "\n"


def seconds_until(browser: Browser, page_file: Path, selector: str) -> float:
    """Return the seconds from opening a page until an element can be clicked."""
    context = browser.new_context()
    page = context.new_page()
    start = time.perf_counter()
    page.goto(page_file.as_uri(), wait_until="commit")
    page.wait_for_selector(selector)
    if selector != "#end":
        page.click("#search")
    seconds = time.perf_counter() - start
    page.wait_for_load_state("load")
    context.close()
    return seconds


def seconds_of_search(browser: Browser, page_file: Path) -> tuple[float, float]:
    """Return the time of the first search and the time to sort all rows, in seconds."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    start = time.perf_counter()
    page.fill("#search", "ben thu 49")
    page.locator("#row-count", has_text="found").wait_for()
    searched = time.perf_counter()
    page.fill("#search", "")
    page.locator("#row-count", has_text="found").wait_for(state="hidden")
    sorting = time.perf_counter()
    page.click("#rows button[data-column=count]")
    page.locator("#rows th[aria-sort=ascending]").wait_for()
    end = time.perf_counter()
    page.close()
    return searched - start, end - sorting


def main() -> int:
    """Run the benchmark and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--items", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        with (folder / "records.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(lines(folder, options.articles, options.items))
        (folder / "failures.jsonl").touch()
        start = time.perf_counter()
        report = write_report(folder).path
        print(f"written in {time.perf_counter() - start:.1f} s, {report.stat().st_size:,} bytes")
        empty = folder / "empty.html"
        filler = "x" * report.stat().st_size
        empty.write_text(f"<!doctype html><p>Empty<!--{filler}--><p id=end>End", "utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        times: dict[str, list[float]] = {"empty": [], "report": []}
        for _ in range(ROUNDS):
            times["empty"].append(seconds_until(browser, empty, "#end"))
            times["report"].append(seconds_until(browser, report, "#rows tbody tr"))
        medians = {name: statistics.median(values) for name, values in times.items()}
        searching, sorting = seconds_of_search(browser, report)
        browser.close()
    ratio = medians["report"] / medians["empty"]
    print(f"empty page of the same size: {medians['empty']:.2f} s until it is loaded")
    print(
        f"report: {medians['report']:.2f} s until its first table is usable, "
        f"{ratio:.2f} times as long"
    )
    print(f"first search {searching:.2f} s, sorting {sorting:.2f} s, over all rows")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
