"""Actions on the pages of a review in a browser."""

from __future__ import annotations

from typing import Any

from antq_llm.review.web.server import ReviewServer
from helpers.browser import WatchedPages


def article(pages: WatchedPages, review: ReviewServer, **context: Any) -> Any:
    """Open the first article of a review and return its page."""
    page = pages.open(review.address, **{"viewport": {"width": 1300, "height": 900}, **context})
    page.click("#continue")
    page.wait_for_load_state("load")
    return page


def select(page: Any, words: str) -> None:
    """Select ``words`` in the article as a user would with the mouse."""
    page.wait_for_load_state("load")
    page.evaluate(
        """words => {
          const walker = document.createTreeWalker(document.getElementById('text'), 4);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const all = nodes.map(node => node.data).join('');
          const place = offset => {
            for (const node of nodes) {
              if (offset <= node.length) return [node, offset];
              offset -= node.length;
            }
          };
          const start = all.indexOf(words);
          if (start < 0) throw new Error('not in the text: ' + words);
          document.getSelection().setBaseAndExtent(...place(start), ...place(start + words.length));
        }""",
        words,
    )
    page.wait_for_selector("#selected:not([hidden])")


def wait_for_notice(page: Any, name: str) -> None:
    """Wait until a page with a notice, such as ``saved``, and its scripts have loaded."""
    page.wait_for_selector(f".notice-{name}")
    page.wait_for_load_state("load")
