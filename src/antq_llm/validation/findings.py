"""What rules find wrong with a record, and the hook with which a schema adds rules of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared_roles import Path
from antq_llm.schemas.faults import Fault

Verdict = Literal["contradicted", "cannot_tell"]
"""A rule that finds a value supported says nothing.

``contradicted`` is a fault: the model is asked again, and the item is dropped if it stays.
``cannot_tell`` is a warning ``unverified``, and the item is kept.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that the article contradicts or cannot settle, with the pointer of its item."""

    item: str
    fault: Fault
    verdict: Verdict = "contradicted"


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """A finding about one key of an item."""

    key: str
    message: str
    verdict: Verdict = "contradicted"


class CheckItem(Protocol):
    """The hook ``check_item``: checks of an item that roles cannot express."""

    def __call__(
        self, path: Path, item: Mapping[str, Any], analyzed: AnalyzedArticle
    ) -> Iterable[ItemFinding]:
        """Return what is wrong with an item whose printed values are all in the article.

        ``path`` is where such items are: ``("accidents", "*")``.
        """
        ...
