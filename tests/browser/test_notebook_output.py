"""Notebook outputs in Chromium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm import Extractor, ScriptedClient, extract
from antq_llm.core.event_loop import run_sync
from helpers.browser import WatchedPages, serious_faults

HOSTILE = (
    "</style></div><script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    '"><svg onload="window.ran = 3">{{7*7}} $\\href{javascript:window.ran=4}{x}$ '
    "\u202eright to left\u202c \u200b\u0007\x1b[31m \U000e0041 body { display: none }"
)
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "quote": {"type": "string"}},
            },
        },
    },
}


def _output(seed: Path) -> str:
    return extract(seed, offline=True)._repr_html_()


def _page(folder: Path, *outputs: str, theme: str = "light", around: str = "") -> Path:
    """Write a page that shows outputs as a notebook with a JupyterLab theme does."""
    is_light = str(theme == "light").lower()
    colours = "background:#fff;color:#000" if theme == "light" else "background:#111;color:#fff"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head>'
        f'<body data-jp-theme-light="{is_light}" style="{colours}"><main>{around}'
        + "".join(f'<div class="jp-RenderedHTMLCommon">{output}</div>' for output in outputs)
        + "</main></body></html>"
    )
    path = folder / "notebook.html"
    path.write_text(page, "utf-8")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_text_runs_nothing(pages: WatchedPages, tmp_path: Path, theme: str) -> None:
    """Markup in an article and its record is shown as text and stays within the output."""
    answer = {"title": HOSTILE, "items": [{"name": HOSTILE, "quote": HOSTILE}]}
    client = ScriptedClient([json.dumps(answer)])
    extractor = Extractor(SCHEMA, "Extract.", model="any", client=client)
    result = run_sync(extractor.aextract(HOSTILE))
    around = '<p id="around">around</p>'
    page = pages.open(_page(tmp_path, result._repr_html_(), theme=theme, around=around))
    assert page.evaluate("window.ran") is None
    assert page.locator("img, svg, script").count() == 0
    text = page.inner_text(".antq-output .antq-text")
    assert "<script>window.ran = 1</script>" in text
    assert "[U+202E]" in text
    assert page.is_visible("#around")
    assert serious_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_output_can_be_read(
    pages: WatchedPages, tmp_path: Path, seeds: list[Path], theme: str
) -> None:
    """In both themes, axe finds no serious fault in an output, such as weak contrast."""
    page = pages.open(_page(tmp_path, _output(seeds[0]), theme=theme))
    ground = page.evaluate(
        "getComputedStyle(document.querySelector('.antq-output')).backgroundColor"
    )
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 29)"}[theme]
    assert serious_faults(page) == []


def test_outputs_do_not_style_their_surroundings(
    pages: WatchedPages, tmp_path: Path, seeds: list[Path]
) -> None:
    """Two outputs do not change the look of the page or its own table."""
    around = "<table><tr><td><mark class='antq-mark antq-colour-1'>1</mark></td></tr></table>"
    styles = (
        "[...document.querySelectorAll('body, main > table, main > table *')]"
        ".map(node => JSON.stringify(Object.fromEntries("
        "[...getComputedStyle(node)].filter(name => !/size|width|height|origin/.test(name))"
        ".map(name => [name, getComputedStyle(node).getPropertyValue(name)]))))"
    )
    plain = pages.open(_page(tmp_path, around=around)).evaluate(styles)
    outputs = [_output(seed) for seed in seeds[:2]]
    styled = pages.open(_page(tmp_path, *outputs, around=around))
    assert styled.locator(".antq-output").count() == 2
    assert styled.evaluate(styles) == plain
    assert styled.locator("[id]").count() == 0
