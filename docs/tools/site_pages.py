"""MkDocs hook that adds the pages that are not in docs/ and turns page paths into links.

- README.md, CHANGELOG.md, CONTRIBUTING.md, SECURITY.md and recordings/README.md become pages.
- ``commands.md`` contains the help of every command.
- Pages that ``mkdocs.yml`` does not name are listed in a final section.
- A path formatted as code, such as ``docs/settings.md``, becomes a link to its page.
- The address from which the theme's script would load Mermaid, which no page uses, is removed.
- The search files of languages other than those of the manual are removed.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "recordings/README.md": "recordings.md",
}
"""Files of the repository and the pages made from them."""
SEARCH_SCRIPTS = {"lunr.stemmer.support.min.js", "lunr.multi.min.js", "lunr.vi.min.js"}
_CODE_PATH = re.compile(r"(?<!\[)`((?:docs/)?[\w/.-]+\.md)`(?!\])")
_LINK = re.compile(r"\]\(([\w/.-]+\.md)(#[\w-]+)?\)")
_REMOTE_SCRIPT = re.compile(rb"https://unpkg\.com/[\w@./-]+")


def on_config(config: Any) -> Any:
    """Add a last section with the pages that the navigation does not name."""
    named = set(_pages_in(config.nav))
    found = sorted(path.relative_to(config.docs_dir).as_posix() for path in _documents(config))
    missing = [page for page in found if page not in named]
    if missing:
        config.nav.append({"More": missing})
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are not in docs/."""
    from mkdocs.structure.files import File

    for source, page in PAGES.items():
        text = (REPOSITORY / source).read_text("utf-8")
        files.append(File.generated(config, page, content=_with_links(text, source, page)))
    files.append(File.generated(config, "commands.md", content=commands_page()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn page paths formatted as code into links."""
    source = page.file.src_uri
    if source in PAGES.values():
        return markdown
    return _with_links(markdown, f"docs/{source}", source)


def on_post_build(config: Any) -> None:
    """Remove unused search languages, source maps and the addresses of remote scripts."""
    assets = Path(config.site_dir, "assets")
    for script in assets.glob("javascripts/lunr/**/*.js"):
        if script.name not in SEARCH_SCRIPTS:
            script.unlink()
    for script in assets.rglob("*.js"):
        data = script.read_bytes()
        if _REMOTE_SCRIPT.search(data):
            script.write_bytes(_REMOTE_SCRIPT.sub(b"", data))
    for map_file in assets.rglob("*.map"):
        map_file.unlink()


def _pages_in(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    for entry in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from _pages_in(entry)


def _documents(config: Any) -> Iterator[Path]:
    return Path(config.docs_dir).rglob("*.md")


def _with_links(text: str, source: str, page: str) -> str:
    """Return the text of a file with links to the pages that it names."""

    def target(path: str) -> str | None:
        for base in ("", posixpath.dirname(source)):
            named = posixpath.normpath(posixpath.join(base, path))
            if named in PAGES:
                found = PAGES[named]
            elif named.startswith("docs/") and (REPOSITORY / named).is_file():
                found = named.removeprefix("docs/")
            else:
                continue
            return os.path.relpath(found, posixpath.dirname(page) or ".").replace(os.sep, "/")
        return None

    def link_code(match: re.Match[str]) -> str:
        link = target(match[1])
        return match[0] if link is None else f"[{match[0]}]({link})"

    def mend_link(match: re.Match[str]) -> str:
        link = target(match[1])
        return match[0] if link is None else f"]({link}{match[2] or ''})"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    for index in range(0, len(parts), 2):
        parts[index] = _LINK.sub(mend_link, parts[index])
        parts[index] = _CODE_PATH.sub(link_code, parts[index])
    return "".join(parts)


def commands_page() -> str:
    """Return the page with the help of every command."""
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in command_helps()]
    return "# Commands\n\nThe output of `--help`, command by command.\n\n" + "\n".join(sections)


def command_helps() -> Iterator[tuple[str, str]]:
    """Yield the name and the help of the program and of each command."""
    import typer

    from antq_llm.cli.app import app

    def walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
        context = command.context_class(
            command, info_name=name, parent=parent, terminal_width=90, max_content_width=90
        )
        yield context.command_path, command.get_help(context).strip()
        for child, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, child, context)

    yield from walk(typer.main.get_command(app), "antq-llm", None)
