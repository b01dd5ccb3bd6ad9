"""The files in ``texts/``: the text that was taken from a page, by the article's id."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from antq_llm.core.digest import digest_of_text

TEXTS = "texts"

_MAX_NAME_BYTES = 240
"""Of a file or folder; most disks allow 255."""
_DIGEST_DIGITS = 16
_ODD = re.compile(r'[\x00-\x1f<>:"\\|?*]|[. ]$' if os.name == "nt" else r"\x00")
"""What a file name must not contain on this system."""
_RESERVED = re.compile(
    r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)" if os.name == "nt" else r"(?!)", re.IGNORECASE
)


class TextFiles:
    """Names the files of a folder, so that no two articles of a run share one.

    An id is used as it is wherever possible. A name that is too long, or that the system does not
    allow, gets ``~`` and a digest. So do ids that differ only in case or in how accents are
    encoded, if the disk ignores that (``folds_case``).
    """

    def __init__(
        self, folder: Path, article_ids: Iterable[str] = (), *, folds_case: bool = False
    ) -> None:
        self._folder = folder
        counts = Counter(_folded(article_id) for article_id in article_ids if folds_case)
        self._shared = frozenset(name for name, count in counts.items() if count > 1)

    def path(self, article_id: str) -> Path:
        """Return the path of an article's text."""
        *folders, name = article_id.split("/")
        parts = [_safe(part, is_file=False) for part in folders]
        shared = _folded(article_id) in self._shared
        file = _with_digest(name, article_id) if shared else _safe(name, is_file=True)
        return self._folder.joinpath(*parts, f"{file}.txt")


def _folded(article_id: str) -> str:
    return unicodedata.normalize("NFC", article_id).casefold()


def _safe(name: str, *, is_file: bool) -> str:
    odd = (
        not name.strip(".")
        or _ODD.search(name)
        or _RESERVED.match(name)
        or len(name.encode()) > _MAX_NAME_BYTES
        # A folder "a.txt" would be in the way of the text of an article "a".
        or (not is_file and name.lower().endswith(".txt"))
    )
    return _with_digest(name, name) if odd else name


def _with_digest(name: str, identity: str) -> str:
    kept = _ODD.sub("_", name).rstrip(".")
    shown = kept.encode()[: _MAX_NAME_BYTES - _DIGEST_DIGITS - 1].decode(errors="ignore")
    return f"{shown}~{digest_of_text(identity)[:_DIGEST_DIGITS]}"
