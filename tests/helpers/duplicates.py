"""Two articles that describe different events in the same words, and folders of articles."""

from __future__ import annotations

from pathlib import Path

from helpers.samples import ARTICLE, answer, full_report

FULL = answer(full_report())
OTHER = ARTICLE.replace("48/52", "49/52")
"""An article that describes another event in the same words."""
OTHER_FULL = FULL.replace('"value": 48', '"value": 49').replace("48/52", "49/52")


def folder_of(tmp_path: Path, **texts: str) -> Path:
    """Write each text to a file named after its keyword, and return the folder."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder
