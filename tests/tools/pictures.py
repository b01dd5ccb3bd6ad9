"""Draw the pictures of the manual from the program's actual output.

``python tests/tools/pictures.py`` writes ``docs/pictures/*.svg``; a test checks that the pictures
are up to date.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from antq_llm import Extraction, Extractor, Options, ScriptedClient
from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.endpoint import Reply, scripted_endpoint
from helpers.paths import REPOSITORY
from helpers.samples import ARTICLE, answer, full_report, report

FOLDER = REPOSITORY / "docs/pictures"
CHARACTER, LINE, MARGIN = 7.2, 20, 16
"""The width of a character in 12-pixel monospaced type, the line height and the margin, in pixels.
"""
COLOURS = {"people": "#cfe8ff", "events": "#d9f2d0", "indicators": "#ffe2b8", "awards": "#f3d4f0"}
INK, FAINT, BAR, FAULT = "#1d2733", "#6b7785", "#2f7f79", "#b3261e"


class Picture:
    """An SVG image that is drawn line by line in monospaced type."""

    def __init__(self, title: str, columns: int) -> None:
        self.title = title
        self.width = columns * CHARACTER + 2 * MARGIN
        self.height = float(MARGIN)
        self.parts: list[str] = []

    def text(self, text: str, column: float = 0, colour: str = INK, *, down: float = 0) -> None:
        """Write a text on the current line; its width does not depend on the font."""
        if not text:
            return
        x, y = MARGIN + column * CHARACTER, self.height + down + 14
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" fill="{colour}" textLength="{len(text) * CHARACTER:g}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>'
        )

    def mark(self, column: float, length: float, colour: str, *, height: float = LINE - 2) -> None:
        """Draw a rectangle behind a passage of the current line."""
        x, y = MARGIN + column * CHARACTER, self.height + (LINE - 2 - height) / 2
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{length * CHARACTER:g}" height="{height:g}" '
            f'rx="2" fill="{colour}"/>'
        )

    def next_line(self, lines: float = 1) -> None:
        """Go down by a number of lines."""
        self.height += lines * LINE

    def svg(self) -> str:
        """Return the picture as SVG."""
        height = self.height + MARGIN
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {height:g}" '
                f'width="{self.width:g}" height="{height:g}" role="img" '
                'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">',
                f"<title>{escape(self.title)}</title>",
                f'<rect width="{self.width:g}" height="{height:g}" fill="#ffffff"/>',
                *self.parts,
                "</svg>\n",
            ]
        )


def evidence_picture() -> str:
    """Draw an article with the quotes of its record, and a legend."""
    result = extracted([full_report()])
    picture = Picture("An article with the passages that its record quotes", 92)
    text = result.article.text
    start = 0
    for line in text.splitlines(keepends=True):
        for wrapped in _wrap(line.rstrip("\n"), 90):
            _draw_passage(picture, result, wrapped, start + line.index(wrapped))
        start += len(line)
    picture.next_line()
    for name, colour in COLOURS.items():
        picture.mark(0, 2, colour)
        picture.text(f"{name}: {_shown_values(result, name)}", 3)
        picture.next_line()
    return picture.svg()


def extracted(answers: Sequence[dict[str, Any]]) -> Extraction:
    """Return the extraction of the invented article, given the answers of a model."""
    client = ScriptedClient([answer(record) for record in answers])
    options = Options(max_attempts=len(answers))
    return Extractor(client=client, model="scripted", options=options).extract(ARTICLE)


def _wrap(line: str, columns: int) -> list[str]:
    return textwrap.wrap(line, columns, drop_whitespace=True, break_long_words=False) or [""]


def _draw_passage(picture: Picture, result: Extraction, line: str, start: int) -> None:
    for evidence in result.evidence:
        colour = COLOURS.get(evidence.pointer.split("/")[1])
        first, last = max(evidence.start, start), min(evidence.end, start + len(line))
        if colour and first < last:
            picture.mark(first - start, last - first, colour)
    picture.text(line)
    picture.next_line()


def _shown_values(result: Extraction, name: str) -> str:
    key = {"people": "name", "events": "date", "indicators": "value", "awards": "count"}[name]
    return ", ".join(str(getattr(item, key)) for item in getattr(result.record, name))


def check_picture() -> str:
    """Draw the correction of a wrong figure: the answer, the fault and the second answer."""
    item = full_report()["indicators"][0]
    wrong = {**item, "value": 84}
    result = extracted([report(indicators=[wrong]), report(indicators=[item])])
    picture = Picture("A wrong figure is found and asked again", 92)
    rows = [("article", item["quote"], INK), ("first answer", "value: 84", FAULT)]
    [fault] = [line for line in (result.attempts[0].error or "").splitlines() if "value" in line]
    rows += [
        ("fault", fault.lstrip("- "), FAULT),
        ("second answer", f"value: {item['value']}", BAR),
    ]
    rows.append(("record", f"value: {result.record.indicators[0].value}, no warning", BAR))
    for label, text, colour in rows:
        picture.text(label, colour=FAINT)
        for line in _wrap(text, 74):
            picture.text(line, 16, colour)
            picture.next_line()
    return picture.svg()


def statistics_picture() -> str:
    """Draw the strict F1 of prompts with intervals, and the agreement of annotators."""
    prompts = [f"movement_report@{number}" for number in range(1, 6)]
    arguments = [word for prompt in prompts for word in ("--prompt", prompt)]
    data = json.loads(call("eval", "--offline", "--baseline", "rules", "--json", *arguments))
    rows = [(system["name"], system["scores"]["strict"]["overall"]) for system in data["systems"]]
    rows.append(("two annotators", data["ceiling"]["strict"]["overall"]))
    picture = Picture("Strict F1 with 95% intervals over five articles", 92)
    lowest, columns, left = 0.8, 56.0, 20.0

    def column(value: float) -> float:
        return left + (min(max(value, lowest), 1) - lowest) / (1 - lowest) * columns

    for name, score in rows:
        low, high = score["interval"]
        picture.text(name)
        picture.mark(column(low), column(high) - column(low), "#b9dbd8", height=6)
        picture.mark(column(score["f1"]) - 0.4, 0.8, BAR, height=12)
        picture.text(f"{score['f1']:.3f}", left + columns + 4)
        picture.next_line()
    for value in (0.8, 0.85, 0.9, 0.95, 1.0):
        picture.text(f"{value:.2f}", column(value) - 2, FAINT)
    picture.next_line()
    return picture.svg()


def store_picture() -> str:
    """Draw the number of requests that each of three calls on one folder sends."""
    picture = Picture("Requests that three calls on one folder send", 92)
    with (
        tempfile.TemporaryDirectory() as folder,
        scripted_endpoint([Reply(answer(report()))]) as end,
    ):
        before = 0
        for label, options in (("--limit 3", ["--limit", "3"]), ("", []), ("again", [])):
            arguments = [str(data_folder("seeds")), "--out", folder, "--model", "local", *options]
            call("extract", *arguments, "--base-url", end.base_url)
            sent, before = len(end.bodies) - before, len(end.bodies)
            run = json.loads(Path(folder, "run.json").read_text("utf-8"))
            picture.text(f"extract seeds {label}".strip())
            picture.mark(26, 6 * sent, BAR, height=12)
            picture.text(f"{sent} requests", 28 + 6 * sent)
            picture.text(f"{run['counts']['records']} records in the folder", 68, FAINT)
            picture.next_line()
    return picture.svg()


def call(*arguments: str) -> str:
    """Run ``antq-llm`` with the arguments and return its standard output."""
    output = io.StringIO()
    with environment(), redirect_stdout(output), redirect_stderr(io.StringIO()):
        status = main(list(arguments))
    if status:
        raise SystemExit(f"antq-llm {' '.join(arguments)} exited with {status}")
    return output.getvalue()


@contextmanager
def environment() -> Iterator[None]:
    """Run the block without the ``ANTQ_LLM`` variables of this machine."""
    kept = {name: value for name, value in os.environ.items() if "ANTQ_LLM" not in name}
    with mock.patch.dict(os.environ, {**kept, "OPENAI_API_KEY": "any"}, clear=True):
        yield


PICTURES: dict[str, Callable[[], str]] = {
    "evidence.svg": evidence_picture,
    "checks.svg": check_picture,
    "statistics.svg": statistics_picture,
    "store.svg": store_picture,
}


def write(names: Sequence[str] = tuple(PICTURES)) -> None:
    """Write the pictures into docs/pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        (FOLDER / name).write_text(PICTURES[name](), "utf-8")


if __name__ == "__main__":
    write(sys.argv[1:] or tuple(PICTURES))
