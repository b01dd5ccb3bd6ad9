"""The paths of the files in ``texts/``, which contain texts extracted from pages and documents."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from antq_llm.core.digest import digest_of_text

TEXTS = "texts"

_MAX_NAME_BYTES = 240
"""Maximum length of a name in bytes, without ``.txt``; most file systems allow 255."""
_DIGEST_DIGITS = 16
_ODD = re.compile(r'[\x00-\x1f<>:"\\|?*]|[. ]$' if os.name == "nt" else r"\x00")
"""A pattern for characters that a file name cannot contain or, on Windows, end with."""
_RESERVED = re.compile(
    r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)" if os.name == "nt" else r"(?!)", re.IGNORECASE
)


def text_file(folder: Path, article_id: str) -> Path:
    """Return the path where a run in ``folder`` keeps the text extracted from a page or document.

    The article's id is used unchanged if possible. A name that is too long or that the system does
    not allow is changed, and ``~`` and a digest are appended. On a file system that ignores case,
    ids with capitals or decomposed accents get the digest too, so that no two ids share a file.
    """
    *folders, name = article_id.split("/")
    is_shared = _folded(article_id) != article_id and _folds_case(folder.absolute())
    file = _with_digest(name, article_id) if is_shared else _safe(name, is_file=True)
    parts = [_safe(part, is_file=False) for part in folders]
    return folder.joinpath(TEXTS, *parts, f"{file}.txt")


def _folded(article_id: str) -> str:
    return unicodedata.normalize("NFC", article_id).casefold()


@lru_cache(maxsize=16)
def _folds_case(folder: Path) -> bool:
    """Return whether the file system of a folder ignores the case of names."""
    other = Path(str(folder).swapcase())
    try:
        return other != folder and other.samefile(folder)
    except OSError:
        return False


def _safe(name: str, *, is_file: bool) -> str:
    odd = (
        not name.strip(".")
        or _ODD.search(name)
        or _RESERVED.match(name)
        or len(name.encode()) > _MAX_NAME_BYTES
        # A folder "a.txt" would conflict with the text of an article "a".
        or (not is_file and name.lower().endswith(".txt"))
    )
    return _with_digest(name, name) if odd else name


def _with_digest(name: str, identity: str) -> str:
    kept = _ODD.sub("_", name).rstrip(".")
    shown = kept.encode()[: _MAX_NAME_BYTES - _DIGEST_DIGITS - 1].decode(errors="ignore")
    return f"{shown}~{digest_of_text(identity)[:_DIGEST_DIGITS]}"
