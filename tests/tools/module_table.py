"""Write the module tables in docs/architecture.md from the modules' docstrings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src/antq_llm"
PAGE = REPOSITORY / "docs/architecture.md"
TABLE = re.compile(
    r"^### `(?P<folder>[\w/]+)`\n\n(?P<text>[^|#]+)\n\n"
    r"\| module \| contents \|\n\| --- \| --- \|\n(?:\|.*\n)+",
    re.MULTILINE,
)


def first_sentence(module: Path) -> str:
    """Return the first sentence of a module's docstring as Markdown, without the full stop."""
    docstring = ast.get_docstring(ast.parse(module.read_bytes())) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.:])\s", paragraph)[0]
    return sentence.rstrip(".:").replace("``", "`").replace("|", r"\|")


def rows(folder: str) -> str:
    """Return the table rows of a folder's modules; ``antq_llm`` is the package's own folder."""
    path = SOURCE if folder == "antq_llm" else SOURCE / folder
    modules = [
        module
        for module in sorted(path.glob("*.py"))
        if module.name not in {"__init__.py", "__main__.py"} or module.parent == SOURCE
    ]
    return "".join(
        f"| `{module.relative_to(SOURCE)}` | {first_sentence(module)} |\n" for module in modules
    )


def with_tables(page: str) -> str:
    """Return the page with its tables regenerated from the modules' docstrings."""
    return TABLE.sub(
        lambda match: (
            f"### `{match['folder']}`\n\n{match['text']}\n\n"
            f"| module | contents |\n| --- | --- |\n{rows(match['folder'].rstrip('/'))}"
        ),
        page,
    )


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
