"""Make docs/pictures/report.png, which shows a packaged article in the report on a run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests"))

from antq_llm.cli.main import main  # noqa: E402
from helpers.browser import chromium_path, running_chromium  # noqa: E402

PICTURE = REPOSITORY / "docs/pictures/report.png"


def take_picture() -> None:
    """Write the picture; exit with a message if Chromium is not installed."""
    path = chromium_path()
    if path is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)  # The picture must not show paths of this machine.
        shutil.copytree(REPOSITORY / "seeds", "seeds")
        main(["extract", "seeds", "--offline", "--out", "out"])
        main(["report", "out"])
        with running_chromium(path) as browser:
            page = browser.new_page(
                viewport={"width": 1100, "height": 700}, reduced_motion="reduce"
            )
            page.goto((Path(scratch) / "out/report.html").as_uri())
            page.click("#table-view button:has-text('indicators')")
            page.click("#rows tbody tr:nth-child(2) button")
            page.wait_for_selector("#text .antq-mark.active")
            page.screenshot(path=PICTURE)


if __name__ == "__main__":
    take_picture()
