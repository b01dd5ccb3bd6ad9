"""Parts that the pages share, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import Markup

from antq_llm.pages.assets import base_css, inline_policy
from antq_llm.pages.colours import colour_class
from antq_llm.pages.marked_text import Mark, marked_text
from antq_llm.pages.untrusted_text import json_for_script
from helpers.browser import WatchedPages, serious_faults

HOSTILE = (
    '</script><script>window.ran = 1</script><img src=x onerror="window.ran = 2">'
    "<!-- \u202eright to left\u202c \x00\x1b[31m \U000e0041 =1+1 &lt;b&gt;"
)


def _page(text: str) -> str:
    style = base_css()
    policy = inline_policy([style], [])
    marks = [Mark(3, 30, colour_class(0), "/people/0"), Mark(20, 50, colour_class(1), "/events/0")]
    return Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Text</title>'
        '<meta http-equiv="Content-Security-Policy" content="{}"><style>{}</style></head>'
        '<body><main><h1>Text</h1><p class="antq-text" dir="auto">{}</p></main>'
        '<script type="application/json" id="data">{}</script></body></html>'
    ).format(policy, Markup(style), marked_text(text, marks), json_for_script(text))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hostile_text_runs_nothing(pages: WatchedPages, tmp_path: Path, scheme: str) -> None:
    """Markup in a text is shown as text, and axe finds no serious fault."""
    (tmp_path / "page.html").write_text(_page(HOSTILE), "utf-8")
    page = pages.open(tmp_path / "page.html", color_scheme=scheme)
    assert page.evaluate("window.ran") is None
    assert "<img src=x" in page.inner_text(".antq-text")
    assert "[U+202E]" in page.inner_text(".antq-text")
    assert page.evaluate("JSON.parse(document.getElementById('data').textContent)") == HOSTILE
    assert serious_faults(page) == []
