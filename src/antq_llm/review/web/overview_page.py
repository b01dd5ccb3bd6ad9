"""The front page, which lists all articles with their states."""

from __future__ import annotations

from collections import Counter
from typing import Any

from antq_llm.review.web.differences_view import agreement_view
from antq_llm.review.workspace import Workspace


def overview(workspace: Workspace) -> dict[str, Any]:
    """Return the data that the front page shows."""
    states = {one: workspace.store.state_of(one) for one in workspace.article_ids}
    counts = Counter(states.values())
    return {
        "articles": [
            {
                "id": article_id,
                "title": workspace.title(article_id),
                "state": state,
                "failed": workspace.failed(article_id),
                "has_text": article_id not in workspace.without_text,
            }
            for article_id, state in states.items()
        ],
        "counts": counts,
        "next_id": next((one for one, state in states.items() if state != "gold"), None),
        "agreement": agreement_view(workspace),
        "has_audit": workspace.audit is not None,
        "gold": str(workspace.store.folder),
        "run": str(workspace.run.folder),
    }
