"""CPU time per article of ``antq-llm extract`` in two versions of this library.

Each version is a checkout (``git worktree add ../old COMMIT``). One local server answers both. The
runs alternate, so that other load on the machine affects both versions alike. The CPU time includes
the start of the command and all its processes. The modules are compiled to bytecode beforehand, as
they are on installation.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from articles import write_articles
from server import running

COMMAND = "import sys; from antq_llm.cli.main import main; sys.exit(main())"
"""Code that runs the command of the version in ``PYTHONPATH``."""
CONCURRENCY = 64
NOTHING_LISTENS = "http://127.0.0.1:9/v1"
VERSIONS = ("old", "new")


def cpu_seconds(checkout: Path, articles: Path, out: Path, base_url: str) -> float:
    """Run a version's command to its end; return the CPU seconds of all its processes."""
    before = os.times()
    subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, "extract", articles, "--out", out),
            *("--model", "m", "--prompt", "movement_report@1", "--base-url", base_url),
            *("--concurrency", str(CONCURRENCY)),
        ],
        env={
            **os.environ,
            "OPENAI_API_KEY": "x",
            "PYTHONPATH": str(checkout / "src"),
            "PYTHONPYCACHEPREFIX": str(articles.parent / "bytecode"),
            "PYTHONDONTWRITEBYTECODE": "",
        },
        cwd=articles.parent,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = os.times()
    return sum(
        getattr(after, name) - getattr(before, name)
        for name in ("children_user", "children_system")
    )


def print_ratios(title: str, pairs: list[dict[str, float]], articles: int) -> None:
    """Print the median CPU time of each version and the median ratio of the pairs of runs."""
    old, new = (
        statistics.median(pair[version] for pair in pairs) / articles * 1000 for version in VERSIONS
    )
    ratios = [pair["new"] / pair["old"] for pair in pairs]
    print(
        f"{title}: {old:.2f} ms against {new:.2f} ms of CPU per article, median ratio "
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


def main() -> None:
    """Run the pairs; print the ratios of each pair, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="a checkout of the older version")
    parser.add_argument("new", type=Path, help="a checkout of the newer version")
    parser.add_argument("--articles", type=int, default=600, metavar="N")
    parser.add_argument("--pairs", type=int, default=7, metavar="N")
    options = parser.parse_args()
    checkouts = {"old": options.old.resolve(), "new": options.new.resolve()}
    asked: list[dict[str, float]] = []
    replayed: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name, running() as base_url:
        folder = Path(name)
        articles = folder / "articles.jsonl"
        write_articles(articles, range(5))
        for version in VERSIONS:
            cpu_seconds(checkouts[version], articles, folder / f"{version}-first", base_url)
        write_articles(articles, range(options.articles))
        for number in range(options.pairs):
            asked.append({})
            replayed.append({})
            for version in random.sample(VERSIONS, len(VERSIONS)):
                call = checkouts[version], articles, folder / f"{version}-{number}"
                asked[-1][version] = cpu_seconds(*call, base_url)
                replayed[-1][version] = cpu_seconds(*call, NOTHING_LISTENS)
            print(
                f"asked {asked[-1]['new'] / asked[-1]['old']:.2f}, "
                f"replayed {replayed[-1]['new'] / replayed[-1]['old']:.2f}, "
                f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
                flush=True,
            )
    print_ratios("asked", asked, options.articles)
    print_ratios("replayed", replayed, options.articles)


if __name__ == "__main__":
    main()
