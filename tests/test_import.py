"""Importing the package: light, lazy and typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import antq_llm
from helpers.extraction import PROMPT, recorded


def loaded_after(code: str) -> set[str]:
    """Return the modules that a new interpreter has loaded after running some code."""
    script = f"import sys\n{code}\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_import_is_light() -> None:
    """Importing the package loads no large dependency, such as the SDK or pydantic."""
    loaded = loaded_after("import antq_llm")
    assert "antq_llm" in loaded
    assert not loaded & {
        "openai",
        "instructor",
        "pydantic",
        "aiohttp",
        "httpx2",
        "typer",
        "rich",
        "yaml",
    }


@pytest.mark.slow
def test_offline_extractor_does_not_load_the_sdk(tmp_path: Path) -> None:
    """An offline extraction does not import the SDK."""
    # The model made here has no docstring, so the recording is not found; only the modules loaded
    # until then matter.
    loaded = loaded_after(
        "from pathlib import Path\n"
        "from pydantic import create_model\n"
        "from antq_llm import Options, RecordingMissing, extract\n"
        "Person = create_model('Person', name=(str, ...))\n"
        f"options = Options(recordings=Path({str(recorded(tmp_path))!r}))\n"
        "try:\n"
        f"    extract('Bà Lan.', schema=Person, prompt={PROMPT!r}, offline=True, options=options)\n"
        "except RecordingMissing:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError('a recording was found')"
    )
    assert "pydantic" in loaded
    assert not loaded & {"openai", "instructor", "aiohttp"}


def test_public_names_can_all_be_imported() -> None:
    """Every name in ``__all__`` can be imported; an unknown name raises an AttributeError."""
    assert all(getattr(antq_llm, name) is not None for name in antq_llm.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = antq_llm.no_such_name


def test_package_is_typed() -> None:
    """The package has a py.typed marker."""
    assert (Path(antq_llm.__file__).parent / "py.typed").is_file()
