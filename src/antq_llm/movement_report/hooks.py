"""The hooks of a movement report; ``MovementReport.HOOKS`` is the name of this module.

The module that looks up a hook defines the hook's Protocol. Each hook imports what it needs only
when called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antq_llm.clients.request import Request
    from antq_llm.mentions.analyzed_article import AnalyzedArticle
    from antq_llm.mentions.language import LanguageCode
    from antq_llm.mentions.mention import Mention
    from antq_llm.movement_report.follow_up import FollowUp
    from antq_llm.movement_report.masthead import Masthead
    from antq_llm.pages.strings import PageLanguage
    from antq_llm.schemas.declared.declared_roles import Path
    from antq_llm.validation.findings import ItemFinding


@dataclass(frozen=True)
class BaselineRecord:
    """The record that rules read from a text, and how much of the text they read."""

    data: Any
    characters_read: int
    language: LanguageCode = "vi"


def masthead(analyzed: AnalyzedArticle) -> Masthead:
    """Return the lines in which copies of an article can differ (``duplicates/masthead.py``)."""
    from antq_llm.movement_report.masthead import Masthead

    return Masthead(analyzed)


def follow_up(
    figures: Sequence[Mention], request: Request, answer: str, analyzed: AnalyzedArticle
) -> FollowUp:
    """Return the follow-up question about overlooked figures (``extraction/second_look.py``)."""
    from antq_llm.movement_report.follow_up import follow_up_on

    return follow_up_on(figures, request, answer, analyzed)


def baseline(text: str, published: str | None = None) -> BaselineRecord:
    """Return the record that rules read from a text (``extraction/baseline.py``)."""
    from antq_llm.movement_report.baseline.report import MAX_CHARACTERS, rules_report

    return BaselineRecord(rules_report(text, published), min(len(text), MAX_CHARACTERS))


def page_words(language: PageLanguage) -> Mapping[str, Mapping[str, Any]]:
    """Return the words that pages show for fields and values (``pages/schema_words.py``).

    The English words explain only those fields whose descriptions for the model are unclear to
    people.
    """
    import json
    from importlib.resources import files

    text = (files("antq_llm.movement_report") / f"words_{language}.json").read_text("utf-8")
    words: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return words


def check_item(
    path: Path, item: Mapping[str, Any], analyzed: AnalyzedArticle
) -> Iterator[ItemFinding]:
    """Yield a finding if a person's rank is not the printed one (``validation/findings.py``)."""
    if path != ("people", "*"):
        return
    rank = item["rank"]
    printed = analyzed.ranks.get(item["name"], set()) if rank else set()
    if not printed or rank.lower() in printed:
        return
    from antq_llm.text.words import words_of
    from antq_llm.validation.findings import ItemFinding

    if all(words_of(rank) != words_of(printed_rank) for printed_rank in printed):
        # Sent to the model: do not edit.
        ranks = " and ".join(sorted(printed))
        message = f"the article calls this person {ranks}: write the rank as printed"
        # The article also prints the recorded rank, perhaps before a shorter form of the name.
        yield ItemFinding("rank", message, "cannot_tell")
