"""Findings of rules about a record, and the hook with which a schema adds its own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.declared.declared_roles import Path
from antq_llm.schemas.faults import Fault

Verdict = Literal["contradicted", "cannot_tell"]
"""The verdict of a rule on a value; there is no finding for a supported value.

``contradicted`` is a fault: by default, the model is asked again, and the item is dropped if the
fault remains. ``cannot_tell`` becomes an ``unverified`` warning, and the item is kept.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that the article contradicts or does not support, with its item's pointer."""

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
    """The ``check_item`` hook, for checks of an item that roles cannot express."""

    def __call__(
        self, path: Path, item: Mapping[str, Any], analyzed: AnalyzedArticle
    ) -> Iterable[ItemFinding]:
        """Return the findings about an item whose printed values are all in the article.

        ``path`` is the item's path in the schema, for example ``("accidents", "*")``.
        """
        ...
