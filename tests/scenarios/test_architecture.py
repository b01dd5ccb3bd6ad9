"""docs/architecture.md names every module, and the documents name only files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.paths import REPOSITORY
from tools.module_table import with_tables

SOURCE = REPOSITORY / "src/antq_llm"
ARCHITECTURE = (REPOSITORY / "docs/architecture.md").read_text("utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "recordings/README.md")
    for path in REPOSITORY.glob(pattern)
)
PATH = re.compile(r"`((?:[\w.@-]+/)*[\w.@-]+\.(?:py|md|json|html|toml|txt|yaml))`")
FOLDER = re.compile(r"^### `(\w+(?:/\w+)*)/`$", re.MULTILINE)
INDEX_ROW = re.compile(r"^\| [^|]+ \| `([^`]+\.py)` \| `(\w+)` \|$", re.MULTILINE)
REFERENCE = re.compile(r"`(\w+)`\s+in\s+`([\w/]+\.py)`")
OTHER = re.compile(
    r"[A-Z]{4,}|vN\.|^out/|^(?:run|evaluation|checks|improvement|report|store|tables)\.\w+$|"
    r"^(?:articles|gold|comparison|my_prompts)/|^accidents\."
)
"""Placeholders such as NAME, files that a command writes and the reader's own files."""


def exists(path: str, document: Path) -> bool:
    """Return whether a file exists in the package, in the repository or next to the document."""
    return any((base / path).exists() for base in (SOURCE, REPOSITORY, document.parent))


def test_tables_of_modules_match_the_docstrings() -> None:
    """Each module has a row in docs/architecture.md, with the first sentence of its docstring."""
    assert with_tables(ARCHITECTURE) == ARCHITECTURE


def test_every_package_has_a_section() -> None:
    """Each folder of modules, and no other, has a section in docs/architecture.md."""
    packages = {
        path.parent.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.name != "__init__.py" and path.parent != SOURCE
    }
    assert set(FOLDER.findall(ARCHITECTURE)) == packages


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix()
)
def test_files_named_in_documents_exist(document: Path) -> None:
    """Every file that a document names exists."""
    named = set(PATH.findall(document.read_text("utf-8")))
    missing = {path for path in named if not exists(path, document)}
    assert {path for path in missing if not OTHER.search(path)} == set()


def test_names_are_in_the_modules_that_the_index_gives() -> None:
    """Each module contains the names that docs/architecture.md says are in it."""
    references = INDEX_ROW.findall(ARCHITECTURE)
    references += [(path, name) for name, path in REFERENCE.findall(ARCHITECTURE)]
    wrong = {
        (path, name)
        for path, name in references
        if not re.search(rf"\b{name}\b", (SOURCE / path).read_text("utf-8"))
    }
    assert len(references) > 100
    assert wrong == set()
