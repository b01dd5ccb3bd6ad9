"""The commands in docs/tutorial.md run as printed and print the lines shown on the page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.endpoint import Reply, scripted_endpoint
from helpers.paths import REPOSITORY
from helpers.samples import report

PAGE = (REPOSITORY / "docs/tutorial.md").read_text("utf-8")
BLOCKS = [
    (commands, output)
    for commands, output in re.findall(
        r"```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?", PAGE, re.DOTALL
    )
    if "pip install" not in commands
]
MODEL_SERVER = "http://127.0.0.1:11434/v1"
END_OF_BLOCK = "-- end of block --"


def lines_of(text: str) -> list[str]:
    """Return the non-empty lines of a text, with each run of spaces as one space."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def run_blocks(home: Path, model_server: str) -> list[str]:
    """Run all blocks in one shell that stops at the first error; return the output of each."""
    script = f"\necho '{END_OF_BLOCK}'\n".join(commands for commands, _ in BLOCKS)
    process = subprocess.run(
        ["bash", "-e", "-c", script.replace(MODEL_SERVER, model_server)],
        cwd=REPOSITORY,
        check=False,
        env={
            **os.environ,
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.returncode == 0, process.stdout
    return process.stdout.split(END_OF_BLOCK)


@pytest.mark.slow
def test_commands_print_the_output_of_the_page(tmp_path: Path) -> None:
    """If copied into one shell, all blocks succeed and print every line shown below them."""
    assert shutil.which("bash"), "the tutorial needs a Unix shell"
    with scripted_endpoint([Reply(json.dumps(report()))]) as endpoint:
        outputs = run_blocks(tmp_path, endpoint.base_url)
        assert len(endpoint.bodies) == 7
    for (commands, expected), output in zip(BLOCKS, outputs, strict=True):
        text = "\n".join(lines_of(output))
        missing = [line for line in lines_of(expected) if line not in text]
        assert missing == [], f"{commands}\nprinted:\n{output}"
    assert (tmp_path / "antq-tutorial/figures.png").read_bytes().startswith(b"\x89PNG")


def test_blocks_are_found() -> None:
    """The page has at least ten blocks of commands, at least seven of them with output."""
    assert len(BLOCKS) >= 10
    assert len([output for _, output in BLOCKS if output]) >= 7
